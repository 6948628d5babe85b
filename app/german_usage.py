"""What argparse says by itself, in German: headings of its help and why a call was not understood.

Argparse hands each of its sentences to gettext before it fills in the particulars. Which catalogue that takes depends
on the language of the shell; this program speaks German in every shell, so its own is put in the place of gettext's.
A sentence of a Python to come that is not in it stays English.
"""

import argparse

from ui.translation import tr

SENTENCES = {
    "usage: ": "Aufruf: ",
    "positional arguments": "Angaben",
    "options": "Optionen",
    "subcommands": "Befehle",
    "show this help message and exit": "diese Hilfe zeigen",
    "%(prog)s: error: %(message)s\n": "%(prog)s: %(message)s\n",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s: %(message)s",
    "the following arguments are required: %s": "Es fehlt: %s",
    "one of the arguments %s is required": "Eines davon fehlt: %s",
    "unrecognized arguments: %s": "Nicht verstanden: %s",
    "not allowed with argument %s": "geht nicht zusammen mit %s",
    "ignored explicit argument %r": "nimmt keinen Wert: %r",
    "expected one argument": "Es fehlt ein Wert.",
    "expected at most one argument": "Höchstens ein Wert ist möglich.",
    "expected at least one argument": "Mindestens ein Wert fehlt.",
    "expected %s argument": "%s Wert wird gebraucht.",
    "expected %s arguments": "%s Werte werden gebraucht.",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s ist nicht eindeutig: %(matches)s",
    "unexpected option string: %s": "unerwartete Option: %s",
    "invalid %(type)s value: %(value)r": "Ungültig: %(value)r",
    "invalid choice: %(value)r (choose from %(choices)s)": "%(value)r gibt es nicht; möglich sind %(choices)s",
    "invalid choice: %(value)r, maybe you meant %(suggestion)r? (choose from %(choices)s)": (
        "%(value)r gibt es nicht, gemeint ist wohl %(suggestion)r; möglich sind %(choices)s"
    ),
    "unknown parser %(parser_name)r (choices: %(choices)s)": "%(parser_name)r gibt es nicht; möglich sind %(choices)s",
    "can't open '%(filename)s': %(error)s": "„%(filename)s“ lässt sich nicht öffnen: %(error)s",
}


def speak_german() -> None:
    """From now on argparse speaks German; may be called again."""
    vars(argparse).update(_=_say, ngettext=_count)


def _say(sentence: str) -> str:
    return tr(SENTENCES.get(sentence, sentence))


def _count(one: str, many: str, number: int) -> str:
    return _say(one if number == 1 else many)
