"""Mails damaged where parsers stumble: charsets, encoded words, uuencode, boundaries; and far too much of anything."""

import binascii
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.communication.incoming.parse import parse_mail, read_head
from domain.communication.incoming.remarks import Remark
from domain.communication.incoming.source import LARGEST, LARGEST_HEAD, MOST_BOXES, MOST_LINES
from domain.errors import Invalid
from tests.domain.communication.incoming.test_parse import kept_words

CHARSETS = st.one_of(
    st.sampled_from(
        ["utf-8", "utf-7", "utf-16", "utf-32", "iso-2022-jp", "iso-2022-kr", "hz", "gb18030", "big5", "punycode",
         "idna", "unicode_escape", "raw_unicode_escape", "undefined", "rot13", "hex", "base64", "zlib", "bz2", "uu",
         "mbcs", "oem", "unknown-8bit", "cp1252", "utf-8*de", "UTF8;x", '"', "x" * 300, ""]
    ),
    st.text(max_size=12),
)  # fmt: skip
ENCODINGS = st.sampled_from(["7bit", "8bit", "base64", "quoted-printable", "x-uuencode", "uue", "binary", "x", ""])
KINDS = st.sampled_from(["text/plain", "text/html", "text/plain; format=flowed", "application/pdf", "message/rfc822"])


def read(source: bytes) -> None:
    """Read a source: what comes out can be kept, and what does not is told of all the same."""
    with suppress(Invalid):
        words = kept_words(parse_mail(source))
        assert "\x00" not in words
        assert "\x1f" not in words
        words.encode("utf-8")
    head = kept_words(read_head(source, size=len(source), remark=Remark("mail.no_mail")))
    assert "\x00" not in head
    head.encode("utf-8")


@given(charset=CHARSETS, encoding=ENCODINGS, kind=KINDS, body=st.binary(max_size=200))
def test_any_charset_and_encoding(charset: str, encoding: str, kind: str, body: bytes) -> None:
    """Named rightly, wrongly, or by a codec that is no charset."""
    head = f"From: a@b.example\nContent-Type: {kind}; charset={charset}\nContent-Transfer-Encoding: {encoding}\n\n"
    read(head.encode("utf-8", "replace") + body)


@given(
    name=st.sampled_from(["From", "To", "Sender", "Subject", "In-Reply-To", "Date", "Message-ID", "Auto-Submitted"]),
    words=st.lists(st.tuples(CHARSETS, st.sampled_from("bqBQx?"), st.text(max_size=20)), min_size=1, max_size=4),
    between=st.sampled_from(["", " ", "\n ", ",", "<", "(", '"']),
)  # fmt: skip
def test_any_encoded_word(name: str, words: list[tuple[str, str, str]], between: str) -> None:
    """Half of one, one in one, of no charset, with letters no word may have."""
    value = between.join(f"=?{charset}?{how}?{text}?=" for charset, how, text in words)
    read(f"From: a@b.example\n{name}: {value}\n\nx".encode("utf-8", "replace"))


@given(
    st.binary(max_size=120), st.integers(0, 200), st.binary(max_size=3), st.sampled_from([b"644", b"999", b"", b"\xff"])
)
def test_any_uuencode(content: bytes, position: int, damage: bytes, mode: bytes) -> None:
    """Whole, cut short and damaged; as an encoding and as words."""
    lines = b"".join(binascii.b2a_uu(content[at : at + 45]) for at in range(0, len(content), 45))
    coded = bytearray(b"begin " + mode + b" ../../x.pdf\n" + lines + b"`\nend\n")
    coded[position : position + len(damage)] = damage
    head = b"From: a@b.example\nContent-Transfer-Encoding: x-uuencode\n"
    read(head + b"\n" + coded)
    read(head + b"Content-Type: application/pdf; name=x.pdf\n\n" + coded)
    read(b"From: a@b.example\n\n" + coded)


