"""What an operator does now and then from the command line."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from bot.commands import load_settings
from bot.domain.audit import Chain
from bot.domain.errors import BadInput


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Copy the SQLite database to FILE while the bot runs; the key is not in it."""
    from bot.store.backup import back_up

    back_up(load_settings().database_url, file)
    click.echo(f"Wrote {file}, and looked whether it is whole.")
    click.echo("It opens with the master key alone, which is not in it: keep that apart.")


@click.group()
def audit() -> None:
    """The book of who did what."""


@audit.command("verify")
@click.option("--workspace", metavar="ID", help="Defaults to all.")
@click.option("--seen", metavar="HEAD", default="", help="A head that a weekly digest told.")
def audit_verify(workspace: str | None, seen: str) -> None:
    """Prove that no entry was changed, removed, inserted or moved since it was written."""

    async def run() -> Sequence[tuple[str, Chain]]:
        from bot.app import build
        from bot.usecases.read_audit import verify

        async with build(load_settings()) as bot:
            known = [workspace] if workspace else await bot.ports.audit.workspaces()
            if seen and len(known) != 1:
                raise BadInput("Whose head was that? Name its workspace with --workspace.")
            return [(each, await verify(bot.ports, each, seen=seen)) for each in known]

    fine = True
    for each, chain in asyncio.run(run()):
        where = each or "the installation"
        if chain.flaw:
            fine = False
            click.echo(f"{where}: {chain.flaw}. Up to {chain.head} all is as it was written.")
        else:
            click.echo(f"{where}: as it was written, up to {chain.head}.")
    sys.exit(0 if fine else 1)
