"""How well answers are read: precision and recall of each meaning with 95 % Wilson intervals.

``.venv/bin/python benchmarks/reply_reading.py FILE...``: files of labelled answers, one JSON object a line with ``body``,
``subject``, ``sent_on``, ``asked`` (codes) and ``answers`` (code to meaning, or ``other`` where nothing can be said).
Each person asked for counts once. Without a file it takes the answers the rules were written by, which proves little.
"""

import json
import sys
from collections import Counter
from datetime import date
from pathlib import Path

from scipy.stats import binomtest

sys.path.insert(0, str(Path(__file__).parents[1]))

from domain.communication.reading.meanings import Meaning
from domain.communication.reading.reader import read_answer

WRITTEN_BY = Path(__file__).parents[1] / "tests" / "domain" / "communication" / "reading" / "answers.jsonl"
OTHER = "other"


def share(hits: int, of: int) -> str:
    """Hits of so many, as a percentage with its interval."""
    if of == 0:
        return f"{'–':>22}"
    interval = binomtest(hits, of).proportion_ci(method="wilson")
    return f"{hits:4d}/{of:<4d} {100 * hits / of:5.1f} % [{100 * interval.low:3.0f}–{100 * interval.high:3.0f}]"


def main(files: list[Path]) -> None:
    meant: Counter[str] = Counter()
    suggested: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for file in files:
        for line in file.read_text("utf-8").splitlines():
            answer = json.loads(line)
            sent_on = date.fromisoformat(answer["sent_on"])
            found = read_answer(answer["body"], answer["asked"], sent_on=sent_on, subject=answer.get("subject", ""))
            read = {suggestion.code: suggestion.meaning.value for suggestion in found}
            for code, meaning in answer["answers"].items():
                got = read.get(code, OTHER)
                meant[meaning] += 1
                suggested[got] += 1
                right[meaning] += got == meaning
                if got != meaning and "-v" in sys.argv:
                    print(f"{answer['id']} {code}: {meaning} read as {got}")
    print(f"{'meaning':18} {'precision':>24} {'recall':>26}")
    for name in [*(m.value for m in Meaning), OTHER]:
        print(f"{name:18} {share(right[name], suggested[name])} {share(right[name], meant[name])}")
    names = [m.value for m in Meaning]
    hits, tries = sum(right[n] for n in names), sum(suggested[n] for n in names)
    print(f"{'where it suggests':18} {share(hits, tries)} {share(hits, sum(meant[n] for n in names))}")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:] if name != "-v"] or [WRITTEN_BY])
