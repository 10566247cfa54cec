"""What each cause means, in words: what is wrong, why, what to do, and where to click.

The sources of the facts are named where the facts are used: `bot/autotask/` for what Autotask
answers, `domain/shapes.py` for what the values look like.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.entry_causes import ENTRY_CAUSES
from bot.domain.observation import Cause

API_USER_PAGE = "Admin → Resources (Users) → the API user"
API_ACTIVITY = "Admin → Extensions & Integrations → Other Extensions & Tools → API Activity by Hour"


class Confidence(StrEnum):
    """How much of the cause Autotask itself has said."""

    CERTAIN = "certain"
    LIKELY = "likely"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A cause in words."""

    cause: Cause
    title: str
    """Fits behind "Autotask is inactive: "."""
    why: str
    steps: tuple[str, ...]
    field: str | None = None
    """The form field to look at, where one can be named."""
    may_lock: bool = False
    """Whether trying again with the same values can lock the API user."""
    credentials_fine: bool = False
    """Whether the person can be told that the credentials are not the cause."""
    where: str = ""
    """Where to click in Autotask, if that is where it is mended."""
    confidence: Confidence = Confidence.CERTAIN
    evidence: tuple[str, ...] = ()
    """What was asked and what came back, free of secrets."""

    @property
    def next_step(self) -> str:
        """The first thing to do."""
        return self.steps[0]


def diagnose(
    cause: Cause, *, last_ok_at: datetime | None = None, evidence: tuple[str, ...] = ()
) -> Diagnosis:
    """The words for `cause`; `last_ok_at` tells what once worked from what never did."""
    return replace(_words(cause, worked_once=last_ok_at is not None), evidence=evidence)


def _words(cause: Cause, *, worked_once: bool) -> Diagnosis:
    if cause is Cause.CREDENTIALS_REFUSED:
        return _WORKED_ONCE if worked_once else _NEVER_WORKED
    if worked_once and cause in _ONCE_STORED:
        return _ONCE_STORED[cause]
    return _WORDS[cause]


_NEVER_WORKED = Diagnosis(
    Cause.CREDENTIALS_REFUSED,
    "credentials refused",
    "Autotask knows the username, but refuses to sign it in. It does not say which of the values "
    "is wrong.",
    (
        "Generate a new secret on the API user's page, save it, and paste it here.",
        "Check that the user is Active, not Locked, and of the security level API User (system).",
        "Check that API Integration Code holds the Tracking Identifier of this same user.",
    ),
    field="secret",
    may_lock=True,
    where=API_USER_PAGE,
    confidence=Confidence.LIKELY,
)
_WORKED_ONCE = Diagnosis(
    Cause.CREDENTIALS_REFUSED,
    "credentials refused",
    "Autotask still knows the username but no longer signs it in. Usually a new secret was "
    "generated or the password expired; sometimes the user was locked or made inactive.",
    (
        f"In Autotask open {API_USER_PAGE}: unlock or activate it, or generate a new secret.",
        "Then press Update credentials, or Test now if you only unlocked it.",
    ),
    field="secret",
    may_lock=True,
    where=API_USER_PAGE,
    confidence=Confidence.LIKELY,
)
_USER_GONE = Diagnosis(
    Cause.USERNAME_UNKNOWN,
    "API user gone",
    "Autotask no longer knows this username: the API user was renamed or deleted, or the "
    "company's primary domain changed.",
    (
        f"In Autotask open {API_USER_PAGE}, copy its Username (Key) as it is now, and press Update "
        "credentials here.",
    ),
    field="username",
    where=API_USER_PAGE,
)
_MOVED_AWAY = Diagnosis(
    Cause.WRONG_ZONE,
    "zone moved",
    "Autotask now serves your database from another zone than the one it was connected at.",
    (
        "Nothing to do: the next scheduled check signs in at the new zone, and follows the move "
        "where the credentials work there.",
        "To be sure at once, press Update credentials and leave REST API URL empty.",
    ),
    field="url",
)
_ONCE_STORED = {Cause.USERNAME_UNKNOWN: _USER_GONE, Cause.WRONG_ZONE: _MOVED_AWAY}
"""What reads differently of credentials that have worked."""

_NETWORK_STEPS = (
    "Nothing to do in Autotask. The bot keeps checking and says here when it is back.",
    "If it lasts, have the network or firewall of the bot's server checked.",
)
_AUTOTASK_STEPS = (
    "Nothing to do: the bot keeps checking and says here when it is back.",
    "Autotask's own status page says whether more customers are affected.",
)


def _outage(cause: Cause, title: str, why: str, *, network: bool = True) -> Diagnosis:
    steps = _NETWORK_STEPS if network else _AUTOTASK_STEPS
    return Diagnosis(cause, title, why, steps, credentials_fine=True)


