"""What an import leaves out of the audit stands in its journal, and who read a file in is the server's to say.

Revision ID: 0056
"""

from pathlib import Path

from alembic import op

revision = "0056"
down_revision = "0055"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Tighten the rules; the previous release's program works on."""
    op.get_bind().connection.cursor().execute((SQL / "0056_own_imports.sql").read_text("utf-8"))
