"""The stories of commands, buttons and forms: each is done, and what is answered is the story."""

from collections.abc import AsyncIterator
from dataclasses import replace

from bot.domain.observation import Cause, Observation, Seen
from bot.domain.people import Person
from bot.domain.sending import Later, NotInstalled, Undeliverable
from bot.slack import (
    alert_form,
    audit,
    chart,
    connect,
    guide,
    history,
    maintenance,
    manage,
    quiet,
    status,
    testing,
)
from bot.slack.request import Kind
from bot.usecases.connect import Connected
from bot.usecases.disconnect import disconnect
from bot.usecases.survey import survey
from tests.fakes import DOWN, FORBIDDEN, REFUSED
from tests.slack.stories.answers import (
    ADMIN,
    GUEST,
    MEMBER,
    STRANGER,
    Counter,
    asked,
    counter,
    submitted,
)
from tests.slack.stories.cast import ALICE, BOB, EVIL, NOW, TYPED, Cast
from tests.slack.stories.story import Story

STATUS, TEST, FORMS = "The answer to status", "The answer to test", "After a form"
HISTORY = "The answer to history"
AUDIT = "The answer to audit"
REFUSALS, QUIET, END = "A refusal", "The answer to pause and resume", "Disconnecting"


async def stories(cast: Cast, url: str) -> AsyncIterator[Story]:
    async with counter(cast, url) as at:
        for chapter in (_words, _before, _connecting, _testing, _asking, _quieting):
            async for each in chapter(at):
                yield each
        for chapter in (_forms, _refusals, _many, _leaving):
            async for each in chapter(at):
                yield each


async def _words(at: Counter) -> AsyncIterator[Story]:
    """What needs no connection."""
    yield await at.story("Help", "every command", manage.tell_help(at.desk, asked(), ""))
    yield await at.story("Help", "the button", manage.show_help(at.desk, asked(Kind.ACTION)))
    yield await at.story("The guide", "eight steps", guide.tell(at.desk, asked(), ""))


async def _before(at: Counter) -> AsyncIterator[Story]:
    """Where nothing is connected yet."""
    desk, nothing = at.desk, "nothing is connected yet"
    yield await at.story(STATUS, nothing, status.tell_status(desk, asked(), ""))
    past = history.tell_history(desk, asked(), "")
    yield await at.story(HISTORY, nothing, past)
    yield await at.story(AUDIT, nothing, audit.tell_audit(desk, asked(), ""))
    yield await at.story(TEST, nothing, testing.test_by_name(desk, asked(), ""))
    yield await at.story("A refusal", nothing, maintenance.open_by_name(desk, asked(), ""))
    opened = connect.open_first(desk, asked(Kind.ACTION))
    yield await at.story("The form of connect", "opened from the Home tab", opened)


async def _connecting(at: Counter) -> AsyncIterator[Story]:
    """By the form, as a person fills it in."""
    typed = {name: {"value": value} for name, value in TYPED.items()}
    filled = submitted('{"name": "Autotask", "typed_in": "C0ALERTS"}', **typed)
    good, at.house.autotask.answer = at.house.autotask.answer, REFUSED
    yield await at.story("After connect", "it was refused", connect.submit(at.desk, filled))
    at.house.autotask.answer = good
    yield await at.story("After connect", "it was accepted", connect.submit(at.desk, filled))
    elsewhere = {**typed, "url": {"value": "https://webservices5.autotask.net"}}
    there = connect.submit(at.desk, submitted('{"name": "Other"}', **elsewhere))
    yield replace(await at.story("After connect", "it is in another zone", there), onto=at.form)
    again = connect.open_by_name(at.desk, asked(), "autotask")
    yield await at.story("The form of connect", "a name that exists", again)
    pressed = asked(Kind.ACTION, value=await at.id_of())
    for name in ("", "Nowhere"):
        edit = connect.edit_by_name(at.desk, asked(), name)
        yield await at.story("The answer to edit", name or "the only one", edit)
    for name, over_form in (("a new form", "false"), ("the form that waits", "true")):
        left = guide.to_form(at.desk, submitted(f'{{"over_form": {over_form}}}'))
        if (reply := await left).view:
            yield Story("The form of connect", f"{name}, from the guide", reply)
    by_button = connect.edit_by_id(at.desk, pressed)
    yield await at.story("The form of connect", "opened from an alert", by_button)


