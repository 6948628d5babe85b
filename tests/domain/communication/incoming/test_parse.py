"""Sources of mails: read whatever they are, or refused with a code; never a crash, never a request."""

import string
import time
from contextlib import suppress
from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.communication.incoming.parse import parse_mail
from domain.communication.incoming.parsed import ParsedMail
from domain.communication.incoming.source import LARGEST, MOST_PARTS
from domain.errors import Invalid
from tests.domain.communication.incoming.letters import bounce, reply


def test_a_plain_answer() -> None:
    """Who, what about, when, and the words."""
    mail = parse_mail(
        reply("Leider kein Platz.\n", sender="Praxis Groß <Info@Praxis.Example>", answers="<1@a.example>")
    )
    assert (mail.from_name, mail.from_address) == ("Praxis Groß", "info@praxis.example")
    assert (mail.text, mail.answers, mail.automatic, mail.report) == (
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
    report = parse_mail(bounce("<1@x.invalid>")).report
    assert report is not None
    (hard,) = report.deliveries
    assert (list(hard.addresses), hard.hard, report.message_id) == (["weg@praxis.example"], True, "<1@x.invalid>")
    later = parse_mail(bounce("<1@x.invalid>", status="4.4.1", action="delayed")).report
    assert later is not None
    assert not later.deliveries[0].hard


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


def kept_words(mail: ParsedMail) -> str:
    """Everything of a mail the database keeps as text."""
    words = [
        mail.text,
        mail.subject,
        mail.from_name,
        mail.from_address,
        mail.to_address,
        mail.message_id,
        *mail.answers,
    ]
    words += [word for file in mail.attachments for word in (file.name, file.media_type)]
    if mail.report is not None:
        words.append(mail.report.message_id)
        words += [word for one in mail.report.deliveries for word in (one.final, one.status, *one.addresses)]
    return "".join(words)


@pytest.mark.parametrize(
    "source",
    [
        b"From: " + b"(" * 500 + b"\n\nx",
        b"From: a@b.example\nTo: " + b"(" * 500 + b"\n\nx",
        b"From: a@b.example\nSubject: =?utf-7?q?+2AA-?=\n\nx",
        b"From: a@b.example\nContent-Type: text/plain; charset=utf-7\n\n+2AA-",
        b"From: a@b.example\nContent-Type: text/plain; charset=unicode_escape\n\n\\ud800",
        b"From: a@b.example\nContent-Type: text/plain; charset=raw_unicode_escape\n\n\\ud800",
        b"From: a@b.example\nContent-Disposition: attachment; filename*=utf-7''%2B2AA-.pdf\n\nx",
        b"From: a@b.example\nContent-Type: application/pdf; name*=utf-7''%2B2AA-.pdf\n\nx",
        b"From: a@b.example\nContent-Type: application/x\x00y\n\nx",
        b"From: a@b.example\nContent-Type: text/html\n\n<![x]>hi<!a[b<?x",
    ],
)  # fmt: skip
def test_no_letter_comes_out_that_cannot_be_kept(source: bytes) -> None:
    """Half letters, NULs and endless brackets in a mail do not stop the mailbox: it is read as well as can be."""
    words = kept_words(parse_mail(source))
    assert "\x00" not in words
    words.encode("utf-8")


def test_a_fault_of_the_library_costs_one_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody foresaw is a refusal with a sentence."""

    def fails(_source: bytes, **_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("domain.communication.incoming.parse.message_of", fails)
    with pytest.raises(Invalid) as refused:
        parse_mail(b"From: a@b.example\n\nx")
    assert refused.value.code == "mail.no_mail"


HTML = b"From: a@b.example\nContent-Type: text/html; charset=utf-8\n\n"
FLOWED = b"From: a@b.example\nContent-Type: text/plain; format=flowed\n\n"
PUNYCODE = b"From: a@b.example\nContent-Type: text/plain; charset=punycode\n\n"


@pytest.mark.parametrize(
    ("head", "again", "foot"),
    [
        (b'From: a@b.example\nContent-Type: text/plain; a="', b";", b"\n\nx"),
        (b'From: a@b.example\nContent-Disposition: attachment; a="', b";", b"\n\nx"),
        (b"From: a@b.example\nSubject: ", b"=?a?q?", b"\n\nx"),
        (b"From: ", b"(", b"\n\nx"),
        (HTML, "<!--‹!--".encode(), b""),
        (HTML, b"<blockquote>a", b""),
        (HTML, b"<p>", b""),
        (HTML, b"<a ", b""),
        (HTML, b"&#", b">"),
        (HTML, b"<object>", b""),
        (FLOWED, b"a \r\n", b""),
        (PUNYCODE, b"a-z9", b""),
        (PUNYCODE + b"\xe4", b"a-z9", b""),
    ],
)
def test_four_times_as_long_takes_no_sixteen_times_as_long(head: bytes, again: bytes, foot: bytes) -> None:
    """Nobody keeps a mailbox busy for hours with one mail."""

    def seconds(length: int) -> float:
        source = head + again * (length // len(again)) + foot
        began = time.process_time()
        parse_mail(source)
        return time.process_time() - began

    seconds(1_000)  # what is loaded at first use
    # below a tenth of a second a ratio says nothing; a machine that is busy for once is not so three times
    assert any(seconds(240_000) < 10 * max(seconds(60_000), 0.1) for _ in range(3))


@pytest.mark.parametrize(
    "how",
    [
        "style='display:none'", "style='color:red; Display : None !important'", "style='visibility:hidden'",
        "style='font-size:0'", "style='font-size:0px;'", "style='max-height:0;overflow:hidden'",
        "style='opacity:0'", "style='opacity:0.0'", "style='mso-hide:all'", "hidden",
        "style='dis/* */play:none'",
    ],
)  # fmt: skip
def test_what_a_reader_does_not_see_is_not_read(how: str) -> None:
    """Words hidden in a page would be taken for what the practice says."""
    html = f"<div {how}>Wir haben <b>einen Platz</b> frei.</div><p>Leider nein.</p>"
    assert parse_mail(HTML + html.encode()).text == "Leider nein."


@pytest.mark.parametrize("how", ["style='font-size:0.9em'", "style='opacity:0.5'", "style='max-height:100px'"])
def test_small_words_are_seen(how: str) -> None:
    """Small, pale or low is not hidden."""
    assert parse_mail(HTML + f"<p {how}>Leider nein.</p>".encode()).text == "Leider nein."


@pytest.mark.parametrize(
    ("date", "year"),
    [
        ("Fri, 31 Dec 9999 23:59:59 -1200", None),
        ("Mon, 01 Jan 1500 00:00:00 +1200", None),
        ("Sat, 01 Jan 2135 00:00:00 +0000", None),
        ("Mon, 01 Mar 2027 08:00:00 +0100", 2027),
    ],
)
def test_a_clock_that_is_wrong_by_centuries_is_not_believed(date: str, year: int | None) -> None:
    """The mail counts as written when it came in."""
    found = parse_mail(f"From: a@b.example\nDate: {date}\n\nx".encode()).sent_at
    assert (found.year if found is not None else None) == year


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
    words = kept_words(mail)
    assert "\x00" not in words
    words.encode("utf-8")


@given(st.integers(0, 2_000), st.binary(min_size=1, max_size=8))
@example(1581, b"\x00")  # in the name of the charset
def test_a_damaged_mail_is_read_or_refused(position: int, damage: bytes) -> None:
    """Any bytes in any place of a report."""
    source = bytearray(bounce("<1@x.invalid>"))
    at = position % len(source)
    source[at : at + len(damage)] = damage
    with suppress(Invalid):
        assert parse_mail(bytes(source)).size == len(source)
