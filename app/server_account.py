"""Under which account the embedded PostgreSQL runs: PostgreSQL refuses root.

An ordinary user runs it as himself. For root the first choice is a user namespace (no extra account, works
inside a closed home folder), else the account `nobody`, which then owns the folder. It knows no clusters.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from domain.errors import Unavailable

FALLBACK = "nobody"


@dataclass(frozen=True, slots=True)
class Account:
    """How to call the server's tools: with a command in front, or as the user who then owns the files."""

    prefix: tuple[str, ...] = ()
    uid: int | None = None
    gid: int | None = None

    @property
    def is_other(self) -> bool:
        """Whether the files must belong to somebody else than this process's user."""
        return self.uid is not None

    def hand_over(self, *paths: Path) -> None:
        """Give files to the account, if it is another one."""
        if self.uid is not None and self.gid is not None:
            for path in paths:
                os.chown(path, self.uid, self.gid)

    def hand_over_tree(self, folder: Path) -> None:
        """Give a folder and all below to the account: a cluster made under another one comes along."""
        if self.uid is not None and folder.exists() and folder.stat().st_uid != self.uid:
            self.hand_over(folder, *folder.rglob("*"))


def account_for(home: Path, *, binaries: Path) -> Account:
    """Choose the account for the cluster in `home`; Unavailable if root finds none that can work there."""
    if os.name == "nt" or os.geteuid() != 0:
        return Account()
    # a cluster that once belonged to nobody stays with nobody
    if home.stat().st_uid == 0 and _namespaces_work():
        return Account(prefix=_namespace())
    return _fallback(home, binaries)


def _namespace() -> tuple[str, ...]:
    """The command that shows root to the server as another account, which must exist: initdb asks for its name."""
    import pwd

    entry = pwd.getpwnam(FALLBACK)
    return ("unshare", "--user", f"--map-user={entry.pw_uid}", f"--map-group={entry.pw_gid}")


def _namespaces_work() -> bool:
    """Containers and hardened kernels may forbid them."""
    namespace = _namespace()
    if shutil.which(namespace[0]) is None:
        return False
    attempt = subprocess.run([*namespace, "true"], check=False, stderr=subprocess.DEVNULL)  # noqa: S603 - constant
    return attempt.returncode == 0


def _fallback(home: Path, binaries: Path) -> Account:
    import pwd

    entry = pwd.getpwnam(FALLBACK)
    account = Account(uid=entry.pw_uid, gid=entry.pw_gid)
    account.hand_over(home)
    for purpose, path in (("-w", home), ("-x", binaries / "postgres")):
        reachable = subprocess.run(  # noqa: S603 - no shell, the path is one argument
            ["test", purpose, str(path)],  # noqa: S607 - the system's own
            cwd="/",
            user=account.uid,
            group=account.gid,
            extra_groups=[],
            check=False,
        )
        if reachable.returncode != 0:
            # any folder above may be closed (0700), as root's own home is
            raise Unavailable("postgres.folder_closed", path=str(path), account=FALLBACK)
    return account
