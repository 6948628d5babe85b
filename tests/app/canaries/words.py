"""What is planted, and how it is known again in whatever encoding it was written.

Each word holds the stem, whose letters stand as they are in UTF-8, Latin-1, quoted-printable, percent-encoding, JSON
and HTML; beside those it is looked for in UTF-16, base64 and hexadecimal. Numbers stand for themselves.
"""

import base64
from itertools import product

STEM = "Kanarienvogel"
FIRST, LAST = f"{STEM}-Änne", f"{STEM}-Süßholz"
STREET, STREET_LATER = f"{STEM}straße", f"{STEM}gässchen"
PHONE, PHONE_TYPED = "+4924199887766", "0241 99887766"
MAILBOX = f"{STEM.lower()}@post.example"
BIRTH, BIRTH_TYPED = "1987-02-13", "13.02.1987"
INSURED = "K998877665"
NOTE, NEED = f"{STEM} übt Geige", f"{STEM} träumt schlecht"
CALLED = f"{STEM} weinte am Telefon"
SUBJECT, BODY = f"{STEM} fragt für Tür 7", f"{STEM} schöne Grüße"
ANSWER, ANSWER_SUBJECT = f"{STEM} könnte im März kommen", f"Re: {STEM} Größe"
PAPER, FOLDER = f"{STEM}-Befund für Frau Süßholz.pdf", f"{STEM}-Öffentlich"
PASSWORD, PASSPHRASE = f"{STEM}-Kaefig-47", f"{STEM}-Schlüssel-Wörter"
CRASH = f"{STEM} ist unerwartet entflögen"

NUMBERS = ("99887766", "998877665", BIRTH, BIRTH_TYPED, "19870213")
SPELLED = (STEM, STEM.lower(), STEM.upper(), *NUMBERS)


def _base64(raw: bytes) -> set[bytes]:
    """What is the same of its base64 wherever in a longer text it begins."""
    found = set()
    for before in range(3):
        told = base64.b64encode(bytes(before) + raw)
        # a character belongs to the word alone if all its six bits do
        first, last = -(-before * 8 // 6), (before + len(raw)) * 8 // 6
        found |= {told[first:last], told[first:last].translate(bytes.maketrans(b"+/", b"-_"))}
    return found


def needles() -> dict[bytes, str]:
    """What to look for, with its encoding; those of letters alone are lower case, for a text made so."""
    made: dict[bytes, str] = {}
    for word in (STEM.lower(), *NUMBERS):
        for name in ("ascii", "utf-16-le", "utf-16-be"):
            made[word.encode(name)] = name
    # there the case of a letter is another number
    made |= {word.encode().hex().encode(): "hex" for word in SPELLED}
    return made


def exact_needles() -> dict[bytes, str]:
    """Those in which upper and lower case are different signs."""
    spelled = product(SPELLED, ("utf-8", "utf-16-le", "utf-16-be"))
    return {part: f"base64 of {name}" for word, name in spelled for part in _base64(word.encode(name))}


FOLDED, EXACT = needles(), exact_needles()
_SOFT_BREAKS = (b"=\r\n", b"=\n")


def found_in(content: bytes) -> list[str]:
    """What of the planted stands there: encoding and surroundings; nothing if nothing does."""
    for soft in _SOFT_BREAKS:
        content = content.replace(soft, b"")
    lowered = content.lower()
    hits = [(name, lowered.find(part)) for part, name in FOLDED.items()]
    hits += [(name, content.find(part)) for part, name in EXACT.items()]
    return [f"{name}: {content[max(0, at - 60) : at + 80]!r}" for name, at in hits if at >= 0]
