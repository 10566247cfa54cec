"""Who and what the stories are about: the same situations, with kind names and with evil ones."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

from bot.domain.connection import Connection
from bot.domain.incident import Alert, Incident
from bot.domain.observation import Cause, Observation, Quota, Seen, Tenant
from bot.domain.origin import AutotaskOrigin
from bot.domain.outage import Member
from bot.domain.status import OUTAGE_CAUSES, Status, Watch
from bot.usecases.ports import Overview, Owed

NOW = datetime(2026, 3, 2, 9, 26, tzinfo=UTC)
BEGAN = NOW - timedelta(minutes=12)
ALICE, BOB = "U0ALICE", "U0BOB"
MANY_PEOPLE = {f"U{n:010}": f"Person {n:03} of the Service Desk's Night Shift" for n in range(200)}
MANY_CHANNELS = {f"C{n:010}": f"alerts-{n:02}-of-great-lakes-managed-services" for n in range(50)}
PEOPLE = {ALICE: "Alice Admin", BOB: "Bob Member", **MANY_PEOPLE}
CHANNELS = {"C0ALERTS": "alerts", "C0OPS": "ops", **MANY_CHANNELS}
SECRET = "mK4#tR7$wZ2*qB9~xN5@dL8vF"
"""Is typed into forms, and must be nowhere else."""
CODE, USERNAME = "QWERTYUIOPASDFGHJKLZXCVBNM7", "k3v9x2m7q1w8e5r@lakeside.example"
BEGINNINGS = ("aws-sm:autotask-bot/T1/", "vault:secret/autotask-bot/T1/")
REFERENCE = f"{BEGINNINGS[0]}{'x' * 480}#AWSCURRENT"
"""As long as one may be."""
TYPED = {"url": "", "integration_code": CODE, "secret": SECRET, "username": USERNAME}
EVIL = "<!channel> & <@U0VICTIM> <https://evil.example|click> \x02@U0VICTIM\x03 \u202egpj.exe\x07"


@dataclass(frozen=True)
class Cast:
    """What comes from outside: names, and what Autotask answered."""

    company: str = "Lakeside IT"
    zone: str = "America East"
    several: str | None = None
    """The company of each of many."""
    refused: tuple[str, ...] = ("zoneInformation: America East", "ThresholdInformation: 401, empty")
    silent: tuple[str, ...] = ("ThresholdInformation: no answer in 15 s",)
    ids: "count[int]" = field(default_factory=lambda: count(1))
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    def connection(self, name: str = "Autotask", **changes: object) -> Connection:
        known = Connection(
            id=f"{next(self.ids):032x}",
            workspace_id="T1",
            name=name,
            origin=AutotaskOrigin("https://webservices3.autotask.net"),
            company=self.company,
            zone=self.zone,
            connected_by=ALICE,
            connected_at=NOW - timedelta(days=40),
            channel="C0ALERTS",
        )
        return replace(known, **changes)  # type: ignore[arg-type]

    def watch(self, status: Status, cause: Cause | None = None, **changes: object) -> Watch:
        quiet = cause is None
        believed = Watch(
            status=status,
            since=NOW - timedelta(days=9) if quiet else BEGAN,
            next_check_at=NOW + timedelta(minutes=4),
            cause=cause,
            seen=Seen.OK if quiet else Seen.REJECTED,
            last_checked_at=None if status is Status.PENDING else NOW - timedelta(minutes=1),
            last_ok_at=None if status is Status.PENDING else BEGAN - timedelta(minutes=1),
            latency=0.31,
            evidence=self.evidence(cause) if cause else (),
        )
        return replace(believed, **changes)  # type: ignore[arg-type]

    def evidence(self, cause: Cause) -> tuple[str, ...]:
        return self.silent if cause in OUTAGE_CAUSES else self.refused

    def incident(self, connection: Connection, cause: Cause, **changes: object) -> Incident:
        """Open, as it begins."""
        opened = Incident(
            id=f"i{connection.id}",
            number=next(self.numbers),
            workspace_id="T1",
            connection_id=connection.id,
            status=STATUS_OF.get(cause, Status.INACTIVE),
            cause=cause,
            evidence=self.evidence(cause),
            opened_at=BEGAN,
            last_ok_at=BEGAN - timedelta(minutes=1),
        )
        return replace(opened, **changes)  # type: ignore[arg-type]

    def overview(
        self, status: Status, cause: Cause | None = None, name: str = "Autotask", **changes: object
    ) -> Overview:
        """As status and the Home tab have it; with an incident where there is trouble."""
        connection = self.connection(name)
        incident = self.incident(connection, cause) if cause else None
        watch = self.watch(status, cause, **changes)
        return Overview(connection, watch, Quota(8_214, 10_000), incident)

    def member(self, name: str, cause: Cause = Cause.TIME_OUT, **changes: object) -> Member:
        connection = self.connection(name, company=self.several)
        return Member(connection, self.incident(connection, cause, **changes))

    def seen(self) -> Observation:
        """A good check that found the database elsewhere, and the budget nearly used up."""
        tenant = Tenant(company=self.company, zone=self.zone)
        return Observation(Seen.MOVED_OK, tenant=tenant, quota=Quota(9_310, 10_000))


def owed(alert: Alert, connection: Connection, incident: Incident | None = None) -> Owed:
    return Owed(alert, connection, incident, lease=1)


DEGRADING = frozenset(
    {Cause.PERMISSION_MISSING, Cause.THREAD_LIMIT, Cause.HOURLY_LIMIT, Cause.LOGINS_WITHHELD}
)
STATUS_OF = dict.fromkeys(DEGRADING, Status.DEGRADED)
"""What each cause leads to, where that is not inactive (`bot/domain/status.py` has the table)."""

KIND = Cast()
LARGE = Cast("Lakeside IT, Managed Services & Cloud of the Great Lakes, a Holding of <Lakeside>")
HOSTILE = Cast(EVIL, EVIL, several=EVIL, refused=(EVIL, f"401 {EVIL}"), silent=(EVIL,))
