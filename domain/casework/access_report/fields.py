"""The words of an access report's declaration: sections (a table's rows) and fields (a column)."""

from dataclasses import dataclass
from enum import StrEnum


class Only(StrEnum):
    """When a column is told: always, where the row is about this person alone, or of others' rows the own part."""

    ALWAYS = "always"
    ALONE = "alone"
    PART = "part"


@dataclass(frozen=True, slots=True)
class Field:
    """A column, how people read it, and the kind of its codes (`ui/words`)."""

    column: str
    word: str
    kind: str = ""
    only: Only = Only.ALWAYS
    on_paper: bool = True


@dataclass(frozen=True, slots=True)
class Section:
    """Rows `where` they are the patient's, in an order; `alone` says in SQL that a row is about nobody else.

    `named` are joins that put a name where the row has a number: key, word and an expression.
    """

    key: str
    title: str
    table: str
    where: str
    fields: tuple[Field, ...]
    order: str = "1"
    alone: str = "true"
    joins: str = ""
    named: tuple[tuple[str, str, str], ...] = ()


def fields(*told: str, only: Only = Only.ALWAYS, on_paper: bool = True) -> tuple[Field, ...]:
    """Fields written as ``column|word`` or ``column|word|kind``."""
    made = []
    for one in told:
        column, word, *kind = one.split("|")
        made.append(Field(column, word, kind[0] if kind else "", only, on_paper))
    return tuple(made)
