"""Letters from templates: sandboxed Jinja2, text and HTML apart, nothing undefined, everything escaped.

A profile carries what domain.md allows in a first mail and no more: no name, no birth date, no street, no
insurance number, no free text. Whoever builds a profile cannot add a field that is not declared here.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from jinja2 import BaseLoader, StrictUndefined, TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment

from domain.communication.mails import Letter
from domain.communication.wording import (
    CRISIS_NUMBERS,
    EMERGENCY_NUMBER,
    ON_CALL_NUMBER,
    Recipient,
    greeting,
    patients_in_words,
    weeks_in_words,
)


@dataclass(frozen=True, slots=True)
class PatientProfile:
    """What a practice may know of a person before it accepts (pseudonymous, by a random code)."""

    code: str
    age_band: str
    sex: str
    insurance: str
    methods: tuple[str, ...]
    group_ok: bool
    complaints: tuple[str, ...]
    availability: str
    waiting_weeks: int
    region: str
    had_consultation: bool
    timely_needed: bool
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PatientCode:
    """All a later letter needs of a person: the code of the first one."""

    code: str


@dataclass(frozen=True, slots=True)
class OfficeContext:
    """The sender's letterhead."""

    name: str
    person: str
    street: str
    plz: str
    city: str
    phone: str
    email: str
    legal_footer: str


@dataclass(frozen=True, slots=True)
class LetterContext:
    """Everything a letter to a practice may say. `source` names the public directory (Art. 14 GDPR)."""

    recipient: Recipient
    office: OfficeContext
    reference: str
    patients: tuple[PatientProfile | PatientCode, ...]
    today: date
    asked_on: date | None
    source: str


@dataclass(frozen=True, slots=True)
class PatientLetterContext:
    """Everything a letter to a patient may say."""

    recipient: Recipient
    office: OfficeContext
    practice: str
    practice_phone: str
    practice_address: str
    today: date


class _Resources(BaseLoader):
    """Templates from the package's own files."""

    def get_source(self, _environment: object, template: str) -> tuple[str, str | None, None]:
        path = files("resources").joinpath("templates", template)
        try:
            return path.read_text("utf-8"), None, None
        except OSError as exc:
            raise TemplateNotFound(template) from exc


@cache
def _environment(*, html: bool) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=_Resources(), undefined=StrictUndefined, autoescape=html, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["german_date"] = lambda day: f"{day:%d.%m.%Y}"
    environment.filters["weeks"] = weeks_in_words
    environment.globals.update(
        patients_in_words=patients_in_words,
        crisis_numbers=CRISIS_NUMBERS,
        emergency_number=EMERGENCY_NUMBER,
        on_call_number=ON_CALL_NUMBER,
    )
    return environment


def render(kind: str, context: LetterContext | PatientLetterContext) -> Letter:
    """The letter of a kind, named as its templates are.

    To practices ``inquiry``, ``reminder``, ``withdrawal``, ``surplus``, ``alternative`` and ``place_declined``;
    to patients ``acceptance_patient``.
    """
    names, subject, body = _rendered(kind, context)
    html = _environment(html=True).get_template(f"{kind}.html").render(names | {"subject": subject})
    return Letter(subject=subject, text=body, html=html)


def render_script(kind: str, context: LetterContext) -> Letter:
    """What one says on the phone: ``call_first``, or ``call_again`` about an inquiry the practice has already."""
    _, subject, body = _rendered(kind, context)
    return Letter(subject=subject, text=body, html="")


def _rendered(kind: str, context: LetterContext | PatientLetterContext) -> tuple[dict[str, object], str, str]:
    names = {name: getattr(context, name) for name in type(context).__slots__}
    names["greeting"] = greeting(context.recipient)
    text = _environment(html=False).get_template(f"{kind}.txt").render(names)
    subject, _, body = text.partition("\n")
    return names, subject.strip(), body.strip() + "\n"
