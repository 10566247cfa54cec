"""The way from any older schema to the present one."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.domain.errors import ConfigurationError

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(connection: Connection, scripts: Path = MIGRATIONS) -> None:
    """Run what is missing, inside the caller's transaction.

    Raises ConfigurationError where the schema is newer than these scripts.
    """
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if not known.issuperset(MigrationContext.configure(connection).get_current_heads()):
        raise ConfigurationError(
            "The database was written by a newer version of the bot.",
            hint="Start that version, or restore a backup from before it.",
        )
    command.upgrade(config, "head")
