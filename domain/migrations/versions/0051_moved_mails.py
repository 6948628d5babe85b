"""A mail that was put to the wrong person or inquiry is put to the right one, and leaves no words where it stood.

Revision ID: 0051
"""

from pathlib import Path

from alembic import op

revision = "0051"
down_revision = "0050"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation; the previous release's program works on."""
    op.get_bind().connection.cursor().execute((SQL / "0051_moved_mails.sql").read_text("utf-8"))
