"""Tables of reimbursement (§ 13 Abs. 3 SGB V): what an insurer wants, and one search on its way to it."""

from datetime import date

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, SmallInteger, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from domain.database import Base, Identified, Versioned
from domain.matching.models import SCHEMA

PAPERS = ("ptv11", "tss_proof", "necessity", "medical_report", "cost_estimate", "licence")
USUAL_PAPERS = PAPERS[:-1]
ATTEMPTS = (3, 10)
COUNT_BY = ("practice", "attempt")
URGENCY = ("", "timely", "acute")
TSS_RESULTS = ("", "no_appointment", "appointment", "appointment_without_place")
DECISIONS = ("", "approved", "partly", "refused")
_TOLD = "tss_result IN ('appointment', 'appointment_without_place')"


def _listed(codes: tuple[str, ...]) -> str:
    return ", ".join(f"'{code}'" for code in codes)


class InsurerProfile(Identified, Versioned, Base):
    """What the office knows of an insurer: attempts wanted, what counts, papers, address."""

    __tablename__ = "insurer_profile"
    __table_args__ = (
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint("attempts_wanted BETWEEN 3 AND 10", name="attempts_wanted"),
        CheckConstraint(f"count_by IN ({_listed(COUNT_BY)})", name="count_by"),
        CheckConstraint(f"papers <@ ARRAY[{_listed(PAPERS)}]", name="papers"),
        Index("uq_insurer_profile_name", sql("lower(name)"), unique=True, postgresql_where=sql("NOT retired")),
        SCHEMA,
    )

    name: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    attempts_wanted: Mapped[int] = mapped_column(SmallInteger, default=10)
    count_by: Mapped[str] = mapped_column(default="practice")
    silence_counts: Mapped[bool] = mapped_column(default=True)
    waiting_list_counts: Mapped[bool] = mapped_column(default=True)
    papers: Mapped[list[str]] = mapped_column(ARRAY(Text), default=lambda: list(USUAL_PAPERS))
    note: Mapped[str] = mapped_column(default="")
    retired: Mapped[bool] = mapped_column(default=False)


class ReimbursementCase(Identified, Versioned, Base):
    """One search's case: PTV 11, appointment service, application and decision, dates of the papers."""

    __tablename__ = "reimbursement_case"
    __table_args__ = (
        CheckConstraint(f"urgency IN ({_listed(URGENCY)})", name="urgency"),
        CheckConstraint(f"tss_result IN ({_listed(TSS_RESULTS)})", name="tss_result"),
        CheckConstraint("tss_result_on >= tss_asked_on", name="tss_order"),
        CheckConstraint(
            "(tss_result = '') = (tss_result_on IS NULL) AND (tss_result = '' OR tss_asked_on IS NOT NULL)",
            name="tss_answer",
        ),
        CheckConstraint(f"tss_appointment_on IS NULL OR {_TOLD}", name="tss_appointment"),
        CheckConstraint(f"decision IN ({_listed(DECISIONS)})", name="decision"),
        CheckConstraint("(decision = '') = (decided_on IS NULL)", name="decided"),
        CheckConstraint(
            "applied_on IS NOT NULL OR (decided_on IS NULL AND delay_told_on IS NULL AND NOT opinion_asked)",
            name="applied_first",
        ),
        CheckConstraint("decided_on >= applied_on AND delay_told_on >= applied_on", name="insurer_order"),
        CheckConstraint(
            "opinion_told_on IS NULL OR (opinion_asked AND opinion_told_on >= applied_on)", name="opinion_told"
        ),
        CheckConstraint(
            "delay_until IS NULL OR (delay_told_on IS NOT NULL AND delay_until >= delay_told_on)", name="delay_until"
        ),
        ForeignKeyConstraint(
            ["search_id", "patient_id"],
            ["matching_service.place_search.id", "matching_service.place_search.patient_id"],
            name="fk_reimbursement_case_search_id_patient_id",
        ),
        Index("uq_reimbursement_case_search_id", "search_id", unique=True),
        Index("ix_reimbursement_case_patient_id", "patient_id"),
        Index("ix_reimbursement_case_profile_id", "profile_id"),
        SCHEMA,
    )

    search_id: Mapped[int] = mapped_column(BigInteger)
    patient_id: Mapped[int] = mapped_column(BigInteger)
    profile_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(InsurerProfile.id))
    ptv11_on: Mapped[date | None]
    code_present: Mapped[bool] = mapped_column(default=False)
    urgency: Mapped[str] = mapped_column(default="")
    tss_asked_on: Mapped[date | None]
    tss_result: Mapped[str] = mapped_column(default="")
    tss_result_on: Mapped[date | None]
    tss_appointment_on: Mapped[date | None]
    applied_on: Mapped[date | None]
    opinion_asked: Mapped[bool] = mapped_column(default=False)
    opinion_told_on: Mapped[date | None]
    delay_told_on: Mapped[date | None]
    delay_until: Mapped[date | None]
    decision: Mapped[str] = mapped_column(default="")
    decided_on: Mapped[date | None]
    tss_proof_on: Mapped[date | None]
    necessity_on: Mapped[date | None]
    medical_report_on: Mapped[date | None]
    cost_estimate_on: Mapped[date | None]
    licence_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(default="")
