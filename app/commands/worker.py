"""`main.py worker`: the background worker as a process of its own."""

import argparse
import asyncio
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from app.backups.keeping import BackupKeeper
from app.backups.logins import BACKUP, login_url
from app.cli import DONE, say
from app.crash import keep_faults
from app.embedded_postgres import EmbeddedPostgres
from app.logs import log_to_profile
from app.parent_watch import exit_when_parent_ends
from app.paths import Profile
from app.seat import DATABASE, open_seat
from app.secrets import recall
from app.settings import Mode, Settings, load
from app.worker_key import worker_key
from domain.errors import Invalid
from sync.mail.catcher import MailCatcher
from sync.mail.senders import Credentials, Sender
from sync.mail.smtp import SmtpTransport
from sync.relay.kafka import KafkaBroker, KafkaSettings
from sync.relay.relay import Broker
from sync.worker import Worker, utc_now

WORKER_URL = "PLATZLOTSE_WORKER_URL"


def run(options: argparse.Namespace, profile: Profile | None) -> int:
    """Send what waits and let the clocks run; with `--once` until the queue is empty."""
    exit_when_parent_ends()
    profile = profile or Profile.default()
    settings = load(profile.settings)
    with _login(profile, settings) as url:
        log_to_profile(profile, "worker")
        keep_faults(profile.logs / "worker-faults.log")
        # only who tries out has mails caught: elsewhere a mail without a server waits for a person
        catcher = MailCatcher(profile.caught_mail) if settings.mode is Mode.TRIAL else None
        sender = None
        if catcher is not None or settings.mail.host:
            sender = sender_of(settings, catcher_port=catcher.start() if catcher else None)
        credentials = Credentials(worker_key(profile.worker_key), catching=sender if catcher is not None else None)
        backups = _backups(profile, settings, url)
        worker = Worker(url, sender, credentials=credentials, backups=backups, broker=broker_of(os.environ))
        try:
            asyncio.run(worker.run(once=options.once))
        finally:
            if backups is not None:
                backups.close()
            if catcher is not None:
                catcher.stop()
    if options.json:
        say({"done": True})
    return DONE


def _backups(profile: Profile, settings: Settings, url: str) -> BackupKeeper | None:
    """Where this machine can read everything; who tries out has nothing to lose."""
    reader = None if settings.mode is Mode.TRIAL else login_url(BACKUP)
    if reader is None and settings.mode is Mode.SINGLE and not os.environ.get(WORKER_URL):
        reader = EmbeddedPostgres(profile.postgres).url(database=DATABASE)
    if reader is None:
        return None
    return BackupKeeper(profile, reader_url=reader, writer_url=url, now=utc_now)


@contextmanager
def _login(profile: Profile, settings: Settings) -> Iterator[str]:
    """The worker's own login: an office names it, a single seat has it. No person's password is needed."""
    given = os.environ.get(WORKER_URL)
    if given and settings.mode is not Mode.TRIAL:  # trying out must not catch an office's mails
        profile.make()
        yield given
        return
    if settings.mode is Mode.SERVER:
        raise Invalid("settings.worker_missing")
    with open_seat(profile, settings) as seat:
        assert seat.worker_url is not None
        yield seat.worker_url


def broker_of(environment: Mapping[str, str]) -> Broker | None:
    """The office's Kafka, named by the service's environment (docs/kafka.md); None where there is none.

    Raises Invalid for an address that is none, a password's file that cannot be read, a missing library.
    """
    bootstrap = environment.get("PLATZLOTSE_KAFKA", "").strip()
    if not bootstrap:
        return None
    secret, ca = environment.get("PLATZLOTSE_KAFKA_PASSWORD_FILE"), environment.get("PLATZLOTSE_KAFKA_CA")
    try:
        password = Path(secret).read_text("utf-8").rstrip("\r\n") if secret else ""
    except (OSError, UnicodeDecodeError) as exc:
        raise Invalid("relay.password_file", path=secret) from exc
    return KafkaBroker(
        KafkaSettings(
            bootstrap,
            prefix=environment.get("PLATZLOTSE_KAFKA_PREFIX", "platzlotse"),
            ca=Path(ca) if ca else None,
            username=environment.get("PLATZLOTSE_KAFKA_USERNAME", ""),
            password=password,
        )
    )


def sender_of(settings: Settings, *, catcher_port: int | None) -> Sender:
    """The office's mail server, or the catcher on this machine where none is set."""
    mail = settings.mail
    if catcher_port is not None:
        transport = SmtpTransport("127.0.0.1", catcher_port, security="none")
    else:
        password = os.environ.get("PLATZLOTSE_SMTP_PASSWORD") or recall(f"smtp:{mail.username}@{mail.host}") or ""
        transport = SmtpTransport(mail.host, mail.port, mail.security, mail.username, password)
    return Sender(transport, mail.sender, mail.sender_name)
