"""Survey a workspace for somebody who looks: what is watched, and what is wrong with the watching.

From the database alone; nothing is asked of Autotask or of Slack.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.connection import Connection
from bot.domain.destination import Detour
from bot.domain.people import Person, may_manage, require_full_member
from bot.domain.suspicion import suspicion
from bot.domain.timekeeping import gap_limit
from bot.usecases.destinations import destinations
from bot.usecases.ports import Broken, Overview, Ports, Suspended
from bot.usecases.report import worst_first
from bot.usecases.watchdog import STUCK


@dataclass(frozen=True, slots=True)
class Survey:
    """All that one person's Home tab shows."""

    overviews: Sequence[Overview]
    """Of every connection, the most troubled first."""
    manages: bool
    """Whether this person may change them."""
    check_interval: float
    """Seconds, where a connection has none of its own."""
    died: Sequence[tuple[str, int]] = ()
    """Why alerts reached nobody, as the outbox has noted it, and how many of each."""
    detours: Sequence[Detour] = ()
    """The places that take nothing, broken the longest first."""
    unheard: Sequence[Connection] = ()
    """Those that nobody could be told of just now."""
    suspended: Suspended | None = None
    unwatched_since: datetime | None = None
    suspected: Mapping[str, str] = field(default_factory=dict)
    """Why connections are looked at again, by their ids."""


@dataclass(frozen=True, slots=True)
class Health:
    """How the bot itself is, whoever looks."""

    since: datetime
    """When the process that gave the last sign of life was started."""
    checks_late: bool
    alerts_wait: bool


async def survey(ports: Ports, person: Person) -> Survey:
    """For full members of the workspace. Raises NotAllowed for guests and other organisations'
    people."""
    require_full_member(person)
    workspace_id = person.workspace_id
    overviews = worst_first(await ports.connections.all(workspace_id))
    broken = await ports.destinations.broken(workspace_id)
    chains = {each.connection.id: destinations(ports, each.connection) for each in overviews}
    connections = [each.connection for each in overviews]
    suspended = await ports.installations.suspended()
    return Survey(
        overviews,
        manages=may_manage(person, await ports.workspaces.managers(workspace_id)),
        check_interval=ports.policy.check_interval,
        died=await ports.outbox.died_in(workspace_id),
        detours=_detours(connections, chains, broken),
        unheard=[each for each in connections if broken.keys() >= set(chains[each.id])],
        suspended=next((each for each in suspended if each.workspace_id == workspace_id), None),
        unwatched_since=await _unwatched_since(ports, workspace_id),
        suspected={
            each.connection.id: why
            for each in overviews
            if (why := suspicion(each.watch, ports.policy.of(each.connection.care)))
        },
    )


async def health(ports: Ports) -> Health | None:
    """By what /healthz goes by, as far as the database knows it; None before a sign of life."""
    node, now = await ports.nodes.newest(), ports.clock.now()
    if node is None:
        return None
    late = await ports.nodes.lateness(now=now) > gap_limit(ports.policy).total_seconds()
    return Health(node.started_at, late, await ports.nodes.undelivered(now=now) > STUCK)


def _detours(
    connections: Sequence[Connection],
    chains: Mapping[str, Sequence[str]],
    broken: Mapping[str, Broken],
) -> list[Detour]:
    """Of the broken places that somebody's alerts may go to; any other is forgotten soon."""
    used = {place for chain in chains.values() for place in chain}
    instead = {
        each.id: next((place for place in chains[each.id] if place not in broken), None)
        for each in connections
    }
    found = []
    for place in sorted(used & broken.keys(), key=lambda each: broken[each].broken_since):
        passing = [
            each for each in connections if _passes(chains[each.id], place, instead[each.id])
        ]
        found.append(
            Detour(
                place,
                broken[place].reason,
                broken[place].broken_since,
                passing,
                list(dict.fromkeys(to for each in passing if (to := instead[each.id]))),
            )
        )
    return found


def _passes(chain: Sequence[str], place: str, instead: str | None) -> bool:
    """Whether alerts would go to the place before they go where they go instead."""
    return instead in chain and place in chain[: chain.index(instead)]


async def _unwatched_since(ports: Ports, workspace_id: str) -> datetime | None:
    """Where every process has gone silent, or nobody can tell of a connection."""
    node, now = await ports.nodes.newest(), ports.clock.now()
    silent = node and now - node.seen_at > gap_limit(ports.policy)
    since = [
        node.seen_at if node and silent else None,
        await ports.gaps.open_since(workspace_id),
    ]
    return min((each for each in since if each), default=None)
