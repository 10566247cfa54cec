"""Each statement of the store's names the workspace whose rows it is about, in the whole suite.

Every statement is looked at before it is executed. A table with rows of workspaces has to be held
to one of them by the statement's own criteria: its workspace is compared with a value, or its key
with that of a table which is held itself. What works across workspaces by its nature is listed
here, by the function that executes it, and why. Ids that were read for one workspace in the same
transaction are no criterion: who passes them on names the workspace as well, or is listed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from greenlet import getcurrent  # type: ignore[import-untyped]
from sqlalchemy import CTE, Alias, Delete, Join, Select, Subquery, Table, Update
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import (
    BinaryExpression,
    BindParameter,
    BooleanClauseList,
    ClauseElement,
    ColumnClause,
    Grouping,
)
from sqlalchemy.sql.selectable import FromClause

from bot.store.erasure import NOBODYS
from bot.store.schema import metadata, workspaces

KEYS = frozenset(
    {"workspace_id", "connection_id", "incident_id", "id", "scope", "told_with", "seq"}
)
"""Columns by which one row belongs to another; all ids are unique in the whole database."""
BY_USERNAME = frozenset({"failed_logins", "login_bookings"})
"""The books of a username are one's own wherever it signs in: Autotask locks it for everybody."""
TENANTS = frozenset(table for table in metadata.tables.values() if table not in NOBODYS) - {
    metadata.tables[name] for name in BY_USERNAME
}

Node = int
Fact = tuple[str, Node, Node]
"""`held` (to a workspace), or `tied`: one is held if the other is."""


@dataclass
class Look:
    """What is known of one statement."""

    tables: dict[Node, Table] = field(default_factory=dict)
    facts: set[Fact] = field(default_factory=set)
    seen: dict[int, Mapping[FromClause, Node]] = field(default_factory=dict)
    nodes: int = 0

    def loose(self) -> list[str]:
        """The tables that are held to no workspace."""
        held = {one for kind, one, _ in self.facts if kind == "held"}
        ties = [(one, other) for kind, one, other in self.facts if kind == "tied"]
        before = -1
        while before != len(held):
            before = len(held)
            held |= {other for tie in ties if held & set(tie) for other in tie}
        return sorted(table.name for node, table in self.tables.items() if node not in held)

    def statement(
        self, statement: Any, around: Mapping[FromClause, Node]
    ) -> Mapping[FromClause, Node]:
        """Look at it, and at all statements inside; `around` is what it may be correlated with."""
        if (known := self.seen.get(id(statement))) is not None:
            return known
        own = {each: self._node(each) for each in _sources(statement, around)}
        self.seen[id(statement)] = own
        env = {**around, **own}
        for each, node in own.items():
            if isinstance(each, CTE | Subquery):
                inner = self.statement(each.element, {})
                self.facts |= {("tied", node, other) for other in inner.values()}
        for clause in _criteria(statement):
            self.facts |= self._facts(clause, env)
        for nested in _inside(statement):
            self.statement(nested, env)
        return own

    def _node(self, source: FromClause) -> Node:
        self.nodes += 1
        table = source.element if isinstance(source, Alias) else source
        if isinstance(table, Table) and table in TENANTS:
            self.tables[self.nodes] = table
        return self.nodes

    def _facts(self, clause: Any, env: Mapping[FromClause, Node]) -> set[Fact]:
        """What holds wherever the criterion is true."""
        if isinstance(clause, Grouping):
            return self._facts(clause.element, env)
        if isinstance(clause, BooleanClauseList):
            parts = [self._facts(each, env) for each in clause.clauses]
            if clause.operator is operators.and_:
                return set().union(*parts)
            return set.intersection(*parts)
        if isinstance(clause, BinaryExpression) and clause.operator in {
            operators.eq,
            operators.in_op,
        }:
            return self._equal(clause, env)
        return set()

    def _equal(self, clause: BinaryExpression[Any], env: Mapping[FromClause, Node]) -> set[Fact]:
        one = self._key(clause.left, env)
        if one is None:
            return set()
        node, name = one
        if isinstance(clause.right, BindParameter):
            single = clause.operator is operators.eq
            return {("held", node, node)} if single and name == "workspace" else set()
        if isinstance(clause.right, ColumnClause):
            other = self._key(clause.right, env)
            return {("tied", node, other[0])} if other else set()
        return {
            ("tied", node, each)
            for select in _inside(clause.right)
            for each in self.statement(select, env).values()
        }

    def _key(self, column: Any, env: Mapping[FromClause, Node]) -> tuple[Node, str] | None:
        if not isinstance(column, ColumnClause) or column.table is None:
            return None
        node = env.get(column.table)
        if node is None:
            return None
        if column is workspaces.c.id or column.name == "workspace_id":
            return node, "workspace"
        return (node, column.name) if column.name in KEYS else None


def _sources(statement: Any, around: Mapping[FromClause, Node]) -> list[FromClause]:
    """The tables, and what is like one, that it reads and writes itself."""
    if isinstance(statement, Update | Delete):
        others = [each for clause in statement._where_criteria for each in clause._from_objects]
        return list(dict.fromkeys([statement.table, *others]))
    if not isinstance(statement, Select):
        return []
    found = [leaf for each in statement.get_final_froms() for leaf in _leaves(each)]
    if statement._correlate:
        return [each for each in found if each not in statement._correlate]
    if statement._auto_correlate:
        return [each for each in found if each not in around] or found
    return found


