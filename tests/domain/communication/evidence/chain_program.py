"""Links in small batches until it is killed; ``python -m tests.domain.communication.evidence.chain_program URL``."""

import sys

from domain.communication.evidence.chain import chain_waiting
from domain.database import Database


def main(url: str) -> None:
    database = Database(url)
    began = False
    while True:
        with database.write() as session:
            chain_waiting(session, many=2)
        if not began:
            sys.stdout.write("begun\n")
            sys.stdout.flush()
            began = True


if __name__ == "__main__":
    main(sys.argv[1])
