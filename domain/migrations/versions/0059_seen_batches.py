"""A batch is seen by what its lines hold, and dropped with all of them.

Revision ID: 0059
"""

from pathlib import Path

from alembic import op

revision = "0059"
down_revision = "0058"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation; the previous release's program works on."""
    op.get_bind().connection.cursor().execute((SQL / "0059_seen_batches.sql").read_text("utf-8"))
