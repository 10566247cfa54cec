"""The alerts owed, in order."""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.incident import Alert, Doubt, Incident, Kind, Place, Telling
from bot.store.columns import Moment
from bot.store.database import Database
from bot.store.locking import lock_alerts, lock_incidents
from bot.store.outages import gather, release, settle_others
from bot.store.owed import read_owed
from bot.store.ready import give_back, note, take, try_edits_again, turns
from bot.store.rows import Now, Values
from bot.store.schema import DEAD, PENDING, AlertState, alerts, incidents
from bot.store.telling import write_telling
from bot.store.under_way import UnderWay
from bot.usecases.ports import Owed

ANEW: Values = {
    "state": AlertState.PENDING,
    "step": 0,
    "destination": None,
    "attempts": 0,
    "first_tried_at": None,
    "doubt": Doubt.NONE,
    "told_with": None,
}
"""An alert as if it had never been tried."""


class OutboxTable:
    """The port `Outbox`. `lease` is how many seconds a claim holds (SEND_LEASE).

    What a sender reports is kept while its claim is the last one made, lapsed or not: Slack's
    answer is worth more than a second message.
    """

    def __init__(
        self,
        database: Database,
        *,
        lease: float = 60.0,
        now: Now | None = None,
        elapsed: Callable[[], float] = time.monotonic,
        one_by_one: Callable[[], bool] = lambda: False,
    ) -> None:
        """`elapsed` counts as `Clock` has it; `one_by_one`: whether a workspace's calls have to go
        so just now. See UnderWay."""
        self._database = database
        self._lease = timedelta(seconds=lease)
        self._now = database.clock(now)
        self._under_way = UnderWay(lease, elapsed, one_by_one)

    async def claim(self, limit: int) -> Sequence[Owed]:
        """As the port has it. An alert that waits for its time holds up the younger ones of its
        connection, but goes at once when its incident is over before it was ever tried.
        """
        async with self._under_way.claiming() as claim:
            async with self._database.write() as transaction:
                # One at a time, so that each sees what the one before it has taken: whether an
                # alert is its connection's eldest depends on more rows than the one that is locked.
                await self._database.alone(transaction, "outbox")
                now, take_over = await self._now(transaction), claim.may_take_over()
                taken = await turns(transaction, now, limit, take_over=take_over, busy=claim.busy)
                if not taken:  # nearly always
                    return []
                await take(transaction, taken, now, self._lease)
                claimed = [turn.seq for turn in taken]
                read = await read_owed(transaction, claimed, now)
                owed = await gather(transaction, read, now)
            return claim.begin(owed)

    async def sent(self, owed: Owed, place: Place | None, anew: Sequence[Alert] = ()) -> None:
        settled: Values = {"state": AlertState.SENT}
        if place:
            settled |= {"sent_channel": place.channel, "sent_ts": place.ts}
        async with self._report(owed) as transaction:
            now = await self._now(transaction)
            kept = await _settle(transaction, owed, settled | {"settled_at": now})
            if kept and place:
                await try_edits_again(transaction, owed.alert.workspace_id, place.channel)
            if kept and place and owed.incident and owed.alert.kind is Kind.INCIDENT:
                together = () if owed.leaves else owed.others
                if together:
                    await settle_others(transaction, owed, place, now)
                told = [owed.incident, *(each.incident for each in together)]
                about = {each.id for each in told} | {each.incident_id for each in anew}
                here = incidents.c.workspace_id == owed.alert.workspace_id
                await lock_incidents(transaction, here, incidents.c.id.in_(about))
                await _show(transaction, owed, told, place)
                await _draw_anew(transaction, owed.alert.workspace_id, anew, now)

    async def already_told(self, owed: Owed) -> None:
        settled: Values = {"state": AlertState.SENT}
        async with self._report(owed) as transaction:
            settled["settled_at"] = await self._now(transaction)
            await _settle(transaction, owed, settled)
            await give_back(transaction, owed.alert.workspace_id, owed.lane)

    async def retry(
        self,
        owed: Owed,
        *,
        after: float,
        error: str,
        doubt: Doubt = Doubt.NONE,
        counted: bool = True,
    ) -> None:
        async with self._report(owed) as transaction:
            later = await self._now(transaction) + timedelta(seconds=after)
            again: ColumnElement[Any] = literal(later, Moment())
            if doubt is Doubt.UNCLEAR:
                # Before the lease has passed, Slack might still be about to take it.
                lapsed = alerts.c.lease_until
                again = case((lapsed > again, lapsed), else_=again)
            values = {"not_before": again, "last_error": error, "doubt": doubt}
            await _settle(transaction, owed, values | ({} if counted else _not_tried(owed)))

    async def put_aside(self, owed: Owed, *, after: float, error: str) -> None:
        async with self._report(owed) as transaction:
            later = await self._now(transaction) + timedelta(seconds=after)
            aside = {"not_before": later, "last_error": error, "doubt": Doubt.UNCLEAR}
            await _settle(transaction, owed, aside)
            await release(transaction, owed)

    async def hold(self, owed: Owed, *, seconds: float, error: str) -> None:
        async with self._report(owed) as transaction:
            until = await self._now(transaction) + timedelta(seconds=seconds)
            await _settle(transaction, owed, {"last_error": error} | _not_tried(owed))
            await note(transaction, owed.alert.workspace_id, owed.lane, held_until=until)

    async def next_destination(self, owed: Owed, *, step: int, to: str, error: str) -> None:
        """As the port has it. Where another channel was chosen meanwhile, that one comes first, as
        soon as this claim lapses.
        """
        onward = ANEW | {"step": step, "destination": to, "last_error": error}
        async with self._report(owed) as transaction:
            if await _settle(transaction, owed, onward, *_not_revived(owed)):
                await release(transaction, owed)

    async def give_up(self, owed: Owed, *, error: str) -> None:
        """As the port has it, but for a channel chosen meanwhile: see `next_destination`."""
        dead: Values = {"state": AlertState.DEAD, "last_error": error}
        async with self._report(owed) as transaction:
            dead["settled_at"] = await self._now(transaction)
            if await _settle(transaction, owed, dead, *_not_revived(owed)):
                await release(transaction, owed, since=owed.alert.first_tried_at)

    async def waiting(self) -> tuple[int, float]:
        """How many alerts are owed, and for how many seconds the oldest has been."""
        query = select(func.count(), func.min(alerts.c.created_at)).where(PENDING)
        async with self._database.read() as view:
            count, oldest = (await view.execute(query)).one()
            waited = (await self._now(view) - oldest).total_seconds() if oldest else 0.0
        return count, max(0.0, waited)

    async def dead(self) -> int:
        """How many alerts reached nobody."""
        return sum(count for _, count in await self.died_of())

    async def died_of(self) -> Sequence[tuple[str, int]]:
        count = func.count()
        query = (
            select(func.coalesce(alerts.c.last_error, ""), count)
            .where(alerts.c.state == AlertState.DEAD)
            .group_by(alerts.c.last_error)
            .order_by(count.desc(), alerts.c.last_error)
        )
        async with self._database.read() as view:
            return [(reason, number) for reason, number in await view.execute(query)]

    async def revive(self, workspace_id: str) -> int:
        its_own = DEAD, alerts.c.workspace_id == workspace_id
        async with self._database.write() as transaction:
            await lock_alerts(transaction, *its_own)
            dead = await transaction.execute(
                update(alerts)
                .where(*its_own)
                .values(ANEW | {"not_before": await self._now(transaction), "settled_at": None})
            )
            return dead.rowcount

    @asynccontextmanager
    async def _report(self, owed: Owed) -> AsyncIterator[AsyncConnection]:
        """A transaction that ends what was under way."""
        with self._under_way.ending(owed):
            async with self._database.write() as transaction:
                yield transaction

    async def died_in(self, workspace_id: str) -> Sequence[tuple[str, int]]:
        count = func.count()
        query = (
            select(func.coalesce(alerts.c.last_error, ""), count)
            .where(DEAD, alerts.c.workspace_id == workspace_id)
            .group_by(alerts.c.last_error)
            .order_by(count.desc(), alerts.c.last_error)
        )
        async with self._database.read() as view:
            return [(reason, number) for reason, number in await view.execute(query)]


