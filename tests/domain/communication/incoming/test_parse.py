"""Sources of mails: read whatever they are, or refused with a code; never a crash, never a request."""

import string
from contextlib import suppress
from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.communication.incoming.parse import LARGEST, MOST_PARTS, parse_mail
from domain.errors import Invalid
from tests.domain.communication.incoming.letters import bounce, reply


def test_a_plain_answer() -> None:
    """Who, what about, when, and the words."""
    mail = parse_mail(
        reply("Leider kein Platz.\n", sender="Praxis Groß <Info@Praxis.Example>", answers="<1@a.example>")
    )
    assert (mail.from_name, mail.from_address) == ("Praxis Groß", "info@praxis.example")
    assert (mail.text, mail.answers, mail.automatic, mail.bounce) == (
        "Leider kein Platz.",
        ("<1@a.example>",),
        False,
        None,
    )


def test_html_alone_becomes_words() -> None:
    """Scripts, styles and pictures are not looked at; a quote is marked as one."""
    message = EmailMessage()
    message["From"] = "a@b.example"
    message.set_content(
        "<head><title>t</title><style>p{}</style></head><p>Guten Tag,<br>leider <b>nein</b>.</p>"
        "<img src='http://evil.example/x.png'><script>alert(1)</script><blockquote><p>wir suchen</p></blockquote>",
        subtype="html",
    )
    mail = parse_mail(message.as_bytes())
    assert mail.text.split("\n")[:2] == ["Guten Tag,", "leider nein."]
    assert "> wir suchen" in mail.text
    assert not any(word in mail.text for word in ("evil", "alert", "p{}"))


@pytest.mark.parametrize("declared", ["utf-8", "foo-8", "", "us-ascii", '"'])
def test_a_wrong_charset_is_guessed(declared: str) -> None:
    """What old programs write in Windows-1252 is read all the same."""
    head = f"From: a@b.example\nContent-Type: text/plain; charset={declared}\nContent-Transfer-Encoding: 8bit\n\n"
    source = head.encode() + "Grüße, für März müsste es möglich sein".encode("cp1252")
    assert parse_mail(source).text == "Grüße, für März müsste es möglich sein"


def test_a_bounce_says_of_whom_and_of_what() -> None:
    """Hard where the server gave up for good."""
    hard = parse_mail(bounce("<1@x.invalid>")).bounce
    assert hard is not None
    assert (hard.recipient, hard.hard, hard.message_id) == ("weg@praxis.example", True, "<1@x.invalid>")
    soft = parse_mail(bounce("<1@x.invalid>", status="4.4.1", action="delayed")).bounce
    assert soft is not None
    assert not soft.hard


def test_files_keep_their_names_but_no_folders() -> None:
    """A name is shown, it leads nowhere."""
    message = EmailMessage()
    message["From"] = "a@b.example"
    message.set_content("anbei")
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="../../etc/Befund.pdf")
    (file,) = parse_mail(message.as_bytes()).attachments
    assert (file.name, file.media_type, file.content) == ("Befund.pdf", "application/pdf", b"%PDF-1.7")


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (b"", "mail.empty"),
        (b" \r\n ", "mail.empty"),
        (b"\x00\x01\x02" * 100, "mail.no_mail"),
        (b"PK\x03\x04" + b"x" * 500, "mail.no_mail"),
        (b"From: a\n\n" + b"x" * LARGEST, "mail.too_large"),
    ],
)
def test_what_is_no_mail_is_refused(source: bytes, code: str) -> None:
    """With a code the window has a sentence for."""
    with pytest.raises(Invalid) as refused:
        parse_mail(source)
    assert refused.value.code == code


@pytest.mark.parametrize("depth", [MOST_PARTS + 1, 5_000])
def test_a_mail_of_boxes_in_boxes_is_refused(depth: int) -> None:
    """Deeper than any program nests, and deeper than Python recurses."""
    source = b"From: a@b.example\n"
    for number in range(depth):
        source += f'Content-Type: multipart/mixed; boundary="b{number}"\n\n--b{number}\n'.encode()
    with pytest.raises(Invalid) as refused:
        parse_mail(source + b"Content-Type: text/plain\n\nx\n")
    assert refused.value.code == "mail.too_nested"


HEADERS = st.sampled_from(
    [
        "From", "To", "Subject", "Date", "Message-ID", "References", "Content-Type", "Content-Transfer-Encoding",
        "Content-Disposition", "Auto-Submitted", "In-Reply-To", "MIME-Version",
    ]
)  # fmt: skip
VALUES = st.one_of(
    st.text(string.printable, max_size=60),
    st.binary(max_size=40).map(lambda b: b.decode("latin-1")),
    st.sampled_from(
        ["=?utf-8?q?=ZZ?=", "=?foo?b?####?=", "multipart/mixed; boundary=b", "multipart/report; boundary=",
         "text/html; charset=utf-16",
         "base64", "quoted-printable", "message/rfc822", "message/delivery-status", "text/plain; format=flowed",
         "attachment; filename*=utf-8''%E4%ZZ", "Mon, 99 Foo 20266 99:99:99 +9999", "<a@b> <c"]
    ),
)  # fmt: skip


@given(
    headers=st.lists(st.tuples(HEADERS, VALUES), min_size=1, max_size=8),
    body=st.binary(max_size=400),
    parts=st.lists(st.tuples(HEADERS, VALUES, st.binary(max_size=80)), max_size=4),
)
def test_no_source_breaks_the_reader(
    headers: list[tuple[str, str]], body: bytes, parts: list[tuple[str, str, bytes]]
) -> None:
    """Whatever stands in the headers: a mail comes out, or a refusal."""
    source = b"".join(f"{name}: {value}\r\n".encode("latin-1", "replace") for name, value in headers) + b"\r\n" + body
    for name, value, content in parts:
        source += b"\r\n--b\r\n" + f"{name}: {value}\r\n\r\n".encode("latin-1", "replace") + content
    try:
        mail = parse_mail(source)
    except Invalid:
        return
    assert "\x00" not in mail.text + mail.subject + mail.from_name
    mail.text.encode("utf-8")
    mail.subject.encode("utf-8")


@given(st.integers(0, 2_000), st.binary(min_size=1, max_size=8))
@example(1581, b"\x00")  # in the name of the charset
def test_a_damaged_mail_is_read_or_refused(position: int, damage: bytes) -> None:
    """Any bytes in any place of a report."""
    source = bytearray(bounce("<1@x.invalid>"))
    at = position % len(source)
    source[at : at + len(damage)] = damage
    with suppress(Invalid):
        assert parse_mail(bytes(source)).size == len(source)
