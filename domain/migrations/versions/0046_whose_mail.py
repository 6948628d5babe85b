"""Whose a mail is stays; an opt-out holds for a mailbox; an inbox begins on a day; words of one mail are erased.

Revision ID: 0046
"""

from pathlib import Path

from alembic import op

revision = "0046"
down_revision = "0045"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation; the previous release's program works on."""
    op.get_bind().connection.cursor().execute((SQL / "0046_whose_mail.sql").read_text("utf-8"))
