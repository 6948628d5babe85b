"""Nothing of anybody lies outside the database: planted words, searched for in everything that was written."""

import base64
import gzip
import json
import logging
import os
import quopri
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from email.header import Header
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
import pytest
from psycopg.rows import dict_row
from sqlalchemy.engine import make_url

from app.backups.keeping import SCRATCH
from app.embedded_postgres import EmbeddedPostgres
from app.logs import log_to_profile
from app.paths import Profile
from app.settings import MailSettings, Mode, Settings, save
from domain.communication.drafts.store import DraftStore
from domain.database import Database
from domain.errors import Unavailable
from domain.ids import random_reference
from tests.app.canaries import words
from tests.app.canaries.places import in_files, in_tables
from tests.app.canaries.words import found_in
from tests.conftest import Office
from tests.domain.test_erasure_canaries import CANARY, planted
from tests.servers.mail import DOMAIN, MailServer, missing
from tests.servers.postgres import TestCluster, in_memory

ROOT = Path(__file__).parents[2]
SECONDS = 300
# what holds words of persons because that is what it is for
MAY = {
    "profile/postgres/data/base/": "the database itself",
    "profile/postgres/data/pg_wal/": "the database's own journal",
}
# and what may hold them for a while
MAY_FOR_A_WHILE = MAY | {
    "profile/postgres/": "the database while it is made and works",
    f"profile/{SCRATCH}/": "the backup being verified, in a cluster like the database's own",
    "run/platzlotse-unterlagen-": "a paper while another program shows it, in memory and a folder for its reader alone",
}
# tables beside a patient's, with a reason
MAY_TABLES = {
    "audit.content": "what was before and after, apart from the chain, closed to auditors and erased with its record",
}


@pytest.mark.parametrize(
    "written",
    [
        lambda said: said.encode(),
        lambda said: said.encode("latin-1"),
        lambda said: said.upper().encode(),
        lambda said: said.encode("utf-16"),
        lambda said: said.encode("utf-16-be"),
        lambda said: base64.b64encode(b"x" + said.encode()),
        lambda said: base64.b64encode(b"xy" + said.encode()),
        lambda said: base64.urlsafe_b64encode(said.encode("utf-16-le")),
        lambda said: Header(said, "utf-8").encode().encode(),
        lambda said: quopri.encodestring(b"x" * 65 + said.encode()),
        lambda said: quote(said).encode(),
        lambda said: quote(said.encode("latin-1")).encode(),
        lambda said: json.dumps(said).encode(),
        lambda said: repr(said.encode()).encode(),
        lambda said: said.encode("ascii", "xmlcharrefreplace"),
        lambda said: said.encode().hex().encode(),
    ],
)
def test_the_search_knows_every_way_of_writing(written: object) -> None:
    """A word planted is found in each encoding, and its likes are not."""
    assert callable(written)
    for said in (words.LAST, words.MAILBOX, words.CRASH):
        assert found_in(b"\0before " + written(said) + b" after\xff")
        assert not found_in(written(said.replace("vogel", "haus").replace("VOGEL", "HAUS")))


