"""Logins are compared with what they are, so that an admin mends what differs from its row.

Revision ID: 0049
"""

from pathlib import Path

from alembic import op

revision = "0049"
down_revision = "0048"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation; the previous release's program works on."""
    op.get_bind().connection.cursor().execute((SQL / "0049_mended_logins.sql").read_text("utf-8"))
