"""Persons, teams and the office: who works here and by which rules.

Who somebody is comes from the database's own `session_user`, never from a setting a client can forge.
"""

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Double, ForeignKey, Index, SmallInteger, Text, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.database import Base, Identified, Versioned
from domain.errors import Forbidden

PERSON_ROLES = ("caseworker", "supervisor", "auditor", "admin")  # as people read them
ROLES = (*PERSON_ROLES, "worker", "backup")
RECORD_ROLES = frozenset({"caseworker", "supervisor"})  # all others see no patient and no practice
IS_GIVEN = "SELECT password_given_at IS NOT NULL FROM platform.person WHERE role_name = session_user"  # the password


def group_role(role: str) -> str:
    """Name of the PostgreSQL group role behind a role of the office."""
    return f"platzlotse_{role}"


class Team(Identified, Versioned, Base):
    """A team of caseworkers."""

    __tablename__ = "team"
    __table_args__ = (
        Index("uq_team_name", text("lower(name)"), unique=True),
        {"schema": "platform"},
    )

    name: Mapped[str]


class Person(Identified, Versioned, Base):
    """Somebody who works in the office; `role_name` is the PostgreSQL role that person logs in with."""

    __tablename__ = "person"
    __table_args__ = (
        Index("uq_person_role_name", "role_name", unique=True),
        CheckConstraint("display_name <> ''", name="display_name"),
        CheckConstraint("roles <@ ARRAY['caseworker', 'supervisor', 'auditor', 'admin']", name="roles"),
        {"schema": "platform"},
    )

    role_name: Mapped[str]
    display_name: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    team_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("platform.team.id"))
    active: Mapped[bool] = mapped_column(default=True)
    # of persons only; kept by the database's own functions beside the memberships, which no dump holds
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default=text("'{}'"))
    password_given_at: Mapped[datetime | None]  # by somebody else, who knows it; None once the person chose one


class PersonAct(Identified, Base):
    """What an admin did with a person's login or roles; append-only, written by the database's own functions."""

    __tablename__ = "person_act"
    __table_args__ = (
        CheckConstraint(
            "act IN ('created', 'password_reset', 'locked', 'unlocked', 'roles_set', 'team_set', 'deputy_set',"
            " 'deputy_ended')",
            name="act",
        ),
        Index("ix_person_act_at", "at"),
        {"schema": "platform"},
    )

    at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    actor_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("platform.person.id"))
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("platform.person.id"))
    act: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    deputy_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("platform.person.id"))


class Deputy(Identified, Base):
    """Who stands in for whom, and when; written by the database's own functions."""

    __tablename__ = "deputy"
    __table_args__ = (
        CheckConstraint("person_id <> deputy_id", name="other"),
        CheckConstraint("last_day >= first_day", name="days"),
        Index("ix_deputy_deputy_id", "deputy_id"),
        Index("ix_deputy_person_id", "person_id"),
        {"schema": "platform"},
    )

    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("platform.person.id"))
    deputy_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("platform.person.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]


class Office(Versioned, Base):
    """The one row of office settings; the defaults are those of domain.md."""

    __tablename__ = "office"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("inquiry_size BETWEEN 1 AND 6", name="inquiry_size"),
        CheckConstraint("cooling_days >= 0 AND follow_up_days > 0 AND expiry_days > follow_up_days", name="clocks"),
        CheckConstraint("radius_km > 0 AND response_prior > 0 AND response_prior < 1", name="matching"),
        CheckConstraint("plan_mails >= 0 AND plan_minutes >= 0 AND call_minutes > 0", name="plan"),
        CheckConstraint(
            "(send_from IS NULL) = (send_until IS NULL) AND send_from < send_until AND mails_per_hour > 0",
            name="sending",
        ),
        CheckConstraint("status_weekday BETWEEN 1 AND 7", name="status_weekday"),
        CheckConstraint("tile_source = '' OR tile_attribution <> ''", name="tiles"),
        CheckConstraint(
            "directory_search = '' OR directory_search ~ '^https?://[^[:space:]]+$'", name="directory_search"
        ),
        CheckConstraint("capacity_stale_days BETWEEN 14 AND 1000", name="capacity_stale_days"),
        CheckConstraint("lock_minutes BETWEEN 1 AND 60", name="lock_minutes"),
        CheckConstraint(
            "retention_placed_years BETWEEN 1 AND 30 AND retention_other_months BETWEEN 1 AND 120", name="retention"
        ),
        {"schema": "platform"},
    )

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    name: Mapped[str]
    street: Mapped[str] = mapped_column(default="")
    plz: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    legal_footer: Mapped[str] = mapped_column(default="")
    land: Mapped[str] = mapped_column(default="NW")
    inquiry_size: Mapped[int] = mapped_column(SmallInteger, default=6)
    cooling_days: Mapped[int] = mapped_column(SmallInteger, default=28)
    follow_up_days: Mapped[int] = mapped_column(SmallInteger, default=7)
    expiry_days: Mapped[int] = mapped_column(SmallInteger, default=21)
    undo_seconds: Mapped[int] = mapped_column(SmallInteger, default=0)
    radius_km: Mapped[int] = mapped_column(SmallInteger, default=25)
    response_prior: Mapped[float] = mapped_column(Double, default=0.15)
    plan_mails: Mapped[int] = mapped_column(SmallInteger, default=60)
    plan_minutes: Mapped[int] = mapped_column(SmallInteger, default=240)
    call_minutes: Mapped[int] = mapped_column(SmallInteger, default=6)
    send_from: Mapped[time | None]
    send_until: Mapped[time | None]
    mails_per_hour: Mapped[int | None] = mapped_column(SmallInteger)
    status_weekday: Mapped[int | None] = mapped_column(SmallInteger, default=5)
    tile_source: Mapped[str] = mapped_column(default="")
    tile_attribution: Mapped[str] = mapped_column(default="")
    directory_search: Mapped[str] = mapped_column(default="https://arztsuche.116117.de/")
    capacity_stale_days: Mapped[int] = mapped_column(SmallInteger, default=180)
    lock_minutes: Mapped[int] = mapped_column(SmallInteger, default=10)
    retention_placed_years: Mapped[int] = mapped_column(SmallInteger, default=3, server_default=text("3"))
    retention_other_months: Mapped[int] = mapped_column(SmallInteger, default=6, server_default=text("6"))


