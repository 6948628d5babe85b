"""What a mail server's answer means: for good or for now, by which cause, and when to come again. Pure.

Codes are those of RFC 5321 (three digits) and RFC 3463 (enhanced, "5.1.1"); where a server gives no enhanced code, a
few words that many servers share decide. Causes are codes with a sentence in `ui.errors`.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Step(StrEnum):
    """How far a conversation had come."""

    SENDER = "sender"
    RECIPIENT = "recipient"
    CONTENT = "content"


class Verdict(StrEnum):
    """What an answer is; nonsense where no answer of SMTP was given."""

    YES = "yes"
    LATER = "later"
    NO = "no"
    NONSENSE = "nonsense"


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's answer, understood. `enhanced` is empty where it gave none, `cause` where it said yes."""

    verdict: Verdict
    cause: str
    enhanced: str


UNKNOWN, DISABLED, NO_DOMAIN = "smtp.mailbox_unknown", "smtp.mailbox_disabled", "smtp.domain_unknown"
FULL, GREYLISTED, BUSY, TOO_LARGE = "smtp.mailbox_full", "smtp.greylisted", "smtp.busy", "smtp.too_large"
LOGIN_NEEDED = "smtp.login_needed"
# nobody reads mail there: what was asked comes back as after a bounce
NOBODY_THERE = frozenset({UNKNOWN, DISABLED, NO_DOMAIN})
# a wrong password said again with every mail of a batch has the provider lock the account, or our address out
NOT_LET_IN = frozenset({"smtp.login", "smtp.login_letters"})
# of the way to the server and not of one mail: until somebody mends it none leaves
OF_ACCOUNT = frozenset({LOGIN_NEEDED, "smtp.tls_required"}) | NOT_LET_IN
CERTIFICATE = "mail_server.certificate"  # how all the codes of a certificate begin

_ENHANCED = re.compile(r"\A\s*([245]\.\d{1,3}\.\d{1,3})\b")
_GREY = re.compile(r"gr[ea]y-?\s?list|postgrey|try again (in|after) \d+ (second|minute)", re.IGNORECASE)
_FULL = re.compile(r"(mailbox|quota|postfach)\W+(\w+\W+){0,3}?(full|exceeded|voll)|over ?quota", re.IGNORECASE)
_NOBODY = re.compile(
    r"(user|mailbox|recipient|address|account) (unknown|not found|does not exist)|(unknown|no such) (user|mailbox|"
    r"recipient|person)|(does|do)(n't| not) exist",
    re.IGNORECASE,
)
_LARGE = re.compile(r"(message|mail|nachricht)\W+(\w+\W+){0,3}?(too (large|big)|size|zu groß)", re.IGNORECASE)
_OF_ENHANCED = {
    "1.1": UNKNOWN, "1.6": UNKNOWN, "1.10": UNKNOWN, "1.2": NO_DOMAIN, "2.1": DISABLED, "2.2": FULL,
    "2.3": TOO_LARGE, "3.4": TOO_LARGE,
}  # fmt: skip

# Waits before a further attempt, by cause; after the last the mail has failed. A server's hiccup is over soon, its
# outage by the next morning.
WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 360, 720))
# Greylisting lets in whoever comes again after some minutes, often five (RFC 6647, 5).
GREYLIST_WAITS = tuple(timedelta(minutes=m) for m in (6, 15, 30, 60, 120, 240, 480))
# A full mailbox is emptied by a person.
FULL_WAITS = tuple(timedelta(hours=h) for h in (1, 4, 12, 24, 24))
# What an account cannot do says nothing of its mails: they wait for whoever mends it, two days.
ACCOUNT_WAITS = (*WAITS[:3], *(timedelta(hours=1),) * 48)


def understand(step: Step, code: int, words: str) -> Answer:
    """The meaning of an answer to MAIL FROM, RCPT TO, or the content."""
    found = _ENHANCED.match(words)
    enhanced = found[1] if found and found[1][0] == str(code)[:1] else ""
    if 200 <= code < 300:
        return Answer(Verdict.YES, "", enhanced)
    if not 400 <= code < 600:
        return Answer(Verdict.NONSENSE, "smtp.nonsense", "")
    if code in {530, 538} and step is Step.SENDER:
        return Answer(Verdict.LATER, LOGIN_NEEDED, enhanced)  # the account's fault, not the mail's
    verdict = Verdict.NO if code >= 500 else Verdict.LATER
    return Answer(verdict, _cause(step, code, enhanced, words), enhanced)


def waits(cause: str) -> tuple[timedelta, ...]:
    """How long to wait after the first, second, … attempt that ended by a cause."""
    if cause == GREYLISTED:
        return GREYLIST_WAITS
    if cause == FULL:
        return FULL_WAITS
    if cause in OF_ACCOUNT or cause.startswith(("mail_server.", "mail_account.")):
        return ACCOUNT_WAITS
    return WAITS


def _cause(step: Step, code: int, enhanced: str, words: str) -> str:
    known = _OF_ENHANCED.get(enhanced[2:], "")
    if known and not (step is Step.SENDER and known != TOO_LARGE):  # the others speak of our own address there
        return known
    if code == 552 or _LARGE.search(words):
        return FULL if _FULL.search(words) else TOO_LARGE
    return _for_now(code, enhanced, words) if code < 500 else _for_good(step, enhanced, words)


def _for_now(code: int, enhanced: str, words: str) -> str:
    if code == 421:
        return BUSY
    if _GREY.search(words) or (code in {450, 451} and enhanced == "4.7.1"):
        return GREYLISTED
    return FULL if _FULL.search(words) else "smtp.later"


def _for_good(step: Step, enhanced: str, words: str) -> str:
    if step is Step.SENDER:
        return "smtp.sender_refused"
    if enhanced.startswith("5.7."):
        return "smtp.policy"
    if step is Step.CONTENT:
        return "smtp.content_refused"
    return UNKNOWN if enhanced in {"", "5.0.0"} and _NOBODY.search(words) else "smtp.recipient_refused"
