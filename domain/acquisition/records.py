"""What a file says, row by row, before anybody decides what to do with it. Unknown stays None or empty."""

from dataclasses import dataclass, field
from datetime import date

from domain.values import Licence, Method, Offer, Sex, SexWish, TravelMode, WeekSpan


@dataclass(frozen=True, slots=True)
class TherapistRecord:
    """A person or institution of a directory. `offers_source`: directory, licence or none.

    `contact_status` and `contact_note` are what an office wrote beside the person in a copy of the list, `contact_on`
    when (None: nobody says).
    """

    row: int
    last_name: str
    first_name: str = ""
    title: str = ""
    salutation: str = ""
    is_institution: bool = False
    sex: Sex = Sex.NOT_STATED
    licence: Licence = Licence.UNKNOWN
    offers: frozenset[Offer] = frozenset()
    offers_source: str = "none"
    email: str = ""
    phone: str = ""
    mobile: str = ""
    fax: str = ""
    web: str = ""
    street: str = ""
    house_number: str = ""
    addition: str = ""
    plz: str = ""
    city: str = ""
    lat: float | None = None
    lon: float | None = None
    languages: frozenset[str] = frozenset()
    specialties: frozenset[str] = frozenset()
    qualifications: frozenset[str] = frozenset()
    accessible: bool | None = None
    phone_hours: tuple[WeekSpan, ...] | None = None
    office_hours: tuple[WeekSpan, ...] | None = None
    hours_as_of: date | None = None
    contact_status: str = ""
    contact_note: str = ""
    contact_on: date | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowError:
    """A row that cannot be read: its number in the file, a code, and parameters without personal data.

    `about` is who the row names all the same, where it does: they are not taken over, but not gone either.
    """

    row: int
    reason: str
    params: dict[str, object] = field(default_factory=dict)
    about: TherapistRecord | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """Consent as an intake states it; `refused` are the scopes it answers with no."""

    version: str
    given_on: date
    scopes: frozenset[str]
    refused: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """A person in need, as an intake or the office's own list states it. `availability` None: not asked."""

    row: int
    last_name: str
    first_name: str = ""
    sex: Sex = Sex.NOT_STATED
    birth_date: date | None = None
    street: str = ""
    house_number: str = ""
    plz: str = ""
    city: str = ""
    email: str = ""
    phone: str = ""
    insurer: str = ""
    insurance_kind: str = "unknown"
    insurance_number: str = ""
    registered_on: date | None = None
    complaints: tuple[str, ...] = ()
    diagnoses: tuple[str, ...] = ()
    methods: frozenset[Method] = frozenset()
    therapist_sex: SexWish = SexWish.ANY
    group_ok: bool = False
    radius_km: int | None = None
    travel_mode: TravelMode | None = None
    languages: frozenset[str] = frozenset()
    availability: tuple[WeekSpan, ...] | None = None
    previous_therapy_end: date | None = None
    consultation_on: date | None = None
    timely_needed: bool = False
    consent: ConsentRecord | None = None
    notes: tuple[str, ...] = ()
