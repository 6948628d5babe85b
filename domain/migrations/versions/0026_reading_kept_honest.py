"""What was read outside stays what was read: decided once, in the own name; a source's content is the worker's.

Revision ID: 0026
"""

from pathlib import Path

from alembic import op

revision = "0026"
down_revision = "0025"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation; nothing that is there changes its meaning."""
    op.get_bind().connection.cursor().execute((SQL / "0026_reading_kept_honest.sql").read_text("utf-8"))
