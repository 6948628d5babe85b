"""A real mail server for tests: OpenSMTPD takes mail and hands it by LMTP to Dovecot, which shows it by IMAP.

Everything is on loopback, with ports and folders of its own. OpenSMTPD's queue and control socket have fixed places,
so it runs in a mount namespace where these places are folders of ours: it needs root and the right to mount. Without
them a relay of ours takes the mail; Dovecot runs as anybody. Knows nothing of the program under test.
"""

import getpass
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import ExitStack, suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from imaplib import IMAP4
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from tests.servers.guard import Guard
from tests.servers.ports import free_port
from tests.servers.relay import Relay

DOMAIN = "praxis.example"
UNKNOWN = f"unbekannt@{DOMAIN}"  # the one address of the domain that is refused
SECONDS = 120  # of a busy machine
ATTEMPTS = 5  # somebody else may take a port between choosing and listening
SMTPD, DOVECOTD = "/usr/sbin/smtpd", "/usr/sbin/dovecot"

# mail belongs to an account that is not root; for an ordinary user that is himself. Whoever errs with a password does
# not wait for it: Dovecot adds up to 15 s for an address that erred before, and all tests come from one.
DOVECOT = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/dovecot.log
instance_name = {home.name}
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{home}/mail/%n
mail_fsync = never
auth_failure_delay = 0
first_valid_uid = 1
default_client_limit = 200
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={account} gid={group} home={home}/mail/%n
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
  process_min_avail = 1
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
"""

# what an ordinary user's Dovecot cannot do: change accounts and roots
UNPRIVILEGED = """
default_login_user = {account}
default_internal_user = {account}
default_internal_group = {group}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
}}
"""

# what Dovecot says it can after the login, without IDLE (RFC 2177)
WITHOUT_IDLE = """
protocol imap {{
  imap_capability = IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE LITERAL+ UIDPLUS
}}
"""

OPENSMTPD = """
listen on 127.0.0.1 port {smtp} hostname localhost
action "deliver" lmtp "127.0.0.1:{lmtp}" rcpt-to virtual {{ "@" = "nobody" }}
match from any for rcpt-to "{unknown}" reject
match from any for domain "{domain}" action "deliver"
"""

# $1: a folder for the queue, $2: the configuration. /run holds OpenSMTPD's control socket.
NAMESPACE = """
set -e
mount -t tmpfs -o mode=0755 tmpfs /run
mount --bind "$1" /var/spool
exec /usr/sbin/smtpd -d -f "$2"
"""


def missing() -> str:
    """Why no server can run here; empty if one can."""
    return "" if Path(DOVECOTD).exists() else f"not installed: {DOVECOTD}"


def opensmtpd_runs() -> bool:
    """Whether OpenSMTPD is there, may change its accounts, and may have places of its own."""
    if not Path(SMTPD).exists() or os.geteuid() != 0:
        return False
    attempt = subprocess.run(
        ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/run"], check=False, stderr=subprocess.DEVNULL
    )
    return attempt.returncode == 0


class MailServer:
    """The running server. Mail to DOMAIN is taken, any local part is a mailbox; UNKNOWN and the world are refused.

    With `idle` false it does not tell of new mail by itself; `password` opens every mailbox.
    """

    def __init__(self, *, idle: bool = True, password: str = "test") -> None:  # noqa: S107 - invented
        self._idle, self._password = idle, password
        self.smtp_port = self.imap_port = self._lmtp_port = 0
        self.home = Path()
        self._dovecot: subprocess.Popen[bytes] | None = None
        self._smtpd: subprocess.Popen[bytes] | None = None
        self._relay: Relay | None = None
        self._guard: Guard | None = None

    def __enter__(self) -> Self:
        with ExitStack() as undo:
            undo.callback(self._remove)
            self.home = Path(tempfile.mkdtemp(prefix="plmail-"))
            self._guard = Guard(self.home)
            self.home.chmod(0o711)
            for folder in ("mail", "state", "spool"):
                (self.home / folder).mkdir(mode=0o755)
            shutil.chown(self.home / "mail", *_account())
            self._start_dovecot()
            if not opensmtpd_runs():
                self._relay = Relay(
                    self._lmtp_port, lambda address: address.endswith(f"@{DOMAIN}") and address != UNKNOWN
                )
            self.start_smtp()
            undo.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._remove()

    def start_smtp(self) -> None:
        """Begin to take mail; on the port it had, if it was stopped before."""
        if self._relay is not None:
            self.smtp_port = self.smtp_port or free_port()
            self._relay.start(self.smtp_port)
            return
        configuration = self.home / "smtpd.conf"
        for _ in range(ATTEMPTS):
            port = self.smtp_port or free_port()
            configuration.write_text(
                OPENSMTPD.format(smtp=port, lmtp=self._lmtp_port, domain=DOMAIN, unknown=UNKNOWN), "utf-8"
            )
            self._smtpd = self._start(
                "smtpd", "unshare", "--mount", "sh", "-c", NAMESPACE, "sh", self.home / "spool", configuration
            )
            if _answers(port, self._smtpd, b"220 "):
                self.smtp_port = port
                return
            _stop(self._smtpd)
        raise RuntimeError(f"OpenSMTPD: {self._log('smtpd.out')}")

    def stop_smtp(self) -> None:
        """Take no mail until `start_smtp`; what was taken is kept."""
        if self._relay is not None:
            self._relay.stop()
        _stop(self._smtpd)
        self._smtpd = None

    def raw(self, address: str) -> list[bytes]:
        """Every mail in a mailbox as it lies there, oldest first."""
        with self.open(address) as mailbox:
            _, (numbers,) = mailbox.search(None, "ALL")
            return [_source(mailbox, number) for number in numbers.split()]

    def messages(self, address: str) -> list[EmailMessage]:
        """Every mail in a mailbox, parsed."""
        return [message_from_bytes(source, policy=policy.default) for source in self.raw(address)]

    def wait_for(self, address: str, count: int) -> list[EmailMessage]:
        """Wait until a mailbox holds that many mails (or more, or the patience is over); returns what is there."""
        end = time.monotonic() + SECONDS
        while len(found := self.messages(address)) < count and time.monotonic() < end:
            time.sleep(0.05)
        return found

    def wait_until_handed_over(self) -> None:
        """Wait until nothing that was taken is still on its way to a mailbox."""
        end = time.monotonic() + SECONDS
        while any(path.is_file() for path in (self.home / "spool" / "smtpd").glob("[qi]*/**/*")):
            if time.monotonic() > end:
                raise TimeoutError(f"mail stays in the queue: {self._log('smtpd.out')}")
            time.sleep(0.05)

    def open(self, address: str) -> IMAP4:
        """An IMAP connection with the inbox selected; the caller closes it with `with`."""
        mailbox = IMAP4("127.0.0.1", self.imap_port, timeout=SECONDS)
        mailbox.login(address.partition("@")[0], self._password)
        mailbox.select("INBOX", readonly=True)
        return mailbox

    def _start_dovecot(self) -> None:
        configuration = self.home / "dovecot.conf"
        account, group = _account()
        template = DOVECOT + ("" if os.geteuid() == 0 else UNPRIVILEGED) + ("" if self._idle else WITHOUT_IDLE)
        for _ in range(ATTEMPTS):
            imap, lmtp = free_port(), free_port()
            configuration.write_text(
                template.format(
                    home=self.home, imap=imap, lmtp=lmtp, account=account, group=group, password=self._password
                ),
                "utf-8",
            )
            self._dovecot = self._start("dovecot", DOVECOTD, "-F", "-c", configuration)
            if _answers(imap, self._dovecot, b"* OK") and _answers(lmtp, self._dovecot, b"220 "):
                self.imap_port, self._lmtp_port = imap, lmtp
                return
            _stop(self._dovecot)
        raise RuntimeError(f"Dovecot: {self._log('dovecot.log')} {self._log('dovecot.out')}")

    def _start(self, name: str, *command: str | Path) -> subprocess.Popen[bytes]:
        with (self.home / f"{name}.out").open("ab") as log:
            return subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd="/",
            )

    def _log(self, name: str) -> str:
        with suppress(FileNotFoundError):
            return (self.home / name).read_text("utf-8", "replace")[-2000:]
        return ""

    def _remove(self) -> None:
        self.stop_smtp()
        _stop(self._dovecot)
        if self.home.name:
            shutil.rmtree(self.home)
        if self._guard is not None:
            self._guard.close()


def _account() -> tuple[str, str]:
    name = "nobody" if os.geteuid() == 0 else getpass.getuser()
    import grp
    import pwd

    return name, grp.getgrgid(pwd.getpwnam(name).pw_gid).gr_name


def _source(mailbox: IMAP4, number: bytes) -> bytes:
    _, answer = mailbox.fetch(number.decode(), "(RFC822)")
    part = answer[0]
    assert isinstance(part, tuple)
    return part[1]


def _answers(port: int, process: subprocess.Popen[bytes], greeting: bytes) -> bool:
    """Wait for the greeting; False if the process ends before."""
    end = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < end:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            if connection.recv(64).startswith(greeting):
                return True
        time.sleep(0.05)
    return False


def _stop(process: subprocess.Popen[bytes] | None) -> None:
    """Ask a daemon to end and wait for it and its children; whoever does not listen is killed."""
    if process is None:
        return
    children: list[psutil.Process] = []
    with suppress(psutil.NoSuchProcess):
        children = psutil.Process(process.pid).children(recursive=True)
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(SECONDS)
    _, deaf = psutil.wait_procs(children, timeout=60)
    for child in deaf:
        with suppress(psutil.NoSuchProcess):
            child.kill()
    psutil.wait_procs(deaf, timeout=60)