async def _testing(at: Counter) -> AsyncIterator[Story]:
    good = at.house.autotask.answer
    yield await at.story(TEST, "it works", testing.test_by_name(at.desk, asked(), ""))
    pressed = asked(Kind.ACTION, value=await at.id_of())
    for name, seen in (
        ("permission missing", FORBIDDEN),
        ("no answer", DOWN),
        ("the bot's own fault", Observation(Seen.INCONCLUSIVE, Cause.OURS, ("the key is away",))),
        *((f"refused, {count}", REFUSED) for count in ("once", "twice", "thrice", "four times")),
        ("held back", REFUSED),
    ):
        at.house.autotask.answer = replace(seen, tenant=good.tenant)
        yield await at.story(TEST, name, testing.test_by_id(at.desk, pressed))
    yield await at.story(STATUS, "it is inactive", status.tell_status(at.desk, asked(), ""))
    at.known.person = MEMBER
    await quiet.acknowledge_by_id(at.desk, pressed)
    at.known.person = ADMIN
    yield await at.story(QUIET, "acknowledged before", quiet.acknowledge_by_id(at.desk, pressed))
    at.house.autotask.answer = good
    all_the_same = testing.test_all_the_same(at.desk, pressed)
    yield await at.story(TEST, "all the same, and it works", all_the_same)
    yield await at.story(TEST, "once more", testing.test_by_id(at.desk, pressed))


async def _asking(at: Counter) -> AsyncIterator[Story]:
    await at.house.live(hours=0.5, step=5)
    looked_back = history.tell_history(at.desk, asked(), "")
    yield await at.story(HISTORY, "all of it", looked_back)
    yield await at.story(AUDIT, "all of it", audit.tell_audit(at.desk, asked(), ""))
    yield await at.story(STATUS, "it is active", status.tell_status(at.desk, asked(), ""))
    taken = status.show_status(at.desk, asked(Kind.SHORTCUT))
    yield await at.story("The shortcut Check Autotask", "it is active", taken)
    gone = status.tell_status(at.desk, asked(), "Nowhere")
    yield await at.story(STATUS, "there is no such connection", gone)
    pressed = asked(Kind.ACTION, value=await at.id_of())
    over = quiet.acknowledge_by_id(at.desk, pressed)
    yield await at.story("An error", "what is acknowledged is over", over)
    picture = chart.show_chart(at.desk, pressed)
    yield await at.story("The answer to Chart", "it cannot be drawn here", picture)
    again = manage.send_again(at.desk, pressed)
    yield await at.story("The answer to Send again", "nothing is left", again)


async def _quieting(at: Counter) -> AsyncIterator[Story]:
    yield await at.story(QUIET, "pause", quiet.pause_by_name(at.desk, asked(), ""))
    yield await at.story(STATUS, "it is paused", status.tell_status(at.desk, asked(), ""))
    yield await at.story(QUIET, "resume", quiet.resume_by_name(at.desk, asked(), ""))
    yield await at.story(STATUS, "it is pending", status.tell_status(at.desk, asked(), ""))
    await at.house.live(hours=0.2, step=5)
    published = at.desk.homes._whole(await survey(at.house.ports, ADMIN))
    yield await at.story("The Home tab", "as it is published", published)


async def _forms(at: Counter) -> AsyncIterator[Story]:
    """Alerts, maintenance and settings: opened, and submitted."""
    desk, id_ = at.desk, await at.id_of()
    metadata, picked = f'{{"connection": "{id_}"}}', {"selected_conversation": "C0OPS"}
    yield await at.story("The form of alerts", "opened", alert_form.open_by_name(desk, asked(), ""))
    by_menu = alert_form.open_by_id(desk, asked(Kind.ACTION, value=id_))
    yield await at.story("The form of alerts", "opened from the Home tab", by_menu)
    for name, sent in (
        ("a channel that is closed", Undeliverable("not_in_channel")),
        ("Slack is busy", Later("ratelimited")),
        ("the app is to be installed anew", NotInstalled("missing_scope: chat:write")),
    ):
        at.house.messenger.outcomes = [sent]
        reply = alert_form.submit(desk, submitted(metadata, channel=picked))
        form = at.form
        told = await at.story("The form of alerts", name, reply)
        yield replace(told, onto=form)
    weekly = {"selected_options": [{"value": "digest"}]}
    for name, more in (
        ("a channel was chosen", {}),
        ("the same, with a digest", {"digest": weekly}),
    ):
        reply = alert_form.submit(desk, submitted(metadata, channel=picked, **more))
        yield await at.story(FORMS, name, reply)
    at.house.messenger.shared = {"C0OPS"}
    reply = alert_form.submit(desk, submitted(metadata, channel=picked))
    yield await at.story(FORMS, "the channel is shared by now", reply)
    await at.house.ports.connections.choose_channel("T1", id_, None)
    yield await at.story(FORMS, "no channel", alert_form.submit(desk, submitted(metadata)))
    again = alert_form.submit(desk, submitted(metadata, channel=picked))
    yield await at.story(FORMS, "a shared channel was chosen", again)
    at.house.messenger.shared = set()
    opened = maintenance.open_by_id(desk, asked(Kind.ACTION, value=id_))
    yield await at.story("The form of maintenance", "opened from the Home tab", opened)
    left = await at.house.connect(ADMIN, "Left", "C0ALERTS", username=f"{'a' * 15}@lake.example")
    assert isinstance(left, Connected)
    await disconnect(at.house.ports, ADMIN, left.connection.id)
    form, which = at.form, {"selected_options": [{"value": id_}]}
    both = {"selected_options": [{"value": id_}, {"value": left.connection.id}]}
    start, end = ({"selected_date_time": int(NOW.timestamp()) + n * 36_000} for n in (1, 2))
    for name, first, last in (("planned", start, end), ("ends before it begins", end, start)):
        window = submitted(connections=which, start=first, end=last)
        reply = maintenance.submit(desk, window)
        yield replace(await at.story("After the form of maintenance", name, reply), onto=form)
    reply = maintenance.submit(desk, submitted(connections=both, start=start, end=end))
    yield await at.story("After the form of maintenance", "one of them is gone", reply)
    yield await at.story("The form of settings", "opened", manage.show_settings(desk, asked()))
    for name, users in (("nobody", []), ("somebody", [ALICE, BOB])):
        named = submitted(managers={"selected_users": users})
        yield await at.story(FORMS, f"settings name {name}", manage.submit_settings(desk, named))
    settings = at.form
    at.known.others = {
        "U0GUEST": Person("U0GUEST", "T1", EVIL, guest=True),
        "U0STRANGER": Person("U0STRANGER", "T1", "Stan", stranger=True),
        "U0GONE": Person("U0GONE", "T1", gone=True),
    }
    refused = submitted(managers={"selected_users": [BOB, *at.known.others]})
    told = await at.story(FORMS, "settings name a guest", manage.submit_settings(desk, refused))
    yield replace(told, onto=settings)
    await manage.submit_settings(desk, submitted(managers={"selected_users": []}))


