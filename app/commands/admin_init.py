"""`main.py admin init`: an office's server, from an empty PostgreSQL to its first admin. It may be run again."""

import argparse
import os
import sys

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from app.cli import DONE, say, tell
from app.office_setup import Plan, Secret, Step, set_up
from app.secret_input import ask_new_secret, ask_secret
from app.server_seat import login_url
from app.settings import SYSTEM_CERTIFICATES, ServerSettings
from app.setup_words import step_words
from domain.errors import Invalid, Unavailable
from ui.translation import tr

VARIABLES = {
    Secret.OWNER: "PLATZLOTSE_OWNER_PASSWORD",
    Secret.ADMIN: "PLATZLOTSE_ADMIN_PASSWORD",
    Secret.SERVICE: "PLATZLOTSE_WORKER_PASSWORD",
    Secret.BACKUP: "PLATZLOTSE_BACKUP_PASSWORD",
}
QUESTIONS = {
    Secret.OWNER: "Neues Kennwort für „{login}“ (nur für „main.py migrate“): ",
    Secret.ADMIN: "Neues Kennwort für „{login}“ (erste Verwaltung): ",
    Secret.SERVICE: "Neues Kennwort für „{login}“ (Hintergrunddienst): ",
    Secret.BACKUP: "Neues Kennwort für „{login}“ (Sicherungen): ",
}


def run(options: argparse.Namespace) -> int:
    """Tell each step when it is done, so that a cut shows how far it came."""
    plan = Plan(
        superuser_url=_superuser(options).render_as_string(hide_password=False),
        database=options.database,
        admin_login=options.login or _ask(tr("Anmeldename der ersten Verwaltung: "), "--login"),
        admin_name=options.name or _ask(tr("Name der ersten Verwaltung: "), "--name"),
        # typed unseen it is one's own; the environment comes from a file or a line somebody else may read
        admin_password_given=bool(os.environ.get(VARIABLES[Secret.ADMIN])),
        service_login=options.service,
        backup_login=options.backup,
    )
    steps: list[Step] = []
    for step in set_up(plan, _new_secret):
        steps.append(step)
        if not options.json:
            tell(step_words(step))
            sys.stdout.flush()
    if options.json:
        say({"steps": [{"what": step.what, "name": step.name, "outcome": step.outcome.value} for step in steps]})
    else:
        tell(tr("Fertig. Alle weiteren Personen legt die Verwaltung an: Verwaltung → Datenschutz → Personen."))
    return DONE


def _new_secret(what: Secret, login: str) -> str:
    return ask_new_secret(VARIABLES[what], tr(QUESTIONS[what]).format(login=login))


def _ask(words: str, option: str) -> str:
    if not sys.stdin.isatty():
        raise Invalid("admin.option_missing", option=option)
    sys.stderr.write(words)
    sys.stderr.flush()
    return sys.stdin.readline().strip()


def _superuser(options: argparse.Namespace) -> URL:
    """The login of a superuser: over the network with TLS as everybody's, or by the server's own socket."""
    given = options.server or os.environ.get("PLATZLOTSE_SUPERUSER_URL")
    given = given or _ask(tr("Superuser (postgresql://postgres@RECHNER:PORT): "), "--server")
    try:
        url = make_url(given)
    except (ArgumentError, ValueError) as exc:
        raise Invalid("admin.server_url") from exc
    if url.password is not None:
        # it would stand in the list of processes and in the shell's history
        raise Invalid("admin.password_in_url")
    user = url.username
    if url.get_backend_name() != "postgresql" or user is None:
        raise Invalid("admin.server_url")
    url = url.set(drivername="postgresql+psycopg", database="postgres")
    folder = url.query.get("host")
    if url.host is None and isinstance(folder, str) and folder.startswith("/"):
        return url
    server = ServerSettings(
        host=url.host or "",
        port=url.port or 5432,
        database="postgres",
        user=user,
        sslrootcert=options.ca_file or SYSTEM_CERTIFICATES,
    )
    words = tr("Kennwort von „{login}“: ").format(login=user)
    try:
        return make_url(login_url(server, password=os.environ.get("PLATZLOTSE_SUPERUSER_PASSWORD")))
    except Unavailable as error:
        if error.code != "server.password_missing":
            raise
    return make_url(login_url(server, password=ask_secret("PLATZLOTSE_SUPERUSER_PASSWORD", words)))
