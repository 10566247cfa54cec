"""What a person is told when something was not done: what happened, what to do about it, and, where
there is more to know than that, a short reference that is in the log too."""

import logging
import secrets
from collections.abc import Sequence

from slack_sdk.errors import SlackApiError

from bot.domain.errors import BadInput, BotError, NoSuchConnection, NotAllowed
from bot.slack.commands import verb_of
from bot.slack.outcomes import code_of
from bot.slack.request import Kind, Request
from bot.slack.text import person, plain, plain_sentence

log = logging.getLogger(__name__)

MOST_NAMED = 5
_SAYS_IT_ALL = (BadInput, NotAllowed, NoSuchConnection)
_TOO_LATE = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"})
"""docs.slack.dev, views.open: a form may be opened once, within 3 seconds."""

STALE_BUTTON = (
    "This button is of an older version of me and no longer in use. `/autotask status` shows how "
    "the connections are, with the buttons that are."
)
STALE_FORM = (
    "This form is of an older version of me, and nothing of it was saved. Open it anew, with the "
    "same command or button."
)


def excuse(error: BaseException, request: Request | None = None) -> str:
    """The family's own sentence, or one for whatever is our fault."""
    if isinstance(error, NoSuchConnection) and request:
        return _no_such_connection(error, request)
    if isinstance(error, _SAYS_IT_ALL):
        return plain_sentence(error.sentence())
    reference = f"ATX-{secrets.token_hex(2).upper()}"
    if isinstance(error, BotError):
        log.error("not_done", extra={"reference": reference}, exc_info=error)
        return f"{plain_sentence(error.sentence())} (Reference {reference}.)"
    log.error("unexpected", extra={"reference": reference}, exc_info=error)
    if _came_too_late(error):
        return (
            "Slack lets a form be opened within 3 seconds, and this took longer. Nothing was "
            f"changed: press the button, or type the command, once more. (Reference {reference}.)"
        )
    return (
        "Something went wrong on our side, and it was not finished. Try again in a moment; if it "
        f"stays, give your admin this reference: {reference}."
    )


def refusal(error: NotAllowed, ask: Sequence[str]) -> str:
    """What somebody is told who may not, and who may, where anybody is known. Only they see it, so
    nobody who is named is notified."""
    said = plain_sentence(error.sentence())
    if not ask:
        return said
    names = ", ".join(person(each) for each in ask[:MOST_NAMED])
    others = " and others" if len(ask) > MOST_NAMED else ""
    return f"{said} These can: {names}{others}."


def _no_such_connection(error: NoSuchConnection, request: Request) -> str:
    """With the command to type."""
    if request.kind is Kind.ACTION:
        return (
            "There is no such connection any more: it was disconnected after this message was "
            "written. `/autotask status` lists those there are."
        )
    verb = verb_of(request.key) if request.kind is Kind.COMMAND else None
    if verb and error.nearest:
        return f"{error.message} Did you mean `/autotask {verb} {plain(error.nearest)}`?"
    return f"{error.message} `/autotask status` lists those there are."


def _came_too_late(error: BaseException) -> bool:
    if not isinstance(error, SlackApiError):
        return False
    code = code_of(error) or ""
    expired = code == "invalid_arguments" and "trigger_id" in str(error)  # some answers wrap it so
    return code in _TOO_LATE or expired