async def _refusals(at: Counter) -> AsyncIterator[Story]:
    """Who may not is told so, and who can."""
    id_ = await at.id_of()
    for who, person in (("a member", MEMBER), ("a guest", GUEST), ("a stranger", STRANGER)):
        at.known.person, pressed = person, asked(Kind.ACTION, value=id_)
        yield await at.story(
            REFUSALS, f"{who} connects", connect.open_by_name(at.desk, asked(), "")
        )
        yield await at.story(REFUSALS, f"{who} tests", testing.test_by_id(at.desk, pressed))
        settings = manage.open_settings(at.desk, asked(), "")
        yield await at.story(REFUSALS, f"{who} opens the settings", settings)
        named = manage.submit_settings(at.desk, submitted(managers={"selected_users": []}))
        yield Story(REFUSALS, f"{who} submits the settings", await at.desk._replied(asked(), named))
    at.known.person = STRANGER
    looked = status.tell_status(at.desk, asked(), "")
    yield await at.story(REFUSALS, "a stranger asks for the status", looked)
    at.known.person = ADMIN


async def _many(at: Counter) -> AsyncIterator[Story]:
    for number in range(status.MOST_CARDS + 2):
        username = f"a{number:014}@lakeside.example"
        name = f"Customer {number}"
        connected = await at.house.connect(ADMIN, name, "C0ALERTS", username=username)
        assert isinstance(connected, Connected)
    yield await at.story(
        STATUS, "of more than there is room for", status.tell_status(at.desk, asked(), "")
    )
    taken = status.show_status(at.desk, asked(Kind.SHORTCUT))
    yield await at.story("The shortcut Check Autotask", "of more than there is room for", taken)
    for verb, group, ask in (
        ("test", TEST, testing.test_by_name),
        ("pause", QUIET, quiet.pause_by_name),
        ("resume", QUIET, quiet.resume_by_name),
        ("disconnect", END, manage.ask_disconnect),
    ):
        yield await at.story(group, f"{verb}: which connection?", ask(at.desk, asked(), ""))
    this = asked(Kind.ACTION, value=await at.id_of("Customer 3"))
    for verb, group, done in (
        ("pause", QUIET, quiet.pause_chosen),
        ("resume", QUIET, quiet.resume_chosen),
        ("disconnect", END, manage.ask_disconnect_chosen),
    ):
        yield await at.story(group, f"{verb}: one was chosen", done(at.desk, this))
    one = {"type": "static_select", "selected_option": {"value": await at.id_of("Customer 3")}}
    for verb, ask, go_on in (
        ("edit", connect.edit_by_name, connect.edit_chosen),
        ("alerts", alert_form.open_by_name, alert_form.open_chosen),
        ("test", testing.test_by_name, testing.test_chosen),
    ):
        group = f"The form of {verb}"
        yield await at.story(group, "of which connection?", ask(at.desk, asked(), ""))
        chosen = go_on(at.desk, submitted("{}", connection=one))
        yield await at.story(group, "one was chosen", chosen)


async def _leaving(at: Counter) -> AsyncIterator[Story]:
    pressed = asked(Kind.ACTION, value=await at.id_of())
    question = manage.ask_disconnect(at.desk, asked(), "Autotask")
    yield await at.story(END, "the question", question)
    by_menu = manage.ask_disconnect_by_id(at.desk, pressed)
    yield await at.story(END, "the question, from the Home tab", by_menu)
    yield await at.story(END, "kept", manage.keep(at.desk, pressed))
    yield await at.story(END, "done", manage.do_disconnect(at.desk, pressed))
