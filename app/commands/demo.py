"""`main.py demo`: the main job on given files, from reading to placement, with every count and every time.

In a throw-away profile unless one is named. Mails go to the named server, else to the built-in catcher; the
answers of the practices are thrown with a seeded dice.
"""

import argparse
import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from app.cli import DONE, REFUSED, say, tell
from app.commands.import_files import read_in, summary
from app.commands.worker import sender_of
from app.demo_office import DemoOffice
from app.demo_replies import practices_write
from app.paths import Profile
from app.sample_office import SAMPLE_SEAT, give_letterhead
from app.seat import open_seat
from app.settings import MailSettings, Settings, load
from domain.casework.imports import ImportReport
from domain.database import Database
from domain.errors import Invalid
from sync.mail.catcher import MailCatcher
from sync.worker import Worker
from ui.labels import label, rule_reason
from ui.translation import tr

SAMPLES = ("arztsuche-v1.json", "arztsuche-v2.json")
WRITING = 8  # practices that answer by mail, which nobody has read yet
SAMPLE_PATIENTS = "intake-patients.json"


def sample(name: str) -> Path:
    """A sample file that comes with the program (all persons invented)."""
    return Path(str(files("resources").joinpath("samples", name)))


def run(options: argparse.Namespace, profile: Profile | None) -> int:
    """Do the main job; exit code 1 if any count does not add up."""
    with _profile(profile) as home:
        answer = _work(options, home)
        if options.screens is not None:
            from app.screens import take_screens

            started = time.perf_counter()
            answer["screens"] = [str(path) for path in take_screens(home, options.screens)]
            answer["seconds"]["screens"] = round(time.perf_counter() - started, 3)
    faults = check(answer)
    if faults:
        answer["faults"] = faults
    if options.json:
        say(answer)
    else:
        _tell(answer)
    return REFUSED if faults else DONE


@contextmanager
def _profile(profile: Profile | None) -> Iterator[Profile]:
    if profile is not None:
        yield profile
        return
    with tempfile.TemporaryDirectory(prefix="platzlotse-demo-", ignore_cleanup_errors=True) as folder:
        yield Profile(Path(folder))


def _settings(options: argparse.Namespace, profile: Profile) -> Settings:
    settings = load(profile.settings)
    if options.smtp is None:
        return replace(settings, mail=replace(settings.mail, host=""))
    host, _, port = options.smtp.rpartition(":")
    if not host or not port.isdigit():
        raise Invalid("smtp.address", given=options.smtp)
    return replace(settings, mail=MailSettings(host=host, port=int(port), security="none"))


