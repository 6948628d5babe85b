"""The weekly plan: the contacts that let most patients expect an acceptance, within mails and minutes.

First the best contact after the other (greedy.py), then region by region solved anew (region.py, HiGHS), each with
the mails and minutes it has; prices for the whole (bound.py) tell how far from the best the plan can be at most.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from domain.planning.bound import bound
from domain.planning.greedy import greedy, hope_of
from domain.planning.model import Option, PlannedContact, Problem, WeekPlan, share
from domain.planning.numbers import Block, Curve, Floats, Ints
from domain.planning.region import Column, Region

REGION = 110  # contact points of a region: what a linear program solves in a tenth of a second
THREADS = 2


def plan_week(
    problem: Problem, *, fixed: Sequence[PlannedContact] = (), refill: bool = False, bounded: bool = True
) -> WeekPlan:
    """Choose contacts; those `fixed` are in the plan whatever they bring and count against the budget.

    `refill` only fills what the fixed ones leave, in a moment and without a bound of its own; without `bounded` the
    plan is the same, but how good it could be is not worked out. Deterministic: the same problem gives the same plan.
    Options without arcs and arcs of unknown searches are ignored.
    """
    searches = {seeker.search_id: number for number, seeker in enumerate(problem.seekers)}
    block, options = _block(problem, searches)
    curve = Curve(
        weight=np.array([s.weight for s in problem.seekers]),
        hope=np.array([s.hope for s in problem.seekers]),
        overdue=np.array([s.overdue for s in problem.seekers], dtype=bool),
    )
    if not options:
        return WeekPlan((), 0.0, 0.0, 0.0)
    mails, minutes = float(problem.budget.mails), float(problem.budget.minutes)
    kept = _kept(fixed, options, searches, block)
    columns = greedy(block, curve, mails=mails, minutes=minutes, taken=kept)
    if refill:
        return _plan(problem, block, curve, options, columns, limit=0.0)
    columns = _bettered(block, curve, options, columns, kept=kept)
    if not bounded:
        return _plan(problem, block, curve, options, columns, limit=0.0)
    hope = hope_of(block, columns)
    known = float(curve.value(hope).sum())
    limit = bound(block, curve, mails=mails, minutes=minutes, known=known, start=curve.slope(hope)).bound
    return _plan(problem, block, curve, options, columns, limit=limit)


def _block(problem: Problem, searches: dict[int, int]) -> tuple[Block, list[Option]]:
    asked: dict[int, list[tuple[int, float]]] = {}
    for arc in problem.arcs:
        number = searches.get(arc.search_id)
        if number is not None:
            asked.setdefault(arc.therapist_id, []).append((number, arc.closeness))
    options = [option for option in problem.options if option.therapist_id in asked]
    points = {point: number for number, point in enumerate(sorted({o.contact_point_id for o in options}))}
    ordered = {therapist: sorted(pairs) for therapist, pairs in asked.items()}
    block = Block(
        contact=np.array([points[o.contact_point_id] for o in options], dtype=np.int64),
        minutes=np.array([o.minutes for o in options], dtype=np.float64),
        probability=np.array([o.probability for o in options], dtype=np.float64),
        asked=[np.array([s for s, _ in ordered[o.therapist_id]], dtype=np.int64) for o in options],
        closeness=[np.array([c for _, c in ordered[o.therapist_id]]) for o in options],
        seekers=len(problem.seekers),
        size=problem.budget.size,
    )
    return block, options


def _kept(
    fixed: Sequence[PlannedContact], options: Sequence[Option], searches: dict[int, int], block: Block
) -> list[Column]:
    numbers = {(o.therapist_id, o.channel): n for n, o in enumerate(options)}
    columns = []
    for contact in fixed:
        number = numbers.get((contact.option.therapist_id, contact.option.channel))
        if number is None:
            continue
        places = {int(s): n for n, s in enumerate(block.asked[number])}
        asked = sorted(searches[s] for s in contact.searches if s in searches and searches[s] in places)
        if asked:
            close = block.closeness[number][[places[s] for s in asked]]
            columns.append(Column(number, np.array(asked, dtype=np.int64), close))
    return columns


def _bettered(
    block: Block, curve: Curve, options: Sequence[Option], plan: list[Column], *, kept: list[Column]
) -> list[Column]:
    """Solve region after region anew, the rest standing still; keep what is better. Halves of the country at once."""
    regions = regions_of(options, block)
    half = (len(regions) + 1) // 2
    hope = hope_of(block, plan)
    fixed = {column.option for column in kept}

    def sweep(part: list[Ints]) -> list[Column]:
        seen = hope.copy()  # the other half's hope as it was at the start: the same result however threads run
        done: list[Column] = []
        for members in part:
            inside = set(members.tolist())
            old = [column for column in plan if column.option in inside]
            new = _solved(block, curve, members, old, seen, [c for c in old if c.option in fixed])
            seen = seen - hope_of(block, old) + hope_of(block, new)
            done += new
        return done

    by_region = [regions[:half], regions[half:]]
    with ThreadPoolExecutor(THREADS) as pool:
        return [column for part in pool.map(sweep, by_region) for column in part]


def _solved(
    block: Block, curve: Curve, members: Ints, old: list[Column], hope: Floats, fixed: list[Column]
) -> list[Column]:
    """The better of the old contacts of a region and those solved anew with the same mails and minutes."""
    if not old:
        return old
    inner, seekers = block.taken(members)
    outside = (hope - hope_of(block, old))[seekers]
    there = curve.taken(seekers).raised(outside)
    minutes = float(sum(block.minutes[c.option] for c in old))
    mails = float(sum(block.minutes[c.option] == 0 for c in old))
    region = Region(inner, there, mails=mails, minutes=minutes)
    number = {int(option): n for n, option in enumerate(members)}
    for column in fixed:
        region.settle(number[column.option], np.searchsorted(seekers, column.seekers), column.closeness)
    region.relax()
    new = [Column(int(members[c.option]), seekers[c.seekers], c.closeness) for c in region.choose()]
    before = float(there.value(hope_of(block, old)[seekers]).sum())
    after = float(there.value(hope_of(block, new)[seekers]).sum())
    return new if after > before else old


def regions_of(options: Sequence[Option], block: Block) -> list[Ints]:
    """Options by region: the contact points are halved along the longer side until few enough are left."""
    points = np.zeros((block.contacts, 2))
    for number, option in enumerate(options):
        points[block.contact[number]] = (option.lat, option.lon * 0.64)  # a degree of longitude is shorter here

    def split(members: Ints) -> list[Ints]:
        if len(members) <= REGION:
            return [members]
        side = int(np.argmax(np.ptp(points[members], axis=0)))
        order = members[np.argsort(points[members, side], kind="stable")]
        middle = len(order) // 2
        return split(order[:middle]) + split(order[middle:])

    region = np.zeros(block.contacts, dtype=np.int64)
    parts = split(np.arange(block.contacts))
    for number, members in enumerate(parts):
        region[members] = number
    of_option = region[block.contact]
    order = np.argsort(of_option, kind="stable")
    return [np.asarray(part) for part in np.split(order, np.searchsorted(of_option[order], np.arange(1, len(parts))))]


def _plan(
    problem: Problem, block: Block, curve: Curve, options: Sequence[Option], columns: list[Column], *, limit: float
) -> WeekPlan:
    hope = hope_of(block, columns)
    missed = np.ones(block.seekers)  # the chance that none of the plan's contacts brings a place
    contacts = []
    for column in columns:
        option = options[column.option]
        alone = hope.copy()
        size = len(column.seekers)
        missed[column.seekers] *= 1 - share(option.probability, size)
        alone[column.seekers] -= block.hope[column.option, size - 1] * column.closeness
        asked = curve.taken(column.seekers)
        gain = float((asked.value(hope[column.seekers]) - asked.value(alone[column.seekers])).sum())
        ids = tuple(problem.seekers[int(s)].search_id for s in column.seekers)
        contacts.append(PlannedContact(option, ids, gain))
    contacts.sort(key=lambda c: (-c.gain, c.option.contact_point_id))
    value = float(curve.value(hope).sum())
    return WeekPlan(tuple(contacts), float((np.exp(-curve.hope) * (1 - missed)).sum()), value, max(limit, value))
