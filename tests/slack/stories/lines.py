"""What is said beside an incident's message: lines below it, notices, bulletins."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from bot.domain.announce import Effect, News
from bot.domain.connection import Connection
from bot.domain.destination import (
    Missed,
    back_sentence,
    broken_sentence,
    farewell_sentence,
    summary,
)
from bot.domain.digest import Week, sentences
from bot.domain.gap import bulletin, going_on, over
from bot.domain.incident import Doubt, Kind
from bot.domain.introduction import hello, trial
from bot.domain.observation import Cause, Quota
from bot.domain.policy import Care
from bot.domain.status import Status
from bot.domain.telling import Teller
from bot.domain.uptime import Tally
from bot.slack.alerts import message
from bot.usecases.ports import Owed
from tests.slack.stories.cast import ALICE, BEGAN, BOB, NOW, Cast, owed
from tests.slack.stories.story import Story

CALM = Tally(ok=timedelta(days=7), answered=2_016, latency_max=timedelta(seconds=2.4))
ROUGH = Tally(ok=timedelta(days=5), failed=timedelta(days=1), unknown=timedelta(days=1))
REASONS = (
    *("is_archived", "deleted", "removed", "not_in_channel", "channel_not_found"),
    *("restricted_action", "ekm_access_denied", "messages_tab_disabled", "user_disabled"),
    *("is_inactive", "something_new"),
)


def stories(cast: Cast) -> Iterator[Story]:
    yield from _news(cast)
    yield from _deeds(cast)
    yield from _notices(cast)
    yield from _bulletins(cast)
    yield from _destinations(cast)


def _news(cast: Cast) -> Iterator[Story]:
    """Each piece of news, with all that it makes the bot say."""
    fine: dict[str, object] = {"status": Status.ACTIVE, "cause": None}
    changed: dict[str, object] = {"cause": Cause.USERNAME_UNKNOWN}
    watched = {News.RECOVERED: fine, News.CHANGED: changed, News.QUIET_OVER: fine}
    for news in News:
        alerts = _told(cast, news, **watched.get(news, {}))
        for each in alerts:
            name = f"{news.replace('_', ' ')}, {each.alert.kind}"
            yield _story("News", name, each, Effect(news, BEGAN))
        assert alerts, f"nothing is said of {news}"


def _told(cast: Cast, news: News, **watched: object) -> tuple[Owed, ...]:
    connection = cast.connection(care=Care(escalate_to=BOB, escalate_after=900))
    watch = cast.watch(Status.INACTIVE, Cause.CREDENTIALS_REFUSED)
    watch = replace(watch, **watched)  # type: ignore[arg-type]
    known = cast.incident(connection, Cause.CREDENTIALS_REFUSED)
    effect = Effect(news, NOW, "The snooze is over. Kept back meanwhile: active.")
    before = None if news is News.OPENED else known
    told = _teller(cast, connection).tell(before, watch, cast.seen(), (effect,))
    return tuple(owed(each, connection, told.incident or before) for each in told.alerts)


def _deeds(cast: Cast) -> Iterator[Story]:
    """What is said in the thread of what people do."""
    connection = cast.connection(care=Care(broadcast_recovery=True))
    incident = cast.incident(connection, Cause.CREDENTIALS_REFUSED)
    teller, until = _teller(cast, connection, by=BOB), NOW + timedelta(hours=4)
    deeds = {
        "acknowledged": teller.acknowledge(incident),
        "snoozed": teller.snooze(incident, until),
        "resumed": teller.resume(incident),
        **{
            how: teller.close(incident, how)
            for how in ("mended", "recovered", "paused", "disconnected")
        },
    }
    for name, told in deeds.items():
        for each in told.alerts[1:]:
            yield _story("A line in the thread", name, owed(each, connection, told.incident))
    for each in teller.acknowledge(incident).alerts:
        repeat = replace(owed(each, connection, incident), repeat=True)
        doubtful = replace(repeat, alert=replace(each, doubt=Doubt.BLIND))
        yield _story("Possibly a repeat", each.kind, doubtful)
    told = teller.acknowledge(incident)
    detour = owed(replace(told.alerts[1], destination=ALICE), connection, incident)
    yield _story("A line in the thread", "told elsewhere, by name", detour)


def _notices(cast: Cast) -> Iterator[Story]:
    connection = cast.connection()
    for name, introduce in (("hello", hello), ("a test of the channel", trial)):
        alert = introduce(connection, by=ALICE, now=NOW, id="a1")
        yield _story("A notice", name, owed(alert, connection))


def _bulletins(cast: Cast) -> Iterator[Story]:
    weeks = [_week(cast, "Autotask", CALM), _week(cast, "EU subsidiary", ROUGH)]
    many = [_week(cast, f"Customer {number}", ROUGH) for number in range(40)]
    fresh = replace(weeks[0], quota=None, tally=Tally(), incidents=())
    for name, text in (
        ("a gap that is over", over(BEGAN, NOW)),
        ("a gap that goes on", going_on(BEGAN)),
        ("the weekly digest", sentences(weeks, now=NOW + timedelta(days=60))),
        ("the weekly digest of a first week", sentences([fresh], now=NOW)),
        ("the weekly digest of 40 connections", sentences(many, now=NOW)),
    ):
        yield _bulletin(cast.connection(), name, text)


def _week(cast: Cast, name: str, tally: Tally) -> Week:
    overview = cast.overview(Status.SUSPECT, name=name)
    opened = [
        cast.incident(overview.connection, Cause.DNS, closed_at=closed) for closed in (NOW, None)
    ]
    incidents = opened if tally is ROUGH else []
    return Week(overview.connection, overview.watch, Quota(8_214, 10_000), tally, incidents)


def _destinations(cast: Cast) -> Iterator[Story]:
    """What people hear of a channel that takes nothing, and what the channel hears afterwards."""
    connections = [cast.connection(f"Customer {number}") for number in range(7)]
    for reason in REASONS:
        text = broken_sentence("C0ALERTS", reason, connections)
        yield _bulletin(connections[0], f"a channel: {reason.replace('_', ' ')}", text)
    yield _bulletin(
        connections[0], "a person", broken_sentence(BOB, "user_disabled", connections[:1])
    )
    yield _bulletin(connections[0], "it is back", back_sentence("C0ALERTS", connections[:2]))
    text = farewell_sentence("C0ALERTS", connections)
    last = replace(bulletin(connections[0], text, now=NOW, id="a1"), kind=Kind.FAREWELL)
    yield _story("A farewell", "of many", owed(last, connections[0]))
    trouble = cast.watch(Status.INACTIVE, Cause.CREDENTIALS_REFUSED)
    fine = cast.watch(Status.ACTIVE)
    missed = [Missed(each, (trouble, fine)[n % 2], n) for n, each in enumerate(connections)]
    for name, several in (("what was missed", missed), ("nothing was missed", missed[:1])):
        text = summary(BEGAN, NOW, "is_archived", several)
        yield _bulletin(connections[0], name, text)


def _bulletin(connection: Connection, name: str, text: str) -> Story:
    return _story(
        "A bulletin", name, owed(bulletin(connection, text, now=NOW, id="a1"), connection)
    )


def _story(group: str, name: str, about: Owed, *more: object) -> Story:
    in_thread = about.alert.kind in (Kind.TIMELINE, Kind.MENTION)
    return Story(group, name, message(about), (about, *more), in_thread=in_thread)


def _teller(cast: Cast, connection: Connection, by: str | None = None) -> Teller:
    return Teller(connection, NOW, 30.0, lambda: f"a{next(cast.ids)}", by=by)
