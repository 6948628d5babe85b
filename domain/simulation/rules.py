"""The rules of a week's plan, checked before anything of it is done."""

from collections.abc import Sequence

from domain.simulation.answering import Channel
from domain.simulation.view import Contact, View
from domain.simulation.world import WORKING_DAYS


class BrokenRule(Exception):
    """A policy asked for what the rules forbid; the words say which."""


def check(contacts: Sequence[Contact], view: View) -> None:
    """Refuse a plan that breaks a rule; who may not be asked now (cooling, open inquiry) is absent from `view.fits`."""
    asked = [contact.contact_point_id for contact in contacts]
    if len(set(asked)) < len(asked):
        raise BrokenRule("a contact point twice in one week")
    if sum(contact.channel is Channel.EMAIL for contact in contacts) > view.mails:
        raise BrokenRule("more mails than the office may send")
    if sum(contact.channel is Channel.PHONE for contact in contacts) * view.minutes_per_call > view.minutes:
        raise BrokenRule("more minutes than the office has")
    with_mail = {point.contact_point_id for point in view.points if point.has_mail}
    for contact in contacts:
        fitting = view.fits.get(contact.contact_point_id)
        if fitting is None:
            raise BrokenRule("a contact point that may not be asked now")
        if not 1 <= len(contact.searches) <= view.size or len(set(contact.searches)) < len(contact.searches):
            raise BrokenRule("the size of an inquiry")
        if not set(contact.searches) <= fitting.keys():
            raise BrokenRule("a search that does not fit")
        if contact.channel is Channel.EMAIL and contact.contact_point_id not in with_mail:
            raise BrokenRule("a mail to nobody's address")
        if not 0 <= contact.weekday < WORKING_DAYS:
            raise BrokenRule("no working day")
