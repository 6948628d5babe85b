"""Events get their place in one order that consumers follow with a cursor.

Revision ID: 0030
"""

from pathlib import Path

from alembic import op

revision = "0030"
down_revision = "0029"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation."""
    op.get_bind().connection.cursor().execute((SQL / "0030_event_feed.sql").read_text("utf-8"))
