"""Backups: what there is and was verified, and how the office wants them; who backs up reads the counters, too.

Revision ID: 0038
"""

from pathlib import Path

from alembic import op

revision = "0038"
down_revision = "0037"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation."""
    op.get_bind().connection.cursor().execute((SQL / "0038_backups.sql").read_text("utf-8"))
