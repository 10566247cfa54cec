"""What Autotask answers, and what that says of the integration. Pure: no network in here.

The status alone classifies badly: a wrong tracking identifier, a missing permission and an unknown
user are all 500 (apigrate issue 19, django-autotask, KelvinTegelaar/AutotaskAPI issue 17). So the
text of `errors` is read first, at any status.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from bot.autotask.failures import Failure
from bot.domain.observation import Cause, Observation, Quota, Seen, Tenant

T = TypeVar("T")

_CAUSES = {
    Seen.REJECTED: (
        Cause.USERNAME_UNKNOWN,
        Cause.WRONG_ZONE,
        Cause.CREDENTIALS_REFUSED,
        Cause.INTEGRATION_CODE_REFUSED,
    ),
    Seen.FORBIDDEN: (Cause.PERMISSION_MISSING,),
    Seen.THROTTLED: (Cause.THREAD_LIMIT, Cause.HOURLY_LIMIT),
    Seen.SERVER_ERROR: (
        Cause.SERVER_ERROR,
        Cause.MAINTENANCE,
        Cause.REDIRECTED,
        Cause.ODD_ANSWER,
    ),
    Seen.UNREACHABLE: (
        Cause.DNS,
        Cause.CONNECTION_REFUSED,
        Cause.TLS,
        Cause.TIME_OUT,
        Cause.SLOW_ANSWER,
        Cause.CONNECTION_LOST,
    ),
    Seen.INCONCLUSIVE: (Cause.OURS,),
}
SEEN: Mapping[Cause, Seen] = {cause: seen for seen, causes in _CAUSES.items() for cause in causes}

_TEXTS: tuple[tuple[re.Pattern[str], Cause], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), cause)
    for pattern, cause in (
        # The text of four public clients; "may arrive with a non-429 HTTP status" (n8n).
        (r"thread\s+threshold.*exceeded|itgenatr005", Cause.THREAD_LIMIT),
        # Nobody has published the hourly limit's exact text.
        (r"threshold.*exceeded|exceeded.*threshold", Cause.HOURLY_LIMIT),
        # py-autotask has the text, apigrate issue 19 the status (500, not 401).
        (r"integration\s*code is invalid", Cause.INTEGRATION_CODE_REFUSED),
        # The stem is common to all entities and verbs (django-autotask).
        (r"does not have the adequate permissions", Cause.PERMISSION_MISSING),
    )
)
_ENOUGH = 1000
"""Characters of error text that are looked at."""


class Kind(StrEnum):
    """What a body is, by its content rather than by its label."""

    JSON = "JSON"
    EMPTY = "empty"
    HTML = "HTML"
    COMPRESSED = "compressed unasked"
    TOO_LONG = "too long"
    UNREAD = "not read to its end"
    OTHER = "not JSON"


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer. `json` is meaningful with Kind.JSON only."""

    status: int
    kind: Kind
    json: Any = None

    @classmethod
    def of(cls, status: int, body: bytes, *, media_type: str = "") -> "Answer":
        """With the body parsed, whatever it is."""
        if not body.strip():
            return cls(status, Kind.EMPTY)
        try:
            return cls(status, Kind.JSON, json.loads(body))
        except (ValueError, RecursionError):
            html = "html" in media_type.lower() or _looks_like_html(body)
            return cls(status, Kind.HTML if html else Kind.OTHER)

    @property
    def summary(self) -> str:
        """Such as "401, empty", without a word of the far side's own."""
        return f"{self.status}" if self.kind is Kind.JSON else f"{self.status}, {self.kind.value}"

    @property
    def body(self) -> dict[str, Any]:
        """The JSON object; empty where it is none."""
        return self.json if isinstance(self.json, dict) else {}

    @property
    def errors(self) -> str:
        """The texts of `errors`, a list of strings where Autotask reports something (w6w)."""
        found = self.body.get("errors")
        texts = found if isinstance(found, list) else [found] if found else []
        return "; ".join(map(str, texts))[:_ENOUGH]