@dataclass(frozen=True, slots=True)
class Me:
    """The person behind a session."""

    id: int
    display_name: str
    email: str | None
    phone: str | None
    team_id: int | None


def me(session: Session) -> Me:
    """The person logged in on this connection. Raises Forbidden when the office does not know the role."""
    known: Me | None = session.info.get(Me)  # a session has one login
    if known is not None:
        return known
    row = session.execute(
        select(Person.id, Person.display_name, Person.email, Person.phone, Person.team_id).where(
            Person.role_name == text("session_user"), Person.active
        )
    ).one_or_none()
    if row is None:
        raise Forbidden("person.unknown")
    session.info[Me] = found = Me(*row)
    return found


def password_is_given(session: Session) -> bool:
    """Whether somebody else knows the password of the person on this connection, who has chosen no own one yet."""
    return bool(session.scalar(text(IS_GIVEN)))


def roles_of_person(session: Session) -> frozenset[str]:
    """What the person on this connection may be in the office, as the server grants it."""
    held = text(
        "SELECT role FROM unnest(cast(:roles AS text[])) AS role"
        " WHERE pg_has_role(session_user, 'platzlotse_' || role, 'USAGE')"
    )
    return frozenset(session.scalars(held, {"roles": list(PERSON_ROLES)}))


def works_with_records(session: Session) -> bool:
    """Whether the person on this connection may read records at all; an admin and who audits may not."""
    asked = text(
        "SELECT pg_has_role(session_user, 'platzlotse_caseworker', 'USAGE')"
        " OR pg_has_role(session_user, 'platzlotse_supervisor', 'USAGE')"
    )
    return bool(session.scalar(asked))


def entered_by(session: Session) -> int | None:
    """Who enters what is written now: the person logged in; None where the worker does, who is nobody."""
    found: int | None = session.scalar(text("SELECT platform.current_person_id()"))
    return found


def person_name(session: Session, person_id: int | None) -> str | None:
    """Display name of a person, or None where nobody is meant."""
    if person_id is None:
        return None
    return session.scalar(select(Person.display_name).where(Person.id == person_id))


@dataclass(frozen=True, slots=True)
class OfficeSettings:
    """The office's letterhead and clocks; days, km, a probability, and what a week of planning may take.

    Mails leave between `send_from` and `send_until` (local time; None: at any hour), at most `mails_per_hour`. On
    `status_weekday` (ISO, 1 Monday; None: never) the office is reminded of the weekly status. `tile_source` is where
    pictures behind the map come from (empty: there are none), `directory_search` the page of the directory that is
    shown inside the program. After `capacity_stale_days` what a practice said of its places wants to be asked again.
    A window nobody touched for `lock_minutes` is locked. A record is kept `retention_placed_years` after the year a
    placement ended, `retention_other_months` without one.
    """

    name: str
    street: str
    plz: str
    city: str
    phone: str
    email: str
    legal_footer: str
    land: str
    inquiry_size: int
    cooling_days: int
    follow_up_days: int
    expiry_days: int
    undo_seconds: int
    radius_km: int
    response_prior: float
    plan_mails: int
    plan_minutes: int
    call_minutes: int
    send_from: time | None
    send_until: time | None
    mails_per_hour: int | None
    status_weekday: int | None
    tile_source: str
    tile_attribution: str
    directory_search: str
    capacity_stale_days: int
    retention_placed_years: int
    retention_other_months: int
    lock_minutes: int = 10


def office(session: Session) -> OfficeSettings:
    """The office's settings; the migration made the row."""
    row = session.get_one(Office, 1)
    return OfficeSettings(**{name: getattr(row, name) for name in OfficeSettings.__slots__})
