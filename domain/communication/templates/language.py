"""The language of templates: the small part of Jinja2 that an office needs, checked before it is ever run.

Texts, names of the kind, `if`, `for` over a list, and `mehrzahl`: nothing that computes, loads, or runs for long.
What a checked template says it always can say: an unknown name or part is found here, by line, not in a letter.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from domain.communication.templates.kinds import Kind
from domain.communication.templates.markdown import escaped
from domain.communication.templates.value_types import (
    ATTRIBUTE_TYPES,
    FILTER_TYPES,
    NAME_TYPES,
    ONE_OF,
    OPERATORS,
    Type,
)
from domain.database import is_kept
from domain.errors import Invalid

LONGEST = 50_000  # letters of a template's text
DEEPEST = 16  # parts in parts; the shipped texts need seven
LARGEST = 3_000  # parts
LONGEST_OUTPUT = 200_000  # letters of a letter
LONGEST_SEPARATOR = 20
LARGEST_NUMBER = 1_000_000


class TooMuch(Exception):
    """What a template makes is longer than any letter."""


def _join(parts: Sequence[object], between: str = "") -> str:
    if not isinstance(parts, (list, tuple)):
        raise TypeError("no list")
    if sum(len(str(part)) + len(between) for part in parts) > LONGEST_OUTPUT:
        raise TooMuch
    return between.join(str(part) for part in parts)


def _first(parts: Sequence[object]) -> object:
    return parts[0] if parts else ""


FILTERS: dict[str, Callable[..., object]] = {"join": _join, "length": len, "first": _first}


class _Sandbox(ImmutableSandboxedEnvironment):
    """Tells words a template itself puts in from values: the author's own ``**words**`` stay markup."""

    def _generate(self, source: nodes.Template, *args: Any, **named: Any) -> str:
        for output in source.find_all(nodes.Output):
            output.nodes = [_own(node) for node in output.nodes]
        return super()._generate(source, *args, **named)


def _own(node: nodes.Expr) -> nodes.Expr:
    match node:
        case nodes.Const(value=str()):
            return nodes.MarkSafe(node)
        case nodes.CondExpr():
            node.expr1 = _own(node.expr1)
            node.expr2 = _own(node.expr2) if node.expr2 is not None else None
        case nodes.Call():
            node.args = [_own(argument) for argument in node.args]
    return node


@lru_cache(maxsize=2)
def environment(*, markdown: bool) -> ImmutableSandboxedEnvironment:
    """The sandbox. With `markdown` a value is text and never markup, whatever its letters are."""
    made = (_Sandbox if markdown else ImmutableSandboxedEnvironment)(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=escaped if markdown else None
    )
    made.globals.clear()
    made.filters = dict(FILTERS)
    return made


@lru_cache(maxsize=200)
def compiled(source: str, *, markdown: bool) -> Template:
    """A template ready to be filled; kept, since offices have few and write many letters."""
    return environment(markdown=markdown).from_string(source)


def filled(source: str, names: dict[str, object], *, markdown: bool, kind: str = "") -> str:
    """A template filled with names; `kind` is told where it fails.

    Raises Invalid (template.fails) for one that cannot be filled: never half a letter. A release before may have
    saved what is refused today.
    """
    try:
        return "".join(_bounded(compiled(source, markdown=markdown).generate(names)))
    # whatever it stumbles over, nothing of it is sent
    except Exception as exc:
        raise Invalid("template.fails", field="body" if markdown else "subject", template=kind) from exc


def _bounded(pieces: Iterable[str]) -> Iterable[str]:
    length = 0
    for piece in pieces:
        length += len(piece)
        if length > LONGEST_OUTPUT:
            raise TooMuch
        yield piece


def check(kind: Kind, *, subject: str, body: str) -> None:
    """Raise Invalid (field, line, and the name or sign meant) for what the kind must not or has to say."""
    for field, source in (("subject", subject), ("body", body)):
        if not is_kept(source):
            raise Invalid("text.control_character", field=field)
    if not subject.strip():
        raise Invalid("template.no_subject", field="subject")
    if len(subject.strip().splitlines()) > 1:
        raise Invalid("template.subject_lines", field="subject")
    for field, source, needs in (("subject", subject, kind.subject_needs), ("body", body, kind.body_needs)):
        if len(source) > LONGEST:
            raise Invalid("template.too_long", field=field, longest=LONGEST)
        used = _Check(field, kind.names).run(source)
        for name in sorted(needs - used):
            raise Invalid("template.name_missing", field=field, name=name)


