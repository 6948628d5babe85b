"""Persons are made, locked and given roles through functions of the owner; caseworkers see their team's patients.

Revision ID: 0037
"""

from pathlib import Path

from alembic import op

revision = "0037"
down_revision = "0036"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Add to the foundation."""
    cursor = op.get_bind().connection.cursor()
    for part in ("people", "teams"):
        cursor.execute((SQL / f"0037_{part}.sql").read_text("utf-8"))
