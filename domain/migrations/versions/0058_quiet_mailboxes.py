"""Whoever comes to a mailbox nobody closed changes nothing there.

Revision ID: 0058
"""

from pathlib import Path

from alembic import op

revision = "0058"
down_revision = "0057"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation; the previous release's program works on."""
    op.get_bind().connection.cursor().execute((SQL / "0058_quiet_mailboxes.sql").read_text("utf-8"))