def _leaves(source: FromClause) -> list[FromClause]:
    if isinstance(source, Join):
        return [*_leaves(source.left), *_leaves(source.right)]
    return [source]


def _criteria(statement: Any) -> Iterator[Any]:
    yield from getattr(statement, "_where_criteria", ())
    froms = list(statement.get_final_froms()) if isinstance(statement, Select) else []
    while froms:
        if isinstance(source := froms.pop(), Join):
            yield source.onclause
            froms += [source.left, source.right]


def _inside(statement: ClauseElement) -> Iterator[Select[Any]]:
    """The statements right inside of it."""
    waiting = list(statement.get_children())
    while waiting:
        element = waiting.pop()
        if isinstance(element, Select):
            yield element
        elif not isinstance(element, Table):
            waiting += element.get_children()


def _caller(frame: FrameType | None) -> str:
    """The function of the store's that executes; empty where it is none."""
    while frame:
        module = str(frame.f_globals.get("__name__", ""))
        if module.startswith("bot.store."):
            return f"{module.removeprefix('bot.store.')}:{frame.f_code.co_qualname}"
        frame = frame.f_back
    return ""


LOOSE: set[tuple[str, str]] = set()
"""By whom, and which table: what was executed without a workspace by who is not listed."""
_known: dict[Any, list[str]] = {}


def look(_connection: Any, statement: Any, *_: Any) -> None:
    """For the event `before_execute` of every engine."""
    if not isinstance(statement, Select | Update | Delete):
        return
    waiting = getcurrent().parent
    caller = _caller(waiting.gr_frame if waiting else None)
    if caller and caller not in ACROSS and not caller.startswith("migrations"):
        cached = statement._generate_cache_key()
        key = cached.key if cached else statement
        if (found := _known.get(key)) is None:
            seen = Look()
            seen.statement(statement, {})
            found = _known[key] = seen.loose()
        LOOSE.update((caller, name) for name in found)


_SWEEP = "a tick of the scheduler, for all workspaces"
_CLAIMED = "what the sweep has just claimed, by the numbers that it got"
_JUST_READ = "ids that were read for one workspace, or by a sweep, in the same transaction"
_OPERATOR = "how the whole installation is, without a word of any workspace's"
_ROTATION = "a rotation of keys goes through all workspaces"
ACROSS: Mapping[str, str] = {
    "audit:AuditTable.workspaces": "doctor and the command line look at every chain",
    "checks:marks_of": _JUST_READ,
    "data_keys:DataKeyTable.all": "the start proves that the master keys open them",
    "destinations:DestinationTable.claim_probes": _SWEEP,
    "erasure:erase": "a username that signs in for another workspace too is kept",
    "gaps:GapTable.audience": _SWEEP,
    "gaps:GapTable.blind": _SWEEP,
    "gaps:GapTable.close": _SWEEP,
    "gaps:GapTable.open_ones": _SWEEP,
    "gaps:GapTable.untold": _SWEEP,
    "history:HistoryTable.hours": _JUST_READ,
    "history:_rolled": _JUST_READ,
    "installations:InstallationTable.suspended": _OPERATOR,
    "nodes:cut": _SWEEP,
    "nodes:NodeTable.lateness": _OPERATOR,
    "nodes:NodeTable.undelivered": _OPERATOR,
    "outages:_standing": "zones of what was claimed; each names its workspace",
    "outages:_take_along": "zones of what was claimed; each names its workspace",
    "outbox:OutboxTable.died_of": _OPERATOR,
    "outbox:OutboxTable.waiting": _OPERATOR,
    "owed:read_owed": _CLAIMED,
    "ready:_put_off_probes": _CLAIMED,
    "ready:take": _CLAIMED,
    "ready:turns": _SWEEP,
    "rollups:_begin": _SWEEP,
    "rollups:_day": _SWEEP,
    "rollups:_next": _SWEEP,
    "rollups:_step": _SWEEP,
    "rollups:prune": _SWEEP,
    "rotation:_still": _ROTATION,
    "rotation:RotationTable.begun": _ROTATION,
    "rotation:RotationTable.counts": _ROTATION,
    "rotation:RotationTable.data_keys": _ROTATION,
    "rotation:RotationTable.forget_retired": _ROTATION,
    "rotation:RotationTable.not_under": _ROTATION,
    "rotation:RotationTable.older": _ROTATION,
    "rotation:RotationTable.renew": _ROTATION,
    "rotation:RotationTable.reseal": _ROTATION,
    "rotation:RotationTable.rewrap": _ROTATION,
    "rotation:RotationTable.sealed": _ROTATION,
    "schedule:ScheduleTable._pull_back": "the clock has jumped for everybody",
    "schedule:ScheduleTable.spread": _SWEEP,
    "schedule:_back": "the clock has jumped for everybody",
    "schedule:_forward": "the clock has jumped for everybody",
    "sharing:_lines": _CLAIMED,
    "sharing:sharing": _CLAIMED,
    "subscriptions:SubscriptionTable.all": _SWEEP,
    "subscriptions:SubscriptionTable.told": _SWEEP,
    "watches:WatchTable._claim": "a sweep; `claim_one` names the workspace",
    "watches:WatchTable.wake": "a username that is accepted is so wherever it signs in",
    "watches:_push_ahead": _CLAIMED,
    "workspaces:WorkspaceTable.ids": "the command line asks which there are",
}
"""By the function that executes it, and why."""
