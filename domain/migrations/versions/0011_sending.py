"""Sending: sizes and results of each recipient.

Revision ID: 0011
"""

from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0010"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation; nothing that is there changes its meaning."""
    op.get_bind().connection.cursor().execute((SQL / "0011_sending.sql").read_text("utf-8"))
