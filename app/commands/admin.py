"""`main.py admin`: an office's server from nothing to its first admin (`init`), and the persons who work there.

`init` works as a superuser of the server; everything else as the person of this seat, who must be an admin there.
"""

import argparse
from collections.abc import Callable

from sqlalchemy import text

from app.cli import DONE, say, tell
from app.commands import admin_init
from app.commands.own_login import opened_seat
from app.paths import Profile
from app.seat import password_name
from app.secret_input import ask_new_secret
from app.secrets import remember
from app.settings import Mode, load
from domain.database import Database, Session
from domain.errors import Invalid, NotFound
from domain.person_admin import (
    NewPerson,
    PersonLine,
    change_own_password,
    create_person,
    list_persons,
    lock_person,
    reset_password,
)
from ui.labels import label
from ui.translation import tr

Act = Callable[[Session, argparse.Namespace], dict[str, object]]


def run(options: argparse.Namespace, profile: Profile | None) -> int:
    """Do one act; what a person must write down is said once."""
    if options.act == "init":
        return admin_init.run(options)
    profile = profile or Profile.default()
    settings = load(profile.settings)
    if options.act == "password" and settings.mode is not Mode.SERVER:
        raise Invalid("admin.own_seat")
    with opened_seat(profile, settings) as seat:
        database = Database(seat.person_url, pool_size=1)
        try:
            with database.write() as session:
                answer = ACTS[options.act](session, options)
        finally:
            database.close()
    if options.act == "password" and settings.mode is Mode.SERVER:
        remember(password_name(settings.server), options.new_password)
    if options.json:
        say(answer)
    else:
        _tell(options, answer)
    return DONE


def _list(session: Session, _: argparse.Namespace) -> dict[str, object]:
    return {"persons": [_entry(person) for person in list_persons(session)]}


def _create(session: Session, options: argparse.Namespace) -> dict[str, object]:
    form = NewPerson(options.login, options.name, tuple(options.role), email=options.email, phone=options.phone)
    number, password = create_person(session, form)
    return {"id": number, "login": options.login, "password": password}


def _reset(session: Session, options: argparse.Namespace) -> dict[str, object]:
    person = _named(session, options.login)
    return {"id": person.id, "login": options.login, "password": reset_password(session, person.id)}


def _password(session: Session, options: argparse.Namespace) -> dict[str, object]:
    """The person's own; whoever gave the old one knows it no longer."""
    login = session.scalar(text("SELECT session_user::text"))
    new = ask_new_secret("PLATZLOTSE_NEW_PASSWORD", tr("Neues Kennwort für „{login}“: ").format(login=login))
    change_own_password(session, new)
    options.new_password = new
    return {"login": login, "changed": True}


def _lock(session: Session, options: argparse.Namespace) -> dict[str, object]:
    person = _named(session, options.login)
    lock_person(session, person.id, locked=options.act == "lock")
    return {"id": person.id, "login": options.login, "active": options.act != "lock"}


ACTS: dict[str, Act] = {
    "list": _list,
    "password": _password,
    "create": _create,
    "reset": _reset,
    "lock": _lock,
    "unlock": _lock,
}


def _named(session: Session, login: str) -> PersonLine:
    for person in list_persons(session):
        if person.role_name == login:
            return person
    raise NotFound("person.login_unknown", login=login)


def _entry(person: PersonLine) -> dict[str, object]:
    return {
        "id": person.id,
        "login": person.role_name,
        "name": person.display_name,
        "roles": list(person.roles),
        "team": person.team,
        "active": person.active,
    }


def _tell(options: argparse.Namespace, answer: dict[str, object]) -> None:
    if "persons" in answer:
        for person in answer["persons"]:  # type: ignore[attr-defined]
            roles = ", ".join(label("person_role", role) for role in person["roles"])
            state = "" if person["active"] else " · " + tr("gesperrt")
            tell(f"{person['login']} · {person['name']} · {roles}{state}")
    elif "password" in answer:
        tell(tr("Kennwort von {login}: {password}").format(**answer))
        tell(tr("Es wird nur jetzt gezeigt. Geben Sie es der Person selbst."))
        tell(tr("Mit „main.py admin password“ ersetzt sie es durch ein eigenes."))
    elif "changed" in answer:
        tell(tr("Das neue Kennwort von {login} gilt ab jetzt.").format(**answer))
    else:
        shut = tr("{login} ist gesperrt, auch wo die Anmeldung gerade offen ist.")
        words = shut if options.act == "lock" else tr("{login} ist wieder zugelassen.")
        tell(words.format(login=options.login))
