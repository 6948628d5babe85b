"""Imports: which directory a file is of, and a journal nobody can write by hand.

Revision ID: 0025
"""

from pathlib import Path

from alembic import op

revision = "0025"
down_revision = "0024"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation; nothing that is there changes its meaning."""
    op.get_bind().connection.cursor().execute((SQL / "0025_imports.sql").read_text("utf-8"))
