"""Who works here is the server's, not the content's: logins stay as they are when a database is brought back.

Rows of persons and deputies follow the database that is replaced; persons it does not know, or all where it cannot be
read, follow the logins themselves. Nobody who was locked is back, and nobody has a login that no admin sees.
"""

from dataclasses import dataclass
from typing import Any

from psycopg import sql
from sqlalchemy import text
from sqlalchemy.engine import Connection

from domain.access import group_role
from domain.persons import CONNECTIONS

_GROUPS = "('platzlotse_caseworker', 'platzlotse_supervisor', 'platzlotse_auditor', 'platzlotse_admin')"
_PERSONS = text("""SELECT p.role_name, p.display_name, p.email, p.phone, p.active, p.roles, p.password_given_at,
    t.name AS team FROM platform.person p LEFT JOIN platform.team t ON t.id = p.team_id ORDER BY p.id""")
_DEPUTIES = text("""SELECT p.role_name AS person, d.role_name AS deputy, x.first_day, x.last_day
    FROM platform.deputy x JOIN platform.person p ON p.id = x.person_id JOIN platform.person d ON d.id = x.deputy_id
    ORDER BY x.id""")
# a team that was made since is not there: who was in it stays where the backup has them
_TEAM = "coalesce((SELECT id FROM platform.team WHERE name = :team), {otherwise})"
_FOLLOW = text(f"""UPDATE platform.person p
    SET active = :active, roles = :roles, password_given_at = :password_given_at,
        team_id = CASE WHEN cast(:team AS text) IS NULL THEN NULL ELSE {_TEAM.format(otherwise="p.team_id")} END,
        version = version + 1
    WHERE role_name = :role_name
      AND (active, roles, password_given_at, team_id) IS DISTINCT FROM (
        cast(:active AS boolean), cast(:roles AS text[]), cast(:password_given_at AS timestamptz),
        CASE WHEN cast(:team AS text) IS NULL THEN NULL ELSE {_TEAM.format(otherwise="p.team_id")} END)""")
_ADD = text(f"""INSERT INTO platform.person
        (role_name, display_name, email, phone, active, roles, password_given_at, team_id)
    SELECT :role_name, :display_name, :email, :phone, :active, :roles, :password_given_at,
        {_TEAM.format(otherwise="NULL")}
    WHERE NOT EXISTS (SELECT FROM platform.person WHERE role_name = :role_name)""")
_CLEAR_DEPUTIES = text("""DELETE FROM platform.deputy x USING platform.person p, platform.person d
    WHERE p.id = x.person_id AND d.id = x.deputy_id AND p.role_name = ANY (:known) AND d.role_name = ANY (:known)""")
_ADD_DEPUTY = text("""INSERT INTO platform.deputy (person_id, deputy_id, first_day, last_day)
    SELECT p.id, d.id, :first_day, :last_day FROM platform.person p, platform.person d
    WHERE p.role_name = :person AND d.role_name = :deputy""")
_LOGINS = f"""SELECT r.rolname, r.rolcanlogin, ARRAY(
        SELECT substr(g.rolname, 12) FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
        WHERE m.member = r.oid AND g.rolname IN {_GROUPS} ORDER BY 1) AS roles
    FROM pg_roles r
    WHERE NOT (r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls)"""
# whoever is locked is in no group and gets the ones of the row back
_AS_LOGIN = text(f"""WITH login AS ({_LOGINS})
    UPDATE platform.person p
    SET active = r.rolcanlogin, roles = CASE WHEN r.rolcanlogin THEN r.roles ELSE p.roles END, version = version + 1
    FROM login r
    WHERE r.rolname = p.role_name AND p.role_name <> ALL (:known)
      AND (p.active <> r.rolcanlogin OR r.rolcanlogin AND p.roles <> r.roles)""")
_ADD_LOGINS = text(f"""WITH login AS ({_LOGINS})
    INSERT INTO platform.person (role_name, display_name, roles)
    SELECT r.rolname, r.rolname, r.roles FROM login r
    WHERE r.rolcanlogin AND cardinality(r.roles) > 0
      AND NOT EXISTS (SELECT FROM platform.person p WHERE p.role_name = r.rolname)""")
_WITHOUT_LOGIN = text("""SELECT role_name, active, roles FROM platform.person p
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = p.role_name)
      AND (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user) ORDER BY 1""")


@dataclass(frozen=True, slots=True)
class People:
    """Persons and deputies, known by the names of their logins: numbers are given again after a restore."""

    persons: tuple[dict[str, Any], ...]
    deputies: tuple[dict[str, Any], ...]


def read_people(source: Connection) -> People:
    """Of the database that is replaced."""
    persons, deputies = (tuple(map(dict, source.execute(query).mappings())) for query in (_PERSONS, _DEPUTIES))
    return People(persons, deputies)


def follow(target: Connection, people: People | None) -> int:
    """Bring the rows up to who works here, as the owner; None: nobody could say. Returns how many rows changed.

    `people` may be older than the logins only where an earlier restore left them so.
    """
    changed = 0
    known = [person["role_name"] for person in people.persons] if people is not None else []
    if people is not None:
        for person in people.persons:
            changed += target.execute(_FOLLOW, person).rowcount + target.execute(_ADD, person).rowcount
        cleared = target.execute(_CLEAR_DEPUTIES, {"known": known}).rowcount
        added = sum(target.execute(_ADD_DEPUTY, deputy).rowcount for deputy in people.deputies)
        changed += abs(cleared - added)
    changed += target.execute(_AS_LOGIN, {"known": known}).rowcount
    if not known:
        changed += target.execute(_ADD_LOGINS).rowcount
    return changed


def make_missing_logins(target: Connection) -> tuple[str, ...]:
    """Whoever has a row has a login, without a password until an admin gives one; who is locked cannot log in."""
    cursor = target.connection.cursor()
    made = []
    for name, active, roles in target.execute(_WITHOUT_LOGIN).all():
        form = f"CREATE ROLE {{}} {'LOGIN' if active else 'NOLOGIN'} CONNECTION LIMIT {CONNECTIONS}"
        cursor.execute(sql.SQL(form).format(sql.Identifier(name)))
        for role in roles if active else ():
            cursor.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(group_role(role)), sql.Identifier(name)))
        made.append(str(name))
    return tuple(made)
