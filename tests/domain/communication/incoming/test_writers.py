"""Who a mail is from: the address in angle brackets, and no word that only looks like one."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.communication.incoming.parse import parse_mail

INA, OTHER = "ina@praxis.example", "evil@x.example"


def writer(*headers: str) -> tuple[str, str]:
    """Name and address of a mail with these headers."""
    mail = parse_mail("\r\n".join([*headers, "Subject: x", "", "hallo"]).encode())
    return mail.from_name, mail.from_address


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("=?iso-8859-1?Q?M=FCller=2C_Ina?= <ina@praxis.example>", "Müller, Ina"),
        ('"=?iso-8859-1?Q?M=FCller=2C_Ina?=" <ina@praxis.example>', "Müller, Ina"),
        ('"Müller, Ina" <ina@praxis.example>', "Müller, Ina"),
        ("Müller, Ina <ina@praxis.example>", "Müller, Ina"),
        ("=?utf-8?Q?M=C3=BCller=40Praxis?= <ina@praxis.example>", "Müller@Praxis"),
        ("=?utf-8?Q?Praxis_f=C3=BCr_Psychotherapie=3A_Ina?= <ina@praxis.example>", "Praxis für Psychotherapie: Ina"),
        ("=?iso-8859-1?Q?Praxis_M=FCller_(Aachen),_Ina?= <ina@praxis.example>", "Praxis Müller (Aachen), Ina"),
        ("=?utf-8?B?TcO8bGxlciw=?=\r\n =?utf-8?B?IEluYQ==?= <Ina@Praxis.example>", "Müller, Ina"),
        ("Ina (Praxis) <ina@praxis.example>", "Ina"),
        ("ina@praxis.example (Ina Sommer)", "Ina Sommer"),
        ("<@relay.example:ina@praxis.example>", ""),
        ("ina@praxis.example", ""),
        ('"nicht geschlossen <ina@praxis.example>', "nicht geschlossen"),
    ],
)
def test_a_name_is_decoded_after_the_address_is_found(given: str, name: str) -> None:
    """Commas and at signs in a name end nothing."""
    assert writer(f"From: {given}") == (name, INA)


@pytest.mark.parametrize(
    "given",
    [
        "=?utf-8?q?ina=40praxis=2Eexample=2C?= <evil@x.example>",
        "=?utf-8?q?=3Cina=40praxis=2Eexample=3E?= <evil@x.example>",
        "=?utf-8?q?<ina@praxis.example>?= <evil@x.example>",
        "ina@praxis.example <evil@x.example>",
        '"ina@praxis.example" <evil@x.example>',
        '"Ina <ina@praxis.example>" <evil@x.example>',
        "(ina@praxis.example) <evil@x.example>",
    ],
)
def test_a_name_forges_no_address(given: str) -> None:
    """Whatever it looks like."""
    assert writer(f"From: {given}")[1] == OTHER


@pytest.mark.parametrize(
    "headers",
    [
        [f"From: {INA}, {OTHER}"],
        [f"From: {INA}; {OTHER}"],
        [f"From: <{INA}> <{OTHER}>"],
        [f"From: {INA}", f"From: {OTHER}"],
        [f"From: {INA}, {OTHER}", "Sender: dritte@z.example"],
        [f"From: {INA}, {OTHER}", f"Sender: {INA}, {OTHER}"],
        [f"From: {INA} {OTHER}"],
        [f'From: "{INA}"'],
        ["From: <=?utf-8?q?ina=40praxis.example?=>"],
        ["From: =?utf-8?q?ina=40praxis.example?="],
        ["From: <>"],
    ],
)
def test_what_is_not_one_address_is_none(headers: list[str]) -> None:
    """Nobody is recognised by it."""
    assert not writer(*headers)[1]


def test_of_several_writers_the_sender_counts() -> None:
    """Where the header Sender names one of them."""
    assert writer(f"From: {INA}, {OTHER}", f"Sender: Ina <{INA}>")[1] == INA


NAMES = st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp")), max_size=30)


@given(name=NAMES, how=st.sampled_from(["b", "q"]), quoted=st.booleans())
def test_any_name_in_an_encoded_word_leaves_the_address_alone(name: str, how: str, quoted: bool) -> None:
    """Encoded as mail programs do, in either way, with quotes around it or without."""
    raw = name.encode()
    if how == "b":
        import base64

        coded = base64.b64encode(raw).decode()
    else:
        coded = "".join(f"={byte:02X}" for byte in raw)
    word = f"=?utf-8?{how}?{coded}?="
    assert writer(f'From: "{word}" <{INA}>' if quoted else f"From: {word} <{INA}>")[1] == INA


@given(st.text(string.printable, max_size=80).filter(lambda text: "\n" not in text and "\r" not in text))
def test_no_header_gives_an_address_that_is_not_in_it(value: str) -> None:
    """What comes out stands there letter by letter."""
    _, address = writer(f"From: {value}", "To: a@b.example")
    assert address in value.lower()