def read(outcome: Answer | Failure, parse: Callable[[Answer], T | Cause]) -> T | Cause:
    """What `parse` makes of a 200 with JSON and no `errors`, else what is wrong."""
    if isinstance(outcome, Failure):
        return outcome.cause
    named = next((cause for text, cause in _TEXTS if text.search(outcome.errors)), None)
    if outcome.status == 401 and named is not Cause.INTEGRATION_CODE_REFUSED:
        named = None  # refused, whatever else it says
    return named or _by_status(outcome) or parse(outcome)


def seen(cause: Cause) -> Observation:
    """The observation of something wrong."""
    return Observation(SEEN[cause], cause)


def evidence(endpoint: str, outcome: Answer | Failure, found: object) -> str:
    """One line, without a word of the far side's own: "ThresholdInformation: 401, empty"."""
    parts = [outcome.summary]
    if isinstance(found, Cause) and isinstance(outcome, Answer) and outcome.kind is Kind.JSON:
        parts.append(found.replace("_", " "))
    return f"{endpoint}: {', '.join(parts)}"


def parse_quota(answer: Answer) -> Quota | Cause:
    """ThresholdInformation (OpenAPI ThresholdStatusResultModel, three int32)."""
    match answer.json:
        case {
            "currentTimeframeRequestCount": int(used),
            "externalRequestThreshold": int(limit),
            "requestThresholdTimeframe": int(minutes),
        } if all(type(n) is int and 0 <= n < 2**31 for n in (used, limit, minutes)):
            return Quota(used, limit, minutes)
        case _:
            return Cause.ODD_ANSWER


def parse_tenant(answer: Answer) -> Tenant | Cause:
    """Companies/0. Without a name where it is hidden: `{"item": null}` is how Autotask says that
    an id does not exist or may not be seen (w6w, django-autotask).
    """
    match answer.json:
        case {"item": None | {"companyName": None}}:
            return Tenant()
        case {"item": {"companyName": str(name)}}:
            return Tenant(company=printable(name))
        case _:
            return Cause.ODD_ANSWER


def parse_access(answer: Answer) -> Cause | None:
    """EntityInformation (OpenAPI EntityInformationResultModel): whether this user may query. The
    access is `All`, `Restricted` or `None`; `canQuery` is about the entity, not about the user.
    """
    match answer.json:
        case {"info": {"userAccessForQuery": "None"}}:
            return Cause.PERMISSION_MISSING
        case {"info": {"userAccessForQuery": str()}}:
            return None
        case _:
            return Cause.ODD_ANSWER


def denies(outcome: Answer | Failure) -> bool:
    """Whether Autotask itself says that a permission is missing, which proves the sign-in."""
    return isinstance(outcome, Answer) and "adequate permissions" in outcome.errors.lower()


def printable(text: object) -> str | None:
    """A name fit for one line of 100 characters; None for anything without one."""
    if not isinstance(text, str):
        return None
    return "".join(c for c in " ".join(text.split()) if c.isprintable())[:100] or None


def _by_status(answer: Answer) -> Cause | None:
    """A 401 is a refused sign-in whatever its body (empty when measured by w6w): to take it for an
    outage would be to try again, and to lock the user.
    """
    match answer.status:
        case 200 if answer.kind is Kind.JSON and not answer.errors:
            return None
        case 401:
            return Cause.CREDENTIALS_REFUSED
        case 403 if answer.kind is not Kind.HTML:
            return Cause.PERMISSION_MISSING
        case 429:
            return Cause.HOURLY_LIMIT
        case status if is_redirect(status):
            return Cause.REDIRECTED
        case status if answer.kind is Kind.HTML and (status == 200 or status >= 500):
            return Cause.MAINTENANCE
        case status if status >= 500:
            return Cause.SERVER_ERROR
        case _:
            return Cause.ODD_ANSWER


def is_redirect(status: int) -> bool:
    """Whether it points elsewhere, as nothing that is asked here does."""
    return 300 <= status < 400


def _looks_like_html(body: bytes) -> bool:
    return body.lstrip(b"\xef\xbb\xbf \t\r\n")[:9].lower().startswith((b"<!doctype", b"<html"))
