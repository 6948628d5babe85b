"""`main.py import`: files into the database, one transaction each; counts that add up; with `--dry-run` none.

`--only`, `--without` and `--gone` choose what is taken (rows and numbers are those of a dry run). `--list` shows the
imports made, `--undo` takes a whole one back and tells what stayed.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from app.cli import DONE, REFUSED, refuse, say, tell
from app.commands.import_choice import as_asked, check_gone, choice_of, columns_of, mapping_of
from app.commands.own_login import opened_seat
from app.paths import Profile
from app.settings import load
from domain.acquisition.reading import recognise
from domain.casework.import_list import list_imports
from domain.casework.import_undo import undo_import
from domain.casework.imports import ImportReport, import_file
from domain.database import Database
from domain.errors import Invalid, PlatzlotseError
from domain.therapists.changes import ALL, Became, Choice, FieldChange, RecordChange
from domain.therapists.duplicates.likeness import with_likenesses
from ui.errors import describe, describe_row
from ui.import_words import kept_words, like_words, lost_words, objection_words, row_number, row_words, waiting_words
from ui.labels import label
from ui.therapist_values import value_words
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
        with opened_seat(profile, load(profile.settings)) as seat:
            database = Database(seat.person_url)
            try:
                return _undo(database, options) if options.undo else _list(database, options)
            finally:
                database.close()
    mapping, choice = mapping_of(options.map), choice_of(options)
    reports: list[ImportReport] = []
    refused: list[tuple[str, PlatzlotseError]] = []
    with opened_seat(profile, load(profile.settings)) as seat:
        database = Database(seat.person_url)
        for path in options.files:
            try:
                reports.append(
                    read_in(
                        database, path, mapping=mapping, choice=choice, about=options.about, dry_run=options.dry_run
                    )
                )
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
    database: Database,
    path: Any,
    *,
    mapping: Mapping[str, str] | None = None,
    choice: Choice = ALL,
    about: str | None = None,
    dry_run: bool = False,
) -> ImportReport:
    """One file in one transaction; a dry run takes everything back."""
    now = datetime.now(UTC)
    today = now.astimezone().date()
    source = as_asked(recognise(path, today=today), about)
    report: ImportReport | None = None
    with suppress(_DryRun), database.write() as session:
        source, mapping, known = columns_of(session, source, about=about, mapping=mapping)
        report = import_file(
            session, source, now=now, today=today, mapping=mapping, choice=choice, on_wait=_tell_waiting()
        )
        check_gone(choice, report)
        report = replace(
            report,
            changes=with_likenesses(session, report.changes),
            columns_from=None if known is None else known.confirmed_at,
        )
        if dry_run:
            raise _DryRun
    assert report is not None
    return report


def _tell_waiting() -> Callable[[], None]:
    """What says once that another file is being read in."""
    told: list[str] = []

    def on_wait() -> None:
        if not told:
            told.append(waiting_words())
            sys.stderr.write(f"{told[0]}\n")

    return on_wait


def summary(reports: Sequence[ImportReport]) -> dict[str, Any]:
    """Counts over all files, therapists and patients apart."""
    answer: dict[str, Any] = {}
    for key, of_patients in (("therapists", False), ("patients", True)):
        mine = [report for report in reports if report.of_patients is of_patients]
        answer[key] = {
            **{name: sum(getattr(r, name) for r in mine) for name in COUNTS},
            "rejected": [
                {"file": r.file, "row": error.row, "reason": describe_row(error.reason), **error.params}
                for r in mine
                for error in r.rejected
            ],
            "ids": list(dict.fromkeys(id_ for r in mine for id_ in r.ids)),
        }
    answer["therapists"]["gone"] = sum(report.gone for report in reports)
    answer["changes"] = [
        {"file": report.file, **_change(change)}
        for report in reports
        for change in report.changes
        if change.became is not Became.UNCHANGED or change.locked
    ]
    answer["imports"] = [
        {"file": r.file, "import_id": r.import_id, "columns_from": r.columns_from and r.columns_from.isoformat()}
        for r in reports
    ]
    answer["warnings"] = [
        tr("Die Liste „{file}“ ist abgeschnitten; verkleinern Sie den Umkreis der Suche.").format(file=r.file)
        for r in reports
        if r.cut
    ]
    return answer


def _tell(report: ImportReport, *, dry_run: bool) -> None:
    what = ntr(report.read, "{n} Zeile", "{n} Zeilen")
    tell(f"{report.file}: {label('file_kind', report.kind)}, {what} " + tr("gelesen"))
    if report.columns_from is not None:
        day = f"{report.columns_from.astimezone():%d.%m.%Y}"
        tell("  " + tr("Zuordnung der Spalten vom {day} übernommen; --map ersetzt sie.").format(day=day))
    tell(
        "  "
        + tr("neu {a}, geändert {b}, unverändert {c}, abgelehnt {d}").format(
            a=report.imported, b=report.updated, c=report.unchanged, d=len(report.rejected)
        )
    )
    for error in (*report.rejected[:SHOWN], *report.noted[:SHOWN]):
        tell("  " + row_words(error))
    if report.skipped or report.gone:
        tell("  " + tr("ausgelassen {a}, nicht mehr tätig {b}").format(a=report.skipped, b=report.gone))
    if report.history and report.changes:
        tell("  " + ntr(report.history, "{n} neuer Vermerk im Verlauf", "{n} neue Vermerke im Verlauf"))
    if report.cut:
        tell("  " + tr("Die Liste ist abgeschnitten; verkleinern Sie den Umkreis der Suche."))
    if report.same_file_at is not None:
        tell("  " + tr("Dieselbe Datei wurde schon am {day} eingelesen.").format(day=f"{report.same_file_at:%d.%m.%Y}"))
    for change in report.changes:
        if change.objected is not None and not change.accepted:
            tell(
                "  "
                + tr("Zeile {row}: {about}.").format(row=row_number(change.row), about=change.name)
                + " "
                + objection_words(change)
            )
    _tell_likenesses(report)
    if dry_run:
        _tell_changes(report)
        tell("  " + tr("Probelauf: nichts wurde übernommen."))


def _tell_likenesses(report: ImportReport) -> None:
    """Whom those who are new may be: an import joins nobody on a likeness."""
    alike = [change for change in report.changes if change.like and change.accepted]
    for change in alike[:SHOWN]:
        about = ", ".join(part for part in (change.name, change.place) if part)
        tell(
            "  "
            + tr("Zeile {row}: {about}. {note}").format(
                row=row_number(change.row), about=about, note=like_words(change)
            )
        )
    if len(alike) > SHOWN:
        tell(
            "  "
            + ntr(
                len(alike) - SHOWN,
                "und {n} weiterer neuer Eintrag, der jemandem gleicht",
                "und {n} weitere neue Einträge, die jemandem gleichen",
            )
        )


def _tell_changes(report: ImportReport) -> None:
    """What would change, field by field, and what a lock keeps."""
    changes = [
        change for change in report.changes if change.became not in {Became.NEW, Became.UNCHANGED} or change.locked
    ]
    for change in changes[:SHOWN]:
        about = ", ".join(part for part in (change.name, change.place) if part)
        where = (
            tr("Therapeut {n}").format(n=change.therapist_id)
            if change.became is Became.GONE
            else tr("Zeile {n}").format(n=row_number(change.row))
        )
        left = "" if change.accepted or change.became is Became.UNCHANGED else " " + tr("(wird nicht übernommen)")
        tell(f"  {label('became', change.became)}: {about}, {where}{left}")
        for entry in change.fields:
            tell("    " + _field_line(entry))
        for entry in change.locked:
            tell("    " + _field_line(entry) + " " + tr("(von Hand geändert, bleibt)"))
    if len(changes) > SHOWN:
        tell("  " + ntr(len(changes) - SHOWN, "und {n} weitere Änderung", "und {n} weitere Änderungen"))


def _field_line(entry: FieldChange) -> str:
    old, new = (value_words(entry.name, value) for value in (entry.old, entry.new))
    return f"{label('therapist_field', entry.name)}: {old} → {new}"


def _change(change: RecordChange) -> dict[str, Any]:
    """One change for programs: values as they are stored, and the sentence a person reads."""

    def fields(entries: Sequence[FieldChange]) -> list[dict[str, Any]]:
        return [{"field": e.name, "old": e.old, "new": e.new, "words": _field_line(e)} for e in entries]

    return {
        "row": change.row, "became": change.became.value, "therapist_id": change.therapist_id, "name": change.name,
        "place": change.place, "accepted": change.accepted, "second_site": change.second_site,
        "fields": fields(() if change.became is Became.NEW else change.fields), "locked": fields(change.locked),
        "like": [asdict(like) for like in change.like],
        "objected": asdict(change.objected) if change.objected is not None else None,
    }  # fmt: skip


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
    if lost := lost_words(report):
        tell("  " + lost)
    for kept in report.kept:
        tell("  " + kept_words(kept))
    return DONE
