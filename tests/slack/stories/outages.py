"""One message for an outage of many connections: of 2, of 14, of 1,000."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from bot.domain.incident import Alert, Kind
from bot.domain.observation import Cause
from bot.domain.outage import Member
from bot.slack.alerts import message
from bot.slack.outage import outage_message
from tests.slack.stories.cast import ALICE, BEGAN, BOB, NOW, Cast, owed
from tests.slack.stories.story import Story

SIZES = (2, 14, 1_000)
CUSTOMERS = (
    *("Alder Dental", "Birch and Sons", "Cedar Freight", "Dunmore School", "Elm Street Law"),
    *("Fairfax Foods", "Gorse Hill Vets", "Harbour Hotels", "Ivy Lane Surgery", "Juniper Energy"),
    *("Kestrel Print", "Larch Joinery", "Moorland Water", "Northgate Homes"),
)


def stories(cast: Cast) -> Iterator[Story]:
    for size in SIZES:
        members = [
            cast.member(_name(number), opened_at=BEGAN + timedelta(seconds=number % 60))
            for number in range(size)
        ]
        for state, each in _states(members).items():
            yield Story(f"An outage of {size:,} connections", state, outage_message(each))
    yield from _lines(cast)
    yield _of_several_causes(cast)


def _name(number: int) -> str:
    return CUSTOMERS[number] if number < len(CUSTOMERS) else f"Customer {number}"


def _states(members: list[Member]) -> dict[str, list[Member]]:
    half = len(members) // 2
    over = [_changed(each, closed_at=NOW) for each in members]
    gone = [_changed(each, closed_how="disconnected", closed_by=ALICE) for each in over]
    paused = [_changed(each, closed_how="paused", closed_by=ALICE) for each in over]
    until = NOW + timedelta(hours=1)
    taken = [_changed(each, acknowledged_by=BOB, acknowledged_at=NOW) for each in members]
    asleep = [_changed(each, snoozed_by=BOB, snoozed_until=until) for each in members]
    return {
        "all of them": members,
        "acknowledged": taken,
        "snoozed": asleep,
        "half of them are back": [*over[:half], *members[half:]],
        "one is left": [*over[:-1], members[-1]],
        "one is paused, the others are out": [paused[0], *members[1:]],
        "all are back": over,
        "all are back but one that is disconnected": [*over[:-1], gone[-1]],
        "nobody watches them any more": [paused[0], *gone[1:]],
    }


def _changed(member: Member, **changes: object) -> Member:
    return replace(member, incident=replace(member.incident, **changes))  # type: ignore[arg-type]


def _of_several_causes(cast: Cast) -> Story:
    causes = (Cause.TIME_OUT, Cause.TIME_OUT, Cause.SERVER_ERROR, Cause.MAINTENANCE)
    members = [cast.member(f"Customer {n}", cause) for n, cause in enumerate(causes)]
    return Story("An outage of many causes", "the most frequent first", outage_message(members))


def _lines(cast: Cast) -> Iterator[Story]:
    """What is said in the thread below it."""
    one, other = cast.member("Customer 1"), cast.member("Customer 2", closed_at=NOW)
    last = _changed(one, closed_at=NOW)
    for name, member, text in (
        ("a reminder for all", one, "Still inactive, Autotask does not answer, for 1 h."),
        ("the last word", last, "Active again after 12 min."),
    ):
        line = Alert(
            "a1", "T1", member.connection.id, Kind.TIMELINE, text, NOW, member.incident.id, 2
        )
        about = replace(owed(line, member.connection, member.incident), others=(other,))
        yield Story("A line below an outage", name, message(about), (about,), in_thread=True)
