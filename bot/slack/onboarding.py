"""The story of being new somewhere: one person is told the three steps, once.

A bot token does not say who installed the app, so that is OPERATOR_USER, else the first admin who
opens the Home tab, for as long as the process runs which found the workspace new. No more than
once: remembering the workspace is the claim, and of several processes one gets it. An alert is owed
until it is told, this is not: what Slack does not take is logged, and not tried again.
"""

import logging

from slack_sdk.models.blocks import HeaderBlock, SectionBlock
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.people import may_manage
from bot.slack.desk import Answer, Desk
from bot.slack.first_steps import WHAT_I_DO, three_steps
from bot.slack.messenger import FAILURES
from bot.slack.outcomes import code_of
from bot.slack.request import Request
from bot.slack.socket import Identity
from bot.slack.text import aloud, plain

log = logging.getLogger(__name__)


async def arrive(desk: Desk, identity: Identity) -> None:
    """Remember the workspace; where it is new, say hello to the operator, or keep in mind that
    nobody could be told. Never raises for what Slack does."""
    new = await desk.ports.workspaces.remember(identity.workspace_id, identity.name)
    if new and desk.ports.operator:
        await _say_hello(desk.homes.client, desk.ports.operator, identity.name)
    elif new:
        desk.unwelcomed[identity.workspace_id] = identity.name


async def greet(desk: Desk, request: Request) -> None:
    """Say hello to who has opened the Home tab, where they are whom it waits for."""
    workspace_id = request.workspace_id
    if workspace_id not in desk.unwelcomed or not may_manage(await desk.who(request), ()):
        return
    if name := desk.unwelcomed.pop(workspace_id, None):  # another may have been quicker
        await _say_hello(desk.homes.client, request.user_id, name)


async def _say_hello(client: AsyncWebClient, user_id: str, workspace: str) -> None:
    said = hello(workspace)
    try:
        await client.chat_postMessage(channel=user_id, text=said.text, blocks=list(said.blocks))
    except FAILURES as error:
        reason = code_of(error) or type(error).__name__
        log.warning("not_welcomed", extra={"reason": reason})


def hello(workspace: str) -> Answer:
    """The three steps."""
    text = (
        f"Hello! I am installed in {plain(workspace)}. {WHAT_I_DO} Three steps, and you are set "
        "up: create an API user in Autotask (/autotask guide), connect (/autotask connect), choose "
        "where alerts go."
    )
    steps = three_steps(manages=True)
    blocks = [HeaderBlock(text="Hello"), SectionBlock(text=WHAT_I_DO), *steps]
    return Answer(f"{text}\n{aloud(steps)}", blocks)
