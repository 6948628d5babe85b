"""What `main.py import` takes of a file, and which table it takes it for: options to a choice."""

import argparse
from collections.abc import Mapping, Sequence

from domain.acquisition.chosen_sheet import headers_of, row_on
from domain.acquisition.reading import FileKind, Source, as_table
from domain.acquisition.remembered_columns import Remembered, recall
from domain.acquisition.therapist_columns import heads_names, is_of_therapists
from domain.casework.imports import ImportReport
from domain.database import Session
from domain.errors import Invalid
from domain.therapists.changes import ALL, Became, Choice

ABOUT = {
    "therapists": FileKind.THERAPIST_TABLE, "patients": FileKind.OFFICE_TABLE, "contacts": FileKind.CONTACT_TABLE,
}  # fmt: skip


def choice_of(options: argparse.Namespace) -> Choice:
    """What is wanted. Raises Invalid where rows or people are named and there are several files."""
    if (options.without or options.gone) and len(options.files) != 1:
        raise Invalid("import.choice")
    kinds = ALL.kinds if options.only is None else frozenset(Became(only) for only in options.only if only != "none")
    fields: dict[int, set[str]] = {}
    rows: set[int] = set()
    for page, number, name in options.without:
        row = row_on(page if page > 1 else 0, number)  # those of the first page are told without its number
        if name:
            fields.setdefault(row, set()).add(name)
        else:
            rows.add(row)
    return Choice(
        kinds=kinds,
        skipped_rows=frozenset(rows),
        skipped_fields={row: frozenset(names) for row, names in fields.items()},
        gone=frozenset(options.gone),
    )


def check_gone(choice: Choice, report: ImportReport) -> None:
    """Raise Invalid where somebody is to be set inactive whom the file does name, or who is of another directory."""
    told = {change.therapist_id for change in report.changes if change.became is Became.GONE}
    if strangers := sorted(choice.gone - told):
        raise Invalid("import.not_gone", numbers=strangers, file=report.file)


def mapping_of(pairs: Sequence[str]) -> dict[str, str] | None:
    """FELD=SPALTE; none at all leaves the guess. Raises Invalid."""
    if not pairs:
        return None
    if any("=" not in pair for pair in pairs):
        raise Invalid("import.mapping", pairs=list(pairs))
    return dict(pair.split("=", 1) for pair in pairs)


def columns_of(
    session: Session, source: Source, *, about: str | None, mapping: Mapping[str, str] | None
) -> tuple[Source, Mapping[str, str] | None, Remembered | None]:
    """The table with its columns: as named, else as somebody named those of such a table before, else guessed.

    Raises Invalid where nobody said what it is about and its header leaves that open, or says another thing than what
    it was called before: nobody looks at a trial here, and people looking for a place must not stand in the office's
    directory, nor practices among its patients, who cannot be taken back.
    """
    if not source.kind.is_table or (mapping is not None and about is not None):
        return source, mapping, None
    headers = headers_of(source.path, (mapping or {}).values())
    found = recall(session, headers) if mapping is None else None
    _, certain = is_of_therapists(headers)
    # a table without names is of nobody unless its columns are named
    open_ = not certain and (mapping is not None or any(map(heads_names, headers)))
    differs = found is not None and found.about.of_patients is not source.kind.of_patients
    if about is None and (open_ or (certain and differs)):
        known = found is not None and found.about is not FileKind.OFFICE_TABLE
        raise Invalid("import.about_open" if known else "import.about_doubt", file=source.path.name)
    if found is None or (about is not None and ABOUT[about] is not found.about):
        return source, mapping, None
    return as_table(source, found.about, headers), found.mapping, found


def as_asked(source: Source, about: str | None) -> Source:
    """The file as the table somebody says it is. Raises Invalid for a file that is none."""
    return source if about is None else as_table(source, ABOUT[about])
