"""Find the zone of a username, without credentials: where to sign in, and what to say of it while
it is still being typed."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.audit import Deed
from bot.domain.credentials import Typed
from bot.domain.diagnosis import diagnose
from bot.domain.errors import BadInput
from bot.domain.observation import Cause, Observation
from bot.domain.origin import AutotaskOrigin
from bot.domain.people import Person
from bot.domain.secret import Secret
from bot.domain.shapes import is_address, mixed_up_username, own_login
from bot.domain.stamps import unmarked
from bot.usecases.permit import require_manager
from bot.usecases.ports import Ports, Zone


@dataclass(frozen=True, slots=True)
class Preview:
    """What can be said of a username before anything is submitted."""

    zone: Zone | None = None
    remark: str = ""
    """What looks wrong, with the way out; empty where nothing does."""


async def preview_zone(
    ports: Ports, person: Person, typed: Typed, *, may_look: Callable[[], bool]
) -> Preview | None:
    """What can be said of `typed`; None while it is no whole username yet, and where `may_look`
    (asked only before a look-up) forbids one. Sends the username alone, and not where it looks like
    another of the values. Raises NotAllowed.
    """
    await require_manager(ports, person, Deed.CONNECT)
    if remark := mixed_up_username(typed):
        return Preview(remark=remark)
    if not _is_whole(typed) or not may_look():
        return None
    zone = await ports.autotask.find_zone(Secret(typed.username))
    if isinstance(zone, Zone):
        elsewhere = names_another_zone(ports, typed.url, zone)
        return Preview(zone, elsewhere or own_login(typed))
    words = diagnose(zone.cause or Cause.OURS)
    if zone.cause is Cause.USERNAME_UNKNOWN:
        return Preview(remark=f"{words.why} {words.next_step}")
    return Preview(remark="The zone cannot be looked up just now. Go on: it is tried again then.")


async def find_zone(ports: Ports, username: Secret, url: str) -> Zone | Observation | str:
    """Where to sign in. A sentence, where `url` names another zone than the username's."""
    zone = await ports.autotask.find_zone(username)
    if isinstance(zone, Observation):
        return zone
    return names_another_zone(ports, url, zone) or zone


def names_another_zone(ports: Ports, url: str, zone: Zone) -> str:
    """A sentence where `url` names another zone than `zone`; empty where it does not, or names
    none."""
    try:
        named = AutotaskOrigin.named_in(url, extra_hosts=ports.extra_hosts)
    except BadInput:
        return ""
    if named is None or named.host == zone.origin.host:
        return ""
    where = zone.origin.address + (f" ({unmarked(zone.name)})" if zone.name else "")
    return (
        f"This username belongs to another zone: {where}. Leave REST API URL empty, or paste that "
        "address."
    )


def _is_whole(typed: Typed) -> bool:
    """Whether this may be a username that has been typed to its end, and is nothing else."""
    wrong = typed.username == typed.secret or "username" in typed.problems()
    return not wrong and is_address(typed.username)