@given(
    boundary=st.one_of(st.text(max_size=20), st.sampled_from(["b", "--", "b--", " ", "x" * 500, '"', "=?utf-8?q?b?="])),
    lines=st.lists(
        st.sampled_from(["--b", "--b--", "--b ", " --b", "--B", "", "Content-Type: multipart/mixed; boundary=b",
                         "Content-Type: multipart/digest; boundary=c", "--c", "--c--", "Content-Type: message/rfc822",
                         "Content-Type: message/delivery-status", "From: x@y.example", "Text", "\r", "\x0c"]),
        max_size=30,
    ),
    kind=st.sampled_from(["mixed", "report; report-type=delivery-status", "alternative", "signed", "digest"]),
)  # fmt: skip
def test_any_boundary(boundary: str, lines: list[str], kind: str) -> None:
    """Missing, twice, in one another, around reports and mails in mails."""
    head = f"From: MAILER-DAEMON@b.example\nContent-Type: multipart/{kind}; boundary={boundary}\n\n"
    read((head + "\n".join(lines)).encode("utf-8", "replace"))


STATUS = b"From: a@b.example\nContent-Type: message/delivery-status\n\n"
MIXED = b"From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n"


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (b"From: a@b.example\n" + b"X: y\n" * (LARGEST_HEAD // 5), "mail.head_too_large"),
        (b"From: a@b.example\nX: " + b"y" * (LARGEST - 100), "mail.head_too_large"),
        (b"From: a@b.example\r" + b"X: y\r" * (LARGEST // 6), "mail.head_too_large"),
        (b"From: a@b.example\n\n" + b"\n" * MOST_LINES, "mail.too_many_lines"),
        (b"From: a@b.example\n\n" + b"x\r" * MOST_LINES, "mail.too_many_lines"),
        (STATUS + b"a: b\n\n" * (MOST_LINES // 2 - 10), "mail.too_nested"),
        (STATUS + b"\n" * (MOST_LINES - 10), "mail.too_nested"),
        (STATUS + b"a: b\n" * (MOST_LINES // 6), "mail.head_too_large"),
        (MIXED + b"--b\n\n" * (MOST_BOXES + 1), "mail.too_nested"),
        (MIXED + b"--b\n" + b"a: b\n" * (MOST_LINES // 6), "mail.head_too_large"),
        pytest.param(STATUS + b"a: b\n" * (MOST_LINES - 10), "mail.head_too_large", marks=pytest.mark.soak),
    ],
    ids=range(11),
)
def test_too_much_of_anything_is_refused_with_little_memory(source: bytes, code: str) -> None:
    """Lines, headers, parts and paragraphs: none of them takes the memory of the machine."""
    tracemalloc.start()
    try:
        with pytest.raises(Invalid) as refused:
            parse_mail(source)
        assert refused.value.code == code
        assert tracemalloc.get_traced_memory()[1] < 300_000_000
    finally:
        tracemalloc.stop()


def test_a_head_as_large_as_it_may_be_is_read() -> None:
    """A long list of relays and signatures."""
    head = b"".join(b"Received: from a by b; %d\n" % number for number in range(5_000))
    assert parse_mail(head + b"From: a@b.example\n\nx").from_address == "a@b.example"


def test_the_head_of_a_mail_nobody_can_read_is_told() -> None:
    """Sender, subject and date, wherever in the headers they stand."""
    head = (
        b"X-Long: y\r\n" * 20_000
        + b"From: =?utf-8?q?M=C3=BCller=2C_Ina?=\r\n <ina@praxis.example>\r\nSubject: Platz\r\n"
    )
    mail = read_head(head + b"Date: Tue, 24 Nov 2026 10:00:00 +0100\r\n\r\n", size=7, remark=Remark("mail.too_nested"))
    assert (mail.from_name, mail.from_address, mail.subject, mail.size) == (
        "Müller, Ina", "ina@praxis.example", "Platz", 7,
    )  # fmt: skip
    assert mail.sent_at is not None
    assert mail.remark == Remark("mail.too_nested")
