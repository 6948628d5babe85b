"""What the store on this machine holds: drafts with their files, changed contact data, what is kept to work offline."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class DraftState(StrEnum):
    """`draft` is being written, `queued` waits for the server, `uploading` may have reached it already."""

    DRAFT = "draft"
    QUEUED = "queued"
    UPLOADING = "uploading"


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a draft is for: a therapist or a patient of the office's, or an address alone."""

    address: str
    name: str
    therapist_id: int | None = None
    patient_id: int | None = None


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A file that goes along; its content stays in the store until it is asked for. `size` in bytes."""

    id: int
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Confirmation:
    """That a mail may name patients its practice was never asked about: who said so, and of which words."""

    patients: frozenset[int]
    by: int
    revision: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail being written. `body` is Markdown; `revision` counts the times it was saved.

    `refused` and `refused_params` say why the server did not take it; empty while it was not asked or took it.
    `confirmed` are patients of whom `confirmed_by`, a person of the office, said that it may name them, though its
    practice was never asked.
    """

    client_uuid: UUID
    state: DraftState
    addressee: Addressee
    subject: str
    body: str
    inquiry_id: int | None
    in_reply_to: str
    template_version_id: int | None
    revision: int
    changed_at: datetime
    refused: str = ""
    refused_params: dict[str, str] = field(default_factory=dict)
    files: tuple[DraftFile, ...] = ()
    confirmed: frozenset[int] = frozenset()
    confirmed_by: int = 0


@dataclass(frozen=True, slots=True)
class DraftText:
    """What a person writes of a draft."""

    addressee: Addressee
    subject: str
    body: str
    inquiry_id: int | None = None
    in_reply_to: str = ""
    template_version_id: int | None = None


@dataclass(frozen=True, slots=True)
class ContactData:
    """How somebody is reached; phone numbers as they were entered."""

    email: str = ""
    phone: str = ""
    mobile: str = ""


@dataclass(frozen=True, slots=True)
class CachedContact:
    """A therapist or patient kept to be written to without the server."""

    kind: str
    id: int
    name: str
    salutation: str
    title: str
    first_name: str
    last_name: str
    is_institution: bool
    contact: ContactData


@dataclass(frozen=True, slots=True)
class ContactEdit:
    """Contact data changed on this machine and not yet on the server.

    `before` is what was seen, `after` what is wanted; `theirs` what the server has meanwhile, where both changed.
    """

    kind: str
    id: int
    name: str
    before: ContactData
    after: ContactData
    theirs: ContactData | None = None
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much has not reached the server: queued drafts, changed contacts, and what came back with a reason."""

    queued: int
    edits: int
    refused: int
