"""Who may in: the decision on the three headers of an authenticated call."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.sandbox.autotask.directory import Directory
from bot.sandbox.autotask.quirks import Quirks
from bot.sandbox.autotask.refusal import WRONG_CODE, Refused
from bot.sandbox.autotask.tenants import Tenant, User
from bot.sandbox.autotask.zones import Zone


@dataclass(frozen=True, slots=True)
class SignIn:
    """The three headers as they came; a missing one is empty."""

    username: str
    secret: str
    integration_code: str

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> "SignIn":
        return cls(
            headers.get("UserName", ""),
            headers.get("Secret", ""),
            headers.get("ApiIntegrationCode", ""),
        )

    def admit(
        self, directory: Directory, zone: Zone, *, quirks: Quirks, now: float
    ) -> tuple[Tenant, User]:
        """The tenant and API user that these headers prove at this zone.

        Raises Refused: an empty 401 whatever the cause (w6w, measured live), and for a wrong
        tracking identifier with otherwise right credentials the quirk's status (apigrate issue 19).
        Only a wrong secret, or a login that is no API user's, counts towards the lock; a success
        sets the count back.
        """
        found = directory.find_user(self.username)
        if not (self.secret and self.integration_code and found and found[0].zone is zone):
            raise Refused(401)
        tenant, user = found
        self._prove(tenant, user)
        if not user.active or user.expired or now < user.created + quirks.available_after:
            raise Refused(401)
        if user.integration_code != self.integration_code:
            raise Refused(quirks.wrong_code_status, WRONG_CODE)
        user.failures = 0
        return tenant, user

    def _prove(self, tenant: Tenant, user: User) -> None:
        """A locked user gets no further, not even with the right secret."""
        if user.locked:
            raise Refused(401)
        if user.kind == "human" or user.secret != self.secret:
            tenant.count_failure(user)
            raise Refused(401)
