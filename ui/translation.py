"""Words people read, marked for gettext. German is the source; a catalogue of another language would be loaded here.

Free of Qt, so that the command line speaks the same words as the window.
"""

import gettext

_catalogue = gettext.NullTranslations()


def tr(text: str) -> str:
    """The text in the chosen language."""
    return _catalogue.gettext(text)


def ntr(number: int, one: str, many: str) -> str:
    """The form for a number, with {n} filled in: ``ntr(2, "{n} Patient", "{n} Patienten")``."""
    return _catalogue.ngettext(one, many, number).format(n=number)
