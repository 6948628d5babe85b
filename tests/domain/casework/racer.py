"""One of two people in a race: a process of its own with its own login. Prints what became of it as JSON.

usage: python -m tests.domain.casework.racer URL; then a line of standard input each:
start_search PATIENT | ask THERAPIST SEARCH | accept ITEM | dial CALL | hang_up CALL | unsend LETTER |
unconfirm MAIL
"""

import json
import sys
from datetime import UTC, datetime

from domain.casework.answer_corrections import take_back_answers
from domain.casework.answers import record_answer
from domain.casework.calling import begin_call, finish_call
from domain.casework.letter_corrections import take_back_printed
from domain.casework.preparing import create_and_send
from domain.casework.searches import start_search
from domain.communication.contacts import CallResult
from domain.communication.states import CallStatus
from domain.database import Database, Session
from domain.errors import Conflict
from domain.matching.states import ItemStatus
from domain.values import Channel


def act(session: Session, what: str, numbers: list[int]) -> dict[str, object]:
    """Do one thing of the main job."""
    now = datetime.now(UTC)
    if what == "start_search":
        return {"won": start_search(session, numbers[0])}
    if what == "ask":
        inquiry = create_and_send(
            session, therapist_id=numbers[0], search_ids=numbers[1:], channel=Channel.EMAIL, now=now
        )
        return {"won": inquiry}
    if what == "unconfirm":
        take_back_answers(session, numbers[0], now=now)
        return {"won": numbers[0]}
    if what in {"dial", "hang_up", "unsend"}:
        if what == "dial":
            begin_call(session, numbers[0], now=now)
        elif what == "hang_up":
            finish_call(session, numbers[0], CallResult(CallStatus.REACHED), now=now)
        else:
            take_back_printed(session, numbers[0], now=now)
        return {"won": numbers[0]}
    recorded = record_answer(session, numbers[0], ItemStatus.ACCEPTED, now=now)
    if recorded.first is not None:
        return {"lost": recorded.status.value, "by": recorded.first.by}
    return {"won": recorded.item_id}


def main(url: str) -> None:
    """Take one order a line from standard input; all runners get theirs at the same moment."""
    database = Database(url, pool_size=1)
    with database.read():
        pass
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        what, *numbers = line.split()
        try:
            with database.write() as session:
                answer = act(session, what, [int(number) for number in numbers])
        except Conflict as conflict:
            answer = {"lost": conflict.code, "by": conflict.params.get("by")}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    database.close()


if __name__ == "__main__":
    main(sys.argv[1])
