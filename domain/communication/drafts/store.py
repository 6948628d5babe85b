"""The encrypted store of drafts on this machine: every change is on the disk when the call returns.

One connection for all threads of the program, one call at a time. It knows no server.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID, uuid4

from domain.communication.drafts.records import (
    Addressee,
    Confirmation,
    Draft,
    DraftFile,
    DraftState,
    DraftText,
    Waiting,
)
from domain.communication.drafts.schema import Connection, open_store, roll_back, told
from domain.communication.subjects import is_one_line
from domain.errors import Conflict, Invalid, NotFound
from domain.file_types import FILE_BYTES, checked_file

_COLUMNS = (
    "client_uuid, state, address, name, therapist_id, patient_id, subject, body, inquiry_id, in_reply_to,"
    " template_version_id, revision, changed_at, refused, refused_params, confirmed, confirmed_by"
)

LONGEST_BODY = 200_000  # letters, some eighty pages: each is looked through for names before it leaves


class DraftStore:
    """Drafts with their files. Each call raises as `schema.told` says: a full disk, a store another window holds."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._connection = open_store(path, key)
        self._lock = threading.RLock()

    def close(self) -> None:
        """Close the file; nothing is lost, all is on the disk already."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All of the block or nothing, on the disk at its end."""
        with self._reading():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                roll_back(self._connection)
                raise

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self._lock, told(self._path):
            yield

    def add(self, text: DraftText, *, now: datetime, number: UUID | None = None) -> UUID:
        """Begin a draft; returns the number by which the server will know it: the given one, or a new one."""
        made = number or uuid4()
        with self.transaction() as connection:
            connection.execute(
                f"INSERT INTO draft ({_COLUMNS})"
                " VALUES (?, 'draft', ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, '', '{}', '[]', 0)",
                (str(made), *_values(text), now.isoformat()),
            )
        return made

    def save(self, client_uuid: UUID, text: DraftText, *, now: datetime) -> None:
        """Put other words into a draft. Raises Conflict while it is on its way, NotFound once it arrived."""
        with self.transaction() as connection:
            self._must_be_draft(connection, client_uuid)
            connection.execute(
                "UPDATE draft SET address = ?, name = ?, therapist_id = ?, patient_id = ?, subject = ?, body = ?,"
                " inquiry_id = ?, in_reply_to = ?, template_version_id = ?, changed_at = ?, revision = revision + 1,"
                " confirmed = '[]', confirmed_by = 0"
                " WHERE client_uuid = ?",
                (*_values(text), now.isoformat(), str(client_uuid)),
            )

    def attach(self, client_uuid: UUID, name: str, content: bytes) -> DraftFile:
        """Add a file. Raises Invalid for a kind that is not sent, and when all together exceed the limit."""
        file = checked_file(name, content)
        with self.transaction() as connection:
            self._must_be_draft(connection, client_uuid)
            already = connection.execute(
                "SELECT coalesce(sum(size), 0) FROM draft_file WHERE client_uuid = ?", (str(client_uuid),)
            ).fetchone()[0]
            if already + len(content) > FILE_BYTES:
                raise Invalid("file.mail_too_large", limit=FILE_BYTES // 1_000_000)
            digest = sha256(content).digest()
            known = connection.execute(
                "SELECT 1 FROM draft_file WHERE client_uuid = ? AND sha256 = ?", (str(client_uuid), digest)
            ).fetchone()
            if known:
                raise Invalid("file.attached_already", name=file.name)
            number = connection.execute(
                "INSERT INTO draft_file (client_uuid, name, media_type, size, sha256, content)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (str(client_uuid), file.name, file.media_type, len(content), digest, content),
            ).lastrowid
            self._count_up(connection, client_uuid)
        return DraftFile(number, file.name, file.media_type, len(content))

    def detach(self, client_uuid: UUID, file_id: int) -> None:
        """Take a file out again."""
        with self.transaction() as connection:
            self._must_be_draft(connection, client_uuid)
            connection.execute("DELETE FROM draft_file WHERE client_uuid = ? AND id = ?", (str(client_uuid), file_id))
            self._count_up(connection, client_uuid)

    def content(self, file_id: int) -> bytes:
        """The bytes of a file."""
        with self._reading():
            found = self._connection.execute("SELECT content FROM draft_file WHERE id = ?", (file_id,)).fetchone()
        if found is None:
            raise NotFound("drafts.gone")
        return bytes(found[0])

    def get(self, client_uuid: UUID) -> Draft:
        """One draft. Raises NotFound once the server has it, or it was thrown away."""
        with self._reading():
            found = self._connection.execute(
                f"SELECT {_COLUMNS} FROM draft WHERE client_uuid = ?", (str(client_uuid),)
            ).fetchone()
            if found is None:
                raise NotFound("drafts.gone")
            return _draft(found, self._files(client_uuid))

    def drafts(self) -> tuple[Draft, ...]:
        """Everything in the store, the newest first."""
        with self._reading():
            rows = self._connection.execute(f"SELECT {_COLUMNS} FROM draft ORDER BY changed_at DESC").fetchall()
            return tuple(_draft(row, self._files(UUID(row[0]))) for row in rows)

    def queue(self, client_uuid: UUID, *, now: datetime, confirmed: Confirmation | None = None) -> None:
        """Hand a draft to the uploader: nobody writes in it any more.

        `confirmed` says whom it may name, though its practice was never asked about them. Raises Invalid while
        something is missing or it is too long to be looked through for names, and Conflict (``drafts.words_changed``)
        when the draft is no longer the one it was said of.
        """
        with self.transaction() as connection:
            self._must_be_draft(connection, client_uuid)
            draft = self.get(client_uuid)
            if "@" not in draft.addressee.address:
                raise Invalid("email.address", field="to_address")
            if not draft.subject.strip():
                raise Invalid("drafts.no_subject", field="subject")
            if not is_one_line(draft.subject):
                raise Invalid("email.subject_lines", field="subject")
            if not draft.body.strip():
                raise Invalid("drafts.no_body", field="body")
            if len(draft.body) > LONGEST_BODY:
                raise Invalid("drafts.too_long", field="body", limit=LONGEST_BODY, found=len(draft.body))
            if confirmed is not None and confirmed.revision != draft.revision:
                raise Conflict("drafts.words_changed")
            patients, by = (sorted(confirmed.patients), confirmed.by) if confirmed is not None else ([], 0)
            connection.execute(
                "UPDATE draft SET state = 'queued', refused = '', refused_params = '{}', changed_at = ?, confirmed = ?,"
                " confirmed_by = ? WHERE client_uuid = ?",
                (now.isoformat(), json.dumps(patients), by, str(client_uuid)),
            )

    def reopen(self, client_uuid: UUID) -> None:
        """Write on in a draft that waits. Raises Conflict when it may have reached the server already."""
        with self.transaction() as connection:
            changed = connection.execute(
                "UPDATE draft SET state = 'draft' WHERE client_uuid = ? AND state IN ('queued', 'draft')",
                (str(client_uuid),),
            ).rowcount
        if not changed:
            raise Conflict("drafts.on_its_way")

    def waiting(self) -> tuple[Draft, ...]:
        """What is to be uploaded, the oldest first."""
        return tuple(reversed([draft for draft in self.drafts() if draft.state is not DraftState.DRAFT]))

    def begin_upload(self, draft: Draft) -> None:
        """The server is about to commit: from here on it may have it. Raises Conflict if its writer took it back."""
        with self.transaction() as connection:
            changed = connection.execute(
                "UPDATE draft SET state = 'uploading' WHERE client_uuid = ? AND revision = ?"
                " AND state IN ('queued', 'uploading')",
                (str(draft.client_uuid), draft.revision),
            ).rowcount
        if not changed:
            raise Conflict("drafts.taken_back")

    def refuse(self, client_uuid: UUID, code: str, params: Mapping[str, object]) -> None:
        """The server does not take it: back to its writer, with the reason."""
        said = json.dumps({name: str(value) for name, value in params.items()})
        with self.transaction() as connection:
            connection.execute(
                "UPDATE draft SET state = 'draft', refused = ?, refused_params = ? WHERE client_uuid = ?",
                (code, said, str(client_uuid)),
            )

    def forget(self, client_uuid: UUID) -> None:
        """The server has it, or its writer threw it away."""
        with self.transaction() as connection:
            connection.execute("DELETE FROM draft WHERE client_uuid = ?", (str(client_uuid),))

    def count(self) -> Waiting:
        """For the status bar."""
        with self._reading():
            queued, refused = self._connection.execute(
                "SELECT count(*) FILTER (WHERE state <> 'draft'), count(*) FILTER (WHERE refused <> '') FROM draft"
            ).fetchone()
            edits, conflicts = self._connection.execute(
                "SELECT count(*) FILTER (WHERE theirs IS NULL AND refused = ''),"
                " count(*) FILTER (WHERE theirs IS NOT NULL OR refused <> '') FROM contact_edit"
            ).fetchone()
        return Waiting(queued=queued, edits=edits, refused=refused + conflicts)

    def _files(self, client_uuid: UUID) -> tuple[DraftFile, ...]:
        rows = self._connection.execute(
            "SELECT id, name, media_type, size FROM draft_file WHERE client_uuid = ? ORDER BY id", (str(client_uuid),)
        )
        return tuple(DraftFile(*row) for row in rows)

    @staticmethod
    def _count_up(connection: Connection, client_uuid: UUID) -> None:
        """Other files make another mail: their names may name somebody."""
        connection.execute("UPDATE draft SET revision = revision + 1 WHERE client_uuid = ?", (str(client_uuid),))

    @staticmethod
    def _must_be_draft(connection: Connection, client_uuid: UUID) -> None:
        found = connection.execute("SELECT state FROM draft WHERE client_uuid = ?", (str(client_uuid),)).fetchone()
        if found is None:
            raise NotFound("drafts.gone")
        if found[0] != DraftState.DRAFT:
            raise Conflict("drafts.on_its_way")


def _values(text: DraftText) -> tuple[object, ...]:
    to = asdict(text.addressee)
    return (
        to["address"], to["name"], to["therapist_id"], to["patient_id"], text.subject, text.body, text.inquiry_id,
        text.in_reply_to, text.template_version_id,
    )  # fmt: skip


def _draft(row: tuple[object, ...], files: tuple[DraftFile, ...]) -> Draft:
    number, state, address, name, therapist, patient, *rest = row
    subject, body, inquiry, in_reply_to, version, revision, changed_at, refused, params, confirmed, by = rest
    return Draft(
        client_uuid=UUID(str(number)),
        state=DraftState(str(state)),
        addressee=Addressee(str(address), str(name), therapist, patient),  # type: ignore[arg-type]
        subject=str(subject),
        body=str(body),
        inquiry_id=inquiry,  # type: ignore[arg-type]
        in_reply_to=str(in_reply_to),
        template_version_id=version,  # type: ignore[arg-type]
        revision=int(str(revision)),
        changed_at=datetime.fromisoformat(str(changed_at)),
        refused=str(refused),
        refused_params=json.loads(str(params)),
        files=files,
        confirmed=frozenset(json.loads(str(confirmed))),
        confirmed_by=int(str(by)),
    )
