"""Identity: therapists brought together and kept apart; what each import changed, so that it can be undone.

Revision ID: 0017
"""

from pathlib import Path

from alembic import op

revision = "0017"
down_revision = "0016"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation; nothing that is there changes its meaning."""
    op.get_bind().connection.cursor().execute((SQL / "0017_identity.sql").read_text("utf-8"))
