"""Writes drafts into a small file system of its own until it is full; prints what was told and what is still there.

Run in a mount namespace of its own; a line each: the code of the refusal, whether the first draft is as it was saved
last, and the code of a refusal on opening a second store.
"""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from domain.communication.drafts.records import Addressee, DraftText
from domain.communication.drafts.store import DraftStore
from domain.errors import Unavailable
from tests.domain.communication.drafts.conftest import KEY

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def main(folder: Path) -> None:
    """Fill it, make room, write on."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "none", str(folder)], check=True)
    store = DraftStore(folder / "drafts.db", KEY)
    text = DraftText(Addressee("", ""), "Danke", "Kurz.")
    number = store.add(text, now=NOW)
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            pass
    codes = [_code(lambda: store.save(number, DraftText(text.addressee, "Danke", "Lang. " * 9000), now=NOW))]
    codes += [store.get(number).body, _code(lambda: DraftStore(folder / "second.db", KEY).add(text, now=NOW))]
    ballast.unlink()
    store.save(number, DraftText(text.addressee, "Danke", "Wieder Platz."), now=NOW)
    codes.append(store.get(number).body)
    store.close()
    print("\n".join(codes))  # noqa: T201 - its answer


def _code(work: object) -> str:
    try:
        work()  # type: ignore[operator]
    except Unavailable as error:
        return error.code
    return "none"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