def test_a_file_is_searched_by_name_link_and_what_is_packed_in_it(tmp_path: Path) -> None:
    """Wherever a word may hide in a folder."""
    (tmp_path / "packed.gz").write_bytes(gzip.compress(words.NOTE.encode()))
    with zipfile.ZipFile(tmp_path / "packed.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("x", words.NOTE)
    (tmp_path / words.FOLDER).mkdir()
    (tmp_path / "link").symlink_to(words.PAPER)
    (tmp_path / "allowed").write_text(words.NOTE, "utf-8")
    found = in_files(tmp_path, may={"allowed": "for this test"})
    assert {hit.split(": ")[0] for hit in found} == {
        "packed.gz", "packed.zip", f"name of {words.FOLDER}", "link link",
    }  # fmt: skip


@pytest.fixture
def profile(tmp_path: Path) -> Iterator[Profile]:
    """A seat whose log is written in this process."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    made = Profile(tmp_path / "seat")
    made.make()
    log_to_profile(made, "desktop")
    yield made
    for handler in set(root.handlers) - set(before):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def test_a_log_says_of_an_error_what_and_where_and_nothing_of_its_words(profile: Profile, office: Office) -> None:
    """PostgreSQL's DETAIL, an error's own words, a library's line: none of them gets in; kind and place do."""
    with psycopg.connect(make_url(office.url("owner")).set(drivername="postgresql").render_as_string()) as owner:
        owner.execute("CREATE TABLE public.rule (word text PRIMARY KEY)")
        owner.execute("INSERT INTO public.rule VALUES (%s)", (words.LAST,))
        with pytest.raises(psycopg.Error) as refused:
            owner.execute("INSERT INTO public.rule VALUES (%s)", (words.LAST,))
        owner.rollback()
    assert words.LAST in str(refused.value)
    error = ValueError(words.CRASH)
    error.__cause__ = refused.value
    logging.getLogger("sync.worker").error("a round failed", exc_info=error)
    logging.getLogger("procrastinate.worker").error("job of %s failed", words.LAST, exc_info=error)
    logging.getLogger("asyncio").error("never retrieved: %r", ValueError(words.CRASH))
    log = (profile.logs / "desktop.log").read_text("utf-8")
    assert found_in(log.encode()) == []
    for said in (
        "a round failed",
        "psycopg.errors.UniqueViolation 23505 rule_pkey",
        "builtins.ValueError",
        "test_canaries",
    ):
        assert said in log


class KitCluster(TestCluster):
    """A server that logs as that of the kit does."""

    def _more_configuration(self, data: Path) -> str:
        assert data.is_dir()
        shared = (ROOT / "deploy" / "postgres" / "postgresql.conf").read_text("utf-8")
        return "\n".join(line for line in shared.splitlines() if line.startswith("log_"))


def test_an_office_s_server_logs_who_came_and_nothing_of_what_was_asked() -> None:
    """Broken rules, values that are none, words a function raises: whoever asked is told, the log is not."""
    with KitCluster(within=in_memory()) as server:
        url = make_url(server.admin_url("postgres")).set(drivername="postgresql").render_as_string()
        with psycopg.connect(url, autocommit=True, application_name="kit") as owner:
            owner.execute("CREATE TABLE rule (word text PRIMARY KEY CHECK (word <> 'x'), day date)")
            owner.execute("INSERT INTO rule VALUES (%s)", (words.LAST,))
            for refused in (
                "INSERT INTO rule VALUES ({0})", "INSERT INTO rule VALUES ('x', NULL) RETURNING {0}", "SELECT {0}::int",
                "UPDATE rule SET day = {0}::text::date", 'SELECT {0} FROM "{1}"', "SELECT ({0}",
                "DO $$ BEGIN RAISE EXCEPTION '{1}'; END $$", "DO $$ BEGIN RAISE WARNING '{1}'; END $$",
            ):  # fmt: skip
                with suppress(psycopg.Error):
                    owner.execute(refused.format(f"'{words.LAST}'", words.LAST).encode())
            with suppress(psycopg.Error):
                owner.execute("SELECT %s::text::int", (words.LAST,))
        log = (server.folder / "log").read_bytes()
    assert b"application_name=kit" in log
    assert found_in(log) == []


@pytest.fixture
def owner(office: Office) -> Iterator[Database]:
    """The database as its owner, who sees everything."""
    made = office.database("owner")
    yield made
    made.close()


def test_jobs_events_and_the_chain_name_nobody(database: Database, owner: Database, tmp_path: Path) -> None:
    """Of a patient of whom everything was written: notifications, and every table beside those of the slices."""
    url = make_url(str(owner.engine.url)).set(drivername="postgresql")
    store = DraftStore(tmp_path / "drafts.db", bytes(range(32)))
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as ear:
        ear.execute("LISTEN platzlotse")
        planted(database, owner, store)
        heard = [notice.payload for notice in ear.notifies(timeout=60, stop_after=11)]
        heard += [notice.payload for notice in ear.notifies(timeout=1)]
    store.close()
    assert len(heard) > 10
    assert [said for said in heard if CANARY in said.lower()] == []

    def canaries(content: bytes) -> list[str]:
        return [repr(content[:300])] if CANARY.encode() in content.lower() else []

    assert in_tables(owner, may=MAY_TABLES, found_in=canaries) == []
    assert in_tables(owner, may={}, found_in=canaries) != []
    assert [path.name for path in tmp_path.iterdir() if CANARY.encode() in path.read_bytes().lower()] == []


CRASHES = """
import os, signal, sys, threading
from pathlib import Path
from app.crash import keep_faults, watch
from app.logs import log_to_profile
from app.paths import Profile
import resource
resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
profile = Profile(Path(sys.argv[1]))
profile.make()
watch()
log_to_profile(profile, "desktop")
keep_faults(profile.logs / "desktop-faults.log")
def fall():
    raise ValueError(sys.argv[2])
class Late:
    def __del__(self):
        fall()
thread = threading.Thread(target=fall)
thread.start()
thread.join()
Late()
import warnings
warnings.warn(sys.argv[2])
if sys.argv[3] == "fault":
    os.kill(os.getpid(), signal.SIGSEGV)
fall()
"""


@pytest.mark.parametrize(("how", "code"), [("error", 1), ("fault", -11)])
def test_a_crash_leaves_a_report_without_words_and_no_image_of_the_memory(tmp_path: Path, how: str, code: int) -> None:
    """Of threads, of objects that go, of the program itself: kind and place in log and terminal, and nothing else."""
    ended = subprocess.run(
        [sys.executable, "-c", CRASHES, str(tmp_path / "seat"), words.CRASH, how],
        capture_output=True, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert ended.returncode == code, ended.stderr
    assert found_in(ended.stderr + ended.stdout) == []
    assert in_files(tmp_path, may={}) == []
    assert (tmp_path / "seat" / "logs" / "desktop.log").read_text("utf-8").count("builtins.ValueError") >= 2
    assert b"ValueError" in ended.stderr
    faults = (tmp_path / "seat" / "logs" / "desktop-faults.log").read_text("utf-8")
    assert ("Segmentation fault" in faults) == (how == "fault")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["seat"]


class Ear(threading.Thread):
    """Hears and sees what others can: notifications, sessions of the server, command lines, files while they last."""

    def __init__(self, profile: Profile) -> None:
        super().__init__(name="ear")
        self._server = EmbeddedPostgres(profile.postgres)
        self._home, self._seat = str(profile.home), profile.home.parent
        self._stopped = threading.Event()
        self.heard: set[str] = set()
        self.sessions: set[str] = set()
        self.passing: set[str] = set()

    def stop(self) -> None:
        """End; waits for the thread."""
        self._stopped.set()
        self.join()

    def run(self) -> None:
        """Listen while there is a server; it comes and goes."""
        while not self._stopped.wait(0.2):
            self.passing |= set(in_files(self._seat, may=MAY_FOR_A_WHILE))
            try:
                self._listen()
            except (psycopg.Error, Unavailable):  # it is away
                continue

    def _listen(self) -> None:
        url = make_url(self._server.url(database="platzlotse")).set(drivername="postgresql")
        with psycopg.connect(
            url.render_as_string(hide_password=False), autocommit=True, row_factory=dict_row
        ) as connection:
            connection.execute("LISTEN platzlotse")
            while not self._stopped.is_set():
                self.passing |= set(in_files(self._seat, may=MAY_FOR_A_WHILE))
                self.heard |= {notice.payload for notice in connection.notifies(timeout=0.2)}
                for session in connection.execute("SELECT application_name, query FROM pg_stat_activity"):
                    self.sessions |= {str(session["application_name"]), str(session["query"])}
                for process in psutil.process_iter():
                    try:
                        line = " ".join(process.cmdline())
                    except psutil.Error:
                        continue
                    if self._home in line:
                        self.heard.add(line)


@pytest.fixture(scope="module")
def mail_server() -> Iterator[MailServer]:
    """A mail server whose mailboxes have a password of their own; skips where Dovecot is missing, and says so."""
    if reason := missing():
        pytest.skip(reason)
    with MailServer(password=words.PASSWORD) as running:
        yield running


def seat_of(home: Path, *, smtp: int) -> tuple[Profile, dict[str, str]]:
    """A single seat with home, temporary and run-time folders of its own, and the environment that says so."""
    for name in ("home", "temp", "run"):
        (home / name).mkdir(mode=0o700)
    profile = Profile(home / "profile")
    profile.make()
    mail = MailSettings("127.0.0.1", smtp, security="none", sender="buero@buero.example", sender_name="Büro")
    save(profile.settings, Settings(mode=Mode.SINGLE, mail=mail))
    passed = {
        name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "DBUS_", "PLATZLOTSE_"))
    }
    return profile, passed | {
        "HOME": str(home / "home"), "TMPDIR": str(home / "temp"), "XDG_RUNTIME_DIR": str(home / "run"),
        "QT_QPA_PLATFORM": "offscreen", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT),
    }  # fmt: skip


