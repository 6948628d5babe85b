"""What is remembered of a table's columns are headers: words, nothing else.

Revision ID: 0039
"""

from pathlib import Path

from alembic import op

revision = "0039"
down_revision = "0038"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Guard what the next reader of such a table begins with."""
    op.get_bind().connection.cursor().execute((SQL / "0039_headers_are_words.sql").read_text("utf-8"))
