"""What the store keeps of others: whom one can write to without the server, and contact data changed meanwhile."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace

from domain.acquisition.phone_numbers import phone as read_phone
from domain.acquisition.text import email as read_email
from domain.communication.drafts.records import CachedContact, ContactData, ContactEdit
from domain.communication.drafts.store import DraftStore
from domain.errors import Invalid, NotFound

FOUND = 20  # addressees proposed at once


def keep_contacts(store: DraftStore, contacts: Iterable[CachedContact]) -> None:
    """Keep these and no others: whom the office no longer works with is not left on this machine."""
    rows = [(c.kind, c.id, c.name, _search(c), json.dumps(asdict(c))) for c in contacts]
    with store.transaction() as connection:
        connection.execute("DELETE FROM contact")
        connection.executemany("INSERT INTO contact VALUES (?, ?, ?, ?, ?)", rows)


def keep_contact(store: DraftStore, contact: CachedContact) -> None:
    """Keep one more, since somebody writes to it."""
    with store.transaction() as connection:
        connection.execute(
            "INSERT OR REPLACE INTO contact VALUES (?, ?, ?, ?, ?)",
            (contact.kind, contact.id, contact.name, _search(contact), json.dumps(asdict(contact))),
        )


def find_contacts(store: DraftStore, words: str) -> tuple[CachedContact, ...]:
    """Kept contacts whose name or address has each of the words, with pending changes applied."""
    asked = words.casefold().split()
    condition = " AND ".join(["instr(search, ?) > 0"] * len(asked)) or "true"
    with store.transaction() as connection:
        rows = connection.execute(
            f"SELECT record FROM contact WHERE {condition} ORDER BY name LIMIT {FOUND}", asked
        ).fetchall()
    return tuple(_contact(row[0]) for row in rows)


def kept_contact(store: DraftStore, kind: str, record_id: int) -> CachedContact:
    """One kept contact. Raises NotFound where it is not kept on this machine."""
    with store.transaction() as connection:
        row = connection.execute("SELECT record FROM contact WHERE kind = ? AND id = ?", (kind, record_id)).fetchone()
    if row is None:
        raise NotFound("drafts.not_kept")
    return _contact(row[0])


def edit_contact(store: DraftStore, contact: CachedContact, after: ContactData) -> None:
    """Note changed contact data for the server. Changed twice, the first sight stays what it is compared with.

    Raises Invalid (field) for what is no address or number: the server would refuse it too.
    """
    after = ContactData(
        _checked(read_email, after.email, "email"),
        _checked(read_phone, after.phone, "phone"),
        _checked(read_phone, after.mobile, "mobile"),
    )
    with store.transaction() as connection:
        row = connection.execute(
            "SELECT before FROM contact_edit WHERE kind = ? AND id = ?", (contact.kind, contact.id)
        ).fetchone()
        before = row[0] if row is not None else json.dumps(asdict(contact.contact))
        connection.execute(
            "INSERT OR REPLACE INTO contact_edit (kind, id, name, before, after) VALUES (?, ?, ?, ?, ?)",
            (contact.kind, contact.id, contact.name, before, json.dumps(asdict(after))),
        )
        kept = replace(contact, contact=after)
        connection.execute(
            "UPDATE contact SET record = ?, search = ? WHERE kind = ? AND id = ?",
            (json.dumps(asdict(kept)), _search(kept), contact.kind, contact.id),
        )


def contact_edits(store: DraftStore) -> tuple[ContactEdit, ...]:
    """Everything changed here and not yet settled."""
    with store.transaction() as connection:
        rows = connection.execute(
            "SELECT kind, id, name, before, after, theirs, refused FROM contact_edit ORDER BY kind, id"
        ).fetchall()
    return tuple(
        ContactEdit(kind, number, name, _data(before), _data(after), _data(theirs) if theirs else None, refused)
        for kind, number, name, before, after, theirs, refused in rows
    )


def note_conflict(store: DraftStore, edit: ContactEdit, *, theirs: ContactData | None, refused: str = "") -> None:
    """The server has something else meanwhile, or refused: both are kept until a person decides."""
    with store.transaction() as connection:
        connection.execute(
            "UPDATE contact_edit SET theirs = ?, refused = ? WHERE kind = ? AND id = ? AND after = ?",
            (
                json.dumps(asdict(theirs)) if theirs else None,
                refused,
                edit.kind,
                edit.id,
                json.dumps(asdict(edit.after)),
            ),
        )


def settle_edit(store: DraftStore, edit: ContactEdit) -> None:
    """The server has it, or it was given up; an edit made since stays."""
    with store.transaction() as connection:
        connection.execute(
            "DELETE FROM contact_edit WHERE kind = ? AND id = ? AND after = ?",
            (edit.kind, edit.id, json.dumps(asdict(edit.after))),
        )


def insist(store: DraftStore, edit: ContactEdit) -> None:
    """Decide a conflict for one's own: what the server has now is what it will be compared with."""
    with store.transaction() as connection:
        connection.execute(
            "UPDATE contact_edit SET before = coalesce(theirs, before), theirs = NULL, refused = ''"
            " WHERE kind = ? AND id = ?",
            (edit.kind, edit.id),
        )


def keep(store: DraftStore, name: str, value: object) -> None:
    """Keep something small to work without the server, as the letterhead."""
    with store.transaction() as connection:
        connection.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (name, json.dumps(value)))


def kept(store: DraftStore, name: str) -> object:
    """What was kept under a name; None where nothing was."""
    with store.transaction() as connection:
        row = connection.execute("SELECT value FROM kept WHERE name = ?", (name,)).fetchone()
    return None if row is None else json.loads(row[0])


def _checked(read: Callable[[str], str], text: str, field: str) -> str:
    found = read(text)
    if text.strip() and not found:
        raise Invalid(f"therapist.{field}", field=field)
    return found


def _search(contact: CachedContact) -> str:
    return f"{contact.name} {contact.contact.email}".casefold()


def _contact(record: str) -> CachedContact:
    values = json.loads(record)
    values.pop("version", None)  # kept by an older program
    return CachedContact(**{**values, "contact": ContactData(**values["contact"])})


def _data(record: str) -> ContactData:
    return ContactData(**json.loads(record))
