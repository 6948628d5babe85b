"""Merges of therapists are turned by the database, whoever sees what, and lose nothing between two moments.

Revision ID: 0053
"""

from pathlib import Path

from alembic import op

revision = "0053"
down_revision = "0052"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation; the previous release's program works on."""
    op.get_bind().connection.cursor().execute((SQL / "0053_merges.sql").read_text("utf-8"))
