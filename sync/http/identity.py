"""Who we say we are to hosts outside: program, version, and how the office is reached."""

from domain.access import OfficeSettings

VERSION = "0.1.0"


def user_agent(office: OfficeSettings) -> str:
    """E.g. ``Platzlotse/0.1.0 (mailto:buero@beispiel.de)``; an office without an address is named by nothing.

    Headers are ASCII, so the office's name stays out.
    """
    contact = office.email.strip()
    honest = contact.isascii() and contact.isprintable() and "(" not in contact and ")" not in contact
    return f"Platzlotse/{VERSION} (mailto:{contact})" if contact and honest else f"Platzlotse/{VERSION}"
