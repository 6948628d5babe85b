"""Under which account the embedded PostgreSQL runs: PostgreSQL refuses root.

As an ordinary user it runs as that user. As root first choice is a user namespace (no extra account, works in a
closed home folder), else the account `nobody`, which then owns the folder.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MAPPED_ID = 1000


@dataclass(frozen=True, slots=True)
class Account:
    """How to call the server's tools: a command in front, arguments of subprocess, and who owns the files."""

    prefix: tuple[str, ...] = ()
    arguments: dict[str, Any] = field(default_factory=dict)
    owns_files: bool = False
    uid: int = -1
    gid: int = -1


def account_for(home: Path) -> Account:
    """The account for a folder; decided once per start, never stored."""
    if os.name == "nt" or os.geteuid() != 0:
        return Account()
    owner = home.stat().st_uid
    prefix = ("unshare", "--user", f"--map-user={MAPPED_ID}", f"--map-group={MAPPED_ID}")
    if owner == 0 and shutil.which("unshare") and subprocess.run([*prefix, "true"], check=False, stderr=subprocess.DEVNULL).returncode == 0:  # noqa: E501
        return Account(prefix=prefix)
    import pwd

    nobody = pwd.getpwnam("nobody")
    return Account(
        arguments={"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []},
        owns_files=True,
        uid=nobody.pw_uid,
        gid=nobody.pw_gid,
    )
