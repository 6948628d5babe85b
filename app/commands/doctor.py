"""`main.py doctor`: checks this seat and what it works with, says a sentence each, and what to do."""

import argparse
from datetime import UTC, datetime

from app.cli import DONE, REFUSED, say, tell
from app.commands.own_login import opened_seat
from app.doctor.seat import seat_findings
from app.paths import Profile
from app.settings import Mode, Settings, load
from domain.database import Database
from domain.errors import PlatzlotseError
from domain.health.checks import database_findings
from domain.health.models import Finding, State, fail, ok
from ui.admin.health_words import said, summary
from ui.errors import describe
from ui.translation import tr

SIGNS = {State.OK: "✓", State.WARN: "!", State.FAIL: "✗"}


def run(options: argparse.Namespace, profile: Profile | None) -> int:
    """Exit code 1 when something must be mended; what only wants a look is told and is no refusal."""
    profile = profile or Profile.default()
    settings = load(profile.settings)
    # the database first: opening an own seat makes what is looked at afterwards
    of_database = _of_database(profile, settings)
    findings = (*of_database, *seat_findings(profile, settings, now=datetime.now(UTC)))
    if options.json:
        say({"checks": [_entry(finding) for finding in findings]})
    else:
        _tell(findings)
    return REFUSED if any(finding.state is State.FAIL for finding in findings) else DONE


def _of_database(profile: Profile, settings: Settings) -> tuple[Finding, ...]:
    try:
        with opened_seat(profile, settings) as seat:
            database = Database(seat.person_url, application_name="platzlotse-doctor", pool_size=1)
            try:
                with database.read() as session:
                    found = database_findings(session, now=datetime.now(UTC))
            finally:
                database.close()
    except PlatzlotseError as error:
        return (fail("database", "unreachable", why=describe(error)),)
    if settings.mode is Mode.SERVER:
        return found
    # alone at a seat the worker comes and goes with the window
    return tuple(ok("worker", "worker.with_window") if one.code == "worker.gone" else one for one in found)


def _entry(finding: Finding) -> dict[str, object]:
    words = said(finding)
    return {
        "name": finding.check,
        "code": finding.code,
        "ok": finding.state is not State.FAIL,
        "state": finding.state.value,
        "text": f"{words.title}: {words.sentence}",
        "advice": words.advice,
    }


def _tell(findings: tuple[Finding, ...]) -> None:
    for finding in findings:
        words = said(finding)
        tell(f"{SIGNS[finding.state]} {words.title}: {words.sentence}")
        if words.advice:
            tell("    → " + words.advice)
    tell(tr("Ergebnis: {summary}").format(summary=summary(findings)))
