"""`main.py import`: files into the database, one transaction each; counts that add up; with `--dry-run` none."""

import argparse
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from app.cli import DONE, REFUSED, refuse, say, tell
from app.paths import Profile
from app.seat import open_seat
from app.settings import load
from domain.acquisition.reading import recognise
from domain.casework.imports import ImportReport, import_file
from domain.database import Database
from domain.errors import Invalid, PlatzlotseError
from ui.errors import describe, describe_row
from ui.labels import label
from ui.translation import ntr, tr


class _DryRun(Exception):
    """Leaves the transaction without a commit."""


def run(options: argparse.Namespace, profile: Profile | None) -> int:
    """Import every file; a broken one is refused whole and the others still come in (exit code 1)."""
    profile = profile or Profile.default()
    mapping = _mapping(options.map)
    reports: list[ImportReport] = []
    refused: list[tuple[str, PlatzlotseError]] = []
    with open_seat(profile, load(profile.settings)) as seat:
        database = Database(seat.person_url)
        for path in options.files:
            try:
                reports.append(read_in(database, path, mapping=mapping, dry_run=options.dry_run))
            except PlatzlotseError as exc:
                refused.append((path.name, exc))
        database.close()
    if options.json:
        answer = summary(reports)
        if refused:
            answer["error"] = {"code": refused[0][1].code, "text": describe(refused[0][1])}
            answer["refused"] = [{"file": name, "reason": describe(error)} for name, error in refused]
        say(answer)
    else:
        for report in reports:
            _tell(report, dry_run=options.dry_run)
        for _, error in refused:
            refuse(error, as_json=False)
    return REFUSED if refused else DONE


def read_in(
    database: Database, path: Any, *, mapping: Mapping[str, str] | None = None, dry_run: bool = False
) -> ImportReport:
    """One file in one transaction; a dry run takes everything back."""
    now = datetime.now(UTC)
    today = now.astimezone().date()
    source = recognise(path, today=today)
    report: ImportReport | None = None
    with suppress(_DryRun), database.write() as session:
        report = import_file(session, source, now=now, today=today, mapping=mapping)
        if dry_run:
            raise _DryRun
    assert report is not None
    return report


def _mapping(pairs: Sequence[str]) -> dict[str, str] | None:
    if not pairs:
        return None
    if any("=" not in pair for pair in pairs):
        raise Invalid("import.mapping", pairs=list(pairs))
    return dict(pair.split("=", 1) for pair in pairs)


def summary(reports: Sequence[ImportReport]) -> dict[str, Any]:
    """Counts over all files, therapists and patients apart."""
    answer: dict[str, Any] = {}
    for key, of_patients in (("therapists", False), ("patients", True)):
        mine = [report for report in reports if report.of_patients is of_patients]
        answer[key] = {
            **{name: sum(getattr(r, name) for r in mine) for name in ("read", "imported", "updated", "unchanged")},
            "rejected": [
                {"file": r.file, "row": error.row, "reason": describe_row(error.reason)}
                for r in mine
                for error in r.rejected
            ],
            "ids": list(dict.fromkeys(id_ for r in mine for id_ in r.ids)),
        }
    answer["warnings"] = [
        tr("Die Liste „{file}“ ist abgeschnitten; verkleinern Sie den Umkreis der Suche.").format(file=r.file)
        for r in reports
        if r.cut
    ]
    return answer


def _tell(report: ImportReport, *, dry_run: bool) -> None:
    what = ntr(report.read, "{n} Zeile", "{n} Zeilen")
    tell(f"{report.file}: {label('file_kind', report.kind)}, {what} " + tr("gelesen"))
    tell(
        "  "
        + tr("neu {a}, geändert {b}, unverändert {c}, abgelehnt {d}").format(
            a=report.imported, b=report.updated, c=report.unchanged, d=len(report.rejected)
        )
    )
    for error in report.rejected[:20]:
        tell("  " + tr("Zeile {row}: {reason}").format(row=error.row, reason=describe_row(error.reason)))
    if report.cut:
        tell("  " + tr("Die Liste ist abgeschnitten; verkleinern Sie den Umkreis der Suche."))
    if dry_run:
        tell("  " + tr("Probelauf: nichts wurde übernommen."))
