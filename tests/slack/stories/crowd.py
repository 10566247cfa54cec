"""The workspace of a large provider: more of everything than Slack has room for, under the longest
names. What people see is drawn by the doers themselves, over a real database."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

from bot.domain.people import Person
from bot.slack import (
    alert_form,
    connect,
    doctor,
    history,
    maintenance,
    manage,
    quiet,
    status,
    testing,
)
from bot.usecases.destinations import lost
from bot.usecases.ports import Suspended
from bot.usecases.survey import survey
from tests.fakes import DOWN, FORBIDDEN, REFUSED
from tests.slack.stories.answers import ADMIN, MEMBER, Counter, asked, counter, submitted
from tests.slack.stories.cast import BEGAN, MANY_CHANNELS, MANY_PEOPLE, NOW, Cast
from tests.slack.stories.story import Story

GROUP = "A large provider"
CONNECTIONS = 300
LONGEST_NAME = 40
TROUBLE = {0: REFUSED, 1: DOWN, 2: FORBIDDEN}
"""What becomes of a third of them."""


async def stories(cast: Cast, url: str) -> AsyncIterator[Story]:
    async with counter(cast, url) as at:
        await _settle(at)
        for chapter in (_looking, _naming, _planning, _named_people, _broken):
            async for each in chapter(at):
                yield each


def name_of(number: int) -> str:
    """As long as a name may be."""
    return f"Customer {number:03} of Great Lakes Managed Services Group"[:LONGEST_NAME]


async def _settle(at: Counter) -> None:
    """Connect them, and let a third of them fail."""
    good, channels = at.house.autotask.answer, list(MANY_CHANNELS)
    for number in range(CONNECTIONS):
        username = f"u{number:014}@lakeside.example"
        channel = channels[number % len(channels)]
        await at.house.connect(ADMIN, name_of(number), channel, username=username)
        if seen := TROUBLE.get(number % 9):
            at.house.autotask.answers[username] = replace(seen, tenant=good.tenant)
    await at.house.live(hours=0.25, step=5)


async def _looking(at: Counter) -> AsyncIterator[Story]:
    desk = at.desk
    for who, person in (("who manages", ADMIN), ("who looks", MEMBER)):
        at.known.person = person
        told = status.tell_status(desk, asked(), "")
        yield await at.story(GROUP, f"status, for {who}", told)
        found = await survey(at.house.ports, person)
        yield Story(GROUP, f"the Home tab of {who}", await desk.homes._whole(found), (found,))
    at.known.person = ADMIN
    one = status.tell_status(desk, asked(), name_of(7))
    yield await at.story(GROUP, "status of one", one)
    yield await at.story(GROUP, "history", history.tell_history(desk, asked(), ""))
    yield await at.story(GROUP, "the doctor", doctor.tell(desk, asked(), ""))


async def _naming(at: Counter) -> AsyncIterator[Story]:
    """Which one is meant?"""
    desk = at.desk
    for verb, doing in (
        ("test", testing.test_by_name),
        ("edit", connect.edit_by_name),
        ("alerts", alert_form.open_by_name),
        ("pause", quiet.pause_by_name),
        ("disconnect", manage.ask_disconnect),
    ):
        yield await at.story(GROUP, f"{verb}, of which connection?", doing(desk, asked(), ""))


async def _planning(at: Counter) -> AsyncIterator[Story]:
    """Maintenance for all, and for many; what a search for them suggests."""
    desk = at.desk
    opened = maintenance.open_by_name(desk, asked(), "")
    yield await at.story(GROUP, "the form of maintenance", opened)
    form = at.form
    window = {
        name: {"selected_date_time": int((NOW + timedelta(hours=hours)).timestamp())}
        for name, hours in (("start", 1), ("end", 3))
    }
    overviews = await at.house.ports.connections.all("T1")
    chosen = [{"value": each.connection.id} for each in overviews[:120]]
    for name, options in (("maintenance for all", []), ("maintenance for 120", chosen)):
        planned = submitted("{}", connections={"selected_options": options}, **window)
        told = await at.story(GROUP, name, maintenance.submit(desk, planned))
        yield replace(told, onto=form)


async def _named_people(at: Counter) -> AsyncIterator[Story]:
    """Settings, with everybody who may manage."""
    people = list(MANY_PEOPLE)
    at.known.others = {id_: Person(id_, "T1", name) for id_, name in MANY_PEOPLE.items()}
    fields = {"managers": people[:100], "managers.100": people[100:]}
    typed = {name: {"selected_users": ids} for name, ids in fields.items()}
    named = manage.submit_settings(at.desk, submitted("{}", **typed))
    yield await at.story(GROUP, "settings are saved", named)
    yield await at.story(GROUP, "the form of settings", manage.show_settings(at.desk, asked()))
    at.known.person = MEMBER
    refused = connect.open_by_name(at.desk, asked(), "")
    yield await at.story(GROUP, "a member connects", refused)
    at.known.person = ADMIN


async def _broken(at: Counter) -> AsyncIterator[Story]:
    """Every channel is closed, and alerts have reached nobody."""
    ports = at.house.ports
    for channel in MANY_CHANNELS:
        await lost(ports, "T1", channel, "is_archived")
    for who, person in (("who manages", ADMIN), ("who looks", MEMBER)):
        found = await survey(ports, person)
        worst = replace(
            found,
            unheard=[each.connection for each in found.overviews],
            died=[(f"no destination is left ({each} deleted)", 7) for each in MANY_CHANNELS],
            unwatched_since=BEGAN,
            suspended=Suspended("T1", "missing_scope: chat:write", BEGAN),
        )
        shown = await at.desk.homes._whole(worst)
        yield Story(GROUP, f"all is wrong, for {who}", shown, (worst,))
        if person.admin:
            told = doctor.drawn(doctor.findings(worst, None), [])
            yield Story(GROUP, "the doctor, all is wrong", told)
