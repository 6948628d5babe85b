"""Remarks of mails that came in beside their words, and the day from which a promised place is free.

Revision ID: 0022
"""

from pathlib import Path

from alembic import op

revision = "0022"
down_revision = "0021"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation; nothing that is there changes its meaning."""
    op.get_bind().connection.cursor().execute((SQL / "0022_remarks_and_days.sql").read_text("utf-8"))