@pytest.mark.soak
def test_a_day_at_the_window_leaves_nothing_of_anybody_outside_the_database(
    tmp_path: Path, mail_server: MailServer
) -> None:
    """Asked, refused, answered, called, written offline, crashed, looked at: files, tables, sessions, titles."""
    home, outside = tmp_path / "seat", tmp_path / "outside"
    home.mkdir()
    outside.mkdir()
    profile, environment = seat_of(home, smtp=mail_server.smtp_port)
    mailbox = f"buero-{random_reference(8).lower()}@{DOMAIN}"
    ear = Ear(profile)
    ear.start()
    try:
        ended = subprocess.run(
            [
                sys.executable, "-m", "tests.app.canaries.window", str(profile.home), str(mail_server.smtp_port),
                str(mail_server.imap_port), mailbox, str(outside),
            ],
            capture_output=True, cwd=home / "temp", env=environment, timeout=SECONDS, check=False,
        )  # fmt: skip
    finally:
        ear.stop()
    assert ended.returncode == 0, ended.stdout.decode() + ended.stderr.decode()
    titles = json.loads(ended.stdout.decode().splitlines()[-1])
    assert "Platzlotse" in titles
    assert [title for title in titles if found_in(title.encode())] == []
    assert found_in(ended.stdout + ended.stderr) == []
    assert len(ear.heard) > 10
    assert [heard for heard in ear.heard if found_in(heard.encode())] == []
    assert "platzlotse-desktop" in ear.sessions
    assert [said for said in ear.sessions if found_in(said.encode())] == []
    assert ear.passing == set()
    wait_for_quiet(profile)
    assert in_files(home, may=MAY) == []
    # they were planted: the database has them, and of the letter the practice
    assert any(
        found_in(path.read_bytes()) for path in (profile.postgres / "data" / "base").rglob("*") if path.is_file()
    )
    sent = mail_server.messages("kollegin@praxis.example")
    assert any(words.SUBJECT in str(mail["Subject"]) for mail in sent)
    with EmbeddedPostgres(profile.postgres) as server:
        owner = Database(server.url(database="platzlotse"))
        assert in_tables(owner, may=MAY_TABLES) == []
        owner.close()
    assert in_files(home, may=MAY) == []


def wait_for_quiet(profile: Profile) -> None:
    """Until the worker and the database, which end with the window, have ended."""
    end = time.monotonic() + SECONDS
    while any(str(profile.home) in " ".join(_line(process)) for process in psutil.process_iter()):
        assert time.monotonic() < end
        time.sleep(0.1)


def _line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
