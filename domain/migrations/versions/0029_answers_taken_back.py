"""Answers confirmed by mistake are taken back by a further entry.

Revision ID: 0029
"""

from pathlib import Path

from alembic import op

revision = "0029"
down_revision = "0028"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation."""
    op.get_bind().connection.cursor().execute((SQL / "0029_answers_taken_back.sql").read_text("utf-8"))
