"""Filling a plan's inquiries up: who fits as well is asked for along with the others, the heaviest first.

The solver asks for as many as one place needs; a practice may have several, and some of those asked for have found a
place or given up before it answers. In the simulation (domain/simulation) this shortened the wait most of all.
"""

from dataclasses import replace

from domain.planning.model import PlannedContact, Problem, WeekPlan


def filled(problem: Problem, plan: WeekPlan, *, fixed: frozenset[int] = frozenset()) -> WeekPlan:
    """The plan with every contact filled up to the budget's size; contact points in `fixed` stay as they are.

    The figures stay those of the plan before: what is added is not promised.
    """
    weights = {seeker.search_id: (-seeker.weight, seeker.search_id) for seeker in problem.seekers}
    fits: dict[int, list[int]] = {}
    for arc in problem.arcs:
        if arc.search_id in weights:
            fits.setdefault(arc.therapist_id, []).append(arc.search_id)

    def full(contact: PlannedContact) -> PlannedContact:
        asked = set(contact.searches)
        more = sorted((s for s in fits.get(contact.option.therapist_id, ()) if s not in asked), key=weights.__getitem__)
        return replace(contact, searches=contact.searches + tuple(more[: problem.budget.size - len(asked)]))

    return replace(
        plan,
        contacts=tuple(c if c.option.contact_point_id in fixed else full(c) for c in plan.contacts),
    )
