"""Whose patients one sees is asked cheaply; nobody is asked for whom it is restricted; databases set aside are listed.

Revision ID: 0043
"""

from pathlib import Path

from alembic import op

revision = "0043"
down_revision = "0042"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation; the previous release's program works on."""
    op.get_bind().connection.cursor().execute((SQL / "0043_trust.sql").read_text("utf-8"))
