"""A good plan at once: the contact that adds most for what it costs, again and again.

What a contact adds only falls as others are taken, so a stale figure at the top of the heap is looked at anew and the
rest never (lazy evaluation).
"""

import heapq

import numpy as np

from domain.planning.numbers import Block, Curve, Floats
from domain.planning.region import Column


def greedy(block: Block, curve: Curve, *, mails: float, minutes: float, taken: list[Column]) -> list[Column]:
    """Contacts within mails and minutes; those `taken` already count and are kept."""
    hope = np.zeros(block.seekers)
    plan = list(taken)
    free = np.ones(block.contacts, dtype=bool)
    for column in taken:
        hope = _with(block, hope, column)
        free[block.contact[column.option]] = False
        mails, minutes = _left(block, column, mails, minutes)
    first = block.best(curve.slope(hope))
    heap = [(-worth, int(option)) for option, worth in enumerate(first.worth) if worth > 0]
    heapq.heapify(heap)
    while heap and (mails >= 1 or minutes > 0):
        _, option = heapq.heappop(heap)
        if not free[block.contact[option]]:
            continue
        cost = float(block.minutes[option])
        if (cost > 0 and cost > minutes) or (cost == 0 and mails < 1):
            continue
        _, seekers, closeness = block.best_of(option, curve.slope(hope))
        column = Column(option, seekers, closeness)
        gain = _gain(block, curve, hope, column)
        if heap and gain < -heap[0][0] - 1e-12:
            heapq.heappush(heap, (-gain, option))
            continue
        if gain <= 0:
            break
        plan.append(column)
        hope = _with(block, hope, column)
        free[block.contact[option]] = False
        mails, minutes = _left(block, column, mails, minutes)
    return plan


def hope_of(block: Block, plan: list[Column]) -> Floats:
    """The hope a plan brings to each seeker."""
    hope = np.zeros(block.seekers)
    for column in plan:
        _with(block, hope, column)
    return hope


def _with(block: Block, hope: Floats, column: Column) -> Floats:
    hope[column.seekers] += block.hope[column.option, len(column.seekers) - 1] * column.closeness
    return hope


def _gain(block: Block, curve: Curve, hope: Floats, column: Column) -> float:
    asked = curve.taken(column.seekers)
    before = hope[column.seekers]
    after = before + block.hope[column.option, len(column.seekers) - 1] * column.closeness
    return float((asked.value(after) - asked.value(before)).sum())


def _left(block: Block, column: Column, mails: float, minutes: float) -> tuple[float, float]:
    cost = float(block.minutes[column.option])
    return mails - (cost == 0), minutes - cost
