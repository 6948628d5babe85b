"""Sentences about persons: what an admin did with whom, how one stands in the list."""

from domain.person_admin import ActLine, DeputyLine, PersonLine
from ui import formats
from ui.labels import label
from ui.translation import tr

_ACTS = {
    "created": "{actor} hat {person} angelegt: {roles}.",
    "password_reset": "{actor} hat {person} ein neues Kennwort gegeben.",
    "locked": "{actor} hat {person} gesperrt.",
    "unlocked": "{actor} hat {person} wieder zugelassen.",
    "roles_set": "{actor} hat die Rollen von {person} geändert: {roles}.",
    "team_set": "{actor} hat das Team von {person} geändert.",
    "deputy_set": "{actor} hat eingetragen, dass {deputy} {person} vertritt.",
    "deputy_ended": "{actor} hat beendet, dass {deputy} {person} vertritt.",
}


def roles_words(roles: tuple[str, ...]) -> str:
    """Roles as people read them."""
    return ", ".join(label("person_role", role) for role in roles)


def act_words(act: ActLine) -> str:
    """One act as a sentence, with its day."""
    said = tr(_ACTS[act.act]).format(
        actor=act.actor, person=act.person, deputy=act.deputy, roles=roles_words(act.roles)
    )
    return f"{formats.moment(act.at)}: {said}"


def person_line(person: PersonLine) -> str:
    """Name, and below what one may and where."""
    state = "" if person.active else tr("gesperrt")
    said = " · ".join(part for part in (state, roles_words(person.roles), person.team) if part)
    return f"{person.display_name}\n{said or tr('ohne Rolle')}"


def deputy_line(line: DeputyLine) -> str:
    """Who stands in, and when."""
    days = tr("{first} bis {last}").format(first=formats.day(line.first_day), last=formats.day(line.last_day))
    return tr("{deputy} vertritt {person}, {days}").format(deputy=line.deputy, person=line.person, days=days)
