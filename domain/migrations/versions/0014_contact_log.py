"""The contact log believes nobody: own names, plausible times, real heads; one call of a person at a time.

Revision ID: 0014
"""

from pathlib import Path

from alembic import op

revision = "0014"
down_revision = "0013"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation; what was noted before stays as it is."""
    op.get_bind().connection.cursor().execute((SQL / "0014_contact_log.sql").read_text("utf-8"))
