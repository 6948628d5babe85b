"""What servers say and what it means: real answers of mail servers, and that every answer means something."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.communication.server_answers import NOBODY_THERE, Step, Verdict, understand, waits

R, S, C = Step.RECIPIENT, Step.SENDER, Step.CONTENT


@pytest.mark.parametrize(
    ("step", "answer", "verdict", "cause"),
    [
        (R, "250 2.1.5 Ok", Verdict.YES, ""),
        (R, "550 5.1.1 <a@b.example>: Recipient address rejected: User unknown", Verdict.NO, "smtp.mailbox_unknown"),
        (R, "550 5.1.10 RESOLVER.ADR.RecipientNotFound", Verdict.NO, "smtp.mailbox_unknown"),
        (R, "550 No such user here", Verdict.NO, "smtp.mailbox_unknown"),
        (R, "550 Requested action not taken: mailbox unavailable", Verdict.NO, "smtp.recipient_refused"),
        (R, "550 5.1.2 Host or domain name not found", Verdict.NO, "smtp.domain_unknown"),
        (R, "550 5.2.1 The email account is inactive", Verdict.NO, "smtp.mailbox_disabled"),
        (R, "452 4.2.2 Mailbox full", Verdict.LATER, "smtp.mailbox_full"),
        (R, "552 5.2.2 Over quota", Verdict.NO, "smtp.mailbox_full"),
        (R, "450 4.2.0 <a@b.example>: Recipient address rejected: Greylisted", Verdict.LATER, "smtp.greylisted"),
        (R, "451 4.7.1 Please try again later", Verdict.LATER, "smtp.greylisted"),
        (R, "450 Requested mail action not taken", Verdict.LATER, "smtp.later"),
        (R, "421 4.7.0 Too many connections", Verdict.LATER, "smtp.busy"),
        (R, "554 5.7.1 Service unavailable; client host blocked", Verdict.NO, "smtp.policy"),
        (R, "550 5.7.1 Relaying denied", Verdict.NO, "smtp.policy"),
        (C, "552 5.3.4 Message size exceeds fixed limit", Verdict.NO, "smtp.too_large"),
        (C, "554 5.7.1 Message contains spam", Verdict.NO, "smtp.policy"),
        (C, "554 Transaction failed", Verdict.NO, "smtp.content_refused"),
        (S, "552 5.3.4 Message too big for system", Verdict.NO, "smtp.too_large"),
        (S, "553 5.7.1 Sender address rejected: not owned by user", Verdict.NO, "smtp.sender_refused"),
        (S, "550 5.1.1 unknown", Verdict.NO, "smtp.sender_refused"),
        (S, "530 5.7.0 Authentication required", Verdict.LATER, "smtp.login_needed"),
        (C, "-1 HTTP/1.1 200 OK", Verdict.NONSENSE, "smtp.nonsense"),
        (C, "354 go on", Verdict.NONSENSE, "smtp.nonsense"),
    ],
)
def test_answers_of_servers(step: Step, answer: str, verdict: Verdict, cause: str) -> None:
    """For good or for now, and why."""
    code, _, words = answer.partition(" ")
    found = understand(step, int(code), words)
    assert (found.verdict, found.cause) == (verdict, cause)


@given(st.sampled_from(Step), st.integers(-1, 999), st.text(max_size=80))
def test_every_answer_means_something(step: Step, code: int, words: str) -> None:
    """Only a "no" of the recipient's server says that nobody reads there; what is no answer is never a "yes"."""
    found = understand(step, code, words)
    assert (found.verdict is Verdict.YES) == (200 <= code < 300)
    assert (found.verdict is Verdict.NO) <= (500 <= code < 600)
    assert bool(found.cause) == (found.verdict is not Verdict.YES)
    if found.cause in NOBODY_THERE and found.verdict is Verdict.NO:
        assert step is not Step.SENDER
    planned = waits(found.cause)
    assert planned
    assert all(wait.total_seconds() >= 60 for wait in planned)


def test_each_cause_has_its_patience() -> None:
    """Greylisting wants some minutes, a full mailbox days, an account as long as it takes to mend it."""
    assert 5 <= waits("smtp.greylisted")[0].total_seconds() / 60 <= 15
    assert sum(w.total_seconds() for w in waits("smtp.mailbox_full")) > 2 * 86400
    assert sum(w.total_seconds() for w in waits("smtp.login")) > 1.9 * 86400
    assert sum(w.total_seconds() for w in waits("mail_server.timeout")) > 1.9 * 86400
