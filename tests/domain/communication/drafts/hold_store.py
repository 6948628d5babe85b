"""Another window: holds the store it is given until its standard input ends."""

import sys
from pathlib import Path

from domain.communication.drafts.store import DraftStore
from tests.domain.communication.drafts.conftest import KEY


def main(path: Path) -> None:
    """Begin a change, say so, and end it when told."""
    with DraftStore(path, KEY).transaction():
        print("held", flush=True)  # noqa: T201 - the test waits for it
        sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
