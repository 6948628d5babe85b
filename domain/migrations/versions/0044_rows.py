"""What is another team's stays hidden and unchanged by any tool; nobody locks a table or takes every connection.

Revision ID: 0044
"""

from pathlib import Path

from alembic import op

revision = "0044"
down_revision = "0043"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation; the previous release's program works on."""
    for name in ("0044_a_rows.sql", "0044_b_teams.sql", "0044_c_locks.sql", "0044_d_search.sql"):
        op.get_bind().connection.cursor().execute((SQL / name).read_text("utf-8"))
