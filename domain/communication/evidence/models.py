"""Tables of the chain over the contact log (written by the database's own functions) and of evidences made."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.access import Person
from domain.database import Base, Identified
from domain.patients.models import Patient

AUDIT = {"schema": "audit"}


class ContactLink(Base):
    """One link: the salted hash of an entry, and the hash over the link before and this one."""

    __tablename__ = "contact_link"
    __table_args__ = (
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("octet_length(content_hash) = 32 AND octet_length(link_hash) = 32", name="hashes"),
        Index("uq_contact_link_entry_id", "entry_id", unique=True),
        AUDIT,
    )

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(BigInteger)
    content_hash: Mapped[bytes] = mapped_column(LargeBinary)
    link_hash: Mapped[bytes] = mapped_column(LargeBinary)


class ContactSalt(Base):
    """What makes an entry's hash unguessable; it goes with the entry's content.

    `form` says what the hash is of: 1 until 0021, 2 with those of whom the entry tells and what it takes back.
    """

    __tablename__ = "contact_salt"
    __table_args__ = (
        CheckConstraint("octet_length(salt) = 16", name="salt"),
        CheckConstraint("form IN (1, 2)", name="form"),
        AUDIT,
    )

    entry_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    form: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))


class ContactPending(Base):
    """An entry that waits for its link; its hash is taken when it is written."""

    __tablename__ = "contact_pending"
    __table_args__ = (AUDIT,)

    entry_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    content_hash: Mapped[bytes] = mapped_column(LargeBinary)
    since: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class ChainTurn(Base):
    """Its one row is locked by who links: whoever comes second waits. Nobody but the database's owner can hold it."""

    __tablename__ = "chain_turn"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"), AUDIT)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)


class ContactErasure(Base):
    """That an entry's words were erased (Art. 17 GDPR), by whom, when and why."""

    __tablename__ = "contact_erasure"
    __table_args__ = (CheckConstraint("reason <> ''", name="reason"), AUDIT)

    entry_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    actor: Mapped[str] = mapped_column(server_default=text("session_user"))
    reason: Mapped[str]


class EvidenceMade(Identified, Base):
    """That an evidence was made: of whom, by whom, when, how many attempts, and where the chain ended.

    The database refuses a `head` that is no link of the chain at its number.
    """

    __tablename__ = "evidence_made"
    __table_args__ = (
        CheckConstraint("octet_length(head) = 32 AND octet_length(pdf_sha256) = 32", name="hashes"),
        CheckConstraint("made_at >= '2000-01-01 00:00+00' AND made_at < '2200-01-01 00:00+00'", name="made_at"),
        Index("ix_evidence_made_patient_id", "patient_id", "made_at"),
        Index("ix_evidence_made_made_by", "made_by"),
        {"schema": "communication_service"},
    )

    patient_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Patient.id))
    made_by: Mapped[int] = mapped_column(BigInteger, ForeignKey(Person.id))
    made_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(SmallInteger)
    links: Mapped[int] = mapped_column(BigInteger)
    head: Mapped[bytes] = mapped_column(LargeBinary)
    pdf_sha256: Mapped[bytes] = mapped_column(LargeBinary)


class WordErasure(Base):
    """That what a row says of a patient was erased (Art. 17 GDPR); emptied once it says so of everybody it is about."""

    __tablename__ = "word_erasure"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="reason"),
        Index("ix_word_erasure_patient_id", "patient_id"),
        AUDIT,
    )

    table_name: Mapped[str] = mapped_column(primary_key=True)
    row_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    patient_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    actor: Mapped[str] = mapped_column(server_default=text("session_user"))
    reason: Mapped[str]


class PatientErasure(Base):
    """When a patient's words were last erased: drafts about them from before go from every seat."""

    __tablename__ = "patient_erasure"
    __table_args__ = (AUDIT,)

    patient_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
