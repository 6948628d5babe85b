"""Sources of an office: which directories on the web it reads, how often, and who said that it may.

Nothing is asked of anybody here; `source_runs` keeps how far each reading is.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import events
from domain.acquisition.source_description import Description, read_description
from domain.acquisition.source_models import DirectorySource, SourceRun
from domain.editing import load_for_edit
from domain.errors import Invalid

KINDS = ("json", "html")
SLOT = "{plz}"
MOST_POSTCODES = 2000
FASTEST, RAREST = 60, 365  # pages a minute, days between two readings
NEVER = "116117.de"
_POSTCODE = re.compile(r"[0-9]{1,5}")


@dataclass(frozen=True, slots=True)
class SourceForm:
    """What a person sets. `every_days` 0: read only when asked; `applies_itself`: taken over without a review."""

    name: str = ""
    kind: str = "html"
    address: str = ""
    description: str = ""
    postcodes: tuple[str, ...] = ()
    per_minute: int = 12
    every_days: int = 0
    enabled: bool = False
    permitted: bool = False
    permitted_by: str = ""
    permitted_on: date | None = None
    applies_itself: bool = False


@dataclass(frozen=True, slots=True)
class RunState:
    """A reading as it is shown: its state, how far it is, why it ended."""

    id: int
    state: str
    trial: bool
    asked_at: datetime
    done_at: datetime | None
    pages: int
    pages_done: int
    entries: int
    cause: str
    params: Mapping[str, int | str] = field(default_factory=dict)
    stop_asked: bool = False

    @property
    def open(self) -> bool:
        """Whether it still goes on."""
        return self.done_at is None


@dataclass(frozen=True, slots=True)
class SourceState:
    """A source with its newest reading, and the reading that waits for a review."""

    id: int
    version: int
    form: SourceForm
    last: RunState | None
    review: RunState | None


def save_source(session: Session, form: SourceForm, *, source_id: int | None = None, version: int | None = None) -> int:
    """Save; returns the id. Raises Invalid (field), Conflict and Forbidden."""
    clean = _checked(form)
    row = DirectorySource() if source_id is None else load_for_edit(session, DirectorySource, source_id, version)
    for name in (part.name for part in fields(SourceForm)):
        value = getattr(clean, name)
        setattr(row, name, list(value) if isinstance(value, tuple) else value)
    session.add(row)
    session.flush()
    events.record(session, "source.changed", row.id)
    return row.id


def list_sources(session: Session) -> tuple[SourceState, ...]:
    """All sources by name, each with where it stands."""
    rows = session.scalars(select(DirectorySource).order_by(DirectorySource.name)).all()
    newest = select(SourceRun).where(SourceRun.id.in_(select(func.max(SourceRun.id)).group_by(SourceRun.source_id)))
    last = {run.source_id: run_state(run) for run in session.scalars(newest)}
    waiting = select(SourceRun).where(SourceRun.state == "review")
    review = {run.source_id: run_state(run) for run in session.scalars(waiting)}
    return tuple(SourceState(row.id, row.version, form_of(row), last.get(row.id), review.get(row.id)) for row in rows)


def form_of(row: DirectorySource) -> SourceForm:
    """What is set of a source."""
    values = {part.name: getattr(row, part.name) for part in fields(SourceForm)}
    return SourceForm(**(values | {"postcodes": tuple(row.postcodes)}))


def run_state(run: SourceRun) -> RunState:
    """A reading as it is shown."""
    return RunState(
        run.id, run.state, run.trial, run.asked_at, run.done_at, run.pages, run.pages_done, run.entries, run.cause,
        run.params, run.stop_asked,
    )  # fmt: skip


def addresses_of(form: SourceForm) -> tuple[str, ...]:
    """Every page of a source, in its order."""
    if SLOT not in form.address:
        return (form.address,)
    return tuple(form.address.replace(SLOT, plz) for plz in form.postcodes)


def description_of(form: SourceForm) -> Description | None:
    """How its pages are read; None for JSON."""
    return read_description(form.description) if form.kind == "html" else None


def _checked(form: SourceForm) -> SourceForm:
    """The form as it is kept. Raises Invalid with the field."""
    name, address, permitted_by = form.name.strip(), form.address.strip(), form.permitted_by.strip()
    if not name:
        raise Invalid("source.name", field="name")
    if form.kind not in KINDS:
        raise Invalid("source.kind", field="kind")
    _check_address(address)
    postcodes = tuple(dict.fromkeys(part.strip() for part in form.postcodes if part.strip()))
    if SLOT in address:
        if not postcodes or len(postcodes) > MOST_POSTCODES or not all(map(_POSTCODE.fullmatch, postcodes)):
            raise Invalid("source.postcodes", field="postcodes", most=MOST_POSTCODES)
    else:
        postcodes = ()
    description = form.description.strip() if form.kind == "html" else ""
    if form.kind == "html":
        read_description(description)
    if not 1 <= form.per_minute <= FASTEST:
        raise Invalid("office.out_of_bounds", field="per_minute", low=1, high=FASTEST)
    if not 0 <= form.every_days <= RAREST:
        raise Invalid("office.out_of_bounds", field="every_days", low=0, high=RAREST)
    if form.permitted and (not permitted_by or form.permitted_on is None):
        raise Invalid("source.permitted_by", field="permitted_by" if not permitted_by else "permitted_on")
    if form.enabled and not form.permitted:
        raise Invalid("source.not_permitted", field="permitted_by")
    return SourceForm(
        name=name,
        kind=form.kind,
        address=address,
        description=description,
        postcodes=postcodes,
        per_minute=form.per_minute,
        every_days=form.every_days,
        enabled=form.enabled,
        permitted=form.permitted,
        permitted_by=permitted_by if form.permitted else "",
        permitted_on=form.permitted_on if form.permitted else None,
        applies_itself=form.applies_itself,
    )


def _check_address(address: str) -> None:
    try:
        # as the net takes it: other points and digits are the same, and what is not seen is not there
        plain = unicodedata.normalize("NFKC", address).replace("\u3002", ".")
        plain = "".join(character for character in plain if unicodedata.category(character) != "Cf")
        parts = urlsplit(plain.replace(SLOT, "00000"))
        host = (parts.hostname or "").rstrip(".").lower()
        good = parts.scheme in {"http", "https"} and bool(host) and parts.port != 0 and not parts.username
    except ValueError:
        good, host = False, ""
    if not good or any(c.isspace() for c in address) or "{" in address.replace(SLOT, ""):
        raise Invalid("source.address", field="address", url=address)
    if SLOT in address.split("/")[2]:
        raise Invalid("source.address", field="address", url=address)
    if host == NEVER or host.endswith(f".{NEVER}"):
        raise Invalid("source.never", field="address")
