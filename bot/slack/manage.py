"""The story of looking after connections: status, test, disconnect, who may."""

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    SectionBlock,
    UserMultiSelectElement,
)
from slack_sdk.models.views import View

from bot.domain.connection import Connection
from bot.domain.diagnosis import diagnose
from bot.domain.observation import Seen
from bot.domain.people import require_admin
from bot.domain.status import TROUBLE, Status
from bot.slack.cards import card
from bot.slack.commands import VERBS
from bot.slack.desk import Answer, Desk, Reply
from bot.slack.message import TEST, UPDATE_CREDENTIALS
from bot.slack.request import Request
from bot.slack.text import MARKS, person, plain, status_word, took
from bot.slack.views import form_input, note_view
from bot.usecases import check, configure
from bot.usecases.disconnect import disconnect
from bot.usecases.permit import require_manager
from bot.usecases.ports import Overview
from bot.usecases.report import report, the_one, uptimes, worst_first
from bot.usecases.resend import resend

SETTINGS = "settings"
MOST_CARDS = 20
"""Two blocks each; a message holds 50."""
DISCONNECT, KEEP, TEST_ALL_THE_SAME = "connection.disconnect", "keep", "connection.test_may_lock"


async def tell_help(desk: Desk, request: Request, name: str) -> Answer:
    """`/autotask help`."""
    lines = [f"`/autotask {verb}` {what}" for verb, what in VERBS.items()]
    text = "*What I do:* I connect to Autotask, check the connection for ever, and say so in a "
    text += "channel when it stops being active."
    more = "A connection's name may follow, such as `/autotask test EU subsidiary`."
    return Answer(
        "Commands: " + ", ".join(f"/autotask {verb}" for verb in VERBS),
        (
            SectionBlock(text=text),
            SectionBlock(text="\n".join(lines)),
            ContextBlock(elements=[{"type": "mrkdwn", "text": more}]),
        ),
    )


async def show_help(desk: Desk, request: Request) -> None:
    """The button Help."""
    await desk.answer(request, await tell_help(desk, request, ""))


async def tell_status(desk: Desk, request: Request, name: str) -> Answer:
    """`/autotask status`: from the database alone."""
    overviews = await report(desk.ports, await desk.who(request), name)
    if not overviews:
        text = "Nothing is connected yet. `/autotask connect` begins, `/autotask guide` helps."
        return Answer(text)
    ordered = worst_first(overviews)
    lines = [f"{plain(each.connection.title)}: {status_word(each.watch)}" for each in ordered]
    shown = ordered[:MOST_CARDS]
    uptime = await uptimes(desk.ports, shown)
    blocks = [block for each in shown for block in card(each, uptime.get(each.connection.id))]
    if (more := len(overviews) - MOST_CARDS) > 0:
        rest = f"… and {more} more. `/autotask status NAME` shows one of them."
        blocks.append(ContextBlock(elements=[{"type": "mrkdwn", "text": rest}]))
    return Answer("; ".join(lines), blocks)


async def test_by_name(desk: Desk, request: Request, name: str) -> None:
    """`/autotask test`."""
    await _test(desk, request, (await _one(desk, request, name)).id, may_lock=False)


async def test_by_id(desk: Desk, request: Request) -> None:
    """The button Test now."""
    await _test(desk, request, request.value, may_lock=False)


async def test_all_the_same(desk: Desk, request: Request) -> None:
    """The button that says what it may do to the API user."""
    await _test(desk, request, request.value, may_lock=True)


async def ask_disconnect(desk: Desk, request: Request, name: str) -> Answer:
    """`/autotask disconnect`: asks before it does."""
    await require_manager(desk.ports, await desk.who(request))
    return _question(await _one(desk, request, name))


async def ask_disconnect_by_id(desk: Desk, request: Request) -> None:
    """The entry Disconnect in a connection's menu."""

    async def ask() -> Answer:
        await require_manager(desk.ports, await desk.who(request))
        overview = await desk.ports.connections.get(request.workspace_id, request.value)
        return _question(overview.connection)

    await desk.answer_with(request, ask)


async def do_disconnect(desk: Desk, request: Request) -> None:
    """The button Disconnect."""
    actor = await desk.who(request, fresh=True)
    connection = await disconnect(desk.ports, actor, request.value)
    text = (
        f":white_circle: *{plain(connection.title)}* is disconnected. Its encrypted credentials "
        "are erased from the database. In Autotask, make the API user inactive if nothing else "
        "uses it."
    )
    await desk.answer(request, Answer(text), replace=True)


async def keep(desk: Desk, request: Request) -> None:
    """The button Keep it."""
    await desk.answer(request, Answer("Nothing was changed."), replace=True)


