"""Handing over what was written on this machine: drafts become mails, changed contact data become the record's.

Each thing is handed over once: a draft by its number, contact data by what they are to be. Cut at any point, what had
not arrived is still in the store, and what had arrived is not sent twice.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from sqlalchemy.orm import Session

from domain.casework.erased_drafts import erasures_of, forget_erased, people_in
from domain.casework.naming import Named, named_in_draft, note_named, unconfirmed
from domain.communication.drafts.accepting import accept_draft, has_arrived
from domain.communication.drafts.contacts import contact_edits, note_conflict, settle_edit
from domain.communication.drafts.records import ContactData, ContactEdit, Draft
from domain.communication.drafts.store import DraftStore
from domain.communication.mails import OutgoingFile
from domain.database import again_if_in_the_way
from domain.editing import load_for_edit
from domain.errors import Conflict, Forbidden, Invalid, NotFound, PlatzlotseError, Unavailable
from domain.patients import service as patients
from domain.patients.lifecycle import refuse_closed
from domain.patients.models import Patient
from domain.therapists import service as therapists
from domain.therapists.models import Therapist


class Writes(Protocol):
    """What handing over needs of the database."""

    def write(self) -> AbstractContextManager[Session]:
        """A session that commits at the end of the block."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What came of one run: handed over, given back with a reason, and whether the server was there to the end."""

    done: int
    refused: int
    reached: bool


def upload(store: DraftStore, database: Writes, *, now: datetime) -> Uploaded:
    """Hand over everything that waits, contact data first, since letters go to the new address.

    What tells of somebody whose words were erased since it was written is thrown away before.
    """
    done = refused = 0
    try:
        if people := people_in(store):
            with database.write() as session:
                erased = erasures_of(session, people)
            forget_erased(store, erased)
    except Unavailable:
        return Uploaded(done, refused, reached=False)
    works: list[Callable[[], bool]] = [partial(_upload_edit, store, database, edit) for edit in contact_edits(store)]
    works += [partial(_upload_draft, store, database, draft, now=now) for draft in store.waiting()]
    for work in works:
        try:
            taken = again_if_in_the_way(work)
        except Unavailable:
            return Uploaded(done, refused, reached=False)
        except Conflict:
            continue  # somebody works on it right now: the next run finds the same work
        done, refused = done + taken, refused + (not taken)
    return Uploaded(done, refused, reached=True)


def _upload_draft(store: DraftStore, database: Writes, draft: Draft, *, now: datetime) -> bool:
    """True when the server has it, False when it gave it back."""
    files = [OutgoingFile(file.name, file.media_type, store.content(file.id)) for file in draft.files]
    try:
        with database.write() as session:
            # asked first: what changed since it arrived is no reason to give it back
            if not has_arrived(session, draft.client_uuid):
                _refuse_changed(session, draft)
                named = named_in_draft(session, draft)
                _refuse_unasked(draft, unconfirmed(session, draft, named))
                note_named(session, accept_draft(session, draft, files, now=now), named, now=now)
                store.begin_upload(draft)  # from here to the commit nobody can tell whether it arrived
    except PlatzlotseError as error:
        if error.code == "drafts.taken_back":
            return False
        if error.code != "email.queued_already":
            if isinstance(error, Unavailable) or error.params.get("again"):
                raise
            store.refuse(draft.client_uuid, error.code, error.params)
            return False
    store.forget(draft.client_uuid)
    return True


def _refuse_changed(session: Session, draft: Draft) -> None:
    """Whom it is for may have changed since it was written: then its writer looks again."""
    to = draft.addressee
    if to.patient_id is not None:
        patient = load_for_edit(session, Patient, to.patient_id)
        refuse_closed(patient)
        known = patient.email
    elif to.therapist_id is not None:
        therapist = load_for_edit(session, Therapist, to.therapist_id)
        if therapist.status == "opted_out":
            raise Forbidden("drafts.opted_out")
        known = therapist.email
    else:
        return
    # whoever wrote from another address is answered there
    if known != to.address and not draft.in_reply_to:
        raise Invalid("drafts.address_changed", address=known)


def _refuse_unasked(draft: Draft, unasked: Sequence[Named]) -> None:
    """Whom it names is a person's word, not this machine's; without the server nobody could be asked for it."""
    if unasked:
        whom = draft.addressee.name or draft.addressee.address
        raise Invalid("drafts.names_unasked", names=", ".join(one.name for one in unasked), practice=whom)


def _upload_edit(store: DraftStore, database: Writes, edit: ContactEdit) -> bool:
    if edit.theirs is not None or edit.refused:
        return False
    try:
        with database.write() as session:
            theirs = apply_contact_edit(session, edit)
    except (Invalid, NotFound, Forbidden) as error:
        note_conflict(store, edit, theirs=None, refused=error.code)
        return False
    if theirs is not None:
        note_conflict(store, edit, theirs=theirs)
        return False
    settle_edit(store, edit)
    return True


def apply_contact_edit(session: Session, edit: ContactEdit) -> ContactData | None:
    """Change what was changed; None when it is done, else what the server has where both changed the same field.

    Fields only the other side changed stay as they are there. Raises Invalid, NotFound and Forbidden as editing does.
    """
    row: Patient | Therapist
    if edit.kind == "patient":
        row = load_for_edit(session, Patient, edit.id)
    else:
        row = load_for_edit(session, Therapist, edit.id)
    if isinstance(row, Patient):
        refuse_closed(row)
    now = ContactData(row.email, row.phone, row.mobile if isinstance(row, Therapist) else "")
    wanted = {}
    for name in ContactData.__slots__:
        before, after, theirs = (getattr(data, name) for data in (edit.before, edit.after, now))
        if before != after and theirs not in {before, after}:
            return now
        wanted[name] = after if before != after else theirs
    if ContactData(**wanted) == now:
        return None
    if isinstance(row, Patient):
        patients.set_contact(session, edit.id, email=wanted["email"], phone=wanted["phone"])
    else:
        therapists.set_contact(session, edit.id, **wanted)
    return None
