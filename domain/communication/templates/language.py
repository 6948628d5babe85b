"""The language of templates: the small part of Jinja2 that an office needs, checked before it is ever run.

Texts, names of the kind, `if`, `for` over a list, and `mehrzahl`: nothing that computes, loads, or runs for long.
What a checked template says it always can say: an unknown name or part is found here, by line, not in a letter.
"""

from collections.abc import Collection, Iterable
from difflib import get_close_matches
from functools import lru_cache

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from domain.communication.templates.kinds import ATTRIBUTES, LISTS, Kind
from domain.communication.templates.markdown import escaped
from domain.errors import Invalid

FILTERS = frozenset({"join", "length", "first"})
FUNCTIONS = frozenset({"mehrzahl"})  # with what to say of one and of several
LOOP = frozenset({"first", "last", "index"})
LONGEST = 50_000  # letters of a template's text
_PLAIN = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Const, nodes.If, nodes.CondExpr, nodes.Compare,
    nodes.Operand, nodes.And, nodes.Or, nodes.Not,
)  # fmt: skip


@lru_cache(maxsize=2)
def environment(*, markdown: bool) -> ImmutableSandboxedEnvironment:
    """The sandbox. With `markdown` a value is text and never markup, whatever its letters are."""
    made = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=escaped if markdown else None
    )
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in FILTERS}
    return made


@lru_cache(maxsize=200)
def compiled(source: str, *, markdown: bool) -> Template:
    """A template ready to be filled; kept, since offices have few and write many letters."""
    return environment(markdown=markdown).from_string(source)


def check(kind: Kind, *, subject: str, body: str) -> None:
    """Raise Invalid (field, line, and the name or sign meant) for what the kind must not or has to say."""
    if not subject.strip():
        raise Invalid("template.no_subject", field="subject")
    if "\n" in subject.strip():
        raise Invalid("template.subject_lines", field="subject")
    for field, source, needs in (("subject", subject, kind.subject_needs), ("body", body, kind.body_needs)):
        if len(source) > LONGEST:
            raise Invalid("template.too_long", field=field, longest=LONGEST)
        used = _Check(field, kind.names).run(source)
        for name in sorted(needs - used):
            raise Invalid("template.name_missing", field=field, name=name)


class _Check:
    """One text held against the names of its kind."""

    def __init__(self, field: str, names: frozenset[str]) -> None:
        self._field, self._names = field, names
        self._used: set[str] = set()

    def run(self, source: str) -> set[str]:
        """The names the text uses; raises Invalid."""
        try:
            tree = environment(markdown=True).parse(source)
        except TemplateSyntaxError as exc:
            raise Invalid("template.syntax", field=self._field, line=exc.lineno) from exc
        self._visit(tree, {})
        return self._used

    def _visit(self, node: nodes.Node, loops: dict[str, str]) -> None:
        """Look at a part and all below it; `loops` says what the names of the loops around stand for."""
        match node:
            case nodes.Name(name=name):
                self._known(node, name, self._names | loops.keys())
                self._used.add(name)
            case nodes.Getattr(node=nodes.Name(name=owner), attr=part):
                parts = LOOP if owner in loops and owner == "loop" else ATTRIBUTES.get(loops.get(owner, owner), ())
                self._known(node, f"{owner}.{part}", [f"{owner}.{known}" for known in parts])
                self._visit(node.node, loops)
            case nodes.For(target=nodes.Name(name=each), iter=nodes.Name(name=over), recursive=False, test=None):
                if "loop" in loops:  # six persons in seven loops would be a letter of hundreds of thousands of lines
                    raise Invalid("template.not_allowed", field=self._field, line=node.lineno)
                self._known(node, over, LISTS)
                self._visit(node.iter, loops)
                self._below((*node.body, *node.else_), loops | {each: LISTS[over], "loop": "loop"})
            case nodes.Filter(name=name):
                self._known(node, name, FILTERS)
                self._below(node.iter_child_nodes(), loops)
            case nodes.Call(node=nodes.Name(name=name), args=[_, _], kwargs=[], dyn_args=None, dyn_kwargs=None):
                self._known(node, name, FUNCTIONS)
                self._below(node.iter_child_nodes(), loops)
            case _ if isinstance(node, _PLAIN):
                self._below(node.iter_child_nodes(), loops)
            case _:
                raise Invalid("template.not_allowed", field=self._field, line=node.lineno)

    def _below(self, parts: Iterable[nodes.Node], loops: dict[str, str]) -> None:
        for part in parts:
            self._visit(part, loops)

    def _known(self, node: nodes.Node, name: str, known: Collection[str]) -> None:
        if name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.5)
            raise Invalid(
                "template.unknown_name", field=self._field, line=node.lineno, name=name, near=near[0] if near else ""
            )
