"""Making the office's database on a server: the embedded seat and an office's own do it the same way."""

from psycopg import sql
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool

TURN = 7235003  # programs started at once must not both create it


def maintenance_engine(url: str) -> Engine:
    """A connection to the server itself, each statement on its own."""
    return create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool, hide_parameters=True)


def ensure_database(url: str, name: str, *, owner: str | None = None) -> bool:
    """Make the database unless it is there; True if it was made. `url` leads to the server as who may do that."""
    admin = maintenance_engine(url)
    try:
        with admin.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:turn)"), {"turn": TURN})
            try:
                if connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}):
                    return False
                statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
                if owner is not None:
                    statement += sql.SQL(" OWNER {}").format(sql.Identifier(owner))
                connection.connection.cursor().execute(statement + sql.SQL(" TEMPLATE template0 ENCODING 'UTF8'"))
                return True
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:turn)"), {"turn": TURN})
    finally:
        admin.dispose()
