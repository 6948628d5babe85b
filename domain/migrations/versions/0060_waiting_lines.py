"""Going on with a batch asks of its waiting lines only.

Revision ID: 0060
"""

from pathlib import Path

from alembic import op

revision = "0060"
down_revision = "0059"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation; the previous release's program works on."""
    op.get_bind().connection.cursor().execute((SQL / "0060_waiting_lines.sql").read_text("utf-8"))
