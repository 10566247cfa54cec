"""The story of being new somewhere: whoever installed the app is told the three steps, once.

A bot token does not say who installed the app, so that is OPERATOR_USER, else nobody: the Home tab
shows the same steps to whoever opens it. Exactly once: remembering the workspace is the claim, and
of several processes one gets it. An alert is owed until it is told, this is not: what Slack does
not take is logged, and not tried again.
"""

import logging

from slack_sdk.models.blocks import HeaderBlock, SectionBlock
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.desk import Answer
from bot.slack.first_steps import WHAT_I_DO, three_steps
from bot.slack.messenger import FAILURES
from bot.slack.outcomes import code_of
from bot.slack.socket import Identity
from bot.slack.text import aloud, plain
from bot.usecases.ports import Ports

log = logging.getLogger(__name__)


async def arrive(ports: Ports, client: AsyncWebClient, identity: Identity) -> None:
    """Remember the workspace; where it is new, say hello to whoever installed the app. Never raises
    for what Slack does."""
    new = await ports.workspaces.remember(identity.workspace_id, identity.name)
    if not new:
        return
    if not ports.operator:
        log.info("nobody_to_welcome", extra={"hint": "OPERATOR_USER is not set"})
        return
    said = hello(identity.name)
    try:
        await client.chat_postMessage(
            channel=ports.operator, text=said.text, blocks=list(said.blocks)
        )
    except FAILURES as error:
        reason = code_of(error) or type(error).__name__
        log.warning("not_welcomed", extra={"reason": reason})


def hello(workspace: str) -> Answer:
    """The three steps, to whoever installed the app."""
    text = (
        f"Hello! I am installed in {plain(workspace)}. {WHAT_I_DO} Three steps, and you are set "
        "up: create an API user in Autotask (/autotask guide), connect (/autotask connect), choose "
        "where alerts go."
    )
    steps = three_steps(manages=True)
    blocks = [HeaderBlock(text="Hello"), SectionBlock(text=WHAT_I_DO), *steps]
    return Answer(f"{text}\n{aloud(steps)}", blocks)
