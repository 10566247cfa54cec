"""The data centres that tenants live in, and what is wrong with them right now."""

from dataclasses import dataclass, field
from typing import Literal, get_args

FaultKind = Literal[
    "none",
    "outage_5xx",
    "maintenance",
    "maintenance_200",
    "hang",
    "drip",
    "garbage",
    "reset",
    "slow",
    "redirect",
    "tls",
]
FAULTS: tuple[FaultKind, ...] = get_args(FaultKind)


@dataclass(frozen=True, slots=True)
class Fault:
    """`ms` is the latency of `slow` and the gap between the bytes of `drip`; with `tls` the zone
    shows somebody else's certificate."""

    kind: FaultKind = "none"
    ms: int = 3000

    @property
    def latency(self) -> float:
        """Seconds that every answer is late."""
        return self.ms / 1000 if self.kind == "slow" else 0.0


@dataclass(slots=True, eq=False)
class Zone:
    """One zone: official number and name, and the address where it is served here."""

    number: int
    name: str
    address: str = ""
    fault: Fault = field(default_factory=Fault)

    @property
    def api_url(self) -> str:
        """With a slash at the end, as public clients put `V1.0` straight behind it (apigrate)."""
        return f"{self.address}/ATServicesRest/"


def official_zones() -> list[Zone]:
    """Four of the zones on the official page API_Zones; 29 is where AU/NZ moved in March 2026."""
    return [
        Zone(3, "America East"),
        Zone(4, "UK"),
        Zone(29, "Australia 3 / Sydney"),
        Zone(19, "EU1 (English Europe & Asia)"),
    ]
