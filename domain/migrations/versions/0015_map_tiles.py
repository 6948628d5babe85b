"""Map tiles: where an office takes them from, and their attribution.

Revision ID: 0015
"""

from pathlib import Path

from alembic import op

revision = "0015"
down_revision = "0014"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add two columns; without a source the map stays as it is."""
    op.get_bind().connection.cursor().execute((SQL / "0015_map_tiles.sql").read_text("utf-8"))
