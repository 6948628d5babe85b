"""Since when a service outside answers or does not, how many retries are left to it, and asking it again at once.

Revision ID: 0040
"""

from pathlib import Path

from alembic import op

revision = "0040"
down_revision = "0039"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation."""
    op.get_bind().connection.cursor().execute((SQL / "0040_outside_services.sql").read_text("utf-8"))
