"""The command line: `autotask-bot`, which is `python -m bot`.

Exit codes: 0 fine (active), 1 not, 2 usage, 75 could not tell, 78 configuration.

The rooms are imported inside the commands: the sandbox has to be up in a moment and needs none.
"""

import asyncio
import sys
from typing import Any

import click

from bot import __version__
from bot.commands import COMMANDS, check, load_settings
from bot.domain import errors
from bot.key_commands import keys
from bot.sandbox.cli import sandbox
from bot.upkeep import audit, backup

EXIT_CODES: tuple[tuple[type[errors.BotError], int], ...] = (
    (errors.ConfigurationError, 78),
    (errors.StoreUnavailable, 75),
    (errors.KeyUnavailable, 75),
    (errors.SealError, 78),
    (errors.BadInput, 2),
    (errors.NoSuchConnection, 2),
    (errors.BotError, 1),
)
"""The first that fits."""
HEALTH = 4.0
"""Seconds that `health` waits: a bot whose event loop is held up does not answer."""


class Family(click.Group):
    """Says the error family's sentences instead of tracebacks."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except errors.BotError as error:
            click.echo(f"autotask-bot: {error.message}", err=True)
            if error.hint:
                click.echo(error.hint, err=True)
            sys.exit(next(code for kind, code in EXIT_CODES if isinstance(error, kind)))


@click.group(cls=Family, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="autotask-bot")
def main() -> None:
    """Connects Autotask PSA to Slack, and says so when the connection stops being active."""


@main.command()
def serve() -> None:
    """Run the bot until it is told to stop."""
    from bot import app
    from bot.doctor import look

    asyncio.run(app.serve(load_settings(), look))


@main.command()
def health() -> None:
    """Ask the running bot's /healthz; for a container's health check."""
    from http.client import HTTPConnection, HTTPException

    settings = load_settings()
    asked = HTTPConnection(settings.http_host, settings.http_port, timeout=HEALTH)
    try:
        asked.request("GET", "/healthz")
        status = asked.getresponse().status
    except OSError as error:
        raise errors.BotError(f"Nobody answers at {asked.host}:{asked.port}.") from error
    except HTTPException as error:
        raise errors.BotError(
            f"What answers at {asked.host}:{asked.port} is not the bot.",
            hint="Set HTTP_PORT to the bot's.",
        ) from error
    finally:
        asked.close()
    click.echo("healthy" if status == 200 else "not healthy")
    sys.exit(0 if status == 200 else 1)


@main.command()
def migrate() -> None:
    """Bring the database's schema up to date. `serve` does it by itself."""
    from bot.store.database import Address, Database

    async def run(url: Address) -> None:
        database = Database.open(url)
        try:
            await database.migrate()
        finally:
            await database.close()

    asyncio.run(run(load_settings().database_url))
    click.echo("The schema is up to date.")


@main.command()
def doctor() -> None:
    """Look at everything, and name the fix for each thing that is wrong."""
    from bot.doctor import examine

    async def run() -> bool:
        fine = True
        async for finding in examine(load_settings()):
            mark = (
                click.style("ok  ", fg="green") if finding.fine else click.style("bad ", fg="red")
            )
            click.echo(f"{mark} {finding.about}: {finding.text}")
            if not finding.fine:
                click.echo(f"     → {finding.fix}")
            fine = fine and finding.fine
        return fine

    sys.exit(0 if asyncio.run(run()) else 78)


for command in (*COMMANDS, audit, backup, keys, sandbox):
    main.add_command(command)
main.add_command(check, "test")  # the word that people type in chat

if __name__ == "__main__":
    main()
