"""What is said where something is not done: errors with a way out, refusals, what is out of use."""

from collections.abc import Iterator

from slack_sdk.errors import SlackApiError

from bot.domain.errors import (
    BotError,
    NoSuchConnection,
    NotAllowed,
    SlackUnavailable,
    StoreUnavailable,
)
from bot.domain.people import Person, require_admin, require_full_member, require_manager
from bot.slack.commands import VERBS, parse
from bot.slack.desk import Answer
from bot.slack.excuse import STALE_BUTTON, STALE_FORM, excuse, refusal
from bot.slack.request import Kind, Request
from bot.slack.views import note_view
from tests.slack.stories.answers import asked
from tests.slack.stories.cast import ALICE, BOB, Cast
from tests.slack.stories.story import Story

ERROR, REFUSAL = "An error", "Who may not, and who may"
TYPED = {
    "nearly a command": "conect",
    "no command at all": "frobnicate <!channel>",
    "what may be a secret": "status aB3$dE6#gH9~jK2*mN5@pQ8rS",
    "what may be a secret, or a new name": "connect Contoso-Production-EU-West",
}
WHO = {
    "a member": Person(BOB, "T1"),
    "a guest": Person(BOB, "T1", guest=True),
    "somebody of another organisation": Person(BOB, "T1", stranger=True),
    "a deactivated user": Person(BOB, "T1", gone=True),
}


def stories(cast: Cast) -> Iterator[Story]:
    for name, text in TYPED.items():
        try:
            assert parse(text).verb in VERBS
        except BotError as error:
            yield Story(ERROR, name, Answer(excuse(error)))
    pressed = asked(Kind.ACTION)
    for name, failure, request in (
        ("a fault of ours", RuntimeError("<!channel>"), None),
        ("the database is away", StoreUnavailable(), None),
        ("Slack does not say who it is", SlackUnavailable(), None),
        ("a form that opens too late", _too_late(), None),
        ("a button of what is gone", NoSuchConnection(), pressed),
        ("a name like another", NoSuchConnection(nearest="EU subsidiary"), asked(key="test eu")),
        ("a form about what is gone", NoSuchConnection(), asked(Kind.SUBMISSION)),
    ):
        yield _excused(name, failure, request)
    yield Story(ERROR, "a button of an older version", Answer(STALE_BUTTON))
    yield Story(ERROR, "a form of an older version", note_view("Not done", STALE_FORM))
    yield from _refusals()


def _excused(name: str, error: Exception, request: Request | None) -> Story:
    return Story(ERROR, name, Answer(excuse(error, request)))


def _too_late() -> SlackApiError:
    answer = {"ok": False, "error": "expired_trigger_id"}
    return SlackApiError("refused", answer)  # type: ignore[no-untyped-call]


def _refusals() -> Iterator[Story]:
    """Of whoever may not, and whom they can ask."""
    rules = {
        "manages": lambda person: require_manager(person, ()),
        "opens the settings": require_admin,
        "looks": require_full_member,
    }
    for who, person in WHO.items():
        for what, require in rules.items():
            try:
                require(person)
            except NotAllowed as error:
                yield Story(REFUSAL, f"{who} {what}", Answer(refusal(error, [ALICE])))
    for name, may in (("nobody is known who may", []), ("many may", [ALICE, BOB] * 4)):
        yield Story(REFUSAL, name, Answer(refusal(NotAllowed(), may)))
