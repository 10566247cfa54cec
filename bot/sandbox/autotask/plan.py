"""How a world is laid out."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """For play, the defaults; for measurements, as much as is wanted."""

    tenants: int = 3
    """Beyond the cast of three, made-up ones in turn over the zones, each with an API user."""
    latency: float = 0.0
    """Seconds that every answer takes, whatever else slows it down."""
    secure: bool = False
    """Whether zones are served with TLS; only then can they show somebody else's certificate."""
