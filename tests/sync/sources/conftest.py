"""A directory on loopback whose pages a test may change, and the worker's round over it."""

import json
import socket
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from domain.acquisition.source_asking import ask_run
from domain.acquisition.sources import SourceForm, SourceState, list_sources, save_source
from domain.database import Database
from sync.http.answers import Limits
from sync.sources.reading import Pace, SourceReading
from tests.servers.hostile import Answering, Asked, HostileServer, hostile, reply
from tests.sync.geo.conftest import writer

QUICK = Limits(connect=60, silence=60, total=120, redirects=0, attempts=1, turn=20, together=240)
MINUTE = 6.0  # seconds: sixty pages a minute are ten a second
DESCRIPTION = "Eintrag: article\nName: h2\nAnschrift: address\nTelefon: .tel"


def page_of(*names: str, phone: str = "0241 555010") -> bytes:
    """A page of the directory."""
    entries = (
        f"<article><h2>{name}</h2><address>Markt {number}<br>52062 Aachen</address><p class=tel>{phone}</p></article>"
        for number, name in enumerate(names, start=1)
    )
    return f"<html><body>{''.join(entries)}</body></html>".encode()


class Directory:
    """Pages by path with an ETag each; `answers` replaces a page's answer, `robots` is its robots.txt."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}
        self.answers: dict[str, Answering] = {}
        self.robots = b""

    def __call__(self, connection: socket.socket, asked: Asked) -> None:
        if asked.path == "/robots.txt":
            act = reply("200 OK", self.robots) if self.robots else reply("404 Not Found")
        elif asked.path in self.answers:
            act = self.answers[asked.path]
        elif asked.path in self.pages:
            body = self.pages[asked.path]
            tag = f'"{hash(body)}"'
            if asked.headers.get("if-none-match") == tag:
                act = reply("304 Not Modified")
            else:
                act = reply("200 OK", body, ETag=tag, Content_Type="text/html; charset=utf-8")
        else:
            act = reply("404 Not Found")
        act(connection, asked)


@pytest.fixture(autouse=True)
def _office_with_an_address(database: Database) -> None:
    """Without one nothing is read."""
    with database.write() as session:
        session.execute(text("UPDATE platform.office SET email = 'buero@buero.example'"))


@pytest.fixture
def directory() -> Directory:
    """An empty directory."""
    return Directory()


@pytest.fixture
def server(directory: Directory) -> Iterator[HostileServer]:
    """Serves it."""
    with hostile(directory) as made:
        yield made


class Clock:
    """The worker's clock; may be put forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock() -> Clock:
    """A clock."""
    return Clock()


@pytest.fixture
def reading(worker_database: Database, clock: Clock) -> SourceReading:
    """The worker's round, impatient."""
    return SourceReading(writer(worker_database), now=clock, limits=QUICK, pace=Pace(minute=MINUTE))


def add_source(database: Database, address: str, **values: object) -> int:
    """A permitted source, fast since it is the test's own; returns its id."""
    form: dict[str, object] = {
        "name": "Kammer", "kind": "html", "address": address, "description": DESCRIPTION, "per_minute": 60,
        "enabled": True, "permitted": True, "permitted_by": "Frau Muster, Kammer", "permitted_on": date(2026, 11, 1),
    }  # fmt: skip
    with database.write() as session:
        return save_source(session, SourceForm(**(form | values)))  # type: ignore[arg-type]  # a test's own values


def ask(database: Database, source_id: int, clock: Clock, *, trial: bool = False) -> int:
    """Press "Jetzt lesen" or "Testen"."""
    with database.write() as session:
        return ask_run(session, source_id, now=clock(), trial=trial)


def state(database: Database) -> SourceState:
    """Where the one source stands."""
    with database.read() as session:
        (found,) = list_sources(session)
    return found


def read_all(reading: SourceReading) -> None:
    """Until nothing is due."""
    while reading.step():
        pass


def json_page(*names: str) -> bytes:
    """A page as the directory per PLZ area has it."""
    people = [
        {"basic_info": {"last_name": name}, "location": {"postal_code": "52062", "city": "Aachen"}} for name in names
    ]
    return json.dumps({"metadata": {}, "therapists": people}).encode()
