"""Whose Home tab shows what, as far as this process knows, and keeping it up to date.

Slack says when somebody opens theirs and never when they leave, so whoever has looked LATELY counts
as looking. They are looked after by the process that Slack has told, which may forget them: what
others change is in the database, and the next opening draws it afresh.
"""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import BotError, NotAllowed
from bot.domain.people import Person
from bot.slack.cards import Facts
from bot.slack.excuse import excuse
from bot.slack.home import closed_view, home_view, shown_on
from bot.slack.messenger import FAILURES
from bot.slack.outcomes import classify, code_of
from bot.slack.text import plain_sentence
from bot.usecases.ports import Ports
from bot.usecases.report import last_hours, uptimes
from bot.usecases.survey import Survey, health, survey

log = logging.getLogger(__name__)

LATELY = 900.0
"""Seconds after the last opening for which a Home tab is kept up to date."""
LOOK = 5.0
"""Seconds between looks at whether it has changed."""
PACE = 2.0
"""Seconds between two of one person, at least."""
STALE = 60.0
"""Seconds for which the small print may be what it was: when a check was, how long it took."""
PAUSE = 30.0
"""Seconds after a failure until the next try."""
AT_ONCE = 10
ROUND = 50
"""Looks of one tick, those that have waited the longest: a tick ends, however slow Slack is."""
_MOST = 10_000


@dataclass(slots=True)
class Looker:
    """Somebody who looks, and what they see. Moments are monotonic."""

    person: Person
    """As Slack described them when they opened it; whatever they press is permitted anew."""
    looked_at: float
    look_at: float
    who: Callable[[], Awaitable[Person]] | None = None
    """Who they are, as long as Slack has not said."""
    not_before: float = float("-inf")
    published_at: float = float("-inf")
    hash: str = ""
    """Slack's name for what it shows: another one, and another process has drawn it since."""
    essence: str = ""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Homes:
    """The Home tabs that this process looks after. What fails is logged, and tried again."""

    def __init__(
        self,
        ports: Ports,
        client: AsyncWebClient,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.client = client
        self._ports = ports
        self._monotonic = monotonic
        self._lookers: dict[tuple[str, str], Looker] = {}

    async def open(
        self, person: Person, who: Callable[[], Awaitable[Person]] | None = None
    ) -> None:
        """Draw it at once: this person has just opened it. `who` asks who they are, where no more
        than an id is known; while it, or the database, gives no answer, that is what is shown."""
        now = self._monotonic()
        if len(self._lookers) >= _MOST:
            self._lookers.clear()
        key = (person.workspace_id, person.id)
        looker = self._lookers.setdefault(key, Looker(person, now, now))
        looker.person, looker.who, looker.looked_at, looker.look_at = person, who, now, now
        await self._look(looker, opened=True)

    def touch(self, workspace_id: str) -> None:
        """Somebody has done something there: look again at the next refresh."""
        for looker in self._lookers.values():
            if looker.person.workspace_id == workspace_id:
                looker.look_at = min(looker.look_at, self._monotonic())

    def forget(self, workspace_id: str) -> None:
        """Nobody there is looked after any more."""
        self._lookers = {
            key: looker for key, looker in self._lookers.items() if key[0] != workspace_id
        }

    async def refresh(self) -> None:
        """Draw anew what has changed. For every tick: mostly, there is nothing to do."""
        now = self._monotonic()
        self._lookers = {
            key: looker for key, looker in self._lookers.items() if now - looker.looked_at < LATELY
        }
        waiting = [each for each in self._lookers.values() if each.look_at <= now]
        waiting.sort(key=lambda each: each.look_at)
        places = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for looker in waiting[:ROUND]:
                group.create_task(self._look_safely(looker, places))

    async def _look_safely(self, looker: Looker, places: asyncio.Semaphore) -> None:
        async with places:
            try:
                await self._look(looker, opened=False)
            except Exception:
                looker.look_at = self._monotonic() + PAUSE
                log.exception("home_failed")

    async def _look(self, looker: Looker, *, opened: bool) -> None:
        """Publish it where it has changed, or where it was opened and Slack may show something old;
        never twice within PACE, and not while Slack asks to wait."""
        async with looker.turn:
            now = self._monotonic()
            if now < looker.not_before:
                return
            looker.look_at = now + LOOK
            found = await self._found(looker, opened=opened)
            view = closed_view(found) if isinstance(found, str) else home_view(found, {})
            essence = _essence(view)
            fresh = now - looker.published_at < STALE and essence == looker.essence
            if opened or not fresh:
                if isinstance(found, Survey):
                    view = await self._whole(found)
                if await self._publish(looker, view, opened=opened):
                    looker.essence = essence

    async def _found(self, looker: Looker, *, opened: bool) -> Survey | str:
        """What there is to see, or why there is nothing; but after the opening, what was seen last
        stays until there is."""
        try:
            if looker.who:
                looker.person, looker.who = await looker.who(), None
            return await survey(self._ports, looker.person)
        except NotAllowed as error:
            return plain_sentence(error.sentence())
        except BotError as error:
            if not opened:
                raise
            looker.look_at = self._monotonic() + PAUSE
            return excuse(error)

    async def _whole(self, found: Survey) -> View:
        shown, now = shown_on(found), self._ports.clock.now()
        uptime, hours = await uptimes(self._ports, shown), await last_hours(self._ports, shown)
        ids = [each.connection.id for each in shown]
        facts = {id_: Facts(uptime.get(id_), hours.get(id_, ()), now) for id_ in ids}
        return home_view(found, facts, await health(self._ports))

    async def _publish(self, looker: Looker, view: View, *, opened: bool) -> bool:
        """In the place of what this process has published, and of nothing newer; where somebody has
        just opened it, in the place of whatever stands there."""
        expected = {} if opened or not looker.hash else {"hash": looker.hash}
        person = looker.person
        try:
            answer = await self.client.views_publish(user_id=person.id, view=view, **expected)
        except FAILURES as error:
            self._failed(looker, error)
            return False
        looker.published_at = self._monotonic()
        looker.not_before = looker.published_at + PACE
        looker.hash = answer["view"]["hash"]
        return True

    def _failed(self, looker: Looker, error: Exception) -> None:
        if code_of(error) == "hash_conflict":
            self._lookers.pop((looker.person.workspace_id, looker.person.id), None)
            return
        now, asked_to_wait = self._monotonic(), getattr(classify(error), "after", None)
        looker.look_at = now + (asked_to_wait or PAUSE)
        looker.not_before = now + (asked_to_wait or 0.0)
        reason = code_of(error) or type(error).__name__
        log.warning("home_not_published", extra={"reason": reason})


def _essence(view: View) -> str:
    """All but the small print, which changes with every check."""
    return json.dumps([each for each in view.to_dict()["blocks"] if each["type"] != "context"])
