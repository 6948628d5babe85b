"""Batches: many inquiries in one go, weekly status.

Revision ID: 0010
"""

from pathlib import Path

from alembic import op

revision = "0010"
down_revision = "0009"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation; nothing that is there changes its meaning."""
    op.get_bind().connection.cursor().execute((SQL / "0010_batches.sql").read_text("utf-8"))
