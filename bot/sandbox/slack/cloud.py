"""Everything there is behind the doors, in one hand."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.sandbox.slack.delivery import Courier, Delivery
from bot.sandbox.slack.documents import Json
from bot.sandbox.slack.feed import Feed
from bot.sandbox.slack.hooks import Hooks
from bot.sandbox.slack.identifiers import Identifiers
from bot.sandbox.slack.installation import Installation
from bot.sandbox.slack.rate import RateLimit
from bot.sandbox.slack.refusal import FAULTS, Refused
from bot.sandbox.slack.sockets import Sockets
from bot.sandbox.slack.stored import File
from bot.sandbox.slack.triggers import Triggers
from bot.sandbox.slack.views import Views
from bot.sandbox.slack.workspace import Workspace

log = logging.getLogger(__name__)

MISHAPS = ("late", "error", "drop")


@dataclass(frozen=True)
class Mishap:
    """A message is accepted, but the app is not told so, or only after so many seconds."""

    kind: str
    seconds: float = 0.0


@dataclass
class Cloud:
    """The state of one make-believe Slack. `outage` while its Web API answers nothing but 503."""

    clock: Callable[[], float]
    ids: Identifiers
    feed: Feed
    installation: Installation
    workspace: Workspace
    views: Views
    triggers: Triggers
    hooks: Hooks
    sockets: Sockets
    delivery: Delivery
    courier: Courier
    rate: RateLimit
    refusals: list[Json] = field(default_factory=list)
    files: dict[str, File] = field(default_factory=dict)
    """By id."""
    socket_address: str = ""
    upload_address: str = ""
    outage: bool = False
    mishaps: list[Mishap] = field(default_factory=list)
    """What goes wrong with the app's next messages, one after the other."""

    def note(self, method: str, refused: Refused) -> None:
        """Remember what was refused, for whoever asserts that nothing was; and say so aloud where
        the app is to blame."""
        entry = {"method": method, "error": refused.error, "detail": refused.detail()}
        self.refusals.append(entry)
        if refused.error in FAULTS:
            log.warning("Slack refuses %(method)s: %(error)s %(detail)s", entry)
