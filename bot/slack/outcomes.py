"""What a failed call to Slack means.

The error codes and what they mean: docs.slack.dev, chat.postMessage, chat.update and the errors
that all methods share.
"""

from typing import Any

from bot.domain.sending import (
    CannotLook,
    Found,
    Later,
    MessageGone,
    NotInstalled,
    NotThere,
    Sent,
    Undeliverable,
    Verdict,
)

_MESSAGE_GONE = frozenset(
    {
        "cant_update_message",
        "edit_window_closed",
        "message_not_found",
        "restricted_action_non_threadable_channel",
        "restricted_action_thread_locked",
        "thread_not_found",
    }
)
_TRY_AGAIN = frozenset(
    {
        "accesslimited",
        "org_login_required",
        "rate_limited",
        "ratelimited",
        "service_unavailable",
        "team_added_to_org",
    }
)
"""Slack has not taken it, and will later: it is busy, or moves the workspace."""
_UNCLEAR = frozenset({"fatal_error", "internal_error", "request_timeout"})
"""Some aspect of the operation may have succeeded, Slack says of these."""
_NOT_INSTALLED = frozenset(
    {
        "access_denied",
        "account_inactive",
        "app_uninstalled",
        "invalid_auth",
        "missing_scope",
        "not_allowed_token_type",
        "not_authed",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
    }
)
"""No call of this kind goes through in the workspace until its admin or the operator acts."""
MALFORMED = frozenset(
    {
        "invalid_arguments",
        "invalid_attachments",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_metadata_format",
        "metadata_too_large",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
    }
)
"""Our own fault."""


def code_of(error: Exception) -> str | None:
    """Slack's error code, if Slack named one."""
    code = _data(error).get("error")
    return code if isinstance(code, str) else None


def classify(error: Exception) -> Sent:
    """What a failed call means for the alert. A definite no of any other kind is the destination's:
    archived, gone, closed to the bot. Trusts no shape: an error may carry a dictionary, a
    string, or a bare HTTP response (seen with slack_sdk 3.47 on 502 pages and broken JSON)."""
    code, after = code_of(error), _retry_after(getattr(error, "response", None))
    if code is None:  # nobody knows how far it got, unless Slack has said when to come back
        return Later(type(error).__name__, after, unclear=after is None)
    if code in _MESSAGE_GONE:
        return MessageGone(code)
    if code in _TRY_AGAIN or code in _UNCLEAR:
        return Later(code, after, unclear=code in _UNCLEAR)
    if code in _NOT_INSTALLED:
        needed = _data(error).get("needed")
        return NotInstalled(f"{code}: {needed}" if needed else code)
    return Undeliverable(code)


def not_looked(error: Exception) -> Found:
    """What it means that the message could not be looked for. The scope for it is optional."""
    match classify(error):
        case Later(reason, after):
            return Later(reason, after)
        case MessageGone():  # the thread is gone, and so is whatever was in it
            return NotThere()
        case NotInstalled(reason) as broken if not reason.startswith("missing_scope"):
            return broken
        case other:
            return CannotLook(getattr(other, "reason", ""))


def not_shown(error: Exception) -> Verdict:
    """What it means that Slack does not show a channel: without the scope for its kind it denies
    that there is one, too."""
    match classify(error):
        case NotInstalled(reason) if reason.startswith("missing_scope"):
            return CannotLook(reason)
        case Undeliverable("channel_not_found" as reason):
            return CannotLook(reason)
        case Later() | NotInstalled() | Undeliverable() as refused:
            return refused
        case other:
            return CannotLook(getattr(other, "reason", ""))


def _data(error: Exception) -> dict[str, Any]:
    data = getattr(getattr(error, "response", None), "data", None)
    return data if isinstance(data, dict) else {}


def _retry_after(response: Any) -> float | None:
    """Seconds that Slack asks to wait; HTTP 429 carries them."""
    headers = getattr(response, "headers", None) or {}
    value = next((v for k, v in dict(headers).items() if k.lower() == "retry-after"), "")
    try:
        return max(1.0, float(value))
    except (TypeError, ValueError):
        return None
