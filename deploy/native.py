"""Startet den Büro-Server ohne Container: PostgreSQL mit TLS, PgBouncer (wenn er da ist) und den Hintergrunddienst.

Aufruf: .venv/bin/python deploy/native.py ORDNER [--name RECHNER …] [--port 5432] [--pooler-port 6432]
Läuft bis Strg+C oder SIGTERM und beendet dann alles, was er startete; ein zweiter Aufruf macht mit demselben weiter.
"""

import argparse
import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))

from app.postgres_binaries import Binaries
from app.private_files import write_private
from app.server_account import Account, account_for

SECRETS = ("superuser", "owner", "worker", "backup", "pooler")
HERE_ITSELF = "127.0.0.1"  # what runs here asks here: the names may be known only to the office, or lead elsewhere
PATIENCE_SECONDS = 60
ANSWERS = 0.2


def say(line: str) -> None:
    """One line for whoever started this."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Topology:
    """The folder with everything of it, and the processes that run."""

    def __init__(self, home: Path, names: list[str], port: int, pooler_port: int) -> None:
        self.home, self.names, self.port, self.pooler_port = home.absolute(), names, port, pooler_port
        self.data, self.tls, self.secrets = self.home / "data", self.home / "tls", self.home / "secrets"
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.home.chmod(0o700)
        self.secrets.mkdir(exist_ok=True, mode=0o700)
        self._binaries = Binaries(_server_binaries())
        self._account: Account = account_for(self.home, binaries=self._binaries.folder)
        self._children: list[tuple[str, subprocess.Popen[bytes]]] = []
        # one that is still ending would end the database of the next
        self._turn = os.open(self.home / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise SystemExit(f"In {self.home} läuft der Büro-Server schon, oder er wird gerade beendet.") from exc

    def prepare(self) -> None:
        """Passwords, certificate and cluster, as far as they are missing."""
        for name in SECRETS:
            if not self._secret(name).exists():
                write_private(self._secret(name), secrets.token_urlsafe(24))
        names = list(dict.fromkeys([*self.names, HERE_ITSELF]))
        if not all(self._is_named(name) for name in names):
            made = subprocess.run([str(HERE / "certificate.sh"), str(self.tls), *names], check=False)
            if made.returncode:
                raise SystemExit(made.returncode)
        if not (self.data / "PG_VERSION").exists():
            self._initdb()
        for name in ("server.crt", "server.key"):
            self._give(self.data / name, (self.tls / name).read_text("utf-8"))
        shared = (HERE / "postgres" / "postgresql.conf").read_text("utf-8")
        self._give(
            self.data / "buero.conf",
            shared + f"listen_addresses = '{HERE_ITSELF}, {_loopback(self.names)}'\nport = {self.port}\n"
            f"unix_socket_directories = ''\nssl_cert_file = 'server.crt'\nssl_key_file = 'server.key'\n",
        )
        self._give(self.data / "pg_hba.conf", (HERE / "postgres" / "pg_hba.conf").read_text("utf-8"))

    def start_database(self) -> None:
        """PostgreSQL alone."""
        self._tool("pg_ctl", "-w", "-t", str(PATIENCE_SECONDS), "start", log="postgres")
        say(f"PostgreSQL: {HERE_ITSELF}:{self.port}")

    def start(self) -> None:
        """PostgreSQL, the database, PgBouncer, the worker; in this order."""
        self.start_database()
        done = subprocess.run([sys.executable, str(HERE / "office.py")], env=self._environment(), check=False)
        if done.returncode:
            raise SystemExit(done.returncode)
        self._start_pooler()
        profile = self.home / "worker"
        profile.mkdir(exist_ok=True, mode=0o700)
        write_private(profile / "settings.toml", 'mode = "server"\n')
        password = self._secret("worker").read_text("utf-8")
        write_private(self._passfile, f"{HERE_ITSELF}:{self.port}:platzlotse:vermittlungsdienst:{password}\n")
        secret = self._secret("backup").read_text("utf-8")
        write_private(self._backup_login, f"{self._url('sicherungsdienst', secret)}\n")
        self._launch("worker", [sys.executable, str(ROOT / "main.py"), "--profile", str(profile), "worker"])
        say(f"CA für die Arbeitsplätze: {self.tls / 'ca.crt'}")
        say("Der Büro-Server läuft.")

    def watch(self) -> None:
        """Until a signal comes or a part ends."""
        while True:
            for name, child in self._children:
                if child.poll() is not None:
                    raise SystemExit(f"{name} endete mit {child.returncode}; siehe {self.home / (name + '.log')}")
            if not self._database_runs():
                raise SystemExit(f"PostgreSQL endete; siehe {self.home / 'postgres.log'}")
            time.sleep(ANSWERS)

    def stop(self) -> bool:
        """End everything, the database last; False where that did not end: it is said and hides no earlier reason."""
        for _, child in reversed(self._children):
            child.terminate()
        for _, child in reversed(self._children):
            try:
                child.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        if self._database_runs():
            try:
                self._tool("pg_ctl", "-w", "-m", "fast", "stop", log="postgres")
            except SystemExit as failed:
                say(str(failed))
                return False
        say("Beendet.")
        return True

    def _database_runs(self) -> bool:
        try:
            os.kill(int((self.data / "postmaster.pid").read_text("utf-8").split("\n")[0]), 0)
        except (FileNotFoundError, ProcessLookupError):
            return False
        except PermissionError:  # it has an account of its own
            pass
        return True

    def _initdb(self) -> None:
        fresh = self.home / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        self._account.hand_over(self._secret("superuser"))
        self._tool(
            "initdb",
            *("--username", "postgres", "--encoding", "UTF8", "--data-checksums"),
            *("--auth", "scram-sha-256", "--pwfile", str(self._secret("superuser"))),
            *self._binaries.locale_arguments(),
            data=fresh,
            log="initdb",
        )
        with (fresh / "postgresql.conf").open("a", encoding="utf-8") as main:
            main.write("\ninclude_if_exists = 'buero.conf'\n")
        fresh.rename(self.data)

    def _start_pooler(self) -> None:
        program = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        if program is None:
            say("PgBouncer ist nicht installiert; die Arbeitsplätze melden sich unmittelbar an.")
            return
        folder = self.home / "pgbouncer"
        folder.mkdir(exist_ok=True, mode=0o700)
        self._account.hand_over(folder)
        password = self._secret("pooler").read_text("utf-8")
        self._give(folder / "userlist.txt", f'"platzlotse_pooler" "{password}"\n')
        for name in ("server.crt", "server.key", "ca.crt"):
            self._give(folder / name, (self.tls / name).read_text("utf-8"))
        told = (HERE / "pgbouncer" / "pgbouncer.ini").read_text("utf-8")
        for here, there in (
            ("host=postgres port=5432", f"host={HERE_ITSELF} port={self.port}"),
            ("listen_addr = *", f"listen_addr = {HERE_ITSELF}, {_loopback(self.names)}"),
            ("listen_port = 6432", f"listen_port = {self.pooler_port}"),
            ("/run/pgbouncer/userlist.txt", str(folder / "userlist.txt")),
            ("/run/secrets/server_crt", str(folder / "server.crt")),
            ("/run/secrets/server_key", str(folder / "server.key")),
            ("/run/secrets/ca_crt", str(folder / "ca.crt")),
        ):
            told = told.replace(here, there)
        self._give(folder / "pgbouncer.ini", told)
        self._launch("pgbouncer", [*self._account.prefix, program, str(folder / "pgbouncer.ini")], other=True)
        self._wait_for_pooler()
        say(f"PgBouncer: {HERE_ITSELF}:{self.pooler_port}")

    def _wait_for_pooler(self) -> None:
        """Whoever reads that the server runs may log in there."""
        name, child = self._children[-1]
        end = time.monotonic() + PATIENCE_SECONDS
        while child.poll() is None and time.monotonic() < end:
            with contextlib.suppress(OSError), socket.create_connection((HERE_ITSELF, self.pooler_port), ANSWERS):
                return
            time.sleep(ANSWERS)
        raise SystemExit(f"{name} nimmt keine Verbindung an; siehe {self.home / (name + '.log')}")

    def _launch(self, name: str, command: list[str], *, other: bool = False) -> None:
        account = self._account if other else Account()
        log = os.open(self.home / f"{name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(log, "ab") as file:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                env=self._environment(),
                user=account.uid,
                group=account.gid,
                extra_groups=None if account.gid is None else [],
            )
        self._children.append((name, child))

    def _environment(self) -> dict[str, str]:
        files = {f"PLATZLOTSE_{name.upper()}_PASSWORD_FILE": str(self._secret(name)) for name in SECRETS}
        return {
            **os.environ,
            **files,
            "PLATZLOTSE_SERVER": HERE_ITSELF,
            "PLATZLOTSE_PORT": str(self.port),
            "PLATZLOTSE_CA": str(self.tls / "ca.crt"),
            "PLATZLOTSE_PASSFILE": str(self._passfile),
            "PLATZLOTSE_BACKUP_LOGIN": str(self._backup_login),
            "PLATZLOTSE_WORKER_URL": f"{self._url('vermittlungsdienst')}&passfile={self._passfile}",
        }

    def _url(self, login: str, password: str = "") -> str:
        who = f"{login}:{password}" if password else login
        where = f"{HERE_ITSELF}:{self.port}/platzlotse?sslmode=verify-full&sslrootcert={self.tls / 'ca.crt'}"
        return f"postgresql+psycopg://{who}@{where}"

    def _is_named(self, name: str) -> bool:
        """Whether the certificate that is there, if any, holds for a name or an address."""
        kind = "-checkip" if name.replace(".", "").isdigit() or ":" in name else "-checkhost"
        command = ["openssl", "x509", "-noout", "-in", str(self.tls / "server.crt"), kind, name]
        return b"does match" in subprocess.run(command, capture_output=True, check=False).stdout

    @property
    def _backup_login(self) -> Path:
        return self.home / "worker" / "backup-login"

    @property
    def _passfile(self) -> Path:
        return self.home / "worker" / "pgpass"

    def _secret(self, name: str) -> Path:
        return self.secrets / name

    def _give(self, path: Path, content: str) -> None:
        write_private(path, content)
        self._account.hand_over(path)

    def _tool(self, tool: str, *arguments: str, log: str, data: Path | None = None) -> None:
        path = self.home / f"{log}.log"
        with path.open("ab") as file:
            code = self._binaries.run(tool, *arguments, data=data or self.data, account=self._account, log=file)
        if code:
            raise SystemExit(f"{tool} gelang nicht; siehe {path}")


def _server_binaries() -> Path:
    """The system's PostgreSQL; the one inside the program's own packages has no TLS."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    if debian:
        return debian[-1]
    found = shutil.which("pg_ctl")
    if found is None:
        raise SystemExit("PostgreSQL fehlt. Unter Debian oder Ubuntu: sudo apt-get install postgresql pgbouncer")
    return Path(found).resolve().parent


