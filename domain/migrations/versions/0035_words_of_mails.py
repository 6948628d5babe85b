"""Erasing a person's words takes those of mails, of what came in and of letters, too.

Revision ID: 0035
"""

from pathlib import Path

from alembic import op

revision = "0035"
down_revision = "0034"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add what was erased and the function that does it; let a mail without words lack an address."""
    op.get_bind().connection.cursor().execute((SQL / "0035_words_of_mails.sql").read_text("utf-8"))
