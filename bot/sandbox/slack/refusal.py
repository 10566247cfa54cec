"""No, said in the two ways there are: by code to the app, in a sentence to a person."""

from collections.abc import Sequence
from typing import Any

from bot.sandbox.slack.documents import Json

FAULTS = frozenset(
    {
        "duplicate_external_id",
        "exchanged_trigger_id",
        "expired_trigger_id",
        "invalid_arguments",
        "invalid_attachments",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_cursor",
        "invalid_errors",
        "invalid_json",
        "invalid_metadata_format",
        "invalid_options",
        "invalid_payload",
        "invalid_post_type",
        "invalid_response_action",
        "invalid_trigger_id",
        "json_not_object",
        "metadata_too_large",
        "missing_scope",
        "msg_too_long",
        "no_text",
        "not_allowed_token_type",
        "not_enabled",
        "push_limit_reached",
        "too_many_attachments",
        "unknown_method",
        "used_url",
        "view_too_large",
    }
)
"""What an app is refused for by its own mistake, whatever the moment: malformed, on the wrong
surface, too long, too late, without the scope. Channels that are closed and views that are gone are
none."""


class Refused(Exception):
    """A Web API call is refused; `error` is Slack's own code for it."""

    def __init__(self, error: str, *, messages: Sequence[str] = (), **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.messages = tuple(messages)
        self.more = more

    def answer(self) -> Json:
        """The body of the answer; `response_metadata.messages` name the places."""
        answer = {"ok": False, "error": self.error, **self.more}
        if self.messages:
            answer["errors"] = list(self.messages)
            answer["response_metadata"] = {"messages": [f"[ERROR] {m}" for m in self.messages]}
        return answer

    def detail(self) -> str:
        """Everything beyond the code, in a line."""
        return "; ".join([*self.messages, *(f"{name}: {more}" for name, more in self.more.items())])


class Impossible(Exception):
    """A person cannot do that; the text is the sentence they see."""


class Undelivered(Exception):
    """The app did not take what it was sent; the text is Slack's code for it."""

    def sentence(self, what: str) -> str:
        """What the person who caused it sees."""
        why = _WHY.get(str(self), "the app answered with an error")
        return f"{what} failed because {why} ({self})."


_WHY = {
    "operation_timeout": "the app did not respond in time",
    "dispatch_failed": "the app cannot be reached",
}
