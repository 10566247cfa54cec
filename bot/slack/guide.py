"""The story of the guide: eight steps, each with where its value goes."""

from slack_sdk.models.blocks import Block, ContextBlock, HeaderBlock, SectionBlock
from slack_sdk.models.views import View

from bot.domain.guide import STEPS
from bot.slack.desk import Answer, Desk
from bot.slack.request import Request
from bot.slack.views import note_view


async def tell(desk: Desk, request: Request, name: str) -> Answer:
    """`/autotask guide`."""
    text = "How to create the API user in Autotask, in eight steps."
    return Answer(text, (HeaderBlock(text="An API user in eight steps"), *_steps()))


async def show(desk: Desk, request: Request) -> None:
    """The button in the form: the guide lies on top of it, and the form waits below. On the Home
    tab there is none."""
    view: View = note_view("The eight steps", "*An API user in eight steps*", *_steps())
    if request.view and not request.at_home:
        await request.client.views_push(trigger_id=request.trigger_id, view=view)
    else:
        await request.client.views_open(trigger_id=request.trigger_id, view=view)


def _steps() -> list[Block]:
    blocks: list[Block] = []
    for number, step in enumerate(STEPS, start=1):
        blocks.append(SectionBlock(text=f"*{number}. {step.title}*\n{step.text}"))
        if step.fills:
            note = {"type": "mrkdwn", "text": f":arrow_right: {step.fills}"}
            blocks.append(ContextBlock(elements=[note]))
    return blocks
