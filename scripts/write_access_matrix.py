"""Writes who may what, and what guards the rows, anew from a fresh database: for the doctor, and the page for people.

usage: .venv/bin/python scripts/write_access_matrix.py   After a migration that changed a right.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from domain.access import ROLES  # noqa: E402
from domain.database import Database  # noqa: E402
from domain.health.catalogue import shape  # noqa: E402
from domain.health.guards import FILE  # noqa: E402
from domain.health.roles import SCHEMAS, granted  # noqa: E402
from domain.migrations import migrate  # noqa: E402
from tests.domain.access_catalogue import PAGE, page  # noqa: E402
from tests.servers.postgres import TestCluster, in_memory  # noqa: E402

HEAD = '''"""The matrix of rights the doctor compares an installation with: written by scripts/write_access_matrix.py.

r read, a add, w change, d delete, in brackets some columns only; a column a group: caseworker, supervisor, auditor,
admin, worker, backup.
"""

MATRIX = """
'''


def main() -> None:
    """A throw-away server, migrated, and read."""
    with TestCluster(within=in_memory()) as cluster:
        owner = Database(cluster.admin_url("postgres"))
        migrate(owner.engine)
        with owner.read() as session:
            found = granted(session)
            guarding = shape(session.connection(), SCHEMAS)
            PAGE.write_text(page(session.connection()), "utf-8")
        owner.close()
    told = [f"{kind} {name} {how}" for (kind, name), how in sorted(guarding.items())]
    FILE.write_text("\n".join(told) + "\n", "utf-8")
    names = sorted({name for name, _ in found})
    width = max(map(len, names))
    lines = [" ".join((name.ljust(width), *(found[name, role].ljust(7) for role in ROLES))).rstrip() for name in names]
    (ROOT / "domain" / "health" / "matrix.py").write_text(HEAD + "\n".join(lines) + '\n"""\n', encoding="utf-8")


if __name__ == "__main__":
    main()
