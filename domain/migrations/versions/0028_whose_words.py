"""Whose words are erased, whom a mail names however it is written, and whom a practice was really asked about.

Revision ID: 0028
"""

from pathlib import Path

from alembic import op

revision = "0028"
down_revision = "0027"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Replace functions and one policy; no table changes."""
    op.get_bind().connection.cursor().execute((SQL / "0028_whose_words.sql").read_text("utf-8"))
