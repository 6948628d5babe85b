"""A record is also that of who stands in for its team or for who is responsible.

Revision ID: 0061
"""

from pathlib import Path

from alembic import op

revision = "0061"
down_revision = "0060"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation; the previous release's program works on."""
    op.get_bind().connection.cursor().execute((SQL / "0061_deputies_records.sql").read_text("utf-8"))
