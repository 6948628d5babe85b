"""Mail accounts: who sends and receives under which address. Passwords are sealed to the worker's public key.

Whoever enters a password cannot read it again, nor can anybody with the database alone (libsodium's sealed boxes:
X25519, XSalsa20-Poly1305). It opens no connection.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain import events
from domain.communication.account_models import MailAccount, MailboxState, WorkerKey
from domain.communication.subjects import in_one_line
from domain.database import is_kept
from domain.editing import load_for_edit
from domain.errors import Invalid, Unavailable

if TYPE_CHECKING:
    from nacl.public import PrivateKey

SECURITY = ("tls", "starttls", "none")
LARGEST_LIMIT = 32_000  # what the columns of limits hold, and more than any office needs


@dataclass(frozen=True, slots=True)
class AccountForm:
    """What a person enters. `password` None leaves the one that is there, unless it was for elsewhere.

    Empty hosts switch a way off.
    """

    name: str
    address: str
    sender_name: str = ""
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: str = "starttls"
    imap_host: str = ""
    imap_port: int = 993
    imap_security: str = "tls"
    username: str = ""
    password: str | None = None
    inbox: str = "INBOX"
    sent_folder: str = ""
    mails_per_hour: int | None = None
    largest_mb: int | None = None
    is_default: bool = False
    active: bool = True


@dataclass(frozen=True, slots=True)
class Account:
    """An account as the program uses it; the password stays sealed."""

    id: int
    version: int
    name: str
    address: str
    sender_name: str
    smtp_host: str
    smtp_port: int
    smtp_security: str
    imap_host: str
    imap_port: int
    imap_security: str
    username: str
    sealed_password: bytes | None
    inbox: str
    sent_folder: str
    mails_per_hour: int | None
    largest_mb: int | None
    is_default: bool
    active: bool


@dataclass(frozen=True, slots=True)
class FolderProgress:
    """How far a folder was read: UIDs up to `last_uid` under this UIDVALIDITY (0: never read)."""

    uidvalidity: int
    last_uid: int


def publish_key(session: Session, public_key: bytes) -> None:
    """The worker says to which key passwords are to be sealed; one it said before is replaced."""
    values = {"id": 1, "public_key": public_key}
    session.execute(insert(WorkerKey).values(values).on_conflict_do_update(index_elements=["id"], set_=values))


def seal(session: Session, password: str) -> bytes:
    """Seal a password to the worker's key. Raises Unavailable before a worker ran for the first time."""
    # heavy, and needed only when a password is entered
    from nacl.public import PublicKey, SealedBox

    key = session.scalar(select(WorkerKey.public_key))
    if key is None:
        raise Unavailable("mail_account.no_worker_key")
    return SealedBox(PublicKey(key)).encrypt(password.encode("utf-8"))


def unseal(sealed: bytes | None, private_key: "PrivateKey") -> str:
    """The password for the worker; empty where none is kept. Raises Unavailable if sealed to another key."""
    from nacl.exceptions import CryptoError
    from nacl.public import SealedBox

    if sealed is None:
        return ""
    try:
        return SealedBox(private_key).decrypt(sealed).decode("utf-8")
    except CryptoError as exc:
        raise Unavailable("mail_account.sealed_to_other_key") from exc


def accounts(session: Session, *, active_only: bool = False) -> tuple[Account, ...]:
    """All accounts, the default one first."""
    query = select(MailAccount).order_by(MailAccount.is_default.desc(), MailAccount.name, MailAccount.id)
    if active_only:
        query = query.where(MailAccount.active)
    return tuple(_account(row) for row in session.scalars(query))


def account(session: Session, account_id: int) -> Account:
    """One account."""
    return _account(session.get_one(MailAccount, account_id))


def default_account_id(session: Session) -> int | None:
    """The account mails go out by unless another is named; None where the office has none."""
    return session.scalar(
        select(MailAccount.id).where(MailAccount.is_default, MailAccount.active, MailAccount.smtp_host != "")
    )


def save_account(
    session: Session, form: AccountForm, *, account_id: int | None = None, version: int | None = None
) -> int:
    """Add an account or change one; returns its id. Raises Invalid (field) and Conflict."""
    _check(form)
    row = MailAccount() if account_id is None else load_for_edit(session, MailAccount, account_id, version)
    if form.is_default:
        session.execute(
            update(MailAccount)
            .where(MailAccount.is_default, MailAccount.id != (account_id or 0))
            .values(is_default=False)
        )
    if account_id is not None and forgets_password(row, form):
        row.sealed_password = None
    for name in AccountForm.__slots__:
        if name != "password":
            value = getattr(form, name)
            setattr(row, name, in_one_line(value).strip() if isinstance(value, str) else value)
    if form.password is not None:
        row.sealed_password = seal(session, form.password) if form.password else None
    session.add(row)
    session.flush()
    events.record(session, "mail_account.saved", row.id)
    return row.id


def forgets_password(before: Account | MailAccount, form: AccountForm) -> bool:
    """Whether saving drops the kept password: it was typed for another server, another user or a safer way.

    The database keeps the same rule. Switching a way off tells nobody anything.
    """
    if form.username.strip() != before.username:
        return True
    for way in ("smtp", "imap"):
        host, port, security = (f"{way}_{part}" for part in ("host", "port", "security"))
        named = getattr(form, host).strip()
        if named and (
            named != getattr(before, host)
            or getattr(form, port) != getattr(before, port)
            # the safest stands first
            or SECURITY.index(getattr(form, security)) > SECURITY.index(getattr(before, security))
        ):
            return True
    return False


def progress(session: Session, account_id: int, folder: str) -> FolderProgress:
    """How far a folder was read."""
    row = session.get(MailboxState, (account_id, folder))
    return FolderProgress(0, 0) if row is None else FolderProgress(row.uidvalidity, row.last_uid)


def _check(form: AccountForm) -> None:
    _refuse_unkept(form)
    if not form.name.strip():
        raise Invalid("mail_account.name", field="name")
    if "@" not in form.address or any(letter.isspace() for letter in form.address.strip()):
        raise Invalid("email.address", field="address")
    for way in ("smtp", "imap"):
        if getattr(form, f"{way}_security") not in SECURITY:
            raise Invalid("mail_account.security", field=f"{way}_security")
        if not 1 <= getattr(form, f"{way}_port") <= 65535:
            raise Invalid("mail_account.port", field=f"{way}_port")
    for limit in ("mails_per_hour", "largest_mb"):
        value = getattr(form, limit)
        if value is not None and not 1 <= value <= LARGEST_LIMIT:
            raise Invalid("mail_account.limit", field=limit, most=LARGEST_LIMIT)
    if not form.smtp_host.strip() and not form.imap_host.strip():
        raise Invalid("mail_account.no_server", field="smtp_host")
    if form.is_default and not (form.active and form.smtp_host.strip()):
        raise Invalid("mail_account.default_sends", field="is_default")


def _refuse_unkept(form: AccountForm) -> None:
    for name in AccountForm.__slots__:
        value = getattr(form, name)
        if isinstance(value, str) and not is_kept(value):
            raise Invalid("text.control_character", field=name)


def _account(row: MailAccount) -> Account:
    return Account(**{name: getattr(row, name) for name in Account.__slots__})
