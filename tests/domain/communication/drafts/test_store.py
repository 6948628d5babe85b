"""The store: closed to everybody without the key, whole after every call, and nobody writes in what is on its way."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from domain.communication.drafts.records import Addressee, Confirmation, DraftState, DraftText, Waiting
from domain.communication.drafts.store import DraftStore
from domain.errors import Conflict, Invalid, NotFound, PlatzlotseError
from tests.domain.communication.drafts.conftest import KEY
from tests.examples import examples

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ANNA = Addressee("anna@praxis.example", "Anna Sommer", therapist_id=7)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"


def text(subject: str = "Danke", body: str = "Vielen Dank.", to: Addressee = ANNA) -> DraftText:
    """What somebody writes."""
    return DraftText(to, subject, body)


def test_what_was_written_is_there_after_the_program_ended(path: Path) -> None:
    """Without a word of saving: each call is on the disk when it returns."""
    first = DraftStore(path, KEY)
    number = first.add(text(), now=NOW)
    first.save(number, text(body="Noch ein Satz."), now=NOW)
    file = first.attach(number, "Plan.pdf", PDF)
    second = DraftStore(path, KEY)  # the first never closed
    kept = second.get(number)
    assert (kept.body, kept.revision, kept.state) == ("Noch ein Satz.", 3, DraftState.DRAFT)
    assert kept.addressee == ANNA
    assert [f.name for f in kept.files] == ["Plan.pdf"]
    assert second.content(file.id) == PDF
    first.close()
    second.close()


def test_a_store_of_the_release_before_is_brought_up(path: Path) -> None:
    """What was written stays, and nothing of it is confirmed."""
    old = DraftStore(path, KEY)
    number = old.add(text(), now=NOW)
    with old.transaction() as connection:
        connection.execute("ALTER TABLE draft DROP COLUMN confirmed")
        connection.execute("ALTER TABLE draft DROP COLUMN confirmed_by")
        connection.execute("PRAGMA user_version = 1")
    old.close()
    new = DraftStore(path, KEY)
    assert (new.get(number).subject, new.get(number).confirmed) == ("Danke", frozenset())
    new.queue(number, now=NOW, confirmed=Confirmation(frozenset({3, 1}), 9, revision=1))
    assert (new.get(number).confirmed, new.get(number).confirmed_by) == (frozenset({1, 3}), 9)
    new.close()


def test_what_may_be_named_holds_for_the_words_it_was_said_of(store: DraftStore) -> None:
    """Saved once more it is said anew."""
    number = store.add(text(), now=NOW)
    store.queue(number, now=NOW, confirmed=Confirmation(frozenset({7}), 9, revision=1))
    store.reopen(number)
    assert store.get(number).confirmed == {7}
    store.save(number, text(body="Anders."), now=NOW)
    assert store.get(number).confirmed == frozenset()


def test_the_file_tells_nothing_without_the_key(path: Path) -> None:
    """Neither in the clear nor to another key; the one that fits still opens it afterwards."""
    store = DraftStore(path, KEY)
    number = store.add(text(subject="Kanarienvogel", body="Kanarienvogel"), now=NOW)
    store.attach(number, "Kanarienvogel.pdf", PDF + b"Kanarienvogel")
    beside = [file.read_bytes() for file in path.parent.iterdir()]
    store.close()
    assert not any(b"Kanarienvogel" in content for content in (path.read_bytes(), *beside))
    for wrong in (bytes(32), b"short"):
        with pytest.raises(Invalid) as caught:
            DraftStore(path, wrong)
        assert caught.value.code == "drafts.key_wrong"
    again = DraftStore(path, KEY)
    assert again.get(number).subject == "Kanarienvogel"
    again.close()


@pytest.mark.parametrize("damage", [b"", b"kein Speicher", bytes(5000)])
def test_a_damaged_file_is_told_and_left_alone(path: Path, damage: bytes) -> None:
    """Nothing is overwritten: perhaps somebody can mend it. An empty file is a new store."""
    path.write_bytes(damage)
    if not damage:
        DraftStore(path, KEY).close()
        return
    with pytest.raises(Invalid):
        DraftStore(path, KEY)
    assert path.read_bytes() == damage


def test_nobody_writes_in_what_is_on_its_way(store: DraftStore) -> None:
    """Taken back it may be, until the server may have it."""
    number = store.add(text(), now=NOW)
    store.queue(number, now=NOW)
    for change in (
        lambda: store.save(number, text(body="anders"), now=NOW),
        lambda: store.attach(number, "a.pdf", PDF),
        lambda: store.queue(number, now=NOW),
    ):
        with pytest.raises(Conflict):
            change()
    store.reopen(number)
    store.save(number, text(body="anders"), now=NOW)
    store.queue(number, now=NOW)
    store.begin_upload(store.get(number))
    with pytest.raises(Conflict):
        store.reopen(number)
    assert store.count() == Waiting(queued=1, edits=0, refused=0)


def test_an_upload_of_what_was_taken_back_stops(store: DraftStore) -> None:
    """What the uploader read before is older than what its writer changed."""
    number = store.add(text(), now=NOW)
    store.queue(number, now=NOW)
    seen = store.get(number)
    store.reopen(number)
    with pytest.raises(Conflict):
        store.begin_upload(seen)
    store.save(number, text(body="anders"), now=NOW)
    store.queue(number, now=NOW)
    with pytest.raises(Conflict):
        store.begin_upload(seen)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (text(to=Addressee("", "")), "email.address"),
        (text(subject=" "), "drafts.no_subject"),
        (text(body="\n"), "drafts.no_body"),
    ],
)
def test_what_is_missing_is_told_before_it_waits(store: DraftStore, wrong: DraftText, code: str) -> None:
    """The draft stays as it is."""
    number = store.add(wrong, now=NOW)
    with pytest.raises(Invalid) as caught:
        store.queue(number, now=NOW)
    assert caught.value.code == code
    assert store.get(number).state is DraftState.DRAFT


def test_files_are_checked_counted_and_not_doubled(store: DraftStore) -> None:
    """All together stay below what mail servers take."""
    number = store.add(text(), now=NOW)
    store.attach(number, "a.pdf", PDF)
    for name, content, code in (
        ("a.pdf", PDF, "file.attached_already"),
        ("b.exe", b"MZ" + bytes(50), "file.kind"),
        ("c.pdf", b"MZ" + bytes(50), "file.content"),
        ("d.pdf", PDF + bytes(24_999_960), "file.mail_too_large"),
        ("e.pdf", PDF + bytes(25_000_000), "file.too_large"),
    ):
        with pytest.raises(Invalid) as caught:
            store.attach(number, name, content)
        assert caught.value.code == code
    (kept,) = store.get(number).files
    store.detach(number, kept.id)
    assert store.get(number).files == ()
    with pytest.raises(NotFound):
        store.content(kept.id)


class Writing(RuleBasedStateMachine):
    """Whatever is done in any order: a draft is in one state, a refused call changes nothing."""

    made = Bundle("made")
    path: Path

    def __init__(self) -> None:
        super().__init__()
        self.store = DraftStore(self.path, KEY)
        self.known: dict[UUID, tuple[str, DraftState]] = {
            draft.client_uuid: (draft.body, draft.state) for draft in self.store.drafts()
        }

    @rule(target=made, body=st.text(max_size=20))
    def add(self, body: str) -> UUID:
        number = self.store.add(text(body=body), now=NOW)
        self.known[number] = (body, DraftState.DRAFT)
        return number

    @rule(number=made, body=st.text(max_size=20))
    def save(self, number: UUID, body: str) -> None:
        self.attempt(
            number,
            {DraftState.DRAFT: (body, DraftState.DRAFT)},
            lambda: self.store.save(number, text(body=body), now=NOW),
        )

    @rule(number=made)
    def queue(self, number: UUID) -> None:
        body, _ = self.known.get(number, ("", DraftState.DRAFT))
        allowed = {DraftState.DRAFT: (body, DraftState.QUEUED)} if body.strip() else {}
        self.attempt(number, allowed, lambda: self.store.queue(number, now=NOW))

    @rule(number=made)
    def reopen(self, number: UUID) -> None:
        body, _ = self.known.get(number, ("", DraftState.DRAFT))
        back = (body, DraftState.DRAFT)
        self.attempt(number, {DraftState.DRAFT: back, DraftState.QUEUED: back}, lambda: self.store.reopen(number))

    @rule(number=made)
    def upload(self, number: UUID) -> None:
        body, _ = self.known.get(number, ("", DraftState.DRAFT))
        going = (body, DraftState.UPLOADING)
        allowed = {DraftState.QUEUED: going, DraftState.UPLOADING: going}
        self.attempt(number, allowed, lambda: self.store.begin_upload(self.store.get(number)))

    @rule(number=made)
    def forget(self, number: UUID) -> None:
        self.store.forget(number)
        self.known.pop(number, None)

    @rule()
    def end_and_begin_again(self) -> None:
        self.store.close()
        self.store = DraftStore(self.path, KEY)

    def attempt(self, number: UUID, allowed: dict[DraftState, tuple[str, DraftState]], act: object) -> None:
        """Do it: where it is allowed it is done, elsewhere it is refused."""
        known = self.known.get(number)
        try:
            act()  # type: ignore[operator]
        except PlatzlotseError:
            assert known is None or known[1] not in allowed
        else:
            assert known is not None
            self.known[number] = allowed[known[1]]

    @invariant()
    def nothing_is_lost_or_doubled(self) -> None:
        assert {d.client_uuid: (d.body, d.state) for d in self.store.drafts()} == self.known

    def teardown(self) -> None:
        for draft in self.store.drafts():
            self.store.forget(draft.client_uuid)
        self.store.close()


def test_any_order_of_calls(path: Path) -> None:
    """A state machine against a plain dictionary."""
    Writing.path = path
    run_state_machine_as_test(
        Writing,
        settings=settings(
            max_examples=examples(8), stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def test_a_confirmation_of_other_words_is_refused(store: DraftStore) -> None:
    """Somebody wrote on, or put a file in, while the question stood."""
    number = store.add(text(), now=NOW)
    said = Confirmation(frozenset({7}), 9, revision=store.get(number).revision)
    store.attach(number, "Plan.pdf", PDF)
    with pytest.raises(Conflict, match=r"drafts\.words_changed"):
        store.queue(number, now=NOW, confirmed=said)
    said = Confirmation(frozenset({7}), 9, revision=store.get(number).revision)
    store.save(number, text(body="Anders."), now=NOW)
    with pytest.raises(Conflict, match=r"drafts\.words_changed"):
        store.queue(number, now=NOW, confirmed=said)


def test_a_mail_too_long_to_be_looked_through_is_refused(store: DraftStore) -> None:
    """With the field; the draft stays."""
    number = store.add(text(body="Wort " * 50_000), now=NOW)
    with pytest.raises(Invalid, match=r"drafts\.too_long"):
        store.queue(number, now=NOW)
    assert store.get(number).state == DraftState.DRAFT
