"""Beside a corrected address of a first letter stands who is reached there.

Revision ID: 0050
"""

from pathlib import Path

from alembic import op

revision = "0050"
down_revision = "0049"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation; the previous release's program works on."""
    op.get_bind().connection.cursor().execute((SQL / "0050_name_beside.sql").read_text("utf-8"))
