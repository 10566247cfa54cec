"""What is seen of a test while it runs, of the past a page at a time, and of one connection."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from bot.domain.audit import Deed, Entry, Link
from bot.domain.chronicle import course
from bot.domain.observation import Cause, Observation, Seen
from bot.domain.people import CLI
from bot.domain.progress import Outcome, Step, Ticked
from bot.domain.sparkline import Hours
from bot.domain.stamps import unmarked
from bot.domain.status import Status
from bot.domain.uptime import Size, Tally, Uptime
from bot.slack import audit, history, status
from bot.slack.cards import Facts
from bot.slack.testing import Board, report_of
from bot.usecases.check import Tested
from bot.usecases.look_back import Past
from bot.usecases.read_audit import PAGE, Page
from tests.slack.stories.cast import ALICE, BOB, NOW, Cast
from tests.slack.stories.incidents import states
from tests.slack.stories.story import Story

NOTES = {
    Step.QUOTA: "82% of the hourly budget used",
    Step.PERMISSION: "permission missing",
    Step.CHANNEL: "not asked",
}
ROUGH = (
    *(Tally(ok=Size.HOUR.span, answered=12, latency_sum=timedelta(seconds=n)) for n in range(9)),
    *(Tally(failed=Size.HOUR.span), Tally(paused=Size.HOUR.span), Tally(unknown=Size.HOUR.span)),
)


def stories(cast: Cast) -> Iterator[Story]:
    yield from _boards(cast)
    yield from _past(cast)
    yield from _audit(cast)
    yield from _cards(cast)


def _boards(cast: Cast) -> Iterator[Story]:
    """The steps of a test, ticked off."""
    board, notes = Board(), {**NOTES, Step.ZONE: unmarked(cast.zone)}
    yield Story("A test under way", "it has begun", board.view())
    for number, step in enumerate(Step):
        outcome = list(Outcome)[number % 3]
        board.tell(Ticked(step, outcome, 0.21 if number % 2 else None, notes.get(step, "")))
        yield Story("A test under way", f"{step} is over", board.view(), (outcome,))
    overview = cast.overview(Status.INACTIVE, Cause.LOGINS_WITHHELD)
    for seen in (Seen.REJECTED, Seen.WITHHELD):
        found = Observation(seen, Cause.LOGINS_WITHHELD, cast.refused)
        report = report_of(Tested(overview, found))
        yield Story("A test that is over", seen, board.view(report), (overview,))
        yield Story("A test that is over", f"{seen}, no step seen", Board().view(report))


def _past(cast: Cast) -> Iterator[Story]:
    connection = cast.connection()
    told = states(cast.incident(connection, Cause.CREDENTIALS_REFUSED))
    past = [
        (connection, replace(incident, number=40 - number))
        for number, incident in enumerate(told.values())
    ]
    lines = [history._line(connection, each, course(each, now=NOW)) for _, each in past]
    for name, older, shown, turned in (
        ("the newest of many", 4, lines, False),
        ("a page of many", 4, lines, True),
        ("the oldest", None, lines[:2], True),
        ("nothing is older", None, [], True),
    ):
        page = history._answer(Past(past, older), shown, connection.id, turned=turned)
        yield Story("The answer to history", name, page, (past,))


def _audit(cast: Cast) -> Iterator[Story]:
    connection = cast.connection()
    entries = [
        Entry("T1", NOW, ALICE if number % 2 else CLI, deed, connection.id, *how)
        for number, deed in enumerate(Deed)
        for how in (("done", f"{ALICE}, {BOB}"), ("not allowed",))
    ]
    links = [(Link(9, each, "", "", None), connection.name) for each in entries[-PAGE:]]
    for name, older, shown, turned in (
        ("the newest of many", 4, links, False),
        ("a page of many", 4, [(each, None) for each, _ in links], True),
    ):
        yield Story("The answer to audit", name, audit.drawn(Page(shown, older), turned=turned))


def _cards(cast: Cast) -> Iterator[Story]:
    """Status of one connection, with its last hours."""
    facts = Facts(Uptime(*(sum(ROUGH, Tally()),) * 3), _hours(), NOW)
    for name, overview in (
        ("it is inactive", cast.overview(Status.INACTIVE, Cause.CREDENTIALS_REFUSED)),
        ("it is degraded", cast.overview(Status.DEGRADED, Cause.HOURLY_LIMIT)),
        ("it is active", cast.overview(Status.ACTIVE, snoozed_until=NOW)),
        ("it is paused", cast.overview(Status.PAUSED)),
    ):
        for who, manages in (("who manages", True), ("who looks", False)):
            shown = status._alone(overview, facts, manages=manages)
            yield Story("The status of one", f"{name}, for {who}", shown, (overview,))


def _hours() -> Hours:
    last = Size.HOUR.floor(NOW)
    return [(last - Size.HOUR.span * back, each) for back, each in enumerate(reversed(ROUGH))][::-1]
