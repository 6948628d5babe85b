"""What the windows of admins and auditors need: the state of mailboxes, the numbers of events.

Revision ID: 0042
"""

from pathlib import Path

from alembic import op

revision = "0042"
down_revision = "0041"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation."""
    op.get_bind().connection.cursor().execute((SQL / "0042_windows_of_roles.sql").read_text("utf-8"))
