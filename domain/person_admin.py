"""What an admin does with persons: making, locking, giving roles; the database's own functions do it.

Nobody does any of it for oneself, and each act is kept for supervisors and auditors. A password
never leaves this process: the server gets its SCRAM verifier.
"""

import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import psycopg
from sqlalchemy import BigInteger, Boolean, Date, Text, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, aliased

from domain.access import PERSON_ROLES, Deputy, Person, PersonAct, Team
from domain.errors import Forbidden, Invalid, NotFound
from domain.persons import verifier

# without letters and digits that look alike on paper
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, LENGTH = 4, 4  # 16 signs of 31: 79 bits
SHORTEST_PASSWORD = 12


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody who is to work here; `role_name` is what that person logs in with."""

    role_name: str
    display_name: str
    roles: tuple[str, ...]
    email: str = ""
    phone: str = ""
    team_id: int | None = None


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody who works here, as the list tells."""

    id: int
    role_name: str
    display_name: str
    email: str
    phone: str
    roles: tuple[str, ...]
    team_id: int | None
    team: str
    active: bool
    password_given: bool  # by somebody else, and not changed since


@dataclass(frozen=True, slots=True)
class DeputyLine:
    """Who stands in for whom, and when."""

    id: int
    person_id: int
    person: str
    deputy_id: int
    deputy: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class ActLine:
    """What somebody did with a person's login or roles; `deputy` where one was named."""

    id: int
    at: datetime
    act: str
    actor: str
    person: str
    roles: tuple[str, ...]
    deputy: str


def list_persons(session: Session) -> tuple[PersonLine, ...]:
    """Everybody, those who work here first."""
    rows = session.execute(
        select(Person, Team.name)
        .outerjoin(Team, Team.id == Person.team_id)
        .order_by(Person.active.desc(), func.lower(Person.display_name), Person.id)
    )
    return tuple(
        PersonLine(
            id=person.id,
            role_name=person.role_name,
            display_name=person.display_name,
            email=person.email or "",
            phone=person.phone or "",
            roles=_ordered(person.roles),
            team_id=person.team_id,
            team=team or "",
            active=person.active,
            password_given=person.password_given_at is not None,
        )
        for person, team in rows
    )


def create_person(session: Session, form: NewPerson) -> tuple[int, str]:
    """Make a person with a login; its id and its first password, which is kept nowhere.

    Raises Invalid (name, login, roles), Conflict for a login that is taken, Forbidden for whoever is no admin.
    """
    if not form.display_name.strip():
        raise Invalid("person.name", field="name")
    _check_roles(form.roles)
    password = first_password()
    made: int = session.scalars(
        select(
            func.platform.create_person(
                form.role_name,
                form.display_name.strip(),
                verifier(session, password, form.role_name),
                cast(list(_ordered(form.roles)), ARRAY(Text)),
                form.email.strip() or None,
                form.phone.strip() or None,
                cast(form.team_id, BigInteger),
            )
        )
    ).one()
    return made, password


def reset_password(session: Session, person_id: int) -> str:
    """Give a person a new password and return it. Raises Invalid for oneself and Forbidden for whoever is no admin."""
    role_name = session.scalar(select(Person.role_name).where(Person.id == person_id))
    if role_name is None:
        raise NotFound("record.not_found")
    password = first_password()
    session.execute(select(func.platform.reset_password(person_id, verifier(session, password, role_name))))
    return password


def lock_person(session: Session, person_id: int, *, locked: bool) -> None:
    """Shut a person out, also where it is connected just now, or let it in again with the roles it had."""
    session.execute(select(func.platform.lock_person(person_id, cast(locked, Boolean))))


def set_roles(session: Session, person_id: int, roles: Collection[str]) -> None:
    """Give a person exactly these roles."""
    _check_roles(roles)
    session.execute(select(func.platform.set_person_roles(person_id, cast(list(_ordered(roles)), ARRAY(Text)))))


def set_team(session: Session, person_id: int, team_id: int | None) -> None:
    """Put a person into a team, or into none."""
    session.execute(select(func.platform.set_person_team(person_id, cast(team_id, BigInteger))))


