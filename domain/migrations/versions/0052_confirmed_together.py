"""Whom a file names as they are known costs no line of its own, in the journal or the audit.

Revision ID: 0052
"""

from pathlib import Path

from alembic import op

revision = "0052"
down_revision = "0051"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation; the previous release's program works on."""
    op.get_bind().connection.cursor().execute((SQL / "0052_confirmed_together.sql").read_text("utf-8"))
