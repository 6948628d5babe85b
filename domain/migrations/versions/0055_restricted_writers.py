"""What somebody writes whose data are restricted is put to nobody, whatever it answers.

Revision ID: 0055
"""

from pathlib import Path

from alembic import op

revision = "0055"
down_revision = "0054"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation; the previous release's program works on."""
    op.get_bind().connection.cursor().execute((SQL / "0055_restricted_writers.sql").read_text("utf-8"))
