"""The master keys from the command line: make one, see what each is for, let another take over."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.commands import load_settings
from bot.domain.audit import INSTALLATION, Deed, Entry
from bot.domain.errors import ConfigurationError
from bot.domain.people import CLI
from bot.usecases.audit_ports import Vouched

if TYPE_CHECKING:
    from bot.store.database import Database
    from bot.vault.credentials import CredentialVault
    from bot.vault.rotation import MasterState, Rotation

ROTATE = "autotask-bot keys rotate"


@click.group()
def keys() -> None:
    """The master key, which opens everything that is stored."""


@keys.command()
@click.option("--file", "path", type=click.Path(path_type=Path, dir_okay=False), help="Where to.")
@click.option("--on-top", is_flag=True, help="Put it before the keys in that file, to rotate.")
def new(path: Path | None, *, on_top: bool) -> None:
    """Make a master key. Writes AUTOTASK_BOT_KEY_FILE, readable by its owner alone."""
    from bot.store.data_keys import holds_data_keys
    from bot.vault.keyfile import new_key_file, put_on_top

    settings = load_settings()
    path = path or settings.autotask_bot_key_file
    if not on_top and asyncio.run(holds_data_keys(settings.database_url)):
        raise ConfigurationError(
            "The database holds values that an earlier key has sealed; a new one would not open "
            "them.",
            hint="Point AUTOTASK_BOT_KEY_FILE at that key, or DATABASE_URL at a new database; to "
            "put a new key on top of it, type: autotask-bot keys new --on-top",
        )
    if path is None:
        raise ConfigurationError(
            "AUTOTASK_BOT_KEY_FILE is not set, so it is not clear where the key shall go.",
            hint="Type: autotask-bot keys new --file autotask-bot.key",
        )
    key_id = put_on_top(path) if on_top else new_key_file(path)
    click.echo(f"Wrote {path}, key {key_id}.")
    click.echo("Back it up, apart from the database: without it nothing stored can be opened.")
    if on_top:
        click.echo(f"Then restart the bot, and type: {ROTATE}")


@keys.command()
def status() -> None:
    """What each master key is still needed for, and which may go."""

    async def run() -> bool:
        async with _rotation() as (rotation, *_):
            return _tell(await rotation.status())

    sys.exit(0 if asyncio.run(run()) else 78)


@keys.command()
@click.option("--data-keys", is_flag=True, help="New data keys too, and all sealed anew by them.")
def rotate(*, data_keys: bool) -> None:
    """Let the newest master key take over. May be cut off and repeated; a bot may run meanwhile."""

    async def run() -> bool:
        async with _rotation() as (rotation, database, vault):
            rewrapped = await rotation.rewrap()
            click.echo(f"Data keys that went under the newest master key: {rewrapped.done}.")
            damaged = rewrapped.damaged
            if data_keys:
                renewed = await rotation.renew()
                await database.checkpoint()
                click.echo(f"New data keys, and what they seal sealed anew: {renewed.done}.")
                damaged += renewed.damaged
            if damaged:
                click.echo(f"Left as they are, since they do not open: {damaged}.", err=True)
                click.echo("Type: autotask-bot doctor", err=True)
            await _note(database, vault, "data keys too" if data_keys else "")
            return _tell(await rotation.status()) and not damaged

    sys.exit(0 if asyncio.run(run()) else 1)


@asynccontextmanager
async def _rotation() -> "AsyncIterator[tuple[Rotation, Database, CredentialVault]]":
    """Over the database and the key sources that are configured."""
    from bot.keys import key_sources
    from bot.store.data_keys import DataKeyTable
    from bot.store.database import Database
    from bot.store.rotation import RotationTable
    from bot.vault.credentials import CredentialVault
    from bot.vault.rotation import Rotation

    settings = load_settings()
    sources = key_sources(settings)
    database = Database.open(settings.database_url)
    try:
        await database.migrate()
        vault = CredentialVault(sources, DataKeyTable(database))
        yield Rotation(sources, vault, RotationTable(database)), database, vault
    finally:
        await database.close()


async def _note(database: "Database", vault: "CredentialVault", detail: str) -> None:
    from bot.clock import SystemClock
    from bot.store.audit import AuditTable

    now, deed = SystemClock().now(), Deed.ROTATE_KEYS
    entry = Entry(INSTALLATION, now, CLI, deed, detail=detail)
    await AuditTable(database).add(Vouched(entry, await vault.notary()))


def _tell(states: "list[MasterState]") -> bool:
    """One line for each; whether all that are needed are there."""
    width = max(len(str(each.master)) for each in states)
    for each in states:
        click.echo(f"{each.master!s:{width}}  {each.data_keys:6} data keys  {_use(each)}")
    needed = [each.master for each in states if each.data_keys]
    if needed:
        click.echo(
            f"The oldest one still needed is {needed[-1]}; backups need those of their time."
        )
    return all(each.loaded or not each.data_keys for each in states)


def _use(state: "MasterState") -> str:
    if not state.loaded:
        return "needed, and not there: put it back"
    if state.newest:
        return "the newest: it wraps"
    return f"needed, until {ROTATE}" if state.data_keys else "may go"
