"""A template is tried before it is saved: filled with invented cases that differ in what a case may lack.

What the grammar (`language`) cannot see is found here: a part that only some letters have, and words a letter must hold
that stand where they are never said.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from domain.communication.templates.contexts import (
    LetterContext,
    OfficeContext,
    PatientCode,
    PatientLetterContext,
    SearchStatus,
)
from domain.communication.templates.kinds import BLOCKS, KINDS, Kind
from domain.communication.templates.language import filled
from domain.communication.templates.markdown import Ready
from domain.communication.templates.rendering import Context, names_of
from domain.communication.templates.samples import OTHER, sample
from domain.communication.wording import Recipient
from domain.errors import Invalid

DAY = date(2026, 1, 31)
SPARSE = OfficeContext("Büro", "", "", "", "", "", "", "")
UNKNOWN = Recipient("", "", "", "Sommer", is_institution=False)
INSTITUTION = Recipient("", "", "", "Ambulanz Musterstadt", is_institution=True)
NOTHING_YET = SearchStatus(0, 0, 0, 0, 0, 0, 0, 0)


def try_out(kind: str, *, subject: str, body: str) -> None:
    """Raise Invalid for a text that fails with some case, or leaves out what each of its letters has to say."""
    of = KINDS[kind]
    for context in _cases(kind):
        names = names_of(context)
        names |= {block: Ready(block) for block in BLOCKS if block in of.names}
        signs = {need: _signs(need, names[need]) for need in of.subject_needs | of.body_needs}
        names |= {need: _signed(names[need], said) for need, said in signs.items()}
        try:
            made = {
                "subject": filled(subject, names, markdown=False),
                "body": filled(body, names, markdown=True),
            }
        except Invalid as exc:
            raise Invalid("template.trial_fails", field=exc.field) from exc
        if not made["subject"].strip():
            raise Invalid("template.no_subject", field="subject")
        _hold(made, signs, of)


def _hold(made: Mapping[str, str], signs: Mapping[str, tuple[str, ...]], of: Kind) -> None:
    for field, needs in (("subject", of.subject_needs), ("body", of.body_needs)):
        for need in sorted(needs):
            # of a list of persons each, of other things that have several parts one is enough
            enough = all if need == "personen" else any
            if not enough(sign in made[field] for sign in signs[need]):
                raise Invalid("template.name_unsaid", field=field, name=need)


def _signs(name: str, value: object) -> tuple[str, ...]:
    """What stands for a value in a trial, so that the same words typed by hand are not taken for it."""
    match value:
        case dict():
            return tuple(f"⁂{name}.{part}⁂" for part in value)
        case list() | tuple():
            return tuple(f"⁂{name}.{number}⁂" for number, _ in enumerate(value))
    return (f"⁂{name}⁂",)


def _signed(value: object, signs: tuple[str, ...]) -> object:
    match value:
        case dict():
            return {part: Ready(sign) for part, sign in zip(value, signs, strict=True)}
        case list() if all(isinstance(one, dict) for one in value):
            return [one | {"kennung": Ready(sign)} for one, sign in zip(value, signs, strict=True)]
        case list() | tuple():
            return tuple(Ready(sign) for sign in signs)
    return Ready(signs[0])


def _cases(kind: str) -> Iterator[Context]:
    first, most = sample(kind, 1, today=DAY), sample(kind, 6, today=DAY)
    if isinstance(first, PatientLetterContext):
        yield first
        yield replace(
            first, recipient=UNKNOWN, office=SPARSE, practice_phone="", practice_address="", status=NOTHING_YET,
            place_from=None,
            missing=(),
        )  # fmt: skip
        return
    assert isinstance(most, LetterContext)
    bare = replace(
        first, recipient=UNKNOWN, office=SPARSE, patients=(OTHER,), asked_on=None, on_paper=True, still_open=False
    )
    for case in (first, most, bare, replace(most, recipient=INSTITUTION, on_paper=True, still_open=True)):
        # later letters know only the codes of the first one
        profiled = kind == "profile" or "profile" in KINDS[kind].names
        yield case if profiled else replace(case, patients=tuple(PatientCode(p.code) for p in case.patients))
