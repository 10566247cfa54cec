"""From nothing to a connection that is watched: three steps, ticked as they are done."""

from slack_sdk.models.blocks import Block, ButtonElement, SectionBlock

from bot.domain.connection import Connection
from bot.slack.connect_form import GUIDE
from bot.slack.message import ALERTS, CONNECT, button

WHAT_I_DO = (
    "I sign in to Autotask every few minutes, and say so in a channel when that stops working: "
    "once, with the cause and the next step."
)


def three_steps(*, manages: bool) -> list[Block]:
    """For who begins."""
    steps = ButtonElement(text="Show the eight steps", action_id=GUIDE)
    connect = ButtonElement(text="Connect Autotask", action_id=CONNECT, style="primary")
    ask = "" if manages else " Only workspace admins and people they have named may do this."
    return [
        SectionBlock(
            block_id="step_1",
            text="☐  *1. Create an API user in Autotask.*\nIts page shows the values to paste.",
            accessory=steps,
        ),
        SectionBlock(
            block_id="step_2",
            text="☐  *2. Connect.*\nThe values are tried at once, and stored encrypted only if "
            f"Autotask accepts them.{ask}",
            accessory=connect if manages else None,
        ),
        SectionBlock(
            text="☐  *3. Choose where alerts go.*\nIn the same form: a channel that your team "
            "reads. I say hello there."
        ),
    ]


def last_step(connection: Connection) -> Block:
    """For who has connected, while no alert goes to a channel yet."""
    return SectionBlock(
        block_id="last_step",
        text="*Set up: 2 of 3 steps are done.*\n"
        "☑  1. An API user in Autotask\n"
        "☑  2. Connected\n"
        "☐  *3. Choose where alerts go:* a channel that your team reads. I post a test there.",
        accessory=button("Choose a channel", ALERTS, connection, style="primary"),
    )
