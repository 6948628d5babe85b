"""The foundation: all schemas, tables, rules, audit, jobs and access.

Revision ID: 0001
"""

from pathlib import Path

from alembic import op
from procrastinate.schema import SchemaManager

from domain.geocoding.plz_data import plz_rows

revision = "0001"
down_revision = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Build everything from nothing."""
    connection = op.get_bind()

    def run(script: str) -> None:
        # the driver's own cursor: a script of many statements, no bound values
        connection.connection.cursor().execute(script)

    run((SQL / "0001_a_functions.sql").read_text("utf-8"))
    run("SET LOCAL search_path = platform")
    run(SchemaManager.get_schema())
    run("SET LOCAL search_path = public")
    for part in ("b_tables", "c_rules", "d_access"):
        run((SQL / f"0001_{part}.sql").read_text("utf-8"))
    run("INSERT INTO platform.office (id, name) VALUES (1, 'Vermittlungsstelle')")
    with connection.connection.cursor().copy(
        "COPY geocoding_service.plz_place (plz, place, lat, lon, uncertainty_m, district, state, source) FROM STDIN"
    ) as copy:
        for row in plz_rows():
            copy.write_row(row)
