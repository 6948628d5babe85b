"""Tables of templates: one row for each that an office changed or made, and every version of its text."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.access import Person
from domain.communication.templates.kinds import KINDS, OWN
from domain.database import Base, Identified, Versioned

SCHEMA = {"schema": "communication_service"}


def _codes(codes: object) -> str:
    return ", ".join(f"'{code}'" for code in sorted(str(code) for code in codes))  # type: ignore[attr-defined]


class Template(Identified, Versioned, Base):
    """A template of the office's; of a shipped kind there is one, of own ones as many as it likes."""

    __tablename__ = "template"
    __table_args__ = (
        CheckConstraint(f"kind IN ({_codes(KINDS)})", name="kind"),
        CheckConstraint("(kind LIKE 'own_%') = (name <> '')", name="name"),
        CheckConstraint("retired_at IS NULL OR kind LIKE 'own_%'", name="retired"),
        Index("uq_template_kind", "kind", unique=True, postgresql_where=text(f"kind NOT IN ({_codes(OWN)})")),
        SCHEMA,
    )

    kind: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    retired_at: Mapped[datetime | None]


class TemplateVersion(Identified, Base):
    """One wording, never changed. Without subject and body it is the shipped one, however that reads meanwhile."""

    __tablename__ = "template_version"
    __table_args__ = (
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("(subject IS NULL) = (body IS NULL)", name="whole"),
        Index("uq_template_version_number", "template_id", "number", unique=True),
        Index("ix_template_version_made_by", "made_by"),
        SCHEMA,
    )

    template_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Template.id))
    number: Mapped[int]
    subject: Mapped[str | None]
    body: Mapped[str | None]
    made_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Person.id))
    made_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
