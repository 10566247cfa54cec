"""What an administrator, or bad luck, can do to the make-believe Autotask."""

from collections.abc import Callable

from bot.sandbox.autotask.cloud import Cloud
from bot.sandbox.autotask.directory import draw_api_user
from bot.sandbox.autotask.entities import ENTITIES
from bot.sandbox.autotask.identifiers import draw_secret, draw_tracking_identifier
from bot.sandbox.autotask.order import Order
from bot.sandbox.autotask.tenants import Tenant, User
from bot.sandbox.autotask.zones import FAULTS, Fault

Switch = Callable[[Cloud, Order], None]


def obey(cloud: Cloud, order: Order) -> None:
    """Do what `{"do": verb, ...}` says. Raises ValueError or LookupError with a sentence."""
    verb = order.text("do")
    if verb not in SWITCHES:
        raise LookupError(f"There is no switch named {verb!r}.")
    SWITCHES[verb](cloud, order)


def _regenerate_secret(cloud: Cloud, order: Order) -> None:
    _api_user(cloud, order).give_secret(draw_secret(cloud.rng))


def _set_secret(cloud: Cloud, order: Order) -> None:
    _user(cloud, order).give_secret(order.text("secret"))


def _change_tracking(cloud: Cloud, order: Order) -> None:
    _api_user(cloud, order).integration_code = draw_tracking_identifier(cloud.rng)


def _lock(cloud: Cloud, order: Order) -> None:
    _user(cloud, order).lock()


def _unlock(cloud: Cloud, order: Order) -> None:
    _user(cloud, order).unlock()


def _activate(cloud: Cloud, order: Order) -> None:
    _user(cloud, order).active = True


def _deactivate(cloud: Cloud, order: Order) -> None:
    _user(cloud, order).active = False


def _expire(cloud: Cloud, order: Order) -> None:
    _user(cloud, order).expired = True


def _renew(cloud: Cloud, order: Order) -> None:
    _user(cloud, order).expired = False


def _deny(cloud: Cloud, order: Order) -> None:
    _api_user(cloud, order).denied.add(_entity(order))


def _allow(cloud: Cloud, order: Order) -> None:
    _api_user(cloud, order).denied.discard(_entity(order))


def _rename_user(cloud: Cloud, order: Order) -> None:
    """A name without a domain keeps its own."""
    user, new = _user(cloud, order), order.text("new")
    name = new if "@" in new else f"{new}@{user.username.partition('@')[2]}"
    if cloud.directory.find_user(name) not in (None, _found(cloud, order)):
        raise ValueError(f"{name} is taken.")
    user.username = name


def _delete_user(cloud: Cloud, order: Order) -> None:
    tenant, user = _found(cloud, order)
    tenant.users.remove(user)


def _add_user(cloud: Cloud, order: Order) -> None:
    tenant = _tenant(cloud, order)
    tenant.users.append(draw_api_user(cloud.rng, tenant, now=cloud.clock()))


def _move_database(cloud: Cloud, order: Order) -> None:
    _tenant(cloud, order).zone = cloud.directory.zone(order.number("zone"))


def _burn_quota(cloud: Cloud, order: Order) -> None:
    _tenant(cloud, order).quota.burn(order.number("used"), cloud.clock())


def _thread_cap(cloud: Cloud, order: Order) -> None:
    """0: others that share the tracking identifier use up all threads."""
    cloud.threads.cap = order.number("n")


def _lock_after(cloud: Cloud, order: Order) -> None:
    _tenant(cloud, order).lock_after = order.number("n", least=1)


def _zone_fault(cloud: Cloud, order: Order) -> None:
    kind = order.text("fault")
    if kind not in FAULTS:
        raise LookupError(f"There is no fault named {kind!r}.")
    if kind == "tls" and not cloud.plan.secure:
        raise ValueError("The zones of this world are served without TLS.")
    fault = Fault(kind, order.number("ms", least=1, default=Fault().ms))
    everywhere = order.get("zone") == "all"
    chosen = cloud.directory.zones if everywhere else [cloud.directory.zone(order.number("zone"))]
    for zone in chosen:
        zone.fault = fault


def _quirk(cloud: Cloud, order: Order) -> None:
    cloud.quirks = cloud.quirks.with_choice(order.text("name"), order.get("value"))


def _found(cloud: Cloud, order: Order) -> tuple[Tenant, User]:
    username = order.text("username")
    found = cloud.directory.find_user(username)
    if found is None:
        raise LookupError(f"There is no user named {username!r}.")
    return found


def _user(cloud: Cloud, order: Order) -> User:
    return _found(cloud, order)[1]


def _api_user(cloud: Cloud, order: Order) -> User:
    user = _user(cloud, order)
    if user.kind != "api":
        raise ValueError(f"{user.username} is a person's login, not an API user.")
    return user


def _tenant(cloud: Cloud, order: Order) -> Tenant:
    return cloud.directory.tenant(order.text("tenant"))


def _entity(order: Order) -> str:
    name = order.text("entity")
    if name.lower() not in ENTITIES:
        raise LookupError(f"There is no entity named {name!r}.")
    return ENTITIES[name.lower()].path


SWITCHES: dict[str, Switch] = {
    "regenerate_secret": _regenerate_secret,
    "set_secret": _set_secret,
    "change_tracking": _change_tracking,
    "lock": _lock,
    "unlock": _unlock,
    "activate": _activate,
    "deactivate": _deactivate,
    "expire": _expire,
    "renew": _renew,
    "deny": _deny,
    "allow": _allow,
    "rename_user": _rename_user,
    "delete_user": _delete_user,
    "add_user": _add_user,
    "move_database": _move_database,
    "burn_quota": _burn_quota,
    "thread_cap": _thread_cap,
    "lock_after": _lock_after,
    "zone_fault": _zone_fault,
    "quirk": _quirk,
}
