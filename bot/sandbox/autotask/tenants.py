"""The customers of Autotask and their users: state and rules, no HTTP."""

from dataclasses import dataclass, field
from typing import Literal

from bot.sandbox.autotask.quota import Quota
from bot.sandbox.autotask.zones import Zone

UserKind = Literal["api", "human"]


@dataclass(slots=True, eq=False)
class User:
    """A row of Resources/Users. Only API users (API-only) may use the REST API."""

    username: str
    secret: str
    integration_code: str
    first_name: str
    last_name: str
    kind: UserKind
    created: float
    active: bool = True
    locked: bool = False
    expired: bool = False
    failures: int = 0
    denied: set[str] = field(default_factory=set)

    def lock(self) -> None:
        self.locked = True

    def unlock(self) -> None:
        """Clears the check box, and with it the count of failures."""
        self.locked = False
        self.failures = 0

    def give_secret(self, secret: str) -> None:
        """A new secret invalidates the previous one and starts a new password period."""
        self.secret = secret
        self.expired = False


@dataclass(slots=True, eq=False)
class Tenant:
    """One database: `ci` is its number, `domain` the primary domain of its usernames."""

    name: str
    ci: int
    domain: str
    zone: Zone
    customers: tuple[str, ...]
    users: list[User] = field(default_factory=list)
    quota: Quota = field(default_factory=Quota)
    lock_after: int = 5

    def count_failure(self, user: User) -> None:
        """One more failed sign-in in a row; the tenant's system setting says how many lock."""
        user.failures += 1
        if user.failures >= self.lock_after:
            user.lock()
