"""What no plan of the whole country can exceed, and what a mail and a minute are worth: Lagrangian prices.

With a price on each seeker's hope, on mails and on minutes the problem falls apart: each seeker takes what hope he
would at that price, each contact point its best contact. Any prices give a bound; the subgradient method of Polyak
finds good ones, aiming at a plan already known.
"""

from dataclasses import dataclass

import numpy as np

from domain.planning.numbers import Block, Curve, Floats, Ints

STEPS = 160
PATIENCE = 8  # steps without a better bound before the steps get shorter


@dataclass(frozen=True, slots=True)
class Bound:
    """The least bound found and the prices it was found at."""

    bound: float
    hope: Floats
    mail: float
    minute: float


def bound(block: Block, curve: Curve, *, mails: float, minutes: float, known: float, start: Floats) -> Bound:
    """Lower the bound from prices of `start` (per seeker) towards `known`, the value of a plan there is."""
    price, mail, minute = start.copy(), 0.0, 0.0
    best = Bound(np.inf, price, mail, minute)
    length, since = 1.0, 0
    # one unit of money for very different things: mails and minutes are scaled to what is there of them
    mail_scale, minute_scale = 1.0 / max(mails, 1.0), 1.0 / max(minutes, 1.0)
    for _ in range(STEPS):
        demand = curve.demand(price)
        contacts = block.best(price, mail=mail, minute=minute)
        worth = np.zeros(block.contacts)
        np.maximum.at(worth, block.contact, contacts.worth)
        taken = np.flatnonzero((contacts.worth > 0) & (contacts.worth == worth[block.contact]))
        # of a contact point's options equally good only one counts
        taken = taken[np.unique(block.contact[taken], return_index=True)[1]]
        total = float((curve.value(demand) - price * demand).sum() + worth.sum() + mail * mails + minute * minutes)
        if total < best.bound:
            best, since = Bound(total, price.copy(), mail, minute), 0
        elif (since := since + 1) >= PATIENCE:
            length, since = length / 2, 0
        supply = _supply(block, contacts.seekers, contacts.closeness, contacts.size, taken)
        calls = block.minutes[taken]
        slope = supply - demand
        mail_slope, minute_slope = mails - float((calls == 0).sum()), minutes - float(calls.sum())
        norm = float((slope**2).sum()) + (mail_slope**2) * mail_scale + (minute_slope**2) * minute_scale
        if norm < 1e-12:
            break
        step = length * max(total - known, 1e-9) / norm
        price = np.maximum(1e-9, price - step * slope)
        mail = max(0.0, mail - step * mail_slope * mail_scale)
        minute = max(0.0, minute - step * minute_slope * minute_scale)
    return best


def _supply(block: Block, seekers: Ints, closeness: Floats, size: Ints, taken: Ints) -> Floats:
    """The hope the chosen contacts bring to each seeker."""
    counted = np.arange(block.size) < size[taken][:, None]
    hope = block.hope[taken, size[taken] - 1][:, None] * closeness[taken]
    return np.asarray(
        np.bincount(seekers[taken][counted], weights=hope[counted], minlength=block.seekers)[: block.seekers]
    )
