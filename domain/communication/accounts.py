"""Mail accounts: who sends and receives under which address.

A password is sealed to the worker for these servers and this user; the worker opens it for no others. It opens no
connection.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain import events
from domain.access import person_name
from domain.communication.account_models import MailAccount, MailboxState
from domain.communication.sealing import Purpose, seal, unseal
from domain.communication.subjects import in_one_line
from domain.database import is_kept
from domain.editing import load_for_edit
from domain.errors import Conflict, Invalid, Unavailable

if TYPE_CHECKING:
    from nacl.public import PrivateKey

SECURITY = ("tls", "starttls", "none")
# where an account leads, and as whom: what an admin changes of it waits for a supervisor (the database keeps it)
LEADS = (
    "address", "username", "smtp_host", "smtp_port", "smtp_security", "imap_host", "imap_port", "imap_security",
)  # fmt: skip
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
    reads_from: date | None = None
    is_default: bool = False
    active: bool = True


@dataclass(frozen=True, slots=True)
class Account:
    """An account as the program uses it; the password stays sealed.

    `password_bound` False: it was sealed by a release before 0021 and nobody wrote it since. `confirmed` False: an
    admin pointed it elsewhere; it neither sends nor reads until a supervisor has seen where.
    """

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
    password_bound: bool
    confirmed: bool
    inbox: str
    sent_folder: str
    mails_per_hour: int | None
    largest_mb: int | None
    reads_from: date | None
    is_default: bool
    active: bool


@dataclass(frozen=True, slots=True)
class FolderProgress:
    """How far a folder was read: UIDs up to `last_uid` under this UIDVALIDITY (0: never read).

    Below `first_uidnext` lies what was there before it was read.
    """

    uidvalidity: int
    last_uid: int
    first_uidnext: int = 0


def password_of(of: Account, private_key: "PrivateKey") -> str:
    """The password for the worker; empty where none is kept.

    Raises Unavailable if sealed to another key (``mail_account.sealed_to_other_key``) or for other servers, another
    user or a safer way (``mail_account.sealed_elsewhere``): its bytes were kept and put here.
    """
    if of.sealed_password is None:
        return ""
    opened = unseal(of.sealed_password, private_key)
    if opened.purpose is None:
        if of.password_bound:
            raise Unavailable("mail_account.sealed_elsewhere")
    elif not _is_for(opened.purpose, of):
        raise Unavailable("mail_account.sealed_elsewhere")
    return opened.secret


def _purpose(of: Account | MailAccount) -> dict[str, int | str]:
    """What a password entered now is for."""
    named = ("username", *(f"{way}_{part}" for way in ("smtp", "imap") for part in ("host", "port", "security")))
    return {"use": "mail", **{name: getattr(of, name) for name in named}}


def _is_for(purpose: Purpose, of: Account) -> bool:
    """Whether a password may be told to an account's servers: as `forgets_password` says of changes."""
    if purpose.get("use") != "mail" or purpose["username"] != of.username:
        return False
    for way in ("smtp", "imap"):
        host, port, security = (f"{way}_{part}" for part in ("host", "port", "security"))
        if getattr(of, host) and (
            purpose[host] != getattr(of, host)
            or purpose[port] != getattr(of, port)
            or SECURITY.index(getattr(of, security)) > SECURITY.index(str(purpose[security]))
        ):
            return False
    return True


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


def sending_account_id(session: Session, account_id: int | None) -> int | None:
    """The account a waiting mail goes out by: its own while that one sends, else the default one (None: none does)."""
    own = select(MailAccount.id).where(MailAccount.id == account_id, MailAccount.active, MailAccount.smtp_host != "")
    return session.scalar(own) or default_account_id(session)


def save_account(
    session: Session, form: AccountForm, *, account_id: int | None = None, version: int | None = None
) -> int:
    """Add an account or change one; returns its id. Raises Invalid (field) and Conflict."""
    for fault in account_faults(form):
        raise fault
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
        row.sealed_password = seal(session, form.password, purpose=_purpose(row)) if form.password else None
    session.add(row)
    session.flush()
    events.record(session, "mail_account.saved", row.id)
    return row.id


def confirm_account(session: Session, seen: Account) -> None:
    """A supervisor has seen where an account leads. Raises Conflict where it leads elsewhere by now, and Invalid."""
    row = load_for_edit(session, MailAccount, seen.id, seen.version)
    if any(getattr(row, name) != getattr(seen, name) for name in LEADS):  # a version is only as good as its program
        raise Conflict(
            "record.changed_meanwhile", by=person_name(session, row.updated_by), at=row.updated_at.isoformat()
        )
    if row.confirmed:
        return
    row.confirmed = True
    session.flush()
    events.record(session, "mail_account.confirmed", row.id)


def servers_of(of: Account) -> str:
    """Where an account leads, for whoever decides about it."""
    ways = [f"{host}:{port}" for host, port in ((of.smtp_host, of.smtp_port), (of.imap_host, of.imap_port)) if host]
    return ", ".join(dict.fromkeys(ways))


def awaiting(session: Session) -> tuple[Account, ...]:
    """Accounts in use that wait for a supervisor."""
    return tuple(one for one in accounts(session, active_only=True) if not one.confirmed)


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
    if row is None:
        return FolderProgress(0, 0)
    return FolderProgress(row.uidvalidity, row.last_uid, row.first_uidnext)


def account_faults(form: AccountForm) -> Iterator[Invalid]:
    """All that is wrong with what was entered, each with its field; saving refuses the first."""
    for name in AccountForm.__slots__:
        value = getattr(form, name)
        if isinstance(value, str) and not is_kept(value):
            yield Invalid("text.control_character", field=name)
    if not form.name.strip():
        yield Invalid("mail_account.name", field="name")
    if "@" not in form.address or any(letter.isspace() for letter in form.address.strip()):
        yield Invalid("email.address", field="address")
    yield from _faults_of_numbers(form)
    if not form.smtp_host.strip() and not form.imap_host.strip():
        yield Invalid("mail_account.no_server", field="smtp_host")
    if form.is_default and not (form.active and form.smtp_host.strip()):
        yield Invalid("mail_account.default_sends", field="is_default")


def _faults_of_numbers(form: AccountForm) -> Iterator[Invalid]:
    for way in ("smtp", "imap"):
        if getattr(form, f"{way}_security") not in SECURITY:
            yield Invalid("mail_account.security", field=f"{way}_security")
        if not 1 <= getattr(form, f"{way}_port") <= 65535:
            yield Invalid("mail_account.port", field=f"{way}_port")
    for limit in ("mails_per_hour", "largest_mb"):
        value = getattr(form, limit)
        if value is not None and not 1 <= value <= LARGEST_LIMIT:
            yield Invalid("mail_account.limit", field=limit, most=LARGEST_LIMIT)


def _account(row: MailAccount) -> Account:
    return Account(**{name: getattr(row, name) for name in Account.__slots__})