def _not_tried(owed: Owed) -> Values:
    """What a try leaves behind that was none: a clear no begins no count of days either."""
    first = owed.alert.attempts == 1 and owed.alert.doubt is Doubt.NONE
    return {"attempts": owed.alert.attempts - 1} | ({"first_tried_at": None} if first else {})


def _not_revived(owed: Owed) -> Sequence[ColumnElement[bool]]:
    return (
        alerts.c.step == owed.alert.step,
        alerts.c.destination.is_not_distinct_from(owed.alert.destination),
    )


async def _settle(
    transaction: AsyncConnection, owed: Owed, values: Values, *also: ColumnElement[bool]
) -> bool:
    """End the claim; False where it is not the last one made of this alert."""
    result = await transaction.execute(
        update(alerts)
        .where(PENDING, alerts.c.workspace_id == owed.alert.workspace_id)
        .where(alerts.c.id == owed.alert.id, alerts.c.lease == owed.lease, *also)
        .values(lease_until=None, **values)
    )
    return result.rowcount == 1


async def _show(
    transaction: AsyncConnection, owed: Owed, shown: Sequence[Incident], place: Place
) -> None:
    """Remember where the incidents' message stands and which versions it shows by now; but not of
    one that has got another place since it was drawn. Told to a fallback, the message in the
    channel is left behind, until the channel is back.
    """
    same = and_(incidents.c.place_channel == place.channel, incidents.c.place_ts == place.ts)
    version: ColumnElement[int] = bindparam("by_now")
    values: Values = {
        "place_channel": place.channel,
        "place_ts": place.ts,
        "shown_version": version,
        "first_shown_version": case((same, incidents.c.first_shown_version), else_=version),
    }
    if owed.alert.destination:
        values["left_channel"] = func.coalesce(incidents.c.left_channel, incidents.c.place_channel)
        values["left_ts"] = func.coalesce(incidents.c.left_ts, incidents.c.place_ts)
    meanwhile = or_(  # told in a message of its own, or back in a channel that was healed
        incidents.c.place_ts.is_not_distinct_from(bindparam("stood_ts")),
        incidents.c.place_ts == place.ts,
    )
    await transaction.execute(
        update(incidents)
        .where(incidents.c.workspace_id == owed.alert.workspace_id)
        .where(incidents.c.id == bindparam("this"), meanwhile)
        .values(**values),
        [
            {
                "this": each.id,
                "by_now": each.version,
                "stood_ts": each.place.ts if each.place else None,
            }
            for each in sorted(shown, key=lambda each: each.id)
        ],
    )


async def _draw_anew(
    transaction: AsyncConnection, workspace_id: str, anew: Sequence[Alert], at: datetime
) -> None:
    """Though the messages show the newest versions of their own incidents."""
    if anew:
        drawn = [each.incident_id for each in anew if each.kind is Kind.INCIDENT]
        stale = update(incidents).where(incidents.c.workspace_id == workspace_id)
        of_these = stale.where(incidents.c.id.in_(drawn))
        await transaction.execute(of_these.values(shown_version=0))
        await write_telling(transaction, Telling(None, tuple(anew)), at=at)
