"""A mail that was put elsewhere takes only its own words out of a history; who settled or merged says the server.

Revision ID: 0057
"""

from pathlib import Path

from alembic import op

revision = "0057"
down_revision = "0056"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation; the previous release's program works on."""
    op.get_bind().connection.cursor().execute((SQL / "0057_own_mail.sql").read_text("utf-8"))
