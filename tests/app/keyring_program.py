"""Joins an office in the session it is started in: argument 1 the profile, then what to do; says what became of it."""

import json
import sys
from pathlib import Path

from app.first_run import SeatKeeper
from app.paths import Profile
from app.secrets import has_keyring
from domain.errors import PlatzlotseError
from ui.first_run.ports import ServerAddress


def main() -> None:
    """`join ADDRESS` with the password from standard input, `open` without one."""
    profile = Profile(Path(sys.argv[1]))
    profile.make()
    keeper = SeatKeeper(profile)
    try:
        if sys.argv[2] == "join":
            address = ServerAddress(**json.loads(sys.argv[3]))
            keeper.join_office(address, sys.stdin.readline().strip(), lambda _: None)
        else:
            keeper.open(None, lambda _: None)
        said = "open"
    except PlatzlotseError as error:
        said = error.code
    finally:
        keeper.close()
    sys.stdout.write(json.dumps({"keyring": has_keyring(), "said": said}) + "\n")


if __name__ == "__main__":
    main()
