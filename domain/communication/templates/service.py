"""The office's templates: what each says now, its versions, saving another, going back to the shipped text.

A template is named by a key: its kind, or ``own:<number>`` where the office made it.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from domain import events
from domain.access import Person, me
from domain.communication.templates.kinds import BLOCKS, KINDS, OWN
from domain.communication.templates.language import check
from domain.communication.templates.models import Template, TemplateVersion
from domain.communication.templates.rendering import Source
from domain.communication.templates.trial import try_out
from domain.editing import load_for_edit
from domain.errors import Conflict, Invalid, NotFound

LONGEST_KEY = len("own:") + 18  # digits of a number the database has


@dataclass(frozen=True, slots=True)
class TemplateSummary:
    """One line of the list; `number` is 0 for one that never was changed."""

    key: str
    kind: str
    name: str
    number: int
    is_shipped: bool


@dataclass(frozen=True, slots=True)
class TemplateText:
    """A template opened for editing; `number` is the version seen, to be given back when saving."""

    key: str
    kind: str
    name: str
    subject: str
    body: str
    number: int
    is_shipped: bool
    version_id: int | None


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version in the history; the shipped text has neither author nor words of its own."""

    number: int
    made_at: datetime
    made_by: str
    source: Source
    is_shipped: bool


@cache
def shipped(kind: str) -> Source:
    """The text the program came with: the first line is the subject. Own kinds begin empty but for the frame."""
    if kind in OWN:
        return Source("", "{{ anrede }},\n\n\n\n{{ signatur }}\n")
    text = files("resources").joinpath("templates", f"{kind}.md").read_text("utf-8")
    subject, _, body = text.partition("\n")
    return Source(subject.strip(), body.lstrip("\n"))


def sources_for(session: Session, kind: str) -> dict[str, Source]:
    """What letters of a shipped kind say now, with the blocks they may hold."""
    wanted = [kind, *BLOCKS.values()]
    rows = session.execute(_newest_of_each().where(Template.kind.in_(wanted)))
    return {name: shipped(name) for name in wanted} | {
        template.kind: _source(template.kind, version) for template, version in rows
    }


def list_templates(session: Session) -> tuple[TemplateSummary, ...]:
    """Every kind in the order of KINDS, then the office's own by name."""
    rows = session.execute(_newest_of_each().where(Template.retired_at.is_(None))).all()
    changed = {t.kind: (v.number, v.body is None) for t, v in rows if t.kind not in OWN}
    shipped_kinds = [(kind, *changed.get(kind, (0, True))) for kind in KINDS if kind not in OWN]
    own = sorted(((t, v) for t, v in rows if t.kind in OWN), key=lambda row: row[0].name.casefold())
    return (
        *(TemplateSummary(kind, kind, "", number, is_shipped) for kind, number, is_shipped in shipped_kinds),
        *(TemplateSummary(f"own:{t.id}", t.kind, t.name, v.number, is_shipped=False) for t, v in own),
    )


def read_template(session: Session, key: str) -> TemplateText:
    """A template as it stands. Raises NotFound for a key that there is not."""
    template = _find(session, key)
    kind = template.kind if template is not None else key
    newest = _newest(session, template) if template is not None else None
    source = _source(kind, newest) if newest is not None else shipped(kind)
    return TemplateText(
        key=key,
        kind=kind,
        name=template.name if template is not None else "",
        subject=source.subject,
        body=source.body,
        number=newest.number if newest is not None else 0,
        is_shipped=newest is None or newest.body is None,
        version_id=source.version_id,
    )


def versions(session: Session, key: str) -> tuple[VersionLine, ...]:
    """Every version, newest first."""
    template = _find(session, key)
    if template is None:
        return ()
    rows = session.execute(
        select(TemplateVersion, Person.display_name)
        .outerjoin(Person, Person.id == TemplateVersion.made_by)
        .where(TemplateVersion.template_id == template.id)
        .order_by(TemplateVersion.number.desc())
    )
    return tuple(
        VersionLine(v.number, v.made_at, who or "", _source(template.kind, v), is_shipped=v.body is None)
        for v, who in rows
    )


