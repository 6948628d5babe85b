"""A policy without sense, to walk through the rules: any legal contacts, in any order, as many as the week allows."""

import random
from collections.abc import Sequence
from math import floor

from domain.simulation.answering import Channel
from domain.simulation.view import Contact, View


class RandomPolicy:
    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)  # noqa: S311 - dice, not secrets

    def week(self, view: View) -> Sequence[Contact]:
        mails, calls = view.mails, floor(view.minutes / view.minutes_per_call)
        contacts = []
        for point in self._dice.sample(list(view.points), len(view.points)):
            fitting = list(view.fits[point.contact_point_id])
            searches = tuple(self._dice.sample(fitting, self._dice.randint(1, min(view.size, len(fitting)))))
            weekday = self._dice.randrange(5)
            if mails and point.has_mail and self._dice.random() < 0.5:
                mails -= 1
                contacts.append(Contact(point.contact_point_id, Channel.EMAIL, searches, weekday))
            elif calls:
                calls -= 1
                contacts.append(Contact(point.contact_point_id, Channel.PHONE, searches, weekday))
        return contacts
