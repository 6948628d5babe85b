"""A mail sent by hand is held until a person says what became of it; what a mail said stands in the history.

Revision ID: 0047
"""

from pathlib import Path

from alembic import op

revision = "0047"
down_revision = "0046"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation; the previous release's program works on."""
    op.get_bind().connection.cursor().execute((SQL / "0047_by_hand.sql").read_text("utf-8"))
