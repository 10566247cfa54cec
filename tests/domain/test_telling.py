"""What people are told, and in how many calls."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.announce import Effect, News
from bot.domain.connection import Connection
from bot.domain.incident import Incident, Kind, Telling, spell
from bot.domain.observation import Cause, Observation, Seen
from bot.domain.origin import AutotaskOrigin
from bot.domain.status import Status, Watch
from bot.domain.telling import Teller

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
CONNECTION = Connection(
    id="c1",
    workspace_id="T1",
    name="Autotask",
    origin=AutotaskOrigin("https://webservices3.autotask.net"),
    company="Lakeside IT",
    zone="America East",
    connected_by="U1",
    connected_at=NOON,
    channel="C1",
)
REFUSED = Observation(Seen.REJECTED, Cause.CREDENTIALS_REFUSED, ("ThresholdInformation: 401",))


def teller(*, now: datetime = NOON, by: str | None = None) -> Teller:
    ids = (f"id{n}" for n in itertools.count())
    return Teller(CONNECTION, now, group_wait=30, new_id=lambda: next(ids), by=by)


def watch(status: Status, cause: Cause | None) -> Watch:
    return Watch(
        status=status, since=NOON, next_check_at=NOON, cause=cause, evidence=REFUSED.evidence
    )


def opened(cause: Cause = Cause.CREDENTIALS_REFUSED) -> tuple[Incident, Telling]:
    effect = Effect(News.OPENED, NOON - timedelta(minutes=2))
    told = teller().tell(None, watch(Status.INACTIVE, cause), REFUSED, (effect,))
    assert told.incident
    return told.incident, told


def test_trouble_opens_an_incident_that_began_when_it_was_first_seen() -> None:
    incident, told = opened()

    assert incident.opened_at == NOON - timedelta(minutes=2)
    assert incident.evidence == REFUSED.evidence
    assert [alert.kind for alert in told.alerts] == [Kind.INCIDENT]
    assert told.alerts[0].not_before == NOON


def test_news_of_an_outage_waits_so_that_a_short_one_is_told_as_over() -> None:
    _, told = opened(Cause.DNS)

    assert told.alerts[0].not_before == NOON + timedelta(seconds=30)


def test_recovery_edits_the_message_and_says_in_its_thread_how_long_it_lasted() -> None:
    incident, _ = opened()
    later = NOON + timedelta(minutes=10)

    told = teller(now=later).tell(
        incident, watch(Status.ACTIVE, None), REFUSED, (Effect(News.RECOVERED, later),)
    )

    assert told.incident
    assert told.incident.closed_at == later
    assert told.incident.version == incident.version + 1
    assert [alert.kind for alert in told.alerts] == [Kind.INCIDENT, Kind.TIMELINE]
    assert told.alerts[1].text == "Active again after 12 min."


def test_a_change_keeps_the_incident_and_names_the_new_cause() -> None:
    incident, _ = opened(Cause.DNS)

    told = teller().tell(
        incident,
        watch(Status.INACTIVE, Cause.CREDENTIALS_REFUSED),
        REFUSED,
        (Effect(News.CHANGED, NOON),),
    )

    assert told.incident
    assert told.incident.id == incident.id
    assert told.incident.cause is Cause.CREDENTIALS_REFUSED
    assert told.alerts[1].text == "Now: inactive, credentials refused."


def test_who_mended_it_is_remembered() -> None:
    incident, _ = opened()

    told = teller(by="U7").tell(
        incident, watch(Status.ACTIVE, None), REFUSED, (Effect(News.RECOVERED, NOON),)
    )

    assert told.incident
    assert (told.incident.closed_by, told.incident.closed_how) == ("U7", "mended")


def test_disconnecting_closes_the_incident() -> None:
    incident, _ = opened()

    told = teller(by="U7").close(incident, "disconnected")

    assert told.incident
    assert told.incident.closed_how == "disconnected"
    assert told.alerts[1].text == "Disconnected after 2 min."


def test_a_move_is_a_notice_of_its_own() -> None:
    moved = replace(REFUSED, seen=Seen.MOVED_OK, cause=None)

    told = teller().tell(None, watch(Status.ACTIVE, None), moved, (Effect(News.MOVED, NOON),))

    assert told.incident is None
    assert [alert.kind for alert in told.alerts] == [Kind.NOTICE]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (40, "40 s"), (61, "1 min 1 s"), (7_500, "2 h 5 min"), (90_061, "1 d 1 h")],
)
def test_lengths_of_time_are_spelled_in_their_two_largest_units(seconds: int, words: str) -> None:
    assert spell(timedelta(seconds=seconds)) == words
