"""Who we say we are to hosts outside: program, version, and how the office is reached."""

from domain.access import OfficeSettings
from domain.errors import Unavailable

VERSION = "0.1.0"


def user_agent(office: OfficeSettings) -> str:
    """E.g. ``Platzlotse/0.1.0 (mailto:buero@beispiel.de)``; an office without an address is named by nothing.

    Headers are ASCII, so the office's name stays out.
    """
    contact = _contact(office)
    return f"Platzlotse/{VERSION} (mailto:{contact})" if contact else f"Platzlotse/{VERSION}"


def reader_agent(office: OfficeSettings) -> str:
    """The same for whoever reads others' pages: nobody does so without saying how the office is reached.

    Raises Unavailable (outside.anonymous).
    """
    if not _contact(office):
        raise Unavailable("outside.anonymous")
    return user_agent(office)


def _contact(office: OfficeSettings) -> str:
    contact = office.email.strip()
    honest = contact.isascii() and contact.isprintable() and "(" not in contact and ")" not in contact
    return contact if honest else ""
