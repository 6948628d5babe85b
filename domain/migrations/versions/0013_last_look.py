"""The last look before sending: what the worker may learn of a patient's mail, and what is kept of servers' words.

It begins with `platform.protect`, by which this and later revisions give a new table its rules.

Revision ID: 0013
"""

from pathlib import Path

from alembic import op

revision = "0013"
down_revision = "0012"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation; nothing that is there changes its meaning."""
    op.get_bind().connection.cursor().execute((SQL / "0013_last_look.sql").read_text("utf-8"))
