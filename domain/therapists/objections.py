"""Who objected (Art. 21 GDPR) and comes back under another name: a record nobody is recognised by may still be theirs.

The first name with the mailbox or a number is not enough to say who somebody is, but enough not to offer them before a
person has decided.
"""

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from domain.acquisition.records import TherapistRecord
from domain.therapists.changes import Likeness
from domain.therapists.identity import first_names_agree, numbers_of
from domain.therapists.identity_models import TherapistAlias
from domain.therapists.models import PracticeSite, Therapist


@dataclass(frozen=True, slots=True)
class _Objector:
    first_names: frozenset[str]
    reached_by: frozenset[str]
    shown: Likeness


@dataclass(slots=True)
class Objections:
    """Everybody who objected, by mailbox and number, also under what was merged into them."""

    _by_contact: dict[str, list[_Objector]] = field(default_factory=dict)

    @classmethod
    def load(cls, session: Session) -> "Objections":
        """As the office knows them now."""
        kept = aliased(Therapist)
        people = session.scalars(
            select(Therapist)
            .outerjoin(kept, kept.id == Therapist.merged_into_id)
            .where((Therapist.status == "opted_out") | (kept.status == "opted_out"))
        ).all()
        ids = [person.id for person in people]
        further: dict[int, list[TherapistAlias]] = {}
        for alias in session.scalars(select(TherapistAlias).where(TherapistAlias.therapist_id.in_(ids))):
            further.setdefault(alias.therapist_id, []).append(alias)
        places = session.execute(
            select(PracticeSite.id, PracticeSite.plz, PracticeSite.city).where(
                PracticeSite.id.in_({person.site_id for person in people})
            )
        )
        at = {row.id: f"{row.plz} {row.city}".strip() for row in places}
        found = cls()
        for person in people:
            also = further.get(person.id, [])
            name = " ".join(part for part in (person.title, person.first_name, person.last_name) if part)
            objector = _Objector(
                frozenset({person.first_name, *(alias.first_name for alias in also)}) - {""},
                numbers_of(person.phone, person.mobile, person.email, *(alias.email for alias in also)),
                Likeness(person.merged_into_id or person.id, name, at.get(person.site_id, ""), 1.0),
            )
            for contact in objector.reached_by:
                found._by_contact.setdefault(contact, []).append(objector)
        return found

    def of(self, record: TherapistRecord) -> Likeness | None:
        """Who of them a record may be."""
        if record.is_institution or not record.first_name:
            return None
        for contact in sorted(numbers_of(record.email, record.phone, record.mobile)):
            for objector in self._by_contact.get(contact, ()):
                if any(first_names_agree(record.first_name, name) for name in objector.first_names):
                    return objector.shown
        return None