def _work(options: argparse.Namespace, profile: Profile) -> dict[str, Any]:
    seconds: dict[str, float] = {}

    @contextmanager
    def timed(step: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        seconds[step] = round(time.perf_counter() - started, 3)

    settings = _settings(options, profile)
    directories = options.directory or [sample(name) for name in SAMPLES]
    patients = options.patients or sample(SAMPLE_PATIENTS)
    started = time.perf_counter()
    with open_seat(profile, settings, newcomer=SAMPLE_SEAT) as seat:
        seconds["database"] = round(time.perf_counter() - started, 3)
        database = Database(seat.person_url)
        give_letterhead(database)
        with timed("import"):
            reports = [read_in(database, path) for path in [*directories, patients]]
        office = DemoOffice(database, seed=options.seed)
        with timed("searches"):
            searches = office.start_searches()
        with timed("matching"):
            excluded, unknown = office.judge_all(searches)
        with timed("inquiries"):
            inquiries = office.send_inquiries()
        with timed("sending"):
            assert seat.worker_url is not None
            office.send_waiting_now()
            _send(seat.worker_url, settings, profile)
        with timed("answers"):
            answers = office.throw_answers(inquiries[:-WRITING])
            written = practices_write(database, inquiries[-WRITING:], now=datetime.now(UTC))
        with timed("placements"):
            placements = office.place()
        with timed("week"):
            planned = office.plan_week()
            calls = office.plan_calls()
        with timed("withdrawals"):
            office.send_waiting_now()
            _send(seat.worker_url, settings, profile)
        mails = office.count_mails()
        database.close()
    return {
        **summary(reports),
        "geocoded": _places(reports),
        "searches": len(searches),
        "inquiries": len(inquiries),
        "mails": mails,
        "answers": dict(answers),
        "replies": written,
        "placements": placements,
        "planned": planned,
        "calls": calls,
        "excluded": dict(excluded),
        "unknown": dict(unknown),
        "seconds": seconds,
    }


def _send(worker_url: str, settings: Settings, profile: Profile) -> None:
    """Let a real worker send everything that waits."""
    catcher = None if settings.mail.host else MailCatcher(profile.caught_mail)
    sender = sender_of(settings, catcher_port=catcher.start() if catcher else None)
    try:
        asyncio.run(Worker(worker_url, sender).run(once=True))
    finally:
        if catcher is not None:
            catcher.stop()


def _places(reports: list[ImportReport]) -> dict[str, int]:
    total: Counter[str] = Counter(dict.fromkeys(("house", "street", "plz", "ort", "none"), 0))
    for report in reports:
        total.update({quality.value: count for quality, count in report.places.items()})
    return dict(total)


def check(answer: dict[str, Any]) -> list[str]:
    """Counts that must add up; empty when they do."""
    faults = []
    for key in ("therapists", "patients"):
        part = answer[key]
        if part["read"] != part["imported"] + part["updated"] + part["unchanged"] + len(part["rejected"]):
            faults.append(f"{key}: read")
    accepted = sum(part["read"] - len(part["rejected"]) for part in (answer["therapists"], answer["patients"]))
    if sum(answer["geocoded"].values()) != accepted:
        faults.append("geocoded")
    mails = answer["mails"]
    if mails["queued"] != mails["sent"] + mails["failed"] + mails["unclear"] + mails["held"]:
        faults.append("mails")
    if answer["placements"] > answer["searches"]:
        faults.append("placements")
    return faults


def _tell(answer: dict[str, Any]) -> None:
    therapists, patients, mails = answer["therapists"], answer["patients"], answer["mails"]
    words = tr(
        "{name}: {read} gelesen, {imported} neu, {updated} geändert, {unchanged} unverändert, {rejected} abgelehnt"
    )
    for name, part in ((tr("Therapeuten"), therapists), (tr("Patienten"), patients)):
        tell(words.format(name=name, **{**part, "rejected": len(part["rejected"])}))
    tell(tr("Suchen: {n}").format(n=answer["searches"]))
    tell(tr("Anfragen: {n}").format(n=answer["inquiries"]))
    tell(
        tr(
            "E-Mails: {queued} vorgesehen, {sent} gesendet, {failed} nicht gesendet, {unclear} unklar,"
            " {held} warten, bis eine Antwort gelesen ist"
        ).format(**mails)
    )
    tell(tr("Antworten: {n}").format(n=sum(answer["answers"].values())))
    tell(tr("E-Mails von Praxen: {n}").format(n=answer["replies"]))
    tell(tr("Vermittlungen: {n}").format(n=answer["placements"]))
    tell(tr("Wochenplan: {n} Kontakte").format(n=answer["planned"]))
    tell(tr("Anrufe geplant: {n}").format(n=answer["calls"]))
    for rule, count in sorted(answer["excluded"].items(), key=lambda pair: -pair[1]):
        tell(f"  {rule_reason(rule)}: {count}")
    for rule, count in sorted(answer["unknown"].items(), key=lambda pair: -pair[1]):
        tell(f"  {rule_reason(rule, unknown=True)}: {count}")
    for step, needed in answer["seconds"].items():
        tell(f"  {label('step', step)}: {needed:.2f} s".replace(".", ","))
    for path in answer.get("screens", ()):
        tell(f"  {path}")
    for fault in answer.get("faults", ()):
        tell(tr("Zählt nicht auf: {fault}").format(fault=fault))
