"""Access reports made, how long records are kept, and runs that erase what is due.

Revision ID: 0041
"""

from pathlib import Path

from alembic import op

revision = "0041"
down_revision = "0040"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation."""
    op.get_bind().connection.cursor().execute((SQL / "0041_data_protection.sql").read_text("utf-8"))
