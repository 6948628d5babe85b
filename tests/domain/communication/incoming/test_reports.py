"""Reports of mail servers and mail programs: as real ones send them, and what only looks like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.communication.incoming.parse import parse_mail
from domain.communication.incoming.parsed import Delivery, Report
from tests.domain.communication.incoming.letters import bounce, receipt, reply

OURS = "ina@praxis.example"


def report(source: bytes) -> Report:
    """What a source reports."""
    found = parse_mail(source).report
    assert found is not None
    return found


@pytest.mark.parametrize(
    "sender",
    [
        "MAILER-DAEMON@mx.example (Mail Delivery System)",  # Postfix
        "Mail Delivery System <Mailer-Daemon@mx.example>",  # Exim
        "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        "postmaster@praxis.example",  # Exchange
        "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@praxis.example>",
        "GMX Mailer Daemon <mailer-daemon@gmx.de>",
        "<>",
        "MAILER-DAEMON",
    ],
)
def test_mail_servers_are_known_by_their_names(sender: str) -> None:
    """Each writes its own."""
    assert report(bounce("<1@x.invalid>", recipient=OURS, sender=sender)).of([OURS]) is not None


def test_a_way_back_that_is_empty_tells_a_server() -> None:
    """Whatever stands in From."""
    source = bounce("<1@x.invalid>", recipient=OURS, sender="Hausverwaltung <it@praxis.example>")
    assert parse_mail(source).report is None
    assert parse_mail(source).automatic
    assert report(b"Return-Path: <>\n" + source).of([OURS]) is not None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"multipart/report; report-type=delivery-status", b"multipart/mixed"),
        (b"report-type=delivery-status", b"report-type=feedback-report"),
        (b"; report-type=delivery-status", b""),
        (b"Content-Type: message/delivery-status", b"Content-Type: text/plain"),
        (b"Action: failed", b"Action: vielleicht"),
    ],
)
def test_what_is_not_sent_as_a_report_is_none(before: bytes, after: bytes) -> None:
    """The parts of one make no report."""
    assert parse_mail(bounce("<1@x.invalid>").replace(before, after)).report is None


def test_a_report_somebody_forwarded_is_none_of_theirs() -> None:
    """It lies in their mail as an attachment."""
    inner = bounce("<1@x.invalid>")
    head = b"From: MAILER-DAEMON@mx.example\nContent-Type: multipart/mixed; boundary=q\n\n--q\n"
    assert parse_mail(head + b"Content-Type: message/rfc822\n\n" + inner + b"\n--q--\n").report is None


@pytest.mark.parametrize(
    ("final", "original", "ours"),
    [
        ("ina@praxis.example", "", True),
        ("INA@Praxis.Example", "", True),
        ("<ina@praxis.example>", "", True),
        ("privat@gmx.example", "", False),
        ("privat@gmx.example", "privat@gmx.example", False),
        ("privat@gmx.example", OURS, False),  # passed on by the practice: it did reach the address we wrote to
        ("postfach7@praxis.example", OURS, True),  # another name of the same mailbox
        ("postfach7@praxis.example", "", False),
        ("", OURS, True),
    ],
)
def test_only_the_address_we_wrote_to_is_ours(final: str, original: str, ours: bool) -> None:
    """Not where the mail was passed on to."""
    found = report(bounce("<1@x.invalid>", recipient=final, original=original))
    assert (found.of([OURS]) is not None) is ours


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("ina+platz@praxis.example", "ina+2Bplatz@praxis.example"),
        ("ina@müller.example", "ina@xn--mller-kva.example"),
        ("ina@straße.example", "ina@xn--strae-oqa.example"),
    ],
)
def test_an_address_is_known_in_each_spelling(written: str, named: str) -> None:
    """As xtext, and with the ASCII form of its domain."""
    assert report(bounce("<1@x.invalid>", recipient=named)).of([written]) is not None


def test_a_report_of_several_is_read_for_ours() -> None:
    """Each address has its own paragraph."""
    several = b"Final-Recipient: rfc822; fremd@y.example\nAction: failed\nStatus: 5.1.1\n\nFinal-Recipient:"
    source = bounce("<1@x.invalid>", recipient=OURS, action="delayed", status="4.4.1")
    said = report(source.replace(b"Final-Recipient:", several)).of([OURS])
    assert said is not None
    assert (said.action, said.hard) == ("delayed", False)


def test_a_report_in_unicode_is_read() -> None:
    """RFC 6533: the same parts under other names."""
    source = bounce("<1@x.invalid>", recipient="ina@müller.example")
    source = source.replace(b"message/delivery-status", b"message/global-delivery-status").replace(
        b"rfc822;", b"utf-8;"
    )
    found = report(source.replace(b"message/rfc822", b"message/global"))
    assert (found.of(["ina@müller.example"]) is not None, found.message_id) == (True, "<1@x.invalid>")


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_good_news_is_a_report_too(action: str) -> None:
    """It has no bad news."""
    found = report(bounce("<1@x.invalid>", recipient=OURS, action=action, status="2.0.0"))
    assert (found.bad_news, found.opened, found.message_id) == (None, False, "<1@x.invalid>")


def test_a_read_receipt_is_a_report() -> None:
    """Of the mail that was read."""
    found = report(receipt("<1@x.invalid>"))
    assert (found.opened, found.message_id, found.deliveries) == (True, "<1@x.invalid>", ())


def test_words_of_a_person_are_no_report() -> None:
    """However automatic they sound."""
    assert parse_mail(reply("Mail delivery failed")).report is None


ADDRESSES = st.sampled_from([OURS, "a@b.example", "INA@praxis.example", "", "x"])


@given(st.lists(st.tuples(ADDRESSES, st.sampled_from(["failed", "delayed", "relayed"])), max_size=5))
def test_a_report_is_ours_only_where_it_names_us(said: list[tuple[str, str]]) -> None:
    """The first paragraph about our address counts, and no other."""
    found = Report(tuple(Delivery(frozenset({one}), one, action, "5.0.0") for one, action in said), "")
    ours = next((action for one, action in said if one.lower() == OURS), None)
    of = found.of([OURS])
    assert (of.action if of is not None else None) == ours
