"""Alembic's entry: migrations run on the connection the caller opened, inside its transaction."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, version_table_schema="platform", transactional_ddl=True)
context.run_migrations()
