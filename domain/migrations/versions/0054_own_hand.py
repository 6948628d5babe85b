"""Who made an inquiry, mail, batch or letter, and whose word an answer is, says the server.

Revision ID: 0054
"""

from pathlib import Path

from alembic import op

revision = "0054"
down_revision = "0053"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation; the previous release's program works on."""
    op.get_bind().connection.cursor().execute((SQL / "0054_own_hand.sql").read_text("utf-8"))
