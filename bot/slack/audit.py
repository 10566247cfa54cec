"""The story of the audit: who did what, a page at a time, the newest first."""

import re

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, SectionBlock

from bot.domain.audit import told
from bot.domain.stamps import unmarked
from bot.slack.desk import Answer, Desk
from bot.slack.request import Request
from bot.slack.text import plain_sentence
from bot.usecases.read_audit import Page, read_audit

OLDER, NEWEST = "audit.older", "audit.newest"


async def tell_audit(desk: Desk, request: Request, name: str) -> Answer:
    """`/autotask audit`."""
    person = await desk.who(request, fresh=True)
    return drawn(await read_audit(desk.ports, person), turned=False)


async def turn_page(desk: Desk, request: Request) -> None:
    """The buttons Older and Newest: another page in the place of this one."""
    before = int(request.value) or None if re.fullmatch(r"[0-9]{1,9}", request.value) else None
    person = await desk.who(request, fresh=True)
    page = await read_audit(desk.ports, person, before=before)
    await desk.answer(request, drawn(page, turned=before is not None), replace=True)


def drawn(page: Page, *, turned: bool) -> Answer:
    """`turned`: whether these are not the newest."""
    if not page.links:
        return Answer("Nobody has done anything yet that is noted here.")
    title = "*Older entries*" if turned else "*Who did what*"
    lines = [plain_sentence(told(link, name and unmarked(name))) for link, name in page.links]
    blocks: list[Block] = [SectionBlock(text=each) for each in [title, *lines]]
    buttons = []
    if page.older_than:
        buttons.append(_way("Older", OLDER, str(page.older_than)))
    if turned:
        buttons.append(_way("Newest", NEWEST, "newest"))
    if buttons:
        blocks.append(ActionsBlock(elements=buttons))
    return Answer("\n".join([title, *lines]), blocks)


def _way(text: str, action_id: str, value: str) -> ButtonElement:
    heard = f"{text} page of the audit"
    return ButtonElement(text=text, action_id=action_id, value=value, accessibility_label=heard)
