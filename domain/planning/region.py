"""One region of the weekly plan as a linear program, grown by columns; HiGHS solves it.

A column is one contact with the searches it asks for. The curve of a seeker is laid over by straight pieces that never
lie below it, so the program's optimum bounds every plan of the region. Each option's best column at the current prices
is known exactly (numbers.py); columns are added until what could be missing is next to nothing.

    rows     seeker i     Σ pieces − Σ hope·column ≤ 0        its price: what one more unit of hope is worth
             contact c    Σ columns ≤ 1                        one inquiry per contact point
             mails, minutes ≤ budget
"""

from dataclasses import dataclass

import highspy
import numpy as np

from domain.planning.numbers import FLOOR_BONUS, FLOOR_HOPE, Block, Bools, Curve, Floats, Ints

# where the straight pieces touch the curve; the first piece must be longer than FLOOR_HOPE
TANGENTS = np.array((0.0, 0.05, 0.12, 0.25, 0.45, 0.75, 1.2, 2.0))
ENOUGH = 0.003  # columns are added until no more than this share of the optimum can be missing
ROUNDS = 40
SURE = 0.95  # a contact taken that far in the relaxed plan is settled
DIVE_SHARE = 8  # of the open contacts one in so many is settled at a time
NOTHING = 1e-6
END = 50.0  # hope beyond it is worth nothing


@dataclass(frozen=True, slots=True)
class Column:
    """One possible contact: the option, the seekers it asks for, and how close each is."""

    option: int
    seekers: Ints
    closeness: Floats


class _Quiet(highspy.Highs):
    """HiGHS without callbacks: setting them up writes a banner to the standard output, which belongs to answers."""

    def enableCallbacks(self) -> None:  # noqa: N802 - the library's name
        pass


class Region:
    """Grows the program of one region until no contact is missing, then settles whole contacts."""

    def __init__(self, block: Block, curve: Curve, *, mails: float, minutes: float) -> None:
        self._block, self._curve = block, curve
        self._mails_left, self._minutes_left = mails, minutes
        self._columns: list[Column] = []
        self._known: set[tuple[int, bytes]] = set()
        self._settled: list[int] = []
        self._highs = _Quiet()  # type: ignore[no-untyped-call]  # the library types its methods only
        self._highs.silent()
        for option, value in (("threads", 1), ("presolve", "off")):
            self._highs.setOptionValue(option, value)
        self._mail_row = block.seekers + block.contacts
        self._build(mails, minutes)

    def _build(self, mails: float, minutes: float) -> None:
        highs, seekers = self._highs, self._block.seekers
        for upper in [0.0] * seekers + [1.0] * self._block.contacts + [mails, minutes]:
            highs.addRow(-highspy.kHighsInf, upper, 0, [], [])
        slope = np.exp(-TANGENTS)
        height = 1 - slope
        # pieces end where neighbouring tangents cross: the envelope of the tangents
        rise = height[1:] - height[:-1] + slope[:-1] * TANGENTS[:-1] - slope[1:] * TANGENTS[1:]
        lengths = np.diff(np.concatenate(([0.0], rise / (slope[:-1] - slope[1:]), [END])))
        scale = self._curve.weight * np.exp(-self._curve.hope)
        for seeker in range(seekers):
            overdue = bool(self._curve.overdue[seeker])
            if overdue:
                highs.addCol(-FLOOR_BONUS / FLOOR_HOPE - scale[seeker], 0.0, FLOOR_HOPE, 1, [seeker], [1.0])
            for number, (piece, length) in enumerate(zip(slope, lengths, strict=True)):
                rest = length - FLOOR_HOPE if overdue and number == 0 else length
                highs.addCol(-scale[seeker] * piece, 0.0, rest, 1, [seeker], [1.0])
        self._first = highs.getNumCol()

    def settle(self, option: int, seekers: Ints, closeness: Floats) -> None:
        """A contact a person decided on: it is in every plan."""
        self._add([Column(option, seekers, closeness)])
        self._take(len(self._columns) - 1)

    def _add(self, columns: list[Column]) -> int:
        added = 0
        block = self._block
        for column in columns:
            key = (column.option, column.seekers.tobytes())
            if key in self._known:
                continue
            self._known.add(key)
            hope = block.hope[column.option, len(column.seekers) - 1] * column.closeness
            minutes = float(block.minutes[column.option])
            rows = [
                *column.seekers.tolist(),
                block.seekers + int(block.contact[column.option]),
                self._mail_row + (minutes > 0),
            ]
            values = [*(-hope).tolist(), 1.0, minutes or 1.0]
            self._highs.addCol(0.0, 0.0, 1.0, len(rows), rows, values)
            self._columns.append(column)
            added += 1
        return added

    def _improving(self, free: Bools | None = None) -> tuple[list[Column], float]:
        """The columns that would better the optimum, and how much all that are missing could bring at most."""
        duals = -np.array(self._highs.getSolution().row_dual)
        block = self._block
        best = block.best(
            duals[: block.seekers], mail=float(duals[self._mail_row]), minute=float(duals[self._mail_row + 1])
        )
        gain = best.worth - duals[block.seekers : self._mail_row][block.contact]
        if free is not None:
            gain[~free[block.contact]] = -np.inf
        wanted = np.flatnonzero(gain > NOTHING)
        missing = np.zeros(block.contacts)
        np.maximum.at(missing, block.contact[wanted], gain[wanted])
        return [Column(int(option), *best.column(int(option))) for option in wanted], float(missing.sum())

    def relax(self) -> float:
        """Solve over all contacts there could be; returns what no plan of this region exceeds."""
        missing = 0.0
        for _ in range(ROUNDS):
            self._highs.run()
            columns, missing = self._improving()
            if missing <= ENOUGH * self._objective() or not self._add(columns):
                break
        return self._objective() + missing

    def _objective(self) -> float:
        return -float(self._highs.getInfo().objective_function_value)

    def choose(self) -> list[Column]:
        """Whole contacts within the budget: the surest are settled, the rest is solved anew, and again.

        Diving keeps close to the relaxed optimum in a tenth of the time a search tree takes here; how far the plan
        stays below the bound is told with it.
        """
        free = np.ones(self._block.contacts, dtype=bool)
        for number in self._settled:
            free[self._block.contact[self._columns[number].option]] = False
        while True:
            self._highs.run()
            if self._add(self._improving(free)[0]):
                self._highs.run()
            values = np.array(self._highs.getSolution().col_value)[self._first :]
            settled = set(self._settled)
            left = [int(n) for n in np.argsort(-values, kind="stable") if n not in settled and values[n] > NOTHING]
            if not left:
                return [self._columns[number] for number in sorted(settled)]
            sure = [n for n in left if values[n] >= SURE]
            for number in sure or left[: max(1, len(left) // DIVE_SHARE)]:
                contact = self._block.contact[self._columns[number].option]
                if free[contact] and self._affordable(number):
                    free[contact] = False
                    self._take(number)
                else:
                    self._highs.changeColBounds(self._first + number, 0.0, 0.0)

    def _affordable(self, number: int) -> bool:
        minutes = float(self._block.minutes[self._columns[number].option])
        return self._minutes_left >= minutes if minutes > 0 else self._mails_left >= 1

    def _take(self, number: int) -> None:
        minutes = float(self._block.minutes[self._columns[number].option])
        self._minutes_left -= minutes
        self._mails_left -= minutes == 0
        self._settled.append(number)
        self._highs.changeColBounds(self._first + number, 1.0, 1.0)
