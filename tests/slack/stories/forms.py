"""Every form: empty, with errors, with advice, filled, and what follows it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from slack_sdk.models.views import View

from bot.domain.credentials import Typed
from bot.domain.guide import STEPS
from bot.domain.observation import Cause, Observation, Seen
from bot.domain.policy import Care
from bot.domain.shapes import LOCKS_A_PERSON, advise
from bot.domain.stamps import unmarked
from bot.domain.status import Status
from bot.slack import alert_form, connect, guide, maintenance, manage
from bot.slack.bolt import SUBMISSIONS
from bot.slack.connect_form import FORM, GIVES_AWAY, Form, form_view, read_form
from bot.slack.connect_result import Outcome, connected_view, in_a_line
from bot.slack.connect_zone import with_note, zone_note
from bot.slack.desk import Reply
from bot.slack.views import note_view
from bot.usecases.connect import Connected, Doubtful, Refused
from bot.usecases.connect import _refused as refused_by
from bot.usecases.find_zone import Preview
from bot.usecases.ports import Zone
from bot.usecases.sign_in import BUSY
from tests.fakes import ZONE_3
from tests.slack.stories.cast import (
    ALICE,
    BEGINNINGS,
    BOB,
    CODE,
    NOW,
    REFERENCE,
    SECRET,
    TYPED,
    USERNAME,
    Cast,
)
from tests.slack.stories.story import Story

CONNECT, CONNECTED = "The form of connect", "After connect"
MIXED_UP = {
    "the secret pasted everywhere": dict.fromkeys(TYPED, SECRET),
    "username and code swapped": {**TYPED, "username": CODE, "integration_code": USERNAME},
    "a person's own login": {**TYPED, "username": "jane.doe@lakeside.example"},
    "the integration's name for a code": {**TYPED, "integration_code": "slack-watch"},
}
UNUSABLE = {
    "nothing was typed": dict.fromkeys(TYPED, ""),
    "invisible characters": {**TYPED, "secret": SECRET + "\u200b", "username": "<a b>"},
    "a wrong address": {**TYPED, "url": "https://evil.example/api"},
    "far too long": {**TYPED, "integration_code": "X" * 200, "username": "y" * 3_000},
}


def stories(cast: Cast) -> Iterator[Story]:
    yield from _guide()
    yield from _empty(cast)
    yield from _zones(cast)
    yield from _refused(cast)
    yield from _doubtful(cast)
    yield from _connected(cast)
    yield from _others(cast)


def _empty(cast: Cast) -> Iterator[Story]:
    for name, form in (
        ("empty", Form("Autotask", typed_in="C0OPS")),
        ("empty, with the longest name", Form("n" * 40, channel="C0ALERTS")),
        ("new credentials for a connection", Form("EU subsidiary", connection_id="c1")),
        ("empty, where references are set up", Form("Autotask", beginnings=BEGINNINGS)),
        (
            "another reference for a connection",
            Form(
                "EU subsidiary",
                connection_id="c1",
                shown={"secret": REFERENCE},
                beginnings=BEGINNINGS,
            ),
        ),
    ):
        yield Story(CONNECT, name, form_view(form))


def _guide() -> Iterator[Story]:
    """Each step, from the form and by itself."""
    for number, step in enumerate(STEPS, start=1):
        for name, over_form in (("over the form", True), ("by itself", False)):
            view = guide.step_view(number, {"over_form": over_form, "typed_in": "C0OPS"})
            yield Story("The guide", f"step {number}, {name}", view, (step,))


def _zones(cast: Cast) -> Iterator[Story]:
    """What stands below Username while it is being typed."""
    zone = Zone(ZONE_3, cast.zone)
    form = form_view(Form("Autotask", shown={"username": USERNAME})).to_dict()
    for name, seen in (
        ("the zone is found", Preview(zone)),
        ("a zone without a name", Preview(replace(zone, name=None))),
        (
            "the zone is found, and the URL names another",
            Preview(zone, f"It is {unmarked(cast.zone)}."),
        ),
        ("the zone cannot be looked up", Preview(remark="The zone cannot be looked up just now.")),
    ):
        view = View(**{**form, "blocks": with_note(form["blocks"], zone_note(seen))})
        yield Story(CONNECT, name, view)


def _refused(cast: Cast) -> Iterator[Story]:
    """Errors at their fields, and what is not about any field."""
    for name, typed in UNUSABLE.items():
        yield _after(name, typed, Refused(Typed.of(typed).problems()))
    for cause in Cause:
        withheld = cause is Cause.LOGINS_WITHHELD
        seen = Observation(Seen.WITHHELD if withheld else Seen.REJECTED, cause)
        refused = refused_by(seen)
        yield _after(f"refused: {cause.replace('_', ' ')}", TYPED, refused, cause)
    yield _after("another sign-in is under way", TYPED, refused_by(BUSY))
    elsewhere = "This username belongs to another zone: https://webservices5.autotask.net."
    yield _after("another zone", TYPED, Refused({"url": f"{elsewhere} Leave this field empty."}))
    taken = "There is a connection named Autotask already."
    yield _after("the name is taken", TYPED, Refused({"name": taken}))
    yield _after("the secret is in the name", TYPED, Refused({"name": GIVES_AWAY}))


def _doubtful(cast: Cast) -> Iterator[Story]:
    """Values that look like another field's, and a budget of sign-ins that is used up."""
    for name, typed in MIXED_UP.items():
        advice = advise(Typed.of(typed))
        doubtful = Doubtful(advice, "Send as they are", may_lock=False, warning=LOCKS_A_PERSON)
        yield _after(name, typed, doubtful)
    sure = "Sign in once more, though it may lock the API user"
    why = "The last sign-ins with this username were refused."
    yield _after("one more may lock", TYPED, Doubtful({"username": why}, sure, may_lock=True))


