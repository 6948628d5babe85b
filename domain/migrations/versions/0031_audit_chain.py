"""The audit's entries are chained after their commit.

Revision ID: 0031
"""

from pathlib import Path

from alembic import op

revision = "0031"
down_revision = "0030"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation."""
    op.get_bind().connection.cursor().execute((SQL / "0031_audit_chain.sql").read_text("utf-8"))
