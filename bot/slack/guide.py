"""The story of the guide: eight steps, walked through one by one, and from there to the form."""

import json
from collections.abc import Mapping
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    AlertBlock,
    Block,
    ButtonElement,
    HeaderBlock,
    InteractiveElement,
    Option,
    SectionBlock,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.domain.credentials import LABELS
from bot.domain.guide import STEPS, Copied, Step
from bot.slack import connect
from bot.slack.cards import small
from bot.slack.connect_form import FORM, GUIDE
from bot.slack.desk import Answer, Desk, Reply
from bot.slack.redraw import redraw
from bot.slack.request import Request
from bot.slack.text import aloud, label

STEP = "guide"
BACK, NEXT, CHOOSE = "guide.back", "guide.next", "guide.choose"
TITLE = "Create an API user"
_OVER_FORM, _TYPED_IN = "over_form", "typed_in"


async def tell(desk: Desk, request: Request, name: str) -> Answer:
    """`/autotask guide`: all of it to read, and a button to be led through it."""
    steps = [HeaderBlock(text="An API user in eight steps"), *_all()]
    lead = ButtonElement(text="Lead me through it", action_id=GUIDE, style="primary")
    return Answer(aloud(steps), [*steps, ActionsBlock(elements=[lead])])


async def show(desk: Desk, request: Request) -> None:
    """The button in the form: the guide lies on top of it, and the form waits below with what was
    typed. Elsewhere the guide stands alone, and leads to the form."""
    over_form = (request.view or {}).get("callback_id") == FORM
    view = step_view(1, {_OVER_FORM: over_form, _TYPED_IN: request.channel_id})
    if over_form:
        await request.client.views_push(trigger_id=request.trigger_id, view=view)
    else:
        await request.client.views_open(trigger_id=request.trigger_id, view=view)


async def turn(desk: Desk, request: Request) -> None:
    """Back, Next, or a step chosen from the list. Of two quick presses the first one counts."""
    here = str((request.view or {}).get("hash", ""))
    await redraw(request, step_view(_number(request.value), request.metadata), expected=here)


async def to_form(desk: Desk, request: Request) -> Reply:
    """The button below: back to the form that waits, or a new one in the guide's place."""
    if request.metadata.get(_OVER_FORM):
        return Reply(None)
    typed_in = str(request.metadata.get(_TYPED_IN) or "")
    return Reply(await connect.first_form(desk, request, typed_in=typed_in))


def step_view(number: int, carried: Mapping[str, Any]) -> View:
    """One step, from 1 to 8. `carried` is what the guide has to know when it is left."""
    step = STEPS[number - 1]
    return View(
        type="modal",
        callback_id=STEP,
        title=TITLE,
        submit="Back to the form" if carried.get(_OVER_FORM) else "Fill in the form",
        close="Close",
        private_metadata=json.dumps({name: carried.get(name) for name in (_OVER_FORM, _TYPED_IN)}),
        blocks=[_progress(number), *_step(step), _ways(number)],
    )


def _progress(number: int) -> Block:
    dots = "●" * number + "○" * (len(STEPS) - number)
    options = [
        Option(value=str(each), text=f"{each}. {step.title}")
        for each, step in enumerate(STEPS, start=1)
    ]
    jump = StaticSelectElement(action_id=CHOOSE, placeholder="Go to a step", options=options)
    # Slack keeps a choice in a block that stays: each step has a block of its own.
    return SectionBlock(
        block_id=f"step_{number}",
        text=f"*Step {number} of {len(STEPS)}*\n{dots}",
        accessory=jump,
    )


def _step(step: Step) -> list[Block]:
    lines = [f"*Where:* {step.where}", step.text]
    blocks: list[Block] = [HeaderBlock(text=step.title)]
    blocks += [SectionBlock(text=each) for each in lines]
    if step.copies:
        copies = [f":arrow_right: {_copy(each)}" for each in step.copies]
        blocks.append(SectionBlock(text="\n".join(copies)))
    if step.mistake:
        blocks.append(AlertBlock(text=step.mistake, level="warning"))
    return blocks


def _copy(copied: Copied) -> str:
    return f"Copy *{copied.value}* into the field *{LABELS[copied.field]}*"


def _ways(number: int) -> Block:
    elements: list[InteractiveElement] = []
    if number > 1:
        elements.append(_way("← Back", BACK, number - 1))
    if number < len(STEPS):
        elements.append(_way("Next →", NEXT, number + 1))
    return ActionsBlock(block_id="ways", elements=elements)


def _way(text: str, action_id: str, number: int) -> ButtonElement:
    """To another step, which is named to whoever hears the button alone."""
    heard = label(f"{text}: step {number}, {STEPS[number - 1].title}")
    return ButtonElement(
        text=text, action_id=action_id, value=str(number), accessibility_label=heard
    )


def _number(value: str) -> int:
    """The step that was asked for. It comes back from the client: whatever is no step is the
    first."""
    return int(value) if value in {str(each + 1) for each in range(len(STEPS))} else 1


def _all() -> list[Block]:
    blocks: list[Block] = []
    for number, step in enumerate(STEPS, start=1):
        blocks.append(SectionBlock(text=f"*{number}. {step.title}*\n{step.where}\n{step.text}"))
        if step.fills:
            blocks.append(small(f":arrow_right: {step.fills}"))
        if step.mistake:
            blocks.append(small(f":warning: {step.mistake}"))
    return blocks
