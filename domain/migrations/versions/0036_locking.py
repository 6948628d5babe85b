"""After how many minutes a window left alone is locked.

Revision ID: 0036
"""

from pathlib import Path

from alembic import op

revision = "0036"
down_revision = "0035"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation."""
    op.get_bind().connection.cursor().execute((SQL / "0036_locking.sql").read_text("utf-8"))