def change_details(session: Session, person_id: int, *, display_name: str, email: str, phone: str) -> None:
    """Say anew how a person is called and reached. Raises Invalid without a name."""
    if not display_name.strip():
        raise Invalid("person.name", field="name")
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("record.not_found")
    person.display_name, person.email, person.phone = display_name.strip(), email.strip() or None, phone.strip() or None
    session.flush()


def set_deputy(session: Session, person_id: int, deputy_id: int, *, first_day: date, last_day: date) -> int:
    """Let somebody stand in for a person: it sees that one's team's patients on these days. Returns its number.

    Raises Invalid for days that are over, for oneself, and Forbidden for whoever is neither admin nor supervisor.
    """
    made: int = session.scalars(
        select(
            func.platform.set_deputy(
                cast(person_id, BigInteger), cast(deputy_id, BigInteger), cast(first_day, Date), cast(last_day, Date)
            )
        )
    ).one()
    return made


def end_deputy(session: Session, number: int) -> None:
    """From now on nobody stands in; what was is kept."""
    session.execute(select(func.platform.end_deputy(number)))


def list_deputies(session: Session) -> tuple[DeputyLine, ...]:
    """Who stands in for whom, now and later."""
    represented, deputy = aliased(Person), aliased(Person)
    rows = session.execute(
        select(Deputy, represented.display_name, deputy.display_name)
        .join(represented, represented.id == Deputy.person_id)
        .join(deputy, deputy.id == Deputy.deputy_id)
        .where(Deputy.last_day >= func.platform.today())
        .order_by(Deputy.first_day, Deputy.id)
    )
    return tuple(
        DeputyLine(line.id, line.person_id, person, line.deputy_id, name, line.first_day, line.last_day)
        for line, person, name in rows
    )


def add_team(session: Session, name: str) -> int:
    """A new team. Raises Invalid without a name, Conflict for one that is there."""
    if not name.strip():
        raise Invalid("team.name", field="name")
    team = Team(name=name.strip())
    session.add(team)
    session.flush()
    return team.id


def list_teams(session: Session) -> tuple[tuple[int, str], ...]:
    """Number and name of each team."""
    rows = session.execute(select(Team.id, Team.name).order_by(func.lower(Team.name)))
    return tuple((number, name) for number, name in rows)


def latest_acts(session: Session, *, since: datetime, limit: int = 5) -> tuple[ActLine, ...]:
    """What others did with persons since then, newest first; a caseworker is told nothing."""
    actor, person, deputy = aliased(Person), aliased(Person), aliased(Person)
    rows = session.execute(
        select(PersonAct, actor.display_name, person.display_name, deputy.display_name)
        .join(actor, actor.id == PersonAct.actor_id)
        .join(person, person.id == PersonAct.person_id)
        .outerjoin(deputy, deputy.id == PersonAct.deputy_id)
        .where(PersonAct.at >= since, PersonAct.actor_id != func.platform.current_person_id())
        .order_by(PersonAct.at.desc(), PersonAct.id.desc())
        .limit(limit)
    )
    return tuple(
        ActLine(act.id, act.at, act.act, who, whom, _ordered(act.roles), other or "") for act, who, whom, other in rows
    )


def change_own_password(session: Session, password: str) -> None:
    """Choose the password of the person logged in. Raises Invalid for a short one and for the one it logged in with."""
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid("person.password_short", field="password", shortest=SHORTEST_PASSWORD)
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    if hmac.compare_digest(connection.info.password.encode(), password.encode()):
        raise Invalid("person.password_same", field="password")
    role_name = session.scalar(select(Person.role_name).where(Person.id == func.platform.current_person_id()))
    if role_name is None:
        raise Forbidden("person.unknown")
    session.execute(select(func.platform.change_own_password(verifier(session, password, role_name))))


def first_password() -> str:
    """A password that can be read out and typed once."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(GROUPS))


def _check_roles(roles: Collection[str]) -> None:
    unknown = sorted(set(roles) - set(PERSON_ROLES))
    if unknown:
        raise Invalid("person.role_unknown", field="roles", roles=unknown)
    if not roles:
        raise Invalid("person.role_missing", field="roles")


def _ordered(roles: Collection[str]) -> tuple[str, ...]:
    return tuple(role for role in PERSON_ROLES if role in roles)
