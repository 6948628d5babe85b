"""The office's server: where it is, and logging in to it with every refusal told apart.

Knows no window and keeps no password. TLS with a checked certificate is required off loopback. Several hosts, with
commas between them, are one server that may move: whichever takes writes is worked with (libpq's
``target_session_attrs``).
"""

import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from app.certificate_reason import is_out_of_time
from app.settings import SYSTEM_CERTIFICATES, ServerSettings
from domain.access import me, password_is_given, roles_of_person
from domain.database import translated_errors
from domain.errors import Forbidden, Invalid, PlatzlotseError, Unavailable
from domain.migrations import check

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
PATIENCE_SECONDS = 6
# libpq brings its own OpenSSL, which does not know where the system keeps its certificates
SYSTEM_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
# At log-in the driver gives a sentence without an SQLSTATE, libpq's in English, the server's in English or German.
REFUSALS = (
    (r"no password supplied", "server.password_missing"),
    (r"authentication failed|authentifizierung f.+ fehlgeschlagen", "server.password_wrong"),
    (r"database .* does not exist|datenbank .* existiert nicht", "server.no_database"),
    (r"role .* does not exist|rolle .* existiert nicht", "person.unknown"),
    (r"permission denied for database|keine berechtigung f.+ datenbank", "person.unknown"),
    (r"is not permitted to log in|keine berechtigung zum einloggen", "person.unknown"),
    (r"no pg_hba\.conf entry|kein pg_hba\.conf|pg_hba\.conf (rejects|lehnt)", "server.not_admitted"),
    # the latter: another CA that bears the name of the right one
    (r"certificate verify failed|ssl error: .*(signature|padding)", "server.certificate_untrusted"),
    (r"does not match host name", "server.certificate_name"),
    (r"does not support ssl", "server.no_tls"),
    (r"root certificate file", "server.ca_file"),
    (r"too many (clients|connections)|remaining connection slots|verbindungen", "server.full"),
    (r"the database system is|datenbanksystem", "server.starting"),
    (r"session is read-only|session is not read-write|server is in hot standby", "server.read_only"),
    (r"timeout expired", "server.no_answer"),
    (r"invalid response to ssl|expected authentication request|unsupported frontend", "server.not_postgres"),
)


@dataclass(frozen=True, slots=True)
class Reached:
    """A server that lets this person work: the URL to log in with, and what was found.

    `password_given`: somebody else chose the password; the person is to choose an own one first. `roles` are those of
    the person in the office.
    """

    url: str
    person: str
    version: str
    encrypted: bool
    password_given: bool
    roles: frozenset[str]


def hosts_of(server: ServerSettings) -> tuple[tuple[str, int], ...]:
    """The hosts a server may be at, each with its port: the settings' own where an entry names none. Raises Invalid."""
    found = []
    for entry in server.host.split(","):
        part = entry.strip()
        # a slash would name a socket; a name with one colon brings its port, an address of IPv6 has more
        named = re.fullmatch(r"(?:\[([\w.:]+)\]|([\w.-]+)):(\d{1,5})", part)
        if not named and not re.fullmatch(r"[\w.:-]+", part):
            raise Invalid("server.host_invalid", field="host", host=server.host)
        host, port = (named[1] or named[2], int(named[3])) if named else (part, server.port)
        if not 0 < port < 65536:
            raise Invalid("server.host_invalid", field="host", host=server.host)
        found.append((host, port))
    return tuple(found)


def server_url(server: ServerSettings, *, password: str | None) -> str:
    """URL of the office's server. Raises Invalid and Unavailable for settings that cannot be."""
    if not server.host or not server.user:
        raise Invalid("settings.server_missing")
    hosts = hosts_of(server)
    query: dict[str, str] = {}
    far = [host for host, _ in hosts if host not in LOOPBACK]
    if far or server.sslrootcert != SYSTEM_CERTIFICATES:
        if server.sslmode != "verify-full":
            raise Unavailable("database.tls_required", host=(far or [server.host])[0])
        query = {"sslmode": server.sslmode, "sslrootcert": _certificates(server.sslrootcert)}
    if len(hosts) > 1:
        query |= {
            "host": ",".join(host for host, _ in hosts),
            "port": ",".join(str(port) for _, port in hosts),
            "target_session_attrs": "read-write",
        }
    (host, port), *others = hosts
    return URL.create(
        "postgresql+psycopg",
        username=server.user,
        password=password,
        host=None if others else host,
        port=None if others else port,
        database=server.database,
        query=query,
    ).render_as_string(hide_password=False)


