"""An API user that was let in, for the length of one call."""

from dataclasses import dataclass

from bot.sandbox.autotask.entities import Entity
from bot.sandbox.autotask.filters import Row
from bot.sandbox.autotask.quirks import Quirks
from bot.sandbox.autotask.refusal import PERMISSION, Refused
from bot.sandbox.autotask.tenants import Tenant, User


@dataclass(frozen=True, slots=True)
class Visit:
    tenant: Tenant
    user: User
    quirks: Quirks

    def rows(self, entity: Entity) -> list[Row]:
        """Everything of this entity that the user may see. Raises Refused without the permission
        to query it."""
        if entity.path in self.user.denied and self.quirks.forbidden_status == 200:
            return []
        if entity.path in self.user.denied:
            raise Refused(self.quirks.forbidden_status, PERMISSION)
        return entity.rows(self.tenant)
