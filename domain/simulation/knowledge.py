"""What the office remembers of each contact point: its word, its past inquiries, whether it knows the office."""

from collections import defaultdict

from domain.simulation.answering import Places, Told
from domain.simulation.streams import Draw, stream
from domain.simulation.view import KnownPoint, Past
from domain.simulation.world import ContactPoint, World

TOLD_WITHIN = 180  # days before the start from which words are still on file


class Knowledge:
    """Filled before the start with what directories and earlier work left, then by every contact."""

    def __init__(self, world: World, places: Places) -> None:
        self._world = world
        self._told: dict[int, Told] = {}
        self._past: dict[int, list[Past]] = defaultdict(list)
        self._informed = {point.contact_point_id for point in world.contact_points if point.informed}
        for point in world.contact_points:
            chance = stream(world.seed, world.number, Draw.OFFICE, point.contact_point_id)
            said = places.says(point, -int(chance.integers(1, TOLD_WITHIN)))
            if chance.random() < world.parameters.answers.told_before and said is not None:
                self._told[point.contact_point_id] = said

    def heard(self, point: int, told: Told | None) -> None:
        """An answer came, with or without a word about the list."""
        if told is not None:
            self._told[point] = told

    def reached(self, point: int) -> None:
        """A message arrived, so the practice knows the office from now on."""
        self._informed.add(point)

    def ended(self, point: int, past: Past, *, late: bool) -> None:
        """An inquiry came to an end; a late answer takes the place of the silence noted for it."""
        if late:
            self._past[point].pop()
        self._past[point].append(past)

    def everything(self) -> list[Past]:
        """All that came to an end, with whomever."""
        return [past for point in self._past.values() for past in point]

    def known(self, point: ContactPoint) -> KnownPoint:
        """The contact point as the office sees it."""
        number = point.contact_point_id
        return KnownPoint(
            contact_point_id=number,
            name=point.name,
            plz2=point.plz2,
            people=len(point.therapists),
            has_mail=point.has_mail,
            informed=number in self._informed,
            hours=point.hours,
            told=self._told.get(number),
            past=tuple(self._past[number]),
        )
