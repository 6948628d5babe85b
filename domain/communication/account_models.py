"""Tables of mail accounts: how a mailbox is reached, how far it was read, and the key its password is sealed to."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, FetchedValue, ForeignKey, Index, LargeBinary, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.database import Base, Identified, Versioned
from domain.trials import Trial


class WorkerKey(Base):
    """The one row with the worker's public key (X25519, 32 bytes); its other half never leaves the worker."""

    __tablename__ = "worker_key"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("octet_length(public_key) = 32", name="public_key"),
        {"schema": "platform"},
    )

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class MailAccount(Identified, Versioned, Base):
    """One account: SMTP to send, IMAP to read. An empty host means that this way is not used.

    `sent_folder` is where copies of sent mails go; empty where the server keeps them itself. `mails_per_hour` is this
    account's limit, `largest_mb` that of one mail with its files in MB (None: none of its own). Mails of before
    `reads_from` are left in the mailbox (None: all are taken in).
    """

    __tablename__ = "mail_account"
    __table_args__ = (
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint("address LIKE '%@%'", name="address"),
        CheckConstraint("smtp_security IN ('tls', 'starttls', 'none')", name="smtp_security"),
        CheckConstraint("imap_security IN ('tls', 'starttls', 'none')", name="imap_security"),
        CheckConstraint("smtp_port BETWEEN 1 AND 65535 AND imap_port BETWEEN 1 AND 65535", name="ports"),
        CheckConstraint("mails_per_hour > 0", name="mails_per_hour"),
        CheckConstraint("largest_mb > 0", name="largest_mb"),
        CheckConstraint("active OR NOT is_default", name="default_active"),
        Index("uq_mail_account_default", "is_default", unique=True, postgresql_where=text("is_default")),
        {"schema": "communication_service"},
    )

    name: Mapped[str]
    address: Mapped[str]
    sender_name: Mapped[str] = mapped_column(default="")
    smtp_host: Mapped[str] = mapped_column(default="")
    smtp_port: Mapped[int] = mapped_column(default=587)
    smtp_security: Mapped[str] = mapped_column(default="starttls")
    imap_host: Mapped[str] = mapped_column(default="")
    imap_port: Mapped[int] = mapped_column(default=993)
    imap_security: Mapped[str] = mapped_column(default="tls")
    username: Mapped[str] = mapped_column(default="")
    sealed_password: Mapped[bytes | None] = mapped_column(LargeBinary)
    # the database sets it
    password_bound: Mapped[bool] = mapped_column(server_default=text("true"), server_onupdate=FetchedValue())
    # False: an admin pointed it elsewhere, and no supervisor has seen where; the database sets it
    confirmed: Mapped[bool] = mapped_column(server_default=text("true"), server_onupdate=FetchedValue())
    inbox: Mapped[str] = mapped_column(default="INBOX")
    sent_folder: Mapped[str] = mapped_column(default="")
    mails_per_hour: Mapped[int | None] = mapped_column(SmallInteger)
    largest_mb: Mapped[int | None] = mapped_column(SmallInteger)
    reads_from: Mapped[date | None]
    is_default: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)


class MailboxState(Base):
    """How far a folder was read, and what hindered the last look (a code; empty when it went well).

    `read_at` is the last look that did, `first_uidnext` the UID after what lay there at the first one (0: unknown);
    `sent_trouble` is what hinders the folder of sent mails, and nothing else.
    """

    __tablename__ = "mailbox_state"
    __table_args__ = ({"schema": "communication_service"},)

    account_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey(MailAccount.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    folder: Mapped[str] = mapped_column(primary_key=True)
    uidvalidity: Mapped[int] = mapped_column(BigInteger, default=0)
    last_uid: Mapped[int] = mapped_column(BigInteger, default=0)
    checked_at: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(default="")
    first_uidnext: Mapped[int] = mapped_column(BigInteger, default=0)
    read_at: Mapped[datetime | None]
    sent_trouble: Mapped[str] = mapped_column(default="")


class SendingState(Base):
    """What the worker last saw of an account's server.

    The largest mail it takes (bytes; None: it did not say), and the code of what hinders sending (empty: nothing).
    """

    __tablename__ = "sending_state"
    __table_args__ = ({"schema": "communication_service"},)

    account_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey(MailAccount.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    size_limit: Mapped[int | None] = mapped_column(BigInteger)
    tried_at: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(default="")


class AccountTest(Trial, Base):
    """A person's question whether an account works, and the worker's answer step by step.

    `mail_me` asks for a test mail to the person who asks, at the address the office knows of them.
    """

    __tablename__ = "account_test"
    __table_args__ = (
        CheckConstraint("done_at IS NULL OR taken_at IS NOT NULL", name="taken"),
        Index("ix_account_test_account_id", "account_id"),
        Index("ix_account_test_asked_by", "asked_by"),
        Index("ix_account_test_open", "asked_at", postgresql_where=text("done_at IS NULL")),
        {"schema": "communication_service"},
    )

    account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(MailAccount.id, ondelete="CASCADE"))
    mail_me: Mapped[bool] = mapped_column(default=False)
    steps: Mapped[list[dict[str, object]]] = mapped_column(JSONB, default=list)