def _connected(cast: Cast) -> Iterator[Story]:
    connection = cast.connection()
    missing = cast.watch(Status.DEGRADED, Cause.PERMISSION_MISSING)
    here, active = Connected(connection, cast.watch(Status.ACTIVE)), cast.watch(Status.ACTIVE)
    alone = replace(connection, channel=None, company=None, zone=None)
    for name, connected in (
        ("it is active", here),
        ("a permission is missing", Connected(connection, missing)),
        ("alerts go to the person", Connected(alone, active)),
        ("the channel is closed to the bot", Connected(alone, active, channel_refused="C0OPS")),
        ("a shared channel is left out", Connected(alone, active, left_out="C0OPS", shared=True)),
        ("a channel nobody can look at", Connected(alone, active, left_out="C0OPS")),
        ("a shared channel was chosen", replace(here, shared=True)),
        ("by the command line", Connected(replace(alone, connected_by="cli"), active)),
    ):
        yield Story(CONNECTED, name, connected_view(connected), (connected,))
    replaced = connected_view(replace(here, replaced=True))
    yield Story(CONNECTED, "new credentials have taken over", replaced)
    _, meanwhile = SUBMISSIONS[FORM]
    yield Story(CONNECTED, "it takes longer", note_view("One moment", meanwhile))


def _others(cast: Cast) -> Iterator[Story]:
    care = Care(60, 4, escalate_to=BOB, escalate_after=900, broadcast_recovery=True)
    odd = Care(check_interval=417)
    for name, connection, digest in (
        ("as usual", cast.connection(), False),
        ("closely watched", cast.connection(care=care), True),
        ("an interval of the command line's", cast.connection(care=odd, channel=None), False),
    ):
        view = alert_form._view(connection, digest=digest)
        yield Story("The form of alerts", name, view, (connection,))
    several = [cast.overview(Status.ACTIVE, name=f"Customer {n}") for n in range(100)]
    for name, overviews in (("of one", several[:1]), ("of a hundred", several)):
        view = maintenance._view(overviews, NOW - timedelta(minutes=3))
        yield Story("The form of maintenance", name, view)
    for name, named in (("nobody is named", ()), ("people are named", (ALICE, BOB))):
        yield Story("The form of settings", name, manage._settings_view(frozenset(named)))


def _after(name: str, typed: dict[str, str], outcome: Outcome, *about: object) -> Story:
    """As `connect.submit` replies: the form as it was typed, without the secret."""
    form = read_form({"name": "Autotask", "typed_in": "C0OPS"}, typed)
    view: View = connect._view(form, outcome)
    errors = outcome.errors if isinstance(outcome, Refused) else {}
    reply = Reply(view, errors, in_a_line(outcome))
    before = form_view(Form("Autotask", typed_in="C0OPS"))
    return Story(CONNECT, name, reply, about, onto=before)
