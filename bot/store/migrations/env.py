"""Run by alembic: migrates on the connection, and in the transaction, that it is given.

Two defaults are changed on purpose. SQLite's DDL is transactional although alembic's dialect says
otherwise, and no logging is configured, which would switch off the bot's own.
"""

from alembic import context

from bot.store.schema_history import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
