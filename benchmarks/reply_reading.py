"""How well answers are read: precision and recall of each meaning with 95 % Wilson intervals, days, confidence, time.

``.venv/bin/python benchmarks/reply_reading.py FILE...``: files of labelled answers, one JSON object a line with ``body``,
``subject``, ``sent_on``, ``asked`` (codes), ``answers`` (code to meaning, or ``other`` where nothing can be said) and
perhaps ``until`` (code to day). Each person asked for counts once. ``-v`` lists what was read wrongly, ``-t 0.9`` asks
for that much confidence. Without a file it takes the answers the rules were tuned on, which flatters them.
"""

import json
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from scipy.stats import binomtest

sys.path.insert(0, str(Path(__file__).parents[1]))

from domain.communication.reading.descriptions import PersonFacts
from domain.communication.reading.meanings import DATED, Meaning, Suggestion
from domain.communication.reading.quotes import own_words
from domain.communication.reading.reader import SURE_ENOUGH, readings

TUNED_ON = Path(__file__).parents[1] / "tests" / "domain" / "communication" / "reading" / "tuning.jsonl"
OTHER = "other"
BANDS = (0.5, 0.7, 0.8, 0.85, 0.9, 0.92, 0.94, 0.96, 1.01)
FOLDS = 5
WANTED_PRECISION = 0.95


@dataclass(frozen=True, slots=True)
class Read:
    """One person of one mail: what was meant and what was read, however sure."""

    answer_id: str
    code: str
    meant: str
    read: Suggestion | None
    until: str | None

    def got(self, threshold: float) -> str:
        """The meaning suggested at a threshold."""
        return self.read.meaning.value if self.read is not None and self.read.confidence >= threshold else OTHER


def told_in_quote(body: str, asked: Sequence[str]) -> tuple[PersonFacts, ...]:
    """What the quoted inquiry told of each person: the program knows it from its own data, a file only from there."""
    for passage in own_words(body):
        body = body.replace(passage.text, "")
    found = []
    for code in asked:
        line = next(
            (
                m.group()
                for m in re.finditer(rf"^.*\b{code}\b.*$", body, re.MULTILINE)
                if re.search(r"\d\d|Jahre", m.group().replace(code, ""))
            ),
            "",
        )
        told = line.split(code, 1)[-1]
        sex = (
            "female"
            if re.search(r"\bw\b|Frau|weiblich|in,", told)
            else "male"
            if re.search(r"\bm\b|Mann|Herr|männlich", told)
            else ""
        )
        ages = [int(age) for age in re.findall(r"(?<![\d:])\d\d(?!\d|:)", told)[:2]]
        words = tuple(re.findall(r"[A-ZÄÖÜ][a-zäöüß-]{4,}", told))
        between = re.search(r"\d\d\s?[-–]\s?\d\d", told) is not None
        found.append(
            PersonFacts(code, sex, ages[0] if ages else None, ages[1] if between else ages[0] if ages else None, words)
        )
    return tuple(found)


def read_file(file: Path) -> tuple[list[Read], list[float]]:
    """Every person of every mail of a file, and the seconds each mail took."""
    found: list[Read] = []
    seconds: list[float] = []
    for line in file.read_text("utf-8").splitlines():
        answer: Mapping[str, Any] = json.loads(line)
        facts = told_in_quote(answer["body"], answer["asked"])
        begin = time.perf_counter()
        read = readings(
            answer["body"], answer["asked"], sent_on=date.fromisoformat(answer["sent_on"]),
            subject=answer.get("subject", ""), facts=facts,
        )  # fmt: skip
        seconds.append(time.perf_counter() - begin)
        by_code = {suggestion.code: suggestion for suggestion in read}
        until = answer.get("until", {})
        found += [
            Read(answer["id"], code, meant, by_code.get(code), until.get(code))
            for code, meant in answer["answers"].items()
        ]
    return found, seconds


def share(hits: int, of: int) -> str:
    """Hits of so many, as a percentage with its interval."""
    if of == 0:
        return f"{'–':>28}"
    interval = binomtest(hits, of).proportion_ci(method="wilson")
    return f"{hits:4d}/{of:<4d} {100 * hits / of:5.1f} % [{100 * interval.low:3.0f}–{100 * interval.high:3.0f}]"


