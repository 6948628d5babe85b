"""Words people read. German is the source; another language is a gettext catalogue loaded while running.

Free of Qt, so that the command line speaks the same words as the window.
"""

import gettext
from importlib.resources import files

_catalogue = gettext.NullTranslations()


def use_language(code: str) -> None:
    """Switch to a language ("de" is the source and needs no catalogue)."""
    global _catalogue  # noqa: PLW0603 - one language for the whole program
    if code == "de":
        _catalogue = gettext.NullTranslations()
        return
    with files("resources").joinpath("i18n", f"{code}.mo").open("rb") as file:
        _catalogue = gettext.GNUTranslations(file)


def tr(text: str) -> str:
    """The text in the chosen language."""
    return _catalogue.gettext(text)


def ntr(number: int, one: str, many: str) -> str:
    """The form for a number, with {n} filled in: ``ntr(2, "{n} Patient", "{n} Patienten")``."""
    return _catalogue.ngettext(one, many, number).format(n=number)
