"""`main.py import`: files into the database, one transaction each; counts that add up; with `--dry-run` none.

`--list` shows the imports made, `--undo` takes a whole one back and tells what stayed.
"""

import argparse
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from app.cli import DONE, REFUSED, refuse, say, tell
from app.paths import Profile
from app.seat import open_seat
from app.settings import load
from domain.acquisition.reading import recognise
from domain.casework.import_undo import list_imports, undo_import
from domain.casework.imports import ImportReport, import_file
from domain.database import Database
from domain.errors import Invalid, PlatzlotseError
from domain.therapists.changes import Became, FieldChange
from ui.errors import describe, describe_row
from ui.labels import label
from ui.translation import ntr, tr

COUNTS = ("read", "imported", "updated", "unchanged", "skipped")
SHOWN = 20  # rejected rows and changes told on the command line; the window shows all


class _DryRun(Exception):
    """Leaves the transaction without a commit."""


def run(options: argparse.Namespace, profile: Profile | None) -> int:
    """Import every file; a broken one is refused whole and the others still come in (exit code 1)."""
    profile = profile or Profile.default()
    if bool(options.files) == bool(options.list or options.undo):
        raise Invalid("import.files_or_number")
    if options.list or options.undo:
        with open_seat(profile, load(profile.settings)) as seat:
            database = Database(seat.person_url)
            try:
                return _undo(database, options) if options.undo else _list(database, options)
            finally:
                database.close()
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
            if error.code == "import.columns_unknown":
                names = error.params.get("columns")
                columns = ", ".join(map(str, names)) if isinstance(names, list) else ""
                tell(
                    "  "
                    + tr("Zuordnen mit --map FELD=SPALTE, zum Beispiel: --map last_name=Name (mehrmals möglich).")
                    + (" " + tr("Spalten der Datei: {columns}.").format(columns=columns) if columns else "")
                )
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
            **{name: sum(getattr(r, name) for r in mine) for name in COUNTS},
            "rejected": [
                {"file": r.file, "row": error.row, "reason": describe_row(error.reason)}
                for r in mine
                for error in r.rejected
            ],
            "ids": list(dict.fromkeys(id_ for r in mine for id_ in r.ids)),
        }
    answer["imports"] = [{"file": r.file, "import_id": r.import_id} for r in reports]
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
    for error in (*report.rejected[:SHOWN], *report.noted[:SHOWN]):
        tell("  " + tr("Zeile {row}: {reason}").format(row=error.row, reason=describe_row(error.reason)))
    if report.cut:
        tell("  " + tr("Die Liste ist abgeschnitten; verkleinern Sie den Umkreis der Suche."))
    if report.same_file_at is not None:
        tell("  " + tr("Dieselbe Datei wurde schon am {day} eingelesen.").format(day=f"{report.same_file_at:%d.%m.%Y}"))
    if dry_run:
        _tell_changes(report)
        tell("  " + tr("Probelauf: nichts wurde übernommen."))


def _tell_changes(report: ImportReport) -> None:
    """What would change, field by field, and what a lock keeps."""
    changes = [
        change for change in report.changes if change.became not in {Became.NEW, Became.UNCHANGED} or change.locked
    ]
    for change in changes[:SHOWN]:
        about = ", ".join(part for part in (change.name, change.place) if part)
        tell(f"  {label('became', change.became)}: {about}")
        for entry in change.fields:
            tell("    " + _field_line(entry))
        for entry in change.locked:
            tell("    " + _field_line(entry) + " " + tr("(von Hand geändert, bleibt)"))
    if len(changes) > SHOWN:
        tell("  " + ntr(len(changes) - SHOWN, "und {n} weitere Änderung", "und {n} weitere Änderungen"))


def _field_line(entry: FieldChange) -> str:
    return f"{label('therapist_field', entry.name)}: {_value(entry.old)} → {_value(entry.new)}"


def _value(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return "–" if value in (None, "") else str(value)


def _list(database: Database, options: argparse.Namespace) -> int:
    with database.read() as session:
        imports = list_imports(session)
    if options.json:
        say({"imports": [asdict(shown) for shown in imports]})
        return DONE
    for shown in imports:
        counts = tr("neu {a}, geändert {b}, unverändert {c}, ausgelassen {e}, abgelehnt {d}").format(
            a=shown.imported, b=shown.updated, c=shown.unchanged, d=shown.rejected, e=shown.skipped
        )
        tell(f"{shown.import_id}  {shown.imported_at:%d.%m.%Y}  {shown.file_name}  {label('file_kind', shown.kind)}")
        undone = " · " + tr("zurückgenommen") if shown.undone_at is not None else ""
        tell(f"    {counts}{undone}")
    if not imports:
        tell(tr("Es wurde noch keine Datei eingelesen."))
    return DONE


def _undo(database: Database, options: argparse.Namespace) -> int:
    with database.write() as session:
        report = undo_import(session, options.undo, now=datetime.now(UTC))
    if options.json:
        say({"undone": asdict(report)})
        return DONE
    tell(
        tr("Import {number} ist zurückgenommen: {removed} entfernt, {restored} wie zuvor, {kept} geblieben.").format(
            number=report.import_id, removed=report.removed, restored=report.restored, kept=len(report.kept)
        )
    )
    for kept in report.kept:
        fields = ", ".join(label("therapist_field", name) for name in kept.fields)
        tell(f"  {kept.name}: {describe_row(kept.reason)}" + (f" ({fields})" if fields else ""))
    return DONE