def totals(reads: Sequence[Read], threshold: float) -> tuple[int, int, int]:
    """Right suggestions, suggestions, persons of whom something could be said."""
    suggested = [r for r in reads if r.got(threshold) != OTHER]
    return sum(r.got(threshold) == r.meant for r in suggested), len(suggested), sum(r.meant != OTHER for r in reads)


def best_threshold(reads: Sequence[Read]) -> float:
    """The lowest confidence at which what is suggested is right often enough."""
    for threshold in sorted({round(r.read.confidence, 2) for r in reads if r.read is not None}):
        right, suggested, _ = totals(reads, threshold)
        if suggested and right / suggested >= WANTED_PRECISION:
            return threshold
    return 1.0


def print_classes(reads: Sequence[Read], threshold: float) -> None:
    """Precision and recall by meaning."""
    meant = Counter(r.meant for r in reads)
    suggested = Counter(r.got(threshold) for r in reads)
    right = Counter(r.meant for r in reads if r.got(threshold) == r.meant)
    print(f"{'meaning':18} {'precision':>24} {'recall':>26}")
    for name in [*(m.value for m in Meaning), OTHER]:
        print(f"{name:18} {share(right[name], suggested[name])} {share(right[name], meant[name])}")
    hits, tries, all_ = totals(reads, threshold)
    print(f"{'where it suggests':18} {share(hits, tries)} {share(hits, all_)}")


def print_bands(reads: Sequence[Read]) -> None:
    """Whether "95 % sure" is right 95 times in a hundred."""
    print("\nconfidence: right")
    for low, high in pairwise(BANDS):
        inside = [r for r in reads if r.read is not None and low <= round(r.read.confidence, 3) < high]
        print(f"{low:.2f} to {min(high, 1):.2f}  {share(sum(r.got(0) == r.meant for r in inside), len(inside))}")


def print_threshold(reads: Sequence[Read]) -> None:
    """The threshold chosen on four fifths of the mails, measured on the last fifth."""
    ids = sorted({r.answer_id for r in reads})
    right = suggested = said = 0
    chosen = []
    for fold in range(FOLDS):
        held = set(ids[fold::FOLDS])
        threshold = best_threshold([r for r in reads if r.answer_id not in held])
        chosen.append(threshold)
        more = totals([r for r in reads if r.answer_id in held], threshold)
        right, suggested, said = right + more[0], suggested + more[1], said + more[2]
    print(f"\nthreshold by {FOLDS}-fold choice ({', '.join(f'{t:.2f}' for t in chosen)}; in use {SURE_ENOUGH})")
    print(f"{'held-out folds':18} {share(right, suggested)} {share(right, said)}")


def print_days(reads: Sequence[Read], threshold: float) -> None:
    """How often the day is right where the text names one and the meaning was read."""
    dated = [
        r for r in reads if r.until and r.read is not None and r.got(threshold) == r.meant and r.read.meaning in DATED
    ]
    if dated:
        hits = sum(
            r.read is not None and r.read.until is not None and r.read.until.isoformat() == r.until for r in dated
        )
        print(f"\n{'day right':18} {share(hits, len(dated))}")


def main(files: Sequence[Path], threshold: float, *, verbose: bool) -> None:
    readings("Leider kein Platz", ["K7M2P"], sent_on=date(2026, 1, 1))  # the first mail pays for preparing the patterns
    reads: list[Read] = []
    seconds: list[float] = []
    for file in files:
        more, took = read_file(file)
        reads, seconds = reads + more, seconds + took
    if verbose:
        for r in reads:
            if r.got(threshold) != r.meant:
                print(f"{r.answer_id} {r.code}: {r.meant} read as {r.got(threshold)}")
            elif r.until and r.read is not None and r.read.meaning in DATED and str(r.read.until) != r.until:
                print(f"{r.answer_id} {r.code}: {r.until} read as {r.read.until}")
    print_classes(reads, threshold)
    print_bands(reads)
    print_threshold(reads)
    print_days(reads, threshold)
    slowest = statistics.quantiles(seconds, n=100)[98] if len(seconds) > 1 else seconds[0]
    print(
        f"\n{'ms a mail':18} median {1000 * statistics.median(seconds):.1f}, of a hundred the slowest {1000 * slowest:.1f}"
    )


if __name__ == "__main__":
    words = sys.argv[1:]
    asked_for = float(words.pop(words.index("-t") + 1)) if "-t" in words else SURE_ENOUGH
    main([Path(word) for word in words if word not in {"-v", "-t"}] or [TUNED_ON], asked_for, verbose="-v" in words)
