"""What is noted of a practice's places beside the answers: how many notes, how many ticked, how many against a label.

``.venv/bin/python benchmarks/reply_places.py FILE...``: files as `reply_reading.py` takes them. Labels speak of persons,
not of practices; so a note is told to be against them only where both cannot be: full, and somebody gets a place; a
list, and nobody may wait; a closed list, and somebody may. ``-v`` lists these.
"""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.reply_reading import TUNED_ON, share, told_in_quote
from domain.communication.reading.meanings import Meaning, PlacesSaid
from domain.communication.reading.places import read_places


def is_against(said: PlacesSaid, labels: set[str]) -> bool:
    """Whether a note and the labels of the persons cannot both be."""
    if said.meaning is Meaning.NO_PLACES:
        return Meaning.PLACE_FREE.value in labels
    return (Meaning.WAITING_LIST.value in labels) is (said.meaning is Meaning.LIST_CLOSED)


def main(files: Sequence[Path], *, verbose: bool) -> None:
    offered, ticked, against, answers = Counter[str](), Counter[str](), Counter[str](), 0
    for file in files:
        for line in file.read_text("utf-8").splitlines():
            answer, answers = json.loads(line), answers + 1
            said = read_places(
                answer["body"], answer["asked"], sent_on=date.fromisoformat(answer["sent_on"]),
                subject=answer.get("subject", ""), facts=told_in_quote(answer["body"], answer["asked"]),
            )  # fmt: skip
            if said is None:
                continue
            offered[said.meaning.value] += 1
            if said.agreed:
                ticked[said.meaning.value] += 1
                if is_against(said, set(answer["answers"].values())):
                    against[said.meaning.value] += 1
                    if verbose:
                        print(f"{answer['id']}: {said.meaning.value} ({said.quote})")
    print(f"{answers} answers; notes offered, ticked, and of these not against a label")
    for name in (Meaning.NO_PLACES.value, Meaning.LIST_CLOSED.value, Meaning.WAITING_LIST.value):
        print(f"{name:14} {offered[name]:4d} {ticked[name]:4d} {share(ticked[name] - against[name], ticked[name])}")
    every = ticked.total()
    print(f"{'all':14} {offered.total():4d} {every:4d} {share(every - against.total(), every)}")


if __name__ == "__main__":
    words = sys.argv[1:]
    main([Path(word) for word in words if word != "-v"] or [TUNED_ON], verbose="-v" in words)