_ALL = (
    Diagnosis(
        Cause.USERNAME_UNKNOWN,
        "username unknown",
        "Autotask does not know this username.",
        (
            f"Copy the Username (Key) whole, from {API_USER_PAGE}, section Credentials. It is not "
            "the e-mail address, and not the login of a person.",
        ),
        field="username",
        where=f"{API_USER_PAGE} → Credentials",
    ),
    Diagnosis(
        Cause.INTEGRATION_CODE_REFUSED,
        "API Integration Code refused",
        "Username and Secret were accepted, but the Tracking Identifier was not: it belongs to "
        "another user, or it was replaced.",
        (
            f"Copy the Tracking Identifier (27 capitals and digits) from {API_USER_PAGE}, section "
            "“API Tracking Identifier”, and submit it as API Integration Code.",
        ),
        field="integration_code",
        may_lock=True,
        where=f"{API_USER_PAGE} → API Tracking Identifier",
    ),
    Diagnosis(
        Cause.WRONG_ZONE,
        "wrong zone",
        "This username belongs to another zone of Autotask than the REST API URL names.",
        ("Submit the values again with REST API URL left empty: the right zone is found then.",),
        field="url",
    ),
    Diagnosis(
        Cause.ZONE_MOVED,
        "zone moved, and the new one refuses",
        "Autotask now serves your database from another zone, and that zone refuses the "
        "credentials too.",
        (
            f"Generate a new secret in {API_USER_PAGE}, save, and press Update credentials here "
            "with REST API URL left empty.",
        ),
        field="secret",
        may_lock=True,
        where=API_USER_PAGE,
    ),
    Diagnosis(
        Cause.PERMISSION_MISSING,
        "permission missing",
        "The API user signs in, but may not read Companies, which every integration needs.",
        (
            f"In {API_USER_PAGE}, choose the security level API User (system), or let its security "
            "level view Companies, and check its lines of business.",
        ),
        credentials_fine=True,
        where=f"{API_USER_PAGE} → Security Level",
    ),
    Diagnosis(
        Cause.THREAD_LIMIT,
        "too many requests at once",
        "Autotask allows three requests at a time per Tracking Identifier, and another "
        "integration that shares it uses them up.",
        ("Give each integration an API user, and so a Tracking Identifier, of its own.",),
        credentials_fine=True,
    ),
    Diagnosis(
        Cause.HOURLY_LIMIT,
        "hourly limit used up",
        "All integrations of your Autotask together have used up its requests of this hour.",
        (f"See which one in Autotask: {API_ACTIVITY}.",),
        credentials_fine=True,
        where=API_ACTIVITY,
    ),
    _outage(
        Cause.SERVER_ERROR,
        "Autotask reports an error",
        "Autotask's zone answers with errors of its own.",
        network=False,
    ),
    _outage(
        Cause.MAINTENANCE,
        "Autotask is under maintenance",
        "Autotask's zone answers with a maintenance page instead of data.",
        network=False,
    ),
    _outage(
        Cause.REDIRECTED,
        "Autotask's address leads elsewhere",
        "What answers at the zone's address sends the bot to another address. It does not go "
        "there, since the credentials are meant for Autotask alone.",
    ),
    _outage(
        Cause.ODD_ANSWER,
        "odd answers from Autotask",
        "What answers at the zone's address does not speak like Autotask.",
    ),
    _outage(Cause.DNS, "zone not found", "The name of Autotask's zone cannot be looked up."),
    _outage(
        Cause.CONNECTION_REFUSED,
        "Autotask does not accept connections",
        "Nothing listens at the address of Autotask's zone, or something on the way refuses.",
    ),
    _outage(
        Cause.TLS,
        "no secure connection",
        "The certificate that answered is not Autotask's, so nothing was sent.",
    ),
    _outage(Cause.TIME_OUT, "Autotask does not answer", "Autotask's zone did not answer in time."),
    _outage(
        Cause.SLOW_ANSWER,
        "Autotask answers too slowly",
        "Autotask's zone began to answer, but did not come to an end in time.",
    ),
    _outage(
        Cause.CONNECTION_LOST,
        "connection lost",
        "Autotask's zone broke off in the middle of an answer.",
    ),
    Diagnosis(
        Cause.LOGINS_WITHHELD,
        "checks on hold",
        "The last sign-ins with this username were refused, or nobody saw their answer, and one "
        "more could lock the API user. So the bot has stopped signing in with it.",
        (
            "Press Update credentials with values that work. Once you know that the user is in "
            "order, Sign in all the same works too: a test offers it.",
        ),
        field="secret",
        may_lock=True,
        where=API_USER_PAGE,
    ),
    Diagnosis(
        Cause.UNREADABLE,
        "stored credentials unreadable",
        "The stored credentials are not what was once sealed, so they were not used.",
        ("Press Update credentials and submit the four values once more.",),
    ),
    *(
        Diagnosis(cause, title, why, (step,), field="secret")
        for cause, title, why, step in ENTRY_CAUSES
    ),
    Diagnosis(
        Cause.OURS,
        "not checked",
        "The bot could not check, for a reason of its own. This says nothing about Autotask.",
        ("The bot tries again by itself; its operator sees the reason in the log.",),
        credentials_fine=True,
    ),
)
_WORDS = {diagnosis.cause: diagnosis for diagnosis in _ALL}
