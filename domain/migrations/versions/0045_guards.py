"""What an admin sets and a supervisor decides: mail servers, permissions for addresses, backups turned off.

Revision ID: 0045
"""

from pathlib import Path

from alembic import op

revision = "0045"
down_revision = "0044"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation; the previous release's program works on."""
    op.get_bind().connection.cursor().execute((SQL / "0045_guards.sql").read_text("utf-8"))
