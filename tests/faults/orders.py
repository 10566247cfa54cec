"""Three naive orders of checking, sending and marking, as alerters in the field have them.

They are here to show that the harness finds losses. What counts as committed is an event that has
been marked: nobody comes back to it.

- send, then mark: the change is sent, and then stored, whatever came of it (no retry).
- mark, then send: the change is stored as handled, and then sent, three times at most.
- lease, then fail: a claim is stored before sending; one whose lease has passed is marked failed.
"""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass

from bot.domain.sending import Delivered, Later, Sent
from bot.slack.client import open_client
from bot.slack.messenger import EVENT_TYPE
from bot.slack.outcomes import classify
from tests.faults.doom import Doom
from tests.faults.house import Plan
from tests.faults.recording_slack import RecordingSlack

LANES = 6
TRIES = 3
INSIDE = ("before commit", "after commit")
"""The moments inside a worker at which it may die."""
PERIOD = 0.01
"""Seconds until the next change of a lane."""
MARK = "INSERT INTO events (lane, n, state, lease_until) VALUES (?, ?, ?, 0)"


@dataclass
class Lane:
    """One connection, and how its changes reach its channel."""

    number: int
    events: sqlite3.Connection
    send: Callable[[str, str], Awaitable[Sent]]
    doom: Doom
    lease: float
    last: bool
    """Nothing new happens: only what is still owed is seen to."""

    def newest(self) -> int:
        """The number of the newest change on the books."""
        query = "SELECT coalesce(max(n), 0) FROM events WHERE lane = ?"
        return int(self.events.execute(query, (self.number,)).fetchone()[0])

    def write(self, statement: str, *values: object) -> None:
        """One transaction."""
        self.doom.comes("before commit")
        self.events.execute(statement, values)
        self.doom.comes("after commit")

    async def say(self, n: int) -> Sent:
        """One call to Slack about change number n."""
        return await self.send(f"C{self.number}", key(self.number, n))

    def set(self, n: int, state: str, lease_until: float = 0) -> None:
        """Mark an event anew."""
        change = "UPDATE events SET state = ?, lease_until = ? WHERE lane = ? AND n = ?"
        self.write(change, state, lease_until, self.number, n)


async def send_then_mark(lane: Lane) -> None:
    """A failure is logged, and that is all."""
    if not lane.last:
        n = lane.newest() + 1
        await lane.say(n)
        lane.write(MARK, lane.number, n, "sent")


async def mark_then_send(lane: Lane) -> None:
    """Retries live as long as the process does."""
    if not lane.last:
        n = lane.newest() + 1
        lane.write(MARK, lane.number, n, "sent")
        for _ in range(TRIES):
            if isinstance(await lane.say(n), Delivered):
                break


async def lease_then_fail(lane: Lane) -> None:
    """Definite failures are tried again; a process that died while sending is given up on."""
    if not lane.last:
        lane.write(MARK, lane.number, lane.newest() + 1, "pending")
    lane.write(
        "UPDATE events SET state = 'failed' WHERE state = 'sending' AND lease_until < ?",
        time.time(),
    )
    owed = "SELECT n FROM events WHERE lane = ? AND state = 'pending' ORDER BY n LIMIT 1"
    while row := lane.events.execute(owed, (lane.number,)).fetchone():
        lane.set(row[0], "sending", time.time() + lane.lease)
        sent = await lane.say(row[0])
        lane.set(row[0], "pending" if isinstance(sent, Later) else "sent")


ORDERS = {
    "send, then mark": send_then_mark,
    "mark, then send": mark_then_send,
    "lease, then fail": lease_then_fail,
}


def key(lane: int, n: int) -> str:
    """By which a message is recognised."""
    return f"{lane}/{n}"


async def live(plan: Plan, order: str, doom: Doom, *, last: bool) -> None:
    """Go on in that order: for ever, or with `last` until nothing is owed."""
    async with open_client(plan.token(), api_url=plan.slack_url) as client:

        async def send(channel: str, about: str) -> Sent:
            metadata = {"event_type": EVENT_TYPE, "event_payload": {"k": about}}
            try:
                await client.chat_postMessage(channel=channel, text=about, metadata=metadata)
            except Exception as error:  # noqa: BLE001 - the product's own words for it
                return classify(error)
            return Delivered(place=None)  # type: ignore[arg-type]

        with closing(_open(plan)) as events:
            lanes = [Lane(n, events, send, doom, plan.lease, last) for n in range(LANES)]
            async with asyncio.TaskGroup() as group:
                for lane in lanes:
                    group.create_task(_go_on(lane, order))


async def _go_on(lane: Lane, order: str) -> None:
    await ORDERS[order](lane)
    while not lane.last:
        await asyncio.sleep(PERIOD)
        await ORDERS[order](lane)


def _open(plan: Plan) -> sqlite3.Connection:
    events = sqlite3.connect(plan.url.removeprefix("sqlite:///"), isolation_level=None)
    events.execute("PRAGMA journal_mode=WAL")
    events.execute(
        "CREATE TABLE IF NOT EXISTS events (lane, n, state, lease_until, PRIMARY KEY (lane, n))"
    )
    return events


def committed(plan: Plan, slack: RecordingSlack) -> tuple[int, list[str]]:
    """How many events there were, and those that nobody was told of."""
    with closing(_open(plan)) as events:
        keys = [key(*row) for row in events.execute("SELECT lane, n FROM events")]
    told = {each.key for each in slack.messages}
    return len(keys), [each for each in keys if each not in told]
