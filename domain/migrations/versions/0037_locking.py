"""After how many minutes a window left alone is locked.

Revision ID: 0037
"""

from pathlib import Path

from alembic import op

revision = "0037"
down_revision = "0029"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation."""
    op.get_bind().connection.cursor().execute((SQL / "0037_locking.sql").read_text("utf-8"))
