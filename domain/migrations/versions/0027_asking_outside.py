"""Asking outside: permission and key belong to one server, a request to one address, a lease to one worker.

Revision ID: 0027
"""

from pathlib import Path

from alembic import op

revision = "0027"
down_revision = "0026"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation; a permission that would send patients' data unencrypted is taken back."""
    op.get_bind().connection.cursor().execute((SQL / "0027_asking_outside.sql").read_text("utf-8"))
