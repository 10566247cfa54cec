"""The Home tab in every state: for newcomers, for who manages, for who only looks."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from bot.domain.destination import Detour
from bot.domain.errors import NotAllowed
from bot.domain.observation import Cause
from bot.domain.people import Person, require_full_member
from bot.domain.status import Status
from bot.domain.uptime import Tally, Uptime
from bot.slack.cards import Facts
from bot.slack.home import MOST_CARDS, closed_view, home_view
from bot.slack.text import plain_sentence
from bot.usecases.ports import Overview, Suspended
from bot.usecases.survey import Health, Survey
from tests.slack.stories.cast import ALICE, BEGAN, BOB, NOW, Cast
from tests.slack.stories.story import Story

WORKED = Tally(ok=timedelta(hours=719), failed=timedelta(hours=1), degraded=timedelta(hours=2))
TOOK = [180, 190, 175, 420, 210, 185] * 4
HOURS = [
    (
        NOW - timedelta(hours=back, minutes=NOW.minute),
        Tally(ok=timedelta(hours=1), latency_sum=timedelta(milliseconds=took), answered=1),
    )
    for back, took in enumerate(TOOK)
]
WELL = Health(NOW - timedelta(days=9), checks_late=False, alerts_wait=False)
OUTSIDERS = {
    "a guest": Person(BOB, "T1", guest=True),
    "somebody of another organisation": Person(BOB, "T1", stranger=True),
    "a deactivated user": Person(BOB, "T1", gone=True),
}


def stories(cast: Cast) -> Iterator[Story]:
    for who, manages in (("who manages", True), ("who looks", False)):
        for name, found in surveys(cast, manages=manages).items():
            facts = {each.connection.id: _known(each) for each in found.overviews}
            view = home_view(found, facts, WELL)
            yield Story(f"The Home tab of {who}", name, view, (found,))
    for who, person in OUTSIDERS.items():
        try:
            require_full_member(person)
        except NotAllowed as error:
            shown = closed_view(plain_sentence(error.sentence()))
            yield Story("The Home tab of others", who, shown)


def _known(overview: Overview) -> Facts:
    """What is inactive has worked until it began."""
    (now, hour), *before = HOURS
    if overview.watch.trouble:
        half = NOW - BEGAN
        hour = replace(hour, ok=hour.ok - half, failed=half)
    return Facts(Uptime(WORKED, WORKED, WORKED), [(now, hour), *before], NOW)


def surveys(cast: Cast, *, manages: bool) -> dict[str, Survey]:
    """What a person may find, by what there is to find."""

    def survey(overviews: list[Overview], **wrong: object) -> Survey:
        suspected = {
            each.connection.id: "1 of 3 checks failed: Autotask could not be reached"
            for each in overviews
            if each.watch.status is Status.SUSPECT
        }
        return Survey(overviews, manages, 300, suspected=suspected, **wrong)  # type: ignore[arg-type]

    several, fine = overviews(cast), [cast.overview(Status.ACTIVE)]
    full = [again(each, number) for number, each in enumerate(several * 3)]
    connections = [each.connection for each in several]
    return {
        "nothing is connected yet": survey([]),
        "all is well": survey(fine),
        "no channel is chosen yet": survey([_quiet(fine[0])]),
        "a usual day": survey(_usual(cast)),
        "one of each": survey(several),
        "as many as there is room for": survey(full[:MOST_CARDS]),
        "more than there is room for": survey([again(fine[0], n) for n in range(250)]),
        "alerts reached nobody": survey(fine, died=[("no destination is left (C0OPS deleted)", 3)]),
        "several reasons": survey(fine, died=[(f"a day has passed (5{n}x)", 1) for n in range(9)]),
        "a channel takes nothing": survey(several, detours=_detours(cast)),
        "nobody would hear of it": survey(several, unheard=connections),
        "the app is to be installed anew": survey(
            fine, suspended=Suspended("T1", "missing_scope: chat:write", BEGAN)
        ),
        "nobody watches": survey(several, unwatched_since=BEGAN),
    }


def overviews(cast: Cast) -> list[Overview]:
    """A connection of each status, and some that people look after."""
    until = NOW + timedelta(hours=4)
    refused = Cause.CREDENTIALS_REFUSED
    taken = cast.overview(Status.INACTIVE, refused, "Acknowledged", snoozed_until=until)
    incident = cast.incident(taken.connection, refused, acknowledged_by=BOB, acknowledged_at=NOW)
    return [
        cast.overview(Status.INACTIVE, refused),
        replace(taken, incident=replace(incident, snoozed_by=BOB, snoozed_until=until)),
        cast.overview(Status.INACTIVE, Cause.TIME_OUT, "EU subsidiary"),
        cast.overview(Status.DEGRADED, Cause.PERMISSION_MISSING, "Sandbox"),
        cast.overview(Status.PENDING, name="Just resumed"),
        cast.overview(Status.SUSPECT, name="Looked at again"),
        cast.overview(Status.ACTIVE, name="North", maintenance_from=NOW, maintenance_until=until),
        cast.overview(Status.PAUSED, name="South"),
    ]


def _usual(cast: Cast) -> list[Overview]:
    refused = cast.overview(Status.INACTIVE, Cause.CREDENTIALS_REFUSED)
    fine = [cast.overview(Status.ACTIVE, name=name) for name in ("EU subsidiary", "Sandbox")]
    return [refused, *fine]


def _quiet(overview: Overview) -> Overview:
    """Its alerts go to who connected it."""
    return replace(overview, connection=replace(overview.connection, channel=None))


def again(overview: Overview, number: int) -> Overview:
    """The same once more, as another connection."""
    connection = replace(overview.connection, id=f"{number:032x}", name=f"Customer {number}")
    return replace(overview, connection=connection)


def _detours(cast: Cast) -> list[Detour]:
    connections = [cast.connection(f"Customer {number}") for number in range(3)]
    reasons = ("is_archived", "restricted_action", "removed", "deleted", "not_in_channel")
    lost = [Detour("C0ALERTS", each, BEGAN, connections, [ALICE, "C0OPS"]) for each in reasons]
    return [*lost, Detour(BOB, "user_disabled", BEGAN, connections[:1], [])]
