"""A place says nothing of another address, whoever told it; whether somebody was edited by hand is noted when it happens.

Revision ID: 0048
"""

from pathlib import Path

from alembic import op

revision = "0048"
down_revision = "0047"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation; the previous release's program works on."""
    op.get_bind().connection.cursor().execute((SQL / "0048_imports_again.sql").read_text("utf-8"))
