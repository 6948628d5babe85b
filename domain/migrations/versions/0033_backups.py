"""Backups: what there is and was verified, and how the office wants them; who backs up reads the counters, too.

Revision ID: 0033
"""

from pathlib import Path

from alembic import op

revision = "0033"
down_revision = "0029"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation."""
    op.get_bind().connection.cursor().execute((SQL / "0033_backups.sql").read_text("utf-8"))
