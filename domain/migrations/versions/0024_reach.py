"""Reach: how far somebody gets within some minutes; and addresses suggested while one types.

Revision ID: 0024
"""

from pathlib import Path

from alembic import op

revision = "0024"
down_revision = "0023"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation; nothing that is there changes its meaning."""
    op.get_bind().connection.cursor().execute((SQL / "0024_reach.sql").read_text("utf-8"))
