"""Beginning a letter of one's own: from a template of the office's, with the server or from what was kept of it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy.orm import Session

from domain.casework.addressees import recipient
from domain.casework.letters import office_context
from domain.communication.drafts.contacts import keep, kept
from domain.communication.drafts.records import Addressee, CachedContact, DraftText
from domain.communication.drafts.store import DraftStore
from domain.communication.incoming.listing import get_incoming
from domain.communication.subjects import in_one_line
from domain.communication.templates.contexts import LetterContext, OfficeContext, PatientLetterContext
from domain.communication.templates.markdown import quoted
from domain.communication.templates.rendering import Context, Source, fill
from domain.communication.templates.service import list_templates, read_template, shipped, sources_for
from domain.communication.wording import Recipient
from domain.errors import NotFound

KEPT_AS = "stationery"


@dataclass(frozen=True, slots=True)
class OwnTemplate:
    """One to begin with: the office's name for it, and its kind (``own_practice``, ``own_patient``)."""

    key: str
    kind: str
    name: str
    subject: str
    body: str
    version_id: int | None


@dataclass(frozen=True, slots=True)
class Stationery:
    """All a letter of one's own needs but its words: letterhead, signature, templates."""

    office: OfficeContext
    signature: str
    templates: tuple[OwnTemplate, ...]


@dataclass(frozen=True, slots=True)
class Begun:
    """A letter to write on in: Markdown."""

    subject: str
    body: str
    version_id: int | None


def read_stationery(session: Session) -> Stationery:
    """As the office has it now."""
    own = []
    for line in list_templates(session):
        if line.key.startswith("own:"):
            text = read_template(session, line.key)
            own.append(OwnTemplate(line.key, line.kind, line.name, text.subject, text.body, text.version_id))
    return Stationery(office_context(session), sources_for(session, "signature")["signature"].body, tuple(own))


def keep_stationery(store: DraftStore, stationery: Stationery) -> None:
    """Keep it for when the server is away."""
    keep(store, KEPT_AS, asdict(stationery))


def kept_stationery(store: DraftStore) -> Stationery:
    """As the server had it last. Raises NotFound where it was never asked."""
    found = kept(store, KEPT_AS)
    if not isinstance(found, Mapping):
        raise NotFound("drafts.nothing_kept")
    return Stationery(
        OfficeContext(**found["office"]), found["signature"], tuple(OwnTemplate(**one) for one in found["templates"])
    )


def begin_letter(
    stationery: Stationery, to: CachedContact | None, template: OwnTemplate | None, *, today: date
) -> Begun:
    """Salutation, the template's words, signature: empty between without a template, neutral without a contact."""
    to_patient = to is not None and to.kind == "patient"
    kind = "own_patient" if to_patient else "own_practice"
    source = Source(template.subject, template.body) if template is not None else shipped(kind)
    who = recipient(to) if to is not None else Recipient("", "", "", "", is_institution=False)
    context: Context = (
        PatientLetterContext(who, stationery.office, today)
        if to_patient
        else LetterContext(who, stationery.office, "", (), today, None, "")
    )
    # an own template may be taken for anybody: its kind only says whom it is proposed for
    subject, body = fill(kind, context, {kind: source, "signature": Source("", stationery.signature)})
    return Begun(subject, body, template.version_id if template is not None else None)


def readdressed(text: str, before: str, after: str) -> str:
    """A text that somebody wrote on in from `before`, with the lines in which `after` differs: for another addressee.

    Every other line stays, and so does a line of `before` that was changed by hand.
    """
    old, new = before.split("\n"), after.split("\n")
    pairs = zip(old, new, strict=True) if len(old) == len(new) else zip(old[:1], new[:1], strict=True)
    lines = text.split("\n")
    for was, now in pairs:
        if was != now and was.strip() and was in lines:
            lines[lines.index(was)] = now
    return "\n".join(lines)


def begin_answer(session: Session, incoming_id: int) -> DraftText:
    """An answer to a mail that came in: to its sender, with its words quoted, in its thread. Raises NotFound."""
    mail = get_incoming(session, incoming_id)
    row = mail.row
    subject = row.subject if row.subject.lower().startswith(("re:", "aw:")) else f"Re: {row.subject}"
    subject = in_one_line(subject)
    return DraftText(
        Addressee(row.from_address, row.practice or row.patient or row.from_name, row.therapist_id, row.patient_id),
        subject,
        f"\n\n{quoted(mail.body_text)}\n",
        row.inquiry_id,
        mail.message_id,
    )
