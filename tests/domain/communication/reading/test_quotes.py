"""What of a mail its sender wrote now, in the forms mail programs give it."""

import pytest

from domain.communication.reading.quotes import own_words

ANSWER = "Leider kein Platz."
QUOTED = "K7M2P: Platz frei, Warteliste bis …, nur Sprechstunde, kein Platz oder passt nicht?"
FROM = "Von: Büro <b@amt.example>\n"
SENT = "Gesendet: Montag, 2. März 2026 10:00\n"
TO = "An: Praxis\nBetreff: Anfrage\n"
HEADS = {
    "Outlook": f"-----Ursprüngliche Nachricht-----\n{FROM}{SENT}{TO}",
    "Outlook without a rule": f"{FROM}{SENT}{TO}",
    "Outlook's line": f"________________________________\n{FROM}{SENT}{TO}",
    "Outlook for phones": f"{FROM}Datum: Montag, 2. März 2026 um 10:00\n{TO}",
    "Gmail": "Am Mo., 2. März 2026 um 10:00 Uhr schrieb Büro <b@amt.example>:\n",
    "Gmail, wrapped": "Am Mo., 2. März 2026 um 10:00 Uhr schrieb Vermittlungsstelle Aachen <\nb@amt.example>:\n",
    "Apple": "Am 02.03.2026 um 10:00 schrieb Büro <b@amt.example>:\n",
    "Apple, forwarded": f"Anfang der weitergeleiteten Nachricht:\n\n{FROM}{TO}",
    "GMX and web.de": f"Gesendet: Montag, 2. März 2026 um 10:00 Uhr\n{FROM}{TO}",
    "T-Online": f"-----Original-Nachricht-----\nBetreff: Anfrage\nDatum: 2026-03-02T10:00\n{FROM}",
    "Original-Nachricht": f"--- Original-Nachricht ---\n{FROM}Betreff: Anfrage\nDatum: 02.03.26, 10:00\n",
    "Thunderbird, forwarded": f"-------- Weitergeleitete Nachricht --------\nBetreff: Anfrage\n{FROM}",
    "English": "On Mon, Mar 2, 2026 at 10:00 AM Büro <b@amt.example> wrote:\n",
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
@pytest.mark.parametrize("mark", ["", "> "])
def test_what_is_quoted_is_nobodys_answer(head: str, mark: str) -> None:
    """However the program heads it, with marks before each line or without."""
    body = f"{ANSWER}\n\n{head}\n{mark}{QUOTED}\n"
    assert [passage.text for passage in own_words(body)] == [ANSWER]


def test_an_answer_below_a_persons_line_is_about_that_person() -> None:
    """Written between the lines of our letter."""
    body = "Am 2.3.2026 schrieb Büro:\n> K7M2P, 30 Jahre\n\nja, ab Mai\n\n> T4WX9, 40 Jahre\n\nleider nein\n"
    assert [(p.text, p.code) for p in own_words(body)] == [("ja, ab Mai", "K7M2P"), ("leider nein", "T4WX9")]


def test_an_answer_below_the_whole_quote_is_about_everybody() -> None:
    """Some write below what they quote."""
    body = f"Am 2.3.2026 schrieb Büro:\n> Guten Tag,\n> {QUOTED}\n> T4WX9, 40\n\nBeide leider nicht.\n\nGruß\nA. Muster"
    assert [(p.text, p.code) for p in own_words(body)] == [("Beide leider nicht.", None)]


@pytest.mark.parametrize(
    "below",
    [
        "Mit freundlichen Grüßen\nDr. A. Beispiel\nSprechstunde Mo 10-11",
        "Herzliche Grüße aus der Eifel\nA.\nWarteliste auf unserer Seite",
        "Praxis für Psychotherapie\nDr. Anna Beispiel\nKeine freien Plätze!",
        "Dr. Anna Beispiel\nTelefonische Sprechzeiten: Mo 9-12 Uhr",
        "Von meinem iPhone gesendet",
        "Diese E-Mail enthält vertrauliche Informationen. Falsch zugestellt? Bitte löschen.",
        "-- \nPraxis geschlossen vom 1.4. bis 5.4.",
    ],
)
def test_signatures_and_small_print_are_left_out(below: str) -> None:
    """Hours, standing notes and what lawyers want stand below an answer and are none."""
    assert [passage.text for passage in own_words(f"Guten Tag,\n{ANSWER}\n\n{below}")] == [f"Guten Tag,\n{ANSWER}"]


def test_an_answer_that_looks_like_a_name_is_kept() -> None:
    """Two words may be all there is."""
    assert own_words("Guten Tag,\n\nLeider Nein\n\nA. Muster")[0].text.endswith("Leider Nein")
    assert [p.text for p in own_words("K7M2P:\nWarteliste\n\nT4WX9:\nKein Platz")] == [
        "K7M2P:\nWarteliste\n\nT4WX9:\nKein Platz"
    ]


def test_an_answer_that_begins_with_a_day_is_no_head() -> None:
    """It begins like the line above a quote."""
    body = f"Am 4.2. hätte ich Zeit.\nAm 5.2. auch\n\n{HEADS['Gmail']}> {QUOTED}"
    assert [passage.text for passage in own_words(body)] == ["Am 4.2. hätte ich Zeit.\nAm 5.2. auch"]
