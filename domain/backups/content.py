"""What is in a database, counted and summed up, so that a restored one is compared with the one it was made of.

A table's sum is that of its rows' hashes: it knows no order. `measure` runs in the caller's snapshot, writing nothing.
"""

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

from psycopg import sql
from sqlalchemy import text
from sqlalchemy.engine import Connection

from domain.backups import chain_heads
from domain.errors import Invalid

# a row's text must not depend on whose connection reads it
_PLAIN = (
    "SET LOCAL search_path = ''", "SET LOCAL datestyle = 'ISO'", "SET LOCAL timezone = 'UTC'",
    "SET LOCAL extra_float_digits = 1", "SET LOCAL bytea_output = 'hex'", "SET LOCAL intervalstyle = 'postgres'",
)  # fmt: skip
_OURS = "n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
_TABLES = f"""SELECT n.nspname, c.relname FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND {_OURS} ORDER BY 1, 2"""
# rules the database keeps; those of newer servers that older ones do not list (NOT NULL) are left out
_RULES = f"""SELECT
    (SELECT count(*) FROM pg_catalog.pg_constraint x JOIN pg_catalog.pg_namespace n ON n.oid = x.connamespace
     WHERE x.contype IN ('c', 'f', 'p', 'u', 'x') AND x.convalidated AND {_OURS}) AS constraints,
    (SELECT count(*) FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class c ON c.oid = x.indexrelid
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE x.indisvalid AND {_OURS}) AS indexes,
    (SELECT count(*) FROM pg_catalog.pg_trigger x WHERE NOT x.tgisinternal) AS triggers,
    (SELECT count(*) FROM pg_catalog.pg_policy) AS policies,
    (SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relrowsecurity AND {_OURS}) AS secured"""
# who works here; the owner, who gives the groups, is the server's
_ROLES = """SELECT m.rolname, array_agg(g.rolname ORDER BY g.rolname) FROM pg_catalog.pg_auth_members a
    JOIN pg_catalog.pg_roles g ON g.oid = a.roleid JOIN pg_catalog.pg_roles m ON m.oid = a.member
    WHERE g.rolname LIKE 'platzlotse\\_%' AND m.rolcanlogin AND NOT (m.rolsuper OR m.rolcreaterole OR m.rolreplication)
    GROUP BY 1 ORDER BY 1"""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself, inside its sealed stream.

    `tables` are counts and sums, `rules` how many the database keeps, `roles` who is in which group (no passwords),
    `erasures` what was erased and `refusals` who said no until then (ids), `heads` where the chains ended.
    """

    made_at: str
    kind: str
    revision: str
    server: int
    newest_event: int
    tables: dict[str, list[str]]
    rules: dict[str, int]
    roles: dict[str, list[str]]
    erasures: list[dict[str, object]] = field(default_factory=list)
    refusals: list[dict[str, object]] = field(default_factory=list)
    heads: list[dict[str, object]] = field(default_factory=list)

    def written(self) -> bytes:
        """As it stands in the stream."""
        return json.dumps(asdict(self), ensure_ascii=True).encode("ascii")

    @classmethod
    def read(cls, content: bytes) -> "Manifest":
        """Out of a stream that was authenticated. Raises Invalid for what another program wrote there."""
        try:
            return cls(**json.loads(content))
        except (ValueError, TypeError) as exc:
            raise Invalid("backup.foreign") from exc

    @property
    def row_count(self) -> int:
        """Rows of all tables."""
        return sum(int(count) for count, _ in self.tables.values())

    @property
    def moment(self) -> datetime:
        """Of when its content is."""
        return datetime.fromisoformat(self.made_at)


def measure(connection: Connection, *, kind: str, now: datetime) -> Manifest:
    """Count and sum up everything, in the snapshot of the connection's transaction."""
    for setting in _PLAIN:
        connection.execute(text(setting))
    tables: dict[str, list[str]] = {}
    for schema, name in connection.execute(text(_TABLES)).all():
        query = sql.SQL(
            "SELECT pg_catalog.count(*), coalesce(pg_catalog.sum("
            "('x' || pg_catalog.left(pg_catalog.md5((whole_row.*)::pg_catalog.text), 16))::bit(64)::bigint), 0)"
            " FROM ONLY {} AS whole_row"
        ).format(sql.Identifier(schema, name))
        count, total = connection.exec_driver_sql(query.as_string()).one()
        tables[f"{schema}.{name}"] = [str(count), str(total)]
    rules = connection.execute(text(_RULES)).mappings().one()
    revision = connection.scalar(text("SELECT version_num FROM platform.alembic_version"))
    return Manifest(
        made_at=now.astimezone(UTC).isoformat(),
        kind=kind,
        revision=str(revision),
        server=int(str(connection.scalar(text("SHOW server_version_num")))) // 10_000,
        newest_event=connection.scalar(text("SELECT coalesce(max(id), 0) FROM platform.event")) or 0,
        tables=tables,
        rules={name: int(count) for name, count in rules.items()},
        roles={name: list(groups) for name, groups in connection.execute(text(_ROLES)).all()},
        heads=chain_heads.written(chain_heads.heads_in(connection, now=now)),
    )


def compare(promised: Manifest, found: Manifest) -> None:
    """Raise Invalid (``backup.differs``, what) unless a restored database holds what the backup promises."""
    for name, content in promised.tables.items():
        if found.tables.get(name) != content:
            raise Invalid("backup.differs", what=name)
    for name, count in promised.rules.items():
        if found.rules.get(name) != count:
            raise Invalid("backup.differs", what=name)
    if (promised.newest_event, promised.revision, set(promised.tables)) != (
        found.newest_event, found.revision, set(found.tables),
    ):  # fmt: skip
        raise Invalid("backup.differs", what="event")