def save_template(session: Session, key: str, *, subject: str, body: str, seen: int) -> int:
    """Save a further version and return its number.

    Raises Invalid (field, line) when it says what its kind must not or leaves out what it has to, Conflict when
    somebody saved one since `seen`.
    """
    template = _find(session, key)
    kind = template.kind if template is not None else key
    _check(kind, subject=subject, body=body)
    return _append(session, template or _add(session, kind), subject.strip(), body.strip() + "\n", seen)


def restore_shipped(session: Session, key: str, *, seen: int) -> int:
    """Go back to the text the program came with, as a further version. Raises Invalid for the office's own."""
    template = _find(session, key)
    if key not in KINDS or key in OWN:
        raise Invalid("template.not_shipped")
    return _append(session, template or _add(session, key), None, None, seen)


def create_own(session: Session, kind: str, name: str, *, subject: str, body: str) -> str:
    """A template of the office's own, for practices or for patients; returns its key. Raises Invalid as saving does."""
    if kind not in OWN:
        raise Invalid("template.not_own")
    if not name.strip():
        raise Invalid("template.name", field="name")
    _check(kind, subject=subject, body=body)
    template = _add(session, kind, name.strip())
    _append(session, template, subject.strip(), body.strip() + "\n", 0)
    return f"own:{template.id}"


def retire_own(session: Session, key: str, *, now: datetime) -> None:
    """Take one of the office's own out of the lists; letters written by it keep their words."""
    template = _find(session, key)
    if template is None or template.kind not in OWN:
        raise Invalid("template.not_own")
    template.retired_at = now
    events.record(session, "template.retired", template.id)


def _check(kind: str, *, subject: str, body: str) -> None:
    check(KINDS[kind], subject=subject, body=body)
    try_out(kind, subject=subject, body=body)


def _find(session: Session, key: str) -> Template | None:
    """The row of a key; None for a shipped kind that never was changed."""
    if key.startswith("own:") and key[4:].isdecimal() and len(key) <= LONGEST_KEY:
        template = session.get(Template, int(key[4:]))
        if template is None or template.retired_at is not None:
            raise NotFound("template.gone")
        return template
    if key not in KINDS or key in OWN:
        raise NotFound("template.gone")
    return session.scalar(select(Template).where(Template.kind == key))


def _newest_of_each() -> Select[Template, TemplateVersion]:
    newest = (
        select(TemplateVersion.template_id, func.max(TemplateVersion.number).label("number"))
        .group_by(TemplateVersion.template_id)
        .subquery()
    )
    return (
        select(Template, TemplateVersion)
        .join(newest, newest.c.template_id == Template.id)
        .join(
            TemplateVersion, (TemplateVersion.template_id == Template.id) & (TemplateVersion.number == newest.c.number)
        )
    )


def _newest(session: Session, template: Template) -> TemplateVersion | None:
    return session.scalar(
        select(TemplateVersion)
        .where(TemplateVersion.template_id == template.id)
        .order_by(TemplateVersion.number.desc())
        .limit(1)
    )


def _source(kind: str, version: TemplateVersion) -> Source:
    if version.subject is None or version.body is None:
        return shipped(kind)
    return Source(version.subject, version.body, version.id)


def _add(session: Session, kind: str, name: str = "") -> Template:
    template = Template(kind=kind, name=name)
    session.add(template)
    session.flush()
    return template


def _append(session: Session, template: Template, subject: str | None, body: str | None, seen: int) -> int:
    template = load_for_edit(session, Template, template.id)
    newest = _newest(session, template)
    number = newest.number if newest is not None else 0
    if number != seen:
        raise Conflict("template.changed_meanwhile")
    session.add(
        TemplateVersion(template_id=template.id, number=number + 1, subject=subject, body=body, made_by=me(session).id)
    )
    session.flush()
    events.record(session, "template.saved", template.id)
    return number + 1
