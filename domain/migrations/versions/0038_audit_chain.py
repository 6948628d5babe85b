"""The audit's entries are chained after their commit.

Revision ID: 0038
"""

from pathlib import Path

from alembic import op

revision = "0038"
down_revision = "0029"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation."""
    op.get_bind().connection.cursor().execute((SQL / "0038_audit_chain.sql").read_text("utf-8"))
