"""Whether a person said what a paper is; the words of mails that nobody known sent.

Revision ID: 0033
"""

from pathlib import Path

from alembic import op

revision = "0033"
down_revision = "0032"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation."""
    op.get_bind().connection.cursor().execute((SQL / "0033_confirmed_and_unknown.sql").read_text("utf-8"))
