"""Learn the weights of evidence in answers, and measure by cross-validation how sure a reading must be to be suggested.

``.venv/bin/python benchmarks/fit_reading.py``: five folds by mail over the labelled answers of the tests; each fold is
read with weights that never saw it. ``--write`` stores the weights of all of them in
`domain/communication/reading/weights.py`. The rules were tuned on the odd city mails, never on the even ones: only the
latter tell how new mails are read. ``--bands`` prints what `reading/calibration.py` says: of the even city mails how many
suggestions of each band of confidence hold, read with weights that never saw them. ``--halves`` learns on one half of the city mails and reads the other.
"""

import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from reply_reading import share, told_in_quote

from domain.communication.reading.calibration import SURER
from domain.communication.reading.evidence import evidence_of
from domain.communication.reading.hearing import hear
from domain.communication.reading.meanings import Meaning
from domain.communication.reading.reader import SURE_ENOUGH, decisions
from domain.communication.reading.weighing import ALWAYS, MEANINGS, OTHER, how_sure

ROOT = Path(__file__).parents[1]
ANSWERS = ROOT / "tests" / "domain" / "communication" / "reading"
WEIGHTS = ROOT / "domain" / "communication" / "reading" / "weights.py"
CITY, TUNING, WRITTEN, WORDINGS = "tuning_city.jsonl", "tuning.jsonl", "answers.jsonl", "wordings.txt"
COUNTS = {CITY: 1.0, TUNING: 1.0, WRITTEN: 1.0, WORDINGS: 0.5}
FOLDS = 5
SELDOM = 4  # persons: evidence seen with fewer has no weight
PULL = 1.0  # how strongly weights are drawn to nothing
THRESHOLDS = (0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
_Table = Mapping[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Labelled:
    """One person of one mail: what speaks for what, what rules decide, and what a human read."""

    file: str
    mail: str
    code: str
    evidence: frozenset[str]
    decided: Meaning | None
    meant: str


def labelled(file: str) -> list[Labelled]:
    """Every person of every answer of a file of the tests."""
    found: list[Labelled] = []
    for number, line in enumerate((ANSWERS / file).read_text("utf-8").splitlines()):
        if file == WORDINGS:
            if not line or line.startswith("#"):
                continue
            meaning, body = line.split(": ", 1)
            answer = {"id": f"w{number}", "body": body, "asked": ["K7M2P"], "answers": {"K7M2P": meaning}}
        else:
            answer = json.loads(line)
        facts = told_in_quote(answer["body"], answer["asked"])
        heard = hear(answer["body"], answer["asked"], subject=answer.get("subject", ""), facts=facts)
        found += [
                Labelled(
                    file, f"{file}:{answer['id']}", decision.code,
                    evidence_of(heard, decision.code), decision.meaning, answer["answers"][decision.code],
                )
            for decision in decisions(heard)
        ]  # fmt: skip
    return found


def fit(persons: Sequence[Labelled]) -> _Table:
    """Weights by which what was meant is likeliest, drawn to nothing."""
    seen = Counter(name for person in persons for name in person.evidence)
    names = [ALWAYS, *sorted(name for name, number in seen.items() if number >= SELDOM)]
    column = {name: at for at, name in enumerate(names)}
    here = np.zeros((len(persons), len(names)))
    here[:, 0] = 1
    for row, person in enumerate(persons):
        here[row, [column[name] for name in person.evidence if name in column]] = 1
    meant = np.array([MEANINGS.index(person.meant) for person in persons])
    counts = np.array([COUNTS[person.file] for person in persons])
    pull = np.full((len(names), 1), PULL)
    pull[0] = PULL / 100
    rows = np.arange(len(persons))

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(len(names), len(MEANINGS))
        sums = here @ weights
        shares = np.exp(sums - sums.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        value = -(counts * np.log(shares[rows, meant] + 1e-12)).sum() + (pull * weights**2).sum() / 2
        shares[rows, meant] -= 1
        return float(value), (here.T @ (shares * counts[:, None]) + pull * weights).ravel()

    start = np.zeros(len(names) * len(MEANINGS))
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 150}).x
    return {
        name: tuple(float(w) for w in row)
        for name, row in zip(names, best.reshape(len(names), -1), strict=True)
    }  # fmt: skip


def read(person: Labelled, weights: _Table) -> tuple[str, float]:
    """What rules decided, and how sure that is."""
    return (
        (OTHER, 0)
        if person.decided is None
        else (person.decided.value, how_sure(person.decided, person.evidence, weights))
    )


def report(results: Sequence[tuple[Labelled, str, float]]) -> None:
    """Precision and recall by threshold, and what was suggested wrongly."""
    said = sum(person.meant != OTHER for person, _, _ in results)
    print("threshold: precision, recall")
    for threshold in THRESHOLDS:
        read_ = [(p.meant, meaning) for p, meaning, sure in results if sure >= threshold and meaning != OTHER]
        right = sum(meant == meaning for meant, meaning in read_)
        print(
            f"{threshold:9.2f}: {right}/{len(read_)} {right / max(len(read_), 1):6.1%}  {right / said:6.1%}", end="  "
        )
        wrong = Counter(meaning for meant, meaning in read_ if meant != meaning)
        print(", ".join(f"{name} {number}" for name, number in wrong.most_common(6)))


def folds(persons: Sequence[Labelled]) -> list[tuple[Labelled, str, float]]:
    """Each person read with weights that never saw the mail."""
    mails = sorted({person.mail for person in persons})
    fold = {
        mail: int(place) % FOLDS
        for mail, place in zip(mails, np.random.default_rng(1).permutation(len(mails)), strict=True)
    }
    found = []
    for number in range(FOLDS):
        weights = fit([p for p in persons if fold[p.mail] != number])
        found += [(p, *read(p, weights)) for p in persons if fold[p.mail] == number]
    return found


def halves(persons: Sequence[Labelled], half: int) -> list[tuple[Labelled, str, float]]:
    """One half of the city mails (by odd and even numbers) read with weights of the other and of the other files."""
    held = [p for p in persons if p.file == CITY and int(p.mail[-3:]) % 2 == half]
    weights = fit([p for p in persons if p not in held])
    return [(p, *read(p, weights)) for p in held]


def bands(results: Sequence[tuple[Labelled, str, float]]) -> None:
    """How many suggestions hold, by how sure the reading was, with 95 % Wilson intervals."""
    print("how sure: right")
    for low, high in pairwise((SURE_ENOUGH, SURER, 1.001)):
        inside = [person.meant == meaning for person, meaning, sure in results if low <= sure < high]
        print(f"{low:.3f} to {min(high, 1):.3f}  {share(sum(inside), len(inside))}")
    inside = [person.meant == meaning for person, meaning, sure in results if sure >= SURE_ENOUGH]
    print(f"{'all suggested':14}  {share(sum(inside), len(inside))}")


def write(weights: _Table) -> None:
    """Store the weights as a table of hundredths."""
    wide = max(map(len, weights))
    lines = [f"{name:{wide}} " + " ".join(f"{round(100 * w):4d}" for w in row) for name, row in weights.items()]
    lines = [line for line in lines if any(int(number) for number in line.split()[1:])]
    WEIGHTS.write_text(
        '"""Weights of evidence for each meaning in hundredths, learned by `benchmarks/fit_reading.py`; see `weighing`."""\n\n'
        'WEIGHTS = """\n' + "\n".join(lines) + '\n"""\n',
        "utf-8",
    )


def main() -> None:
    persons = [person for file in COUNTS for person in labelled(file)]
    if "--write" in sys.argv:
        write(fit(persons))
    elif "--bands" in sys.argv:
        read_ = [result for result in folds(persons) if result[0].file == CITY and int(result[0].mail[-3:]) % 2 == 0]
        bands([result for result in read_ if result[1] != OTHER])
    elif "--halves" in sys.argv:
        for half, name in ((1, "odd"), (0, "even")):
            print(f"{name} city mails, learned without them")
            report(halves(persons, half))
    else:
        results = [result for result in folds(persons) if result[0].file == CITY]
        for half, name in ((1, "odd"), (0, "even")):
            print(f"{name} city mails, learned on four fifths of all mails, read on the last")
            report([result for result in results if int(result[0].mail[-3:]) % 2 == half])


if __name__ == "__main__":
    main()