class _Check:
    """One text held against the names of its kind, and each part against what it can be made of."""

    def __init__(self, field: str, names: frozenset[str]) -> None:
        self._field, self._names = field, names
        self._used: set[str] = set()
        self._parts = self._depth = 0

    def run(self, source: str) -> set[str]:
        """The names the text uses; raises Invalid."""
        try:
            tree = environment(markdown=True).parse(source)
        except TemplateSyntaxError as exc:
            raise Invalid("template.syntax", field=self._field, line=exc.lineno) from exc
        # brackets by the thousand, numbers of thousands of digits
        except (RecursionError, ValueError, OverflowError, MemoryError) as exc:
            raise Invalid("template.too_deep", field=self._field) from exc
        self._block(tree.body, {})
        return self._used

    def _block(self, parts: Iterable[nodes.Node], loops: dict[str, Type]) -> None:
        """Texts, `if` and `for`; `loops` says what the names of the loops around stand for."""
        self._depth += 1
        for node in parts:
            self._count(node)
            match node:
                case nodes.Output():
                    self._output(node, loops)
                case nodes.If():
                    self._type(node.test, loops)
                    self._block(node.body, loops)
                    self._block(node.elif_, loops)
                    self._block(node.else_, loops)
                case nodes.For(target=nodes.Name(name=each), iter=nodes.Name(name=over), recursive=False, test=None):
                    # six persons in seven loops would be a letter of hundreds of thousands of lines
                    taken = each == "loop" or each in NAME_TYPES
                    if "loop" in loops or taken:
                        raise self._not_allowed(node)
                    one = ONE_OF.get(self._type(node.iter, loops))
                    if one is None:
                        raise self._unknown(node, over, [n for n in self._names if NAME_TYPES[n] in ONE_OF])
                    self._block(node.body, loops | {each: one, "loop": Type.LOOP})
                    self._block(node.else_, loops)
                case _:
                    raise self._not_allowed(node)
        self._depth -= 1

    def _output(self, node: nodes.Output, loops: dict[str, Type]) -> None:
        for part in node.nodes:
            if not isinstance(part, nodes.TemplateData) and self._type(part, loops) not in {Type.TEXT, Type.NUMBER}:
                raise self._not_allowed(part)

    def _type(self, node: nodes.Node, loops: dict[str, Type]) -> Type:
        """What an expression is; raises Invalid for one that could fail."""
        self._count(node)
        self._depth += 1
        found = self._type_of(node, loops)
        self._depth -= 1
        return found

    def _type_of(self, node: nodes.Node, loops: dict[str, Type]) -> Type:
        match node:
            case nodes.Const(value=bool() | str() | int() as value):
                return self._constant(node, value)
            case nodes.Name(name=name):
                if name not in self._names and name not in loops:
                    raise self._unknown(node, name, self._names | loops.keys())
                self._used.add(name)
                return loops.get(name) or NAME_TYPES[name]
            case nodes.Getattr(node=nodes.Name(name=owner), attr=part):
                parts = ATTRIBUTE_TYPES.get(loops.get(owner) or NAME_TYPES.get(owner, Type.FLAG), {})
                if part not in parts:
                    raise self._unknown(node, f"{owner}.{part}", [f"{owner}.{known}" for known in parts])
                self._type(node.node, loops)
                return parts[part]
            case nodes.Filter() | nodes.Call():
                return self._called(node, loops)
        return self._decided(node, loops)

    def _constant(self, node: nodes.Node, value: bool | str | int) -> Type:
        if isinstance(value, str):
            return Type.TEXT
        if value > LARGEST_NUMBER:
            raise self._not_allowed(node)
        return Type.FLAG if isinstance(value, bool) else Type.NUMBER

    def _decided(self, node: nodes.Node, loops: dict[str, Type]) -> Type:
        """`not`, `and`, `or`, one of two, and comparisons."""
        match node:
            case nodes.Not():
                self._type(node.node, loops)
                return Type.FLAG
            case nodes.And() | nodes.Or():
                left, right = self._type(node.left, loops), self._type(node.right, loops)
                return left if left == right else Type.FLAG
            case nodes.CondExpr():
                self._type(node.test, loops)
                found = self._type(node.expr1, loops)
                if node.expr2 is None or self._type(node.expr2, loops) == found:
                    return found
            case nodes.Compare(ops=[nodes.Operand(op=op, expr=right)]):
                if (op, self._type(node.expr, loops), self._type(right, loops)) in OPERATORS:
                    return Type.FLAG
        raise self._not_allowed(node)

    def _called(self, node: nodes.Node, loops: dict[str, Type]) -> Type:
        match node:
            case nodes.Filter(name=name, kwargs=[], dyn_args=None, dyn_kwargs=None) if node.node is not None:
                return self._filtered(node, name, loops)
            case nodes.Call(node=nodes.Name(name="mehrzahl"), args=[_, _], kwargs=[], dyn_args=None, dyn_kwargs=None):
                self._type(node.node, loops)
                if all(self._type(said, loops) is Type.TEXT for said in node.args):
                    return Type.TEXT
            case nodes.Call(node=nodes.Name(name=name)) if name not in self._names:
                raise self._unknown(node, name, ["mehrzahl"])
        raise self._not_allowed(node)

    def _filtered(self, node: nodes.Filter, name: str, loops: dict[str, Type]) -> Type:
        if name not in FILTERS:
            raise self._unknown(node, name, FILTERS)
        assert node.node is not None
        found = FILTER_TYPES.get((name, self._type(node.node, loops)))
        match node.args:
            case []:
                fits = True
            case [nodes.Const(value=str(between))]:
                fits = name == "join" and len(between) <= LONGEST_SEPARATOR
            case _:
                fits = False
        if found is None or not fits:
            raise self._not_allowed(node)
        return found

    def _count(self, node: nodes.Node) -> None:
        self._parts += 1
        if self._depth > DEEPEST or self._parts > LARGEST:
            raise Invalid("template.too_deep", field=self._field, line=node.lineno)

    def _not_allowed(self, node: nodes.Node) -> Invalid:
        return Invalid("template.not_allowed", field=self._field, line=node.lineno)

    def _unknown(self, node: nodes.Node, name: str, known: Collection[str]) -> Invalid:
        near = get_close_matches(name, known, n=1, cutoff=0.5)
        return Invalid(
            "template.unknown_name", field=self._field, line=node.lineno, name=name, near=near[0] if near else ""
        )