def _loopback(names: list[str]) -> str:
    """Another address of this machine among the names, for trying out TLS as from elsewhere."""
    return next((name for name in names if name.startswith("127.") and name != HERE_ITSELF), HERE_ITSELF)


def main() -> int:
    """Start, watch, and end whatever was started."""
    options = argparse.ArgumentParser(description="Startet den Büro-Server ohne Container auf diesem Rechner.")
    options.add_argument("folder", type=Path, metavar="ORDNER")
    options.add_argument("--name", action="append", default=[], metavar="RECHNER")
    options.add_argument("--port", type=int, default=5432)
    options.add_argument("--pooler-port", type=int, default=6432)
    options.add_argument("--only-database", action="store_true", help="nur PostgreSQL: zum Wiederherstellen")
    given = options.parse_args()
    topology = Topology(given.folder, given.name or ["localhost"], given.port, given.pooler_port)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        topology.prepare()
        if given.only_database:
            topology.start_database()
            say("Die Datenbank läuft allein.")
        else:
            topology.start()
        topology.watch()
    except KeyboardInterrupt:
        pass
    finally:
        # a second signal must not leave half of it running
        with contextlib.suppress(ValueError):
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        ended = topology.stop()
    return 0 if ended else 1


if __name__ == "__main__":
    sys.exit(main())