def pooler_url(server: ServerSettings, *, password: str | None) -> str | None:
    """URL by way of the office's pooler; None where there is none. Raises as `server_url`."""
    return server_url(replace(server, host=server.pooler), password=password) if server.pooler else None


def _certificates(chosen: str) -> str:
    if chosen != SYSTEM_CERTIFICATES:
        return chosen
    found = (ssl.get_default_verify_paths().cafile, *SYSTEM_BUNDLES)
    return next((path for path in found if path and Path(path).is_file()), chosen)


def reach(server: ServerSettings, *, password: str | None) -> Reached:
    """Log in as the program does and see that this person may work there; nothing is changed.

    Raises Unavailable, Invalid or Forbidden with a code for each thing that can be wrong.
    """
    url = server_url(server, password=password)
    with _named(server):
        _knock(server)
        return _log_in(server, url)


def login_url(server: ServerSettings, *, password: str | None) -> str:
    """URL of a login the server lets in, whatever there is in the database. Raises what `reach` raises."""
    url = server_url(server, password=password)
    with _named(server):
        _knock(server)
        engine = _engine(url)
        try:
            _let_in(engine, server)
        finally:
            engine.dispose()
    return url


def admit(engine: Engine, server: ServerSettings) -> None:
    """The first look at a server that was away when the seat was opened.

    Raises what `reach` raises; while it is away still, Unavailable (``database.unreachable``) as in everyday work, and
    Forbidden (``person.password_given``) for whoever has no own password yet: that is chosen at the next start.
    """
    with _named(server):
        try:
            _knock(server)
        except Unavailable as exc:
            raise Unavailable("database.unreachable") from exc
        _admit(engine, server)
        with translated_errors(), Session(engine) as session:
            if password_is_given(session):
                raise Forbidden("person.password_given")


@contextmanager
def _named(server: ServerSettings) -> Iterator[None]:
    """Every sentence may name what was asked for."""
    try:
        yield
    except PlatzlotseError as error:
        known = {"host": server.host, "port": server.port, "database": server.database, "user": server.user}
        error.params = {**known, **error.params}
        raise


def _knock(server: ServerSettings) -> None:
    """Tell apart what the driver throws together: no such host, nobody there, no answer. One of several is enough."""
    refused: PlatzlotseError | None = None
    for host, port in hosts_of(server):
        try:
            _knock_at(host, port)
        except Unavailable as error:
            refused = refused or error
        else:
            return
    if refused is not None:
        raise refused


def _knock_at(host: str, port: int) -> None:
    try:
        socket.create_connection((host, port), timeout=PATIENCE_SECONDS).close()
    except (socket.gaierror, UnicodeError) as exc:
        raise Unavailable("server.host_unknown", host=host, port=port) from exc
    except ConnectionRefusedError as exc:
        raise Unavailable("server.refused", host=host, port=port) from exc
    except OSError as exc:
        raise Unavailable("server.no_answer", host=host, port=port) from exc


def _log_in(server: ServerSettings, url: str) -> Reached:
    engine = _engine(url)
    try:
        _admit(engine, server)
        with translated_errors(), Session(engine) as session:
            person = me(session)
            version = session.scalar(text("SELECT current_setting('server_version')"))
            encrypted = session.scalar(text("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
            given, roles = password_is_given(session), roles_of_person(session)
    finally:
        engine.dispose()
    return Reached(url, person.display_name, str(version).split(" ", 1)[0], bool(encrypted), given, roles)


def _engine(url: str) -> Engine:
    return create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": PATIENCE_SECONDS})


def _let_in(engine: Engine, server: ServerSettings) -> None:
    try:
        engine.connect().close()
    except OperationalError as exc:
        found = refusal(str(exc.orig), ca_file=server.sslrootcert)
        if found.code == "server.certificate_untrusted" and is_out_of_time(server, _certificates(server.sslrootcert)):
            raise Unavailable("server.certificate_expired", words=str(exc.orig)) from exc
        raise found from exc


def _admit(engine: Engine, server: ServerSettings) -> None:
    """See that the server lets one in and that its schema belongs to this program."""
    _let_in(engine, server)
    try:
        check(engine)
    except Forbidden as exc:
        raise Forbidden("person.unknown") from exc


def refusal(words: str, *, ca_file: str) -> PlatzlotseError:
    """The error behind what driver and server say when they let nobody in."""
    for pattern, code in REFUSALS:
        if re.search(pattern, words, re.IGNORECASE):
            kind = Forbidden if code == "person.unknown" else Unavailable
            return kind(code, ca_file=ca_file, words=words)
    return Unavailable("server.refused_login", words=words)
