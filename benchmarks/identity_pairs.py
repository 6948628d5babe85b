"""How well duplicates of therapists are found: precision and recall with 95 % Wilson intervals.

``.venv/bin/python benchmarks/identity_pairs.py`` measures benchmarks/identity/pairs.jsonl (2,000 labelled pairs of invented
persons, see make_pairs.py there): the tuning part, which the weights were set on, and the held-back part, apart. The
generator and the rules have one author: the numbers say that the rules fit a model of how directories differ, not how
directories do. ``-v`` lists what was judged wrongly, ``-v tuning`` only there.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scipy.stats import binomtest

sys.path.insert(0, str(Path(__file__).parents[1]))

from domain.therapists.duplicates.blocking import share_a_key
from domain.therapists.duplicates.evidence import Known
from domain.therapists.duplicates.scoring import SURE, WORTH_SHOWING, Rarity, compare

PAIRS = Path(__file__).parent / "identity" / "pairs.jsonl"


@dataclass(frozen=True, slots=True)
class Judged:
    """One pair: what it is, and what was said."""

    same: bool
    model: str
    split: str
    score: float
    blocked: bool
    text: str

    def found(self, threshold: float) -> bool:
        """Whether the pair would be proposed: compared at all, and alike enough."""
        return self.blocked and self.score >= threshold


def share(hits: int, of: int) -> str:
    """Hits of so many, as a percentage with its interval."""
    if of == 0:
        return f"{'–':>27}"
    interval = binomtest(hits, of).proportion_ci(method="wilson")
    return f"{hits:4d}/{of:<4d} {100 * hits / of:5.1f} % [{100 * interval.low:3.0f}–{100 * interval.high:3.0f}]"


def judge(path: Path) -> tuple[list[Judged], float]:
    """Every pair of the file, and the seconds a comparison takes."""
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    people = [(Known(**line["one"]), Known(**line["other"])) for line in lines]
    # how rare a name is a register tells; the held-back pairs bring theirs as an office's register would
    rarity = Rarity.of(known for pair in people for known in pair)
    begin = time.perf_counter()
    scores = [compare(one, other, rarity) for one, other in people]
    took = (time.perf_counter() - begin) / len(lines)
    return [
        Judged(line["same"], line["model"], line["split"], found.score, share_a_key(*pair), f"{line['one']} | {line['other']} {found.reasons_for} {found.reasons_against}")
        for line, pair, found in zip(lines, people, scores, strict=True)
    ], took  # fmt: skip


def report(name: str, judged: Sequence[Judged]) -> None:
    """One part of the pairs."""
    same = [j for j in judged if j.same]
    print(f"{name}: {len(judged)} pairs, {len(same)} of them one person")
    print(f"  {'compared at all':24} {share(sum(j.blocked for j in same), len(same))}")
    for threshold, word in ((WORTH_SHOWING, "proposed"), (SURE, "very likely")):
        found = [j for j in judged if j.found(threshold)]
        right = sum(j.same for j in found)
        print(f"  {word:11} (≥ {threshold}): precision {share(right, len(found))}  recall {share(right, len(same))}")
    kinds = Counter(j.model for j in judged if not j.same)
    wrong = Counter(j.model for j in judged if not j.same and j.found(WORTH_SHOWING))
    print("  different, yet proposed: " + ", ".join(f"{kind} {wrong[kind]}/{kinds[kind]}" for kind in sorted(kinds)))


def main(words: Sequence[str]) -> None:
    judged, took = judge(PAIRS)
    parts = {name: [j for j in judged if j.split == name] for name in ("tuning", "held_back")}
    for name, part in parts.items():
        report(name, part)
    report("held back, by hand", [j for j in parts["held_back"] if j.model == "hand"])
    print(f"{1e6 * took:.0f} µs a comparison")
    if words[:1] == ["-v"]:
        for j in parts[words[1]] if words[1:] else judged:
            if j.same != j.found(WORTH_SHOWING):
                print(
                    f"{'missed' if j.same else 'WRONG'} {j.score:.2f} {j.model} {'' if j.blocked else 'not compared '}{j.text}"
                )


if __name__ == "__main__":
    main(sys.argv[1:])
