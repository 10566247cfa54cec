"""Say what time alone brings: reminders, a mention, the end of a snooze or of maintenance."""

import logging
from dataclasses import replace

from bot.domain.announce import attend
from bot.domain.errors import NoSuchConnection, StoreUnavailable
from bot.domain.incident import Telling
from bot.domain.telling import Teller
from bot.domain.timekeeping import PUSHED_AHEAD
from bot.usecases.check import push_ahead
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
        except StoreUnavailable:
            raise  # so it is with the others: the claims lapse
        except Exception:  # one connection's fault must not stop the others
            log.exception("attend_failed", extra={"connection": due.connection.id})
            later = replace(due.watch, attend_at=ports.clock.now() + PUSHED_AHEAD)
            await push_ahead(ports, due, Decision(later, None, Telling()))
    return len(waiting)


async def _attend(ports: Ports, due: Due) -> None:
    now = ports.clock.now()
    overview = await ports.connections.get(due.connection.workspace_id, due.connection.id)
    watch, effects = attend(due.watch, now=now, policy=ports.policy)
    teller = Teller(due.connection, now, ports.policy.group_wait, ports.clock.new_id)
    telling = teller.tell(overview.incident, watch, None, effects)
    await ports.watches.apply(due, Decision(watch, None, telling))
