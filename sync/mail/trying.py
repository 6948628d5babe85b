"""Trying out an account: every step of sending and reading, up to where a mail would be sent, and no further.

A mail is sent only to the person who asked for one. Whatever a server does, it is over in a few minutes: each line has
its time. Answers are steps with codes; sentences are the window's.
"""

import threading
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from domain.communication.account_tests import TriedStep
from domain.communication.accounts import Account
from domain.communication.mails import MESSAGE_ID_DOMAIN
from domain.communication.server_answers import Step, Verdict, understand
from domain.errors import Forbidden, PlatzlotseError, Unavailable
from sync.mail.conversation import SPEAKING_SECONDS, Conversation, conversation, log_in, told
from sync.mail.imap import ImapAccess, open_mailbox
from sync.mail.senders import Credentials, Sender
from sync.mail.smtp import Outcome, SmtpTransport, words_of

IMAP_ROUNDS = 3  # so many silences a mailbox may take in all
TEST_SUBJECT = "Testmail von Platzlotse"
TEST_BODY = (
    "Diese E-Mail hat Platzlotse gesendet, weil Sie beim Postkonto „{name}“ auf „Testmail an mich“ gedrückt haben.\n"
    "Wenn Sie sie lesen, funktioniert der Versand.\n"
)


def try_account(
    account: Account, credentials: Credentials, *, mail_to: str, now: datetime, timeout: float
) -> list[TriedStep]:
    """Each step that was tried, in order; a way ends with its first step that failed. `timeout` is of silence (s)."""
    if credentials.key is None:
        return [TriedStep("worker", "mail_account.no_worker_key")]
    if credentials.catching is not None:
        return _try_caught(account, credentials, credentials.catching, mail_to=mail_to, now=now)
    try:
        transport = credentials.transport(account)
        access = credentials.imap(account)
    except PlatzlotseError as exc:
        return [_failed("worker", exc)]
    steps = _try_smtp(account, transport, mail_to=mail_to, now=now, timeout=timeout) if account.smtp_host else []
    if account.imap_host:
        steps += _try_imap(account, access, timeout=timeout)
    return steps


def _try_caught(
    account: Account, credentials: Credentials, catching: Sender, *, mail_to: str, now: datetime
) -> list[TriedStep]:
    """While trying out: the servers are named and left alone, the password is opened, and the mail is caught here."""
    hosts = ", ".join(dict.fromkeys(host for host in (account.smtp_host, account.imap_host) if host))
    steps = [TriedStep("caught", params={"hosts": hosts})]
    try:
        if account.sealed_password is not None:
            credentials.password(account)
            steps.append(TriedStep("caught_password"))
    except PlatzlotseError as exc:
        return [*steps, _failed("worker", exc)]
    if account.smtp_host and mail_to:
        sent = _send_mail(account, catching.transport, mail_to=mail_to, now=now)
        steps.append(sent if sent.trouble else TriedStep("caught_mail", params={"address": mail_to}))
    return steps


def _try_smtp(
    account: Account, transport: SmtpTransport, *, mail_to: str, now: datetime, timeout: float
) -> list[TriedStep]:
    steps: list[TriedStep] = []
    step = "smtp_connect"
    host, port = transport.host, transport.port
    try:
        with conversation(host, port, transport.security, timeout=timeout) as line, told(line, host, port):
            steps.append(TriedStep(step))
            step = "smtp_tls"
            if transport.security == "starttls":
                line.secure()
            line.ehlo_or_helo_if_needed()
            if transport.security != "none":
                steps.append(TriedStep(step))
            step = "smtp_login"
            if transport.username:
                log_in(line, host, transport.username, transport.password)
                steps.append(TriedStep(step))
            step = "smtp_sender"
            line.allow(SPEAKING_SECONDS)
            _name_sender(line, account.address)
            limit = line.size_limit
            steps.append(TriedStep(step, params={"limit": limit} if limit else {}))
    except PlatzlotseError as exc:
        # inside TLS from the first byte, connecting ends with the certificate
        return [*steps, _failed(_tls_or(step, exc, transport), exc)]
    if mail_to:
        steps.append(_send_mail(account, transport, mail_to=mail_to, now=now))
    return steps


def _tls_or(step: str, error: PlatzlotseError, transport: SmtpTransport) -> str:
    of_tls = error.code.startswith(("mail_server.certificate", "mail_server.no_tls"))
    return "smtp_tls" if transport.security == "tls" and of_tls else step


def _name_sender(line: Conversation, address: str) -> None:
    """As a mail to ourselves begins; then it is called off."""
    for step, (code, reply) in ((Step.SENDER, line.mail(address)), (Step.RECIPIENT, line.rcpt(address))):
        words = " ".join(reply.decode("utf-8", "replace").split())
        answer = understand(step, code, words)
        if answer.verdict is not Verdict.YES:
            cause = "smtp.sender_refused" if step is Step.SENDER and answer.verdict is Verdict.NO else answer.cause
            raise Unavailable(cause, reply=f"{code} {words}"[:300])
    line.rset()


def _send_mail(account: Account, transport: SmtpTransport, *, mail_to: str, now: datetime) -> TriedStep:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = account.address, mail_to
    message["Subject"], message["Date"] = TEST_SUBJECT, format_datetime(now)
    message["Message-ID"] = make_msgid(domain=MESSAGE_ID_DOMAIN)
    message.set_content(TEST_BODY.format(name=account.name), charset="utf-8")
    delivery = transport.send(message, sender=account.address, recipient=mail_to)
    if delivery.outcome is Outcome.ACCEPTED:
        return TriedStep("smtp_mail", params={"address": mail_to})
    return TriedStep("smtp_mail", delivery.cause, {**delivery.params, "reply": delivery.reply})


def _try_imap(account: Account, access: ImapAccess, *, timeout: float) -> list[TriedStep]:
    """Imaplib cannot be cut off: whoever drips bytes at us is left alone in a thread of its own."""
    steps: list[TriedStep] = []
    reader = threading.Thread(
        target=_read_mailbox, args=(account, replace(access, timeout=timeout), steps), name="try-imap", daemon=True
    )
    reader.start()
    reader.join(IMAP_ROUNDS * timeout)
    so_far = list(steps)
    if reader.is_alive():
        params: dict[str, int | str] = {"host": access.host, "port": access.port}
        so_far.append(TriedStep("imap_connect" if not so_far else "imap_inbox", "mail_server.timeout", params))
    return so_far


def _read_mailbox(account: Account, access: ImapAccess, steps: list[TriedStep]) -> None:
    step = "imap_connect"
    folder = ""
    try:
        with open_mailbox(access) as mailbox:
            steps += [TriedStep("imap_connect"), TriedStep("imap_login")]
            for step, folder in (("imap_inbox", account.inbox), ("imap_sent", account.sent_folder)):
                if folder:
                    mailbox.select(folder)
                    steps.append(TriedStep(step, params={"folder": folder}))
    except Forbidden as exc:
        steps += [TriedStep("imap_connect"), _failed("imap_login", exc)]
    except PlatzlotseError as exc:
        steps.append(_failed(step, exc, folder=folder))


def _failed(step: str, error: PlatzlotseError, **more: str) -> TriedStep:
    return TriedStep(step, error.code, {**words_of(error), **more})
