"""Say what time alone brings: reminders, a mention, the end of a snooze or of maintenance."""

import logging

from bot.domain.announce import attend
from bot.domain.errors import NoSuchConnection
from bot.domain.telling import Teller
from bot.usecases.ports import Decision, Due, Ports

log = logging.getLogger(__name__)

BATCH = 100


async def attend_due(ports: Ports) -> int:
    """Attend to all whose time has come, one batch; returns how many that were."""
    waiting = await ports.watches.claim_waiting(BATCH)
    for due in waiting:
        try:
            await _attend(ports.caring_for(due.connection), due)
        except NoSuchConnection:  # it was disconnected meanwhile
            log.info("attend_overtaken", extra={"connection": due.connection.id})
        except Exception:  # one connection's fault must not stop the others
            log.exception("attend_failed", extra={"connection": due.connection.id})
    return len(waiting)


async def _attend(ports: Ports, due: Due) -> None:
    now = ports.clock.now()
    overview = await ports.connections.get(due.connection.workspace_id, due.connection.id)
    watch, effects = attend(due.watch, now=now, policy=ports.policy)
    teller = Teller(due.connection, now, ports.policy.group_wait, ports.clock.new_id)
    telling = teller.tell(overview.incident, watch, None, effects)
    await ports.watches.apply(due, Decision(watch, None, telling))
