"""New credentials for a connection: what a field left blank stands for.

A blank field keeps what is stored. But the stored secret was given for one zone and one username:
with another of either it has to be typed again, so that nobody who may edit a connection can have
it sent where its owner did not.
"""

from dataclasses import dataclass

from bot.domain.credentials import SIGNING_IN, Credentials, Typed
from bot.domain.errors import SealError
from bot.domain.origin import AutotaskOrigin
from bot.domain.secret import Secret
from bot.usecases.ports import Ports, Referred

NOTHING_NEW = (
    "Nothing new was typed. Type the values that have changed; what stays empty is kept. "
    "/autotask test tries the stored ones."
)
IN_THE_ENTRY = (
    "The values of this connection stand in the vault's entry that its reference leads to: change "
    "them there, or type all three here."
)
OTHER_USERNAME = "The stored secret belongs to the stored username. Type the secret of this one."


@dataclass(frozen=True, slots=True)
class Filled:
    """The three values to sign in with."""

    username: Secret
    secret: Secret
    integration_code: Secret
    kept_for: AutotaskOrigin | None = None
    """The one zone that the secret may go to, where it is the stored one; None: it was typed."""


async def fill_in(
    ports: Ports, workspace_id: str, typed: Typed, replaces: str | None
) -> Filled | dict[str, str]:
    """`typed` with what is stored of the connection `replaces` in the place of what is blank; or
    field name to a sentence, where that may not be. What is typed must be sendable. Raises
    NoSuchConnection.
    """
    blank = [name for name in SIGNING_IN if not getattr(typed, name)]
    fresh = Filled(Secret(typed.username), Secret(typed.secret), Secret(typed.integration_code))
    if replaces is None or not blank:
        return fresh
    kept = await ports.connections.stored(workspace_id, replaces)
    if isinstance(kept, Referred):
        return {blank[-1]: IN_THE_ENTRY}
    try:
        stored = await ports.vault.open(workspace_id, replaces, kept)
    except SealError as error:
        return dict.fromkeys(blank, f"{error.message} Type this value again.")
    if not typed.secret and (why := await _needs_its_secret(ports, typed, stored)):
        return {"secret": why}
    if len(blank) == len(SIGNING_IN):
        return {"secret": NOTHING_NEW}
    return Filled(
        fresh.username or stored.username,
        fresh.secret or stored.secret,
        fresh.integration_code or stored.integration_code,
        kept_for=None if typed.secret else stored.origin,
    )


def goes_elsewhere(zone: AutotaskOrigin, kept_for: AutotaskOrigin) -> str:
    """What is said where the stored secret would go to another zone than its own."""
    return (
        f"The stored secret goes to {kept_for.host} alone, and this is {zone.host}. "
        "Type the secret again."
    )


async def _needs_its_secret(ports: Ports, typed: Typed, stored: Credentials) -> str:
    """Usernames are compared as Autotask compares them, case folded, by their digests."""
    named = AutotaskOrigin.named_in(typed.url, extra_hosts=ports.extra_hosts)
    if named and named.host != stored.origin.host:
        return goes_elsewhere(named, stored.origin)
    if not typed.username:
        return ""
    digest = ports.vault.username_digest
    same = await digest(Secret(typed.username)) == await digest(stored.username)
    return "" if same else OTHER_USERNAME
