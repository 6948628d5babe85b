"""What the shipped text says by now and an office's own version does not know yet: whole sections, to be put in.

A section is told by the names it uses. One that a version of the office has had before was left out on purpose, and
nobody is told of it again. Nothing is changed here: the text with the sections is a proposal, reviewed and saved by
a person.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from jinja2 import TemplateSyntaxError, nodes
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.communication.templates.kinds import COMMON, CRISIS, KINDS, OWN
from domain.communication.templates.language import environment
from domain.communication.templates.models import Template, TemplateVersion
from domain.communication.templates.service import shipped

_TAG = re.compile(r"{%-?\s*(if|for|endif|endfor)\b")

_TELLING = frozenset[str]().union(*(kind.names for kind in KINDS.values())) - COMMON - CRISIS


@dataclass(frozen=True, slots=True)
class Section:
    """Lines that belong together: one `if` or `for` with all that is in it, or a paragraph; blank lines stand alone."""

    text: str
    names: frozenset[str]
    decides: bool


@dataclass(frozen=True, slots=True)
class Missing:
    """The names whose sections an office's version lacks, in the order of the shipped text, and the text with them."""

    names: tuple[str, ...]
    body: str


def missing_of(session: Session, kind: str) -> Missing | None:
    """What the office's version of a kind lacks; None where it lacks nothing or reads as shipped."""
    found = _versions(session, kind).get(kind)
    return None if found is None else compare(kind, found[-1], found[:-1])


def incomplete(session: Session) -> frozenset[str]:
    """The kinds whose version of the office lacks something."""
    return frozenset(kind for kind, texts in _versions(session).items() if compare(kind, texts[-1], texts[:-1]))


def compare(kind: str, body: str, before: Sequence[str] = ()) -> Missing | None:
    """Hold the newest version of a text, and those `before`, against the shipped one."""
    known = frozenset[str]().union(*(_names(text) for text in (body, *before)))
    ours = sections(shipped(kind).body)
    lacking = [at for at, section in enumerate(ours) if _is_new(section, known)]
    if not lacking:
        return None
    lines = list(sections(body))
    for at in lacking:
        _put_in(lines, ours, at)
    new = dict.fromkeys(name for at in lacking for name in _in_order(ours[at]) if name not in known)
    return Missing(tuple(new), "\n".join(section.text for section in lines) + "\n")


def sections(body: str) -> tuple[Section, ...]:
    """A text as its sections."""
    return tuple(_section(text) for text in _stretches(body.strip("\n").split("\n")))


def _stretches(lines: Sequence[str]) -> Iterator[str]:
    held: list[str] = []
    depth = 0
    for line in lines:
        tags = [tag.group(1) for tag in _TAG.finditer(line)]
        begins = depth == 0 and bool(tags) and line.lstrip().startswith("{%")
        if held and depth == 0 and (begins or not line.strip()):
            yield "\n".join(held)
            held = []
        depth = max(0, depth + sum(-1 if tag.startswith("end") else 1 for tag in tags))
        if depth == 0 and not held and not line.strip():
            yield ""
            continue
        held.append(line)
        if depth == 0 and tags and held[0].lstrip().startswith("{%"):
            yield "\n".join(held)
            held = []
    if held:
        yield "\n".join(held)


def _section(text: str) -> Section:
    return Section(text, _names(text), decides=text.lstrip().startswith("{%"))


@lru_cache(maxsize=500)
def _names(text: str) -> frozenset[str]:
    """The names a text uses that tell it from others; none of one that cannot be read."""
    try:
        tree = environment(markdown=True).parse(text)
    except (TemplateSyntaxError, RecursionError, ValueError):
        return frozenset()
    return _TELLING.intersection(node.name for node in tree.find_all(nodes.Name))


def _in_order(section: Section) -> list[str]:
    return sorted(section.names, key=section.text.index)


def _is_new(section: Section, known: Collection[str]) -> bool:
    """A decision that asks for something unknown; a paragraph that is about nothing known."""
    unknown = section.names.difference(known)
    return bool(unknown) and (section.decides or unknown == section.names)


def _put_in(lines: list[Section], ours: Sequence[Section], at: int) -> None:
    """Behind what stands before it in the shipped text, else before what follows there, else before the signature."""
    new, place = ours[at], None
    for other in reversed(ours[:at]):
        place = _where(lines, other)
        if place is not None:
            place += 1
            break
    if place is None:
        place = next((found for other in ours[at + 1 :] if (found := _where(lines, other)) is not None), None)
    if place is None:
        place = next((n for n, one in enumerate(lines) if "signatur" in one.text), len(lines))
    blank = Section("", frozenset(), decides=False)
    around = [new]
    if place > 0 and lines[place - 1].text and not (lines[place - 1].decides and new.decides):
        around.insert(0, blank)
    if place < len(lines) and lines[place].text and not (lines[place].decides and new.decides):
        around.append(blank)
    lines[place:place] = around


def _where(lines: Sequence[Section], other: Section) -> int | None:
    """The section of the office's text that is about the same, the one with the most names in common."""
    if not other.names:
        return None
    common = [len(other.names & one.names) for one in lines]
    most = max(common, default=0)
    return common.index(most) if most else None


def _versions(session: Session, kind: str = "") -> dict[str, list[str]]:
    """By kind what the office's versions say, oldest first, where the newest is a text of its own."""
    query = (
        select(Template.kind, TemplateVersion.body)
        .join(TemplateVersion, TemplateVersion.template_id == Template.id)
        .where(Template.kind == kind if kind else Template.kind.in_([one for one in KINDS if one not in OWN]))
        .order_by(Template.kind, TemplateVersion.number)
    )
    found: dict[str, list[str | None]] = {}
    for each, body in session.execute(query):
        found.setdefault(each, []).append(body)
    return {
        each: [body for body in bodies if body is not None]
        for each, bodies in found.items()
        if each not in OWN and bodies[-1] is not None
    }