async def send_again(desk: Desk, request: Request) -> None:
    """The button Send again: what reached nobody is owed anew."""
    count = await resend(desk.ports, await desk.who(request, fresh=True))
    text = "Nothing is left that has reached nobody."
    if count:
        alerts = "1 alert is" if count == 1 else f"{count} alerts are"
        text = f"{alerts} on the way again, beginning at the first place in line."
    await desk.answer(request, Answer(text))


async def show_settings(desk: Desk, request: Request) -> None:
    """The button Settings."""
    await open_settings(desk, request, "")


async def open_settings(desk: Desk, request: Request, name: str) -> None:
    """`/autotask settings`: admins name the people who may manage beside them."""

    async def draw() -> View:
        require_admin(await desk.who(request))
        return _settings_view(await desk.ports.workspaces.managers(request.workspace_id))

    await desk.open(request, "Settings", draw)


async def submit_settings(desk: Desk, request: Request) -> Reply:
    """Replace the named people."""
    actor = await desk.who(request, fresh=True)
    named = request.typed().get("managers") or []
    await configure.name_managers(desk.ports, actor, named)
    people = ", ".join(person(each) for each in named) or "nobody else"
    text = f"Besides workspace admins, {people} may manage Autotask connections."
    return Reply(note_view("Settings", text), in_a_line=text)


async def _one(desk: Desk, request: Request, name: str) -> Connection:
    return (await the_one(desk.ports, await desk.who(request), name)).connection


async def _test(desk: Desk, request: Request, connection_id: str, *, may_lock: bool) -> None:
    async def test() -> Answer:
        actor = await desk.who(request, fresh=True)
        return _tested(await check.test(desk.ports, actor, connection_id, may_lock=may_lock))

    await desk.answer_with(request, test)


def _question(connection: Connection) -> Answer:
    text = (
        f"Disconnect *{plain(connection.title)}*? Its stored credentials are erased and nobody is "
        "told any more when it stops working. The API user in Autotask stays as it is."
    )
    yes = ButtonElement(
        text="Disconnect", action_id=DISCONNECT, value=connection.id, style="danger"
    )
    no = ButtonElement(text="Keep it", action_id=KEEP, value=connection.id)
    return Answer(text, (SectionBlock(text=text), ActionsBlock(elements=[yes, no])))


def _tested(tested: check.Tested) -> Answer:
    overview, seen = tested.overview, tested.seen
    title = plain(overview.connection.title)
    if seen.cause is None:
        answered = f"Autotask answered{took(seen.latency)}"
        text = f"{MARKS[Status.ACTIVE]} *{title}* works: {answered}."
        if overview.watch.status in TROUBLE:
            text = f"*{title}*: {answered}. One more good check and it counts as Active again."
        return Answer(text, (SectionBlock(text=text), *card(overview)[1:]))
    words = diagnose(seen.cause, last_ok_at=overview.watch.last_ok_at)
    text = f":warning: *{title}*: {words.title}. {words.why} *Next step:* {words.next_step}"
    evidence = [{"type": "mrkdwn", "text": plain(each)} for each in seen.evidence[:5]]
    more: list[Block] = [ContextBlock(elements=evidence)] if evidence else []
    return Answer(text, (SectionBlock(text=text), *more, _next(overview, seen.seen)))


def _next(overview: Overview, seen: Seen) -> Block:
    update = ButtonElement(
        text="Update credentials", action_id=UPDATE_CREDENTIALS, value=overview.connection.id
    )
    again = ButtonElement(text="Test now", action_id=TEST, value=overview.connection.id)
    if seen is not Seen.WITHHELD:
        return ActionsBlock(elements=[update, again])
    sure = ConfirmObject(
        title="Sign in once more?",
        text="This may lock the API user in Autotask. Do it once you know that the user is in "
        "order.",
        confirm="Sign in",
        deny="Not now",
        style="danger",
    )
    once_more = ButtonElement(
        text="Sign in all the same",
        action_id=TEST_ALL_THE_SAME,
        value=overview.connection.id,
        style="danger",
        confirm=sure,
    )
    return ActionsBlock(elements=[update, once_more])


def _settings_view(named: frozenset[str]) -> View:
    picker = UserMultiSelectElement(initial_users=sorted(named) or None)
    hint = "Workspace admins and owners always may. Guests never may."
    label = "People who may connect, test and disconnect"
    return View(
        type="modal",
        callback_id=SETTINGS,
        title="Settings",
        submit="Save",
        close="Cancel",
        blocks=[form_input("managers", label, picker, hint=hint, optional=True)],
    )
