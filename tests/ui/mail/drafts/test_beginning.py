"""Salutation and template follow whom one writes to, and never cost a typed word."""

from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from app.draft_vault import DraftVault
from domain.casework.own_letters import Stationery, read_stationery, readdressed
from domain.communication.drafts.records import Addressee, DraftText
from domain.communication.drafts.store import DraftStore
from domain.communication.templates.service import create_own
from domain.database import Database, Session
from tests.builders import add_therapist
from tests.conftest import NOW
from tests.ui.hands import confirm, fill, find, press
from tests.ui.mail.drafts.test_writing import PASSPHRASE, choose_template, store_of, type_subject
from ui.mail.drafts import beginning
from ui.mail.drafts.composer import Composer
from ui.mail.page import MailPage
from ui.ports import UiContext
from ui.widgets.reason import ReasonDialog


@pytest.fixture
def practices(database: Database) -> tuple[int, int]:
    """Two to write to, and a template."""

    def make(session: Session) -> tuple[int, int]:
        create_own(session, "own_practice", "Dank", subject="Danke", body="{{ anrede }},\n\ndanke!\n\n{{ signatur }}")
        return (
            add_therapist(session, last_name="Sommer", salutation="Frau", email="ina@praxis.example"),
            add_therapist(session, last_name="Winter", salutation="Herr", email="w@praxis.example"),
        )

    return fill(database, make)


@pytest.fixture
def page(ui: UiContext, qtbot: QtBot, vault: DraftVault, practices: tuple[int, int]) -> MailPage:
    """The page with a new mail to nobody yet."""
    assert practices
    vault.open_by_passphrase(PASSPHRASE)
    made = MailPage(ui)
    qtbot.addWidget(made)
    made.resize(1200, 700)
    made.show()
    press(qtbot, made, "Neue E-Mail")
    qtbot.waitUntil(made.drafts.composer._body.isVisible)
    qtbot.waitUntil(lambda: made.drafts.composer._beginning.template.count() == 2)
    return made


def address(qtbot: QtBot, composer: Composer, name: str) -> None:
    """Type a name and pick whom it proposes."""
    field = composer._to
    composer._body.setFocus()  # the list below the field needs a real screen
    field.setText(name)
    field.textEdited.emit(name)
    qtbot.waitUntil(lambda: any(name in line for line in field._names.stringList()))
    field._on_pick(next(line for line in field._names.stringList() if name in line))
    qtbot.waitUntil(lambda: field.contact is not None and field.contact.last_name == name)


def text_of(page: MailPage) -> str:
    """What stands in the text."""
    return page.drafts.composer._body.toPlainText()


def test_a_new_mail_begins_in_its_first_field(page: MailPage, qtbot: QtBot) -> None:
    """Whoever wants to write says first to whom."""
    page.activateWindow()
    qtbot.waitUntil(page.drafts.composer._to.hasFocus)


def test_a_practice_chosen_in_the_field_is_greeted(page: MailPage, qtbot: QtBot) -> None:
    """With the signature below; another one chosen is greeted by their own name."""
    composer = page.drafts.composer
    address(qtbot, composer, "Sommer")
    assert text_of(page).startswith("Sehr geehrte Frau Sommer,")
    qtbot.waitUntil(lambda: "Sommer" in page.drafts._list.item(0).text())
    address(qtbot, composer, "Winter")
    assert text_of(page).startswith("Sehr geehrter Herr Winter,")
    assert "Sommer" not in text_of(page)
    composer._body.insertPlainText("wie besprochen")
    assert text_of(page).startswith("Sehr geehrter Herr Winter,\n\nwie besprochen")


def test_the_salutation_of_a_template_follows_and_typed_words_stay(
    page: MailPage, qtbot: QtBot, vault: DraftVault
) -> None:
    """Template first, words of one's own, then whom it is for, then somebody else."""
    composer = page.drafts.composer
    choose_template(composer, "Dank")
    assert text_of(page).startswith("Sehr geehrte Damen und Herren,")
    composer._body.setPlainText(text_of(page).replace("danke!", "danke für Ihre Mühe!"))
    address(qtbot, composer, "Sommer")
    assert text_of(page).startswith("Sehr geehrte Frau Sommer,\n\ndanke für Ihre Mühe!")
    address(qtbot, composer, "Winter")
    assert text_of(page).startswith("Sehr geehrter Herr Winter,\n\ndanke für Ihre Mühe!")
    qtbot.waitUntil(lambda: [d.body for d in store_of(vault).drafts()] == [text_of(page)])
    type_address(composer, "fremd@praxis.example")
    assert text_of(page).startswith("Sehr geehrte Damen und Herren,\n\ndanke für Ihre Mühe!")


def type_address(composer: Composer, address_: str) -> None:
    """As the keys do, and on to the next field."""
    composer._to.setText(address_)
    composer._to.textEdited.emit(address_)
    composer._to.editingFinished.emit()


@pytest.mark.parametrize("entry", ["ohne Vorlage", "Dank"])
def test_a_template_asks_before_it_takes_the_place_of_typed_words(page: MailPage, qtbot: QtBot, entry: str) -> None:
    """Refused, everything is as it was; agreed to, Strg+Z brings the words back."""
    composer = page.drafts.composer
    address(qtbot, composer, "Sommer")
    composer._body.setPlainText("Sehr geehrte Frau Sommer,\n\nmeine eigenen Worte")
    typed = text_of(page)
    choose_template(composer, entry)
    dialog = next(d for d in composer.findChildren(ReasonDialog) if d.isVisible())
    dialog.reject()
    assert (text_of(page), composer._beginning.template.currentText()) == (typed, "ohne Vorlage")
    choose_template(composer, entry)
    confirm(qtbot, composer)
    assert "meine eigenen Worte" not in text_of(page)
    composer._body.undo()
    assert text_of(page) == typed


def test_a_typed_subject_outlives_a_template(page: MailPage) -> None:
    """The template's own is taken only where none was typed."""
    composer = page.drafts.composer
    choose_template(composer, "Dank")
    assert composer._subject.text() == "Danke"
    choose_template(composer, "ohne Vorlage")
    type_subject(composer, "Rückfrage")
    choose_template(composer, "Dank")
    assert composer._subject.text() == "Rückfrage"


def test_a_draft_of_yesterday_still_greets_whom_it_is_for(
    page: MailPage, qtbot: QtBot, ui: UiContext, vault: DraftVault
) -> None:
    """After a new start a template chosen then greets by name, and another recipient is greeted as another."""
    composer = page.drafts.composer
    address(qtbot, composer, "Sommer")
    type_subject(composer, "Frage")
    qtbot.waitUntil(lambda: len(store_of(vault).drafts()) == 1)
    again = MailPage(ui)
    qtbot.addWidget(again)
    again.show()
    again.open_field(0, "drafts")
    qtbot.waitUntil(lambda: again.drafts._list.count() == 1)
    again.drafts._list.setCurrentRow(0)
    later = again.drafts.composer
    qtbot.waitUntil(lambda: later._to.contact is not None)
    address(qtbot, later, "Winter")
    assert text_of(again).startswith("Sehr geehrter Herr Winter,")
    choose_template(later, "Dank")
    confirm(qtbot, later)
    assert text_of(again).startswith("Sehr geehrter Herr Winter,\n\ndanke!")


def kept(ui: UiContext, qtbot: QtBot, vault: DraftVault, body: str, practice: int, *, queued: bool = False) -> MailPage:
    """The page with a draft of yesterday to Frau Sommer."""
    vault.open_by_passphrase(PASSPHRASE)
    store = store_of(vault)
    number = store.add(DraftText(Addressee("ina@praxis.example", "Ina Sommer", practice), "Frage", body), now=NOW)
    if queued:
        store.queue(number, now=NOW)
    made = MailPage(ui)
    qtbot.addWidget(made)
    made.show()
    made.open_field(0, "drafts")
    qtbot.waitUntil(lambda: made.drafts._list.count() == 1)
    made.drafts._list.setCurrentRow(0)
    qtbot.waitUntil(lambda: made.drafts.composer._to.contact is not None)
    return made


@pytest.mark.parametrize(
    ("body", "then"),
    [
        ("Guten Tag Frau Sommer, vielen Dank für Ihren Anruf, ich melde mich.", None),
        ("Sehr geehrte Frau Sommer, danke,\nbis bald", None),
        ("Guten Tag Frau Sommer,\n\nvielen Dank, bis bald,", "Sehr geehrter Herr Winter,\n\nvielen Dank, bis bald,"),
        ("Sehr geehrte Frau Sommer,", "Sehr geehrter Herr Winter,"),
    ],
)
def test_words_typed_behind_a_salutation_stay(
    ui: UiContext, qtbot: QtBot, vault: DraftVault, practices: tuple[int, int], body: str, then: str | None
) -> None:
    """Only a line that is a salutation and nothing else is written anew for another recipient."""
    page = kept(ui, qtbot, vault, body, practices[0])
    qtbot.waitUntil(lambda: page.drafts.composer._beginning._stationery is not None)
    address(qtbot, page.drafts.composer, "Winter")
    assert text_of(page) == (then or body)


@pytest.mark.parametrize("queued", [False, True])
def test_a_draft_nobody_touches_is_never_rewritten(
    ui: UiContext, qtbot: QtBot, vault: DraftVault, practices: tuple[int, int], monkeypatch: pytest.MonkeyPatch,
    *, queued: bool,
) -> None:  # fmt: skip
    """However late the letterhead comes, and whether the mail waits to be sent already."""
    come = Event()

    def late(session: Session) -> Stationery:
        come.wait(120)
        return read_stationery(session)

    monkeypatch.setattr(beginning, "read_stationery", late)
    body = "Guten Tag Frau Sommer,\n\nbis bald"
    page = kept(ui, qtbot, vault, body, practices[0], queued=queued)
    come.set()
    qtbot.waitUntil(lambda: page.drafts.composer._beginning._stationery is not None)
    assert (text_of(page), store_of(vault).drafts()[0].body) == (body, body)


def test_whoever_is_chosen_before_the_letterhead_comes_is_greeted_then(
    ui: UiContext, qtbot: QtBot, vault: DraftVault, practices: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if it had been there."""
    come = Event()

    def late(session: Session) -> Stationery:
        come.wait(120)
        return read_stationery(session)

    monkeypatch.setattr(beginning, "read_stationery", late)
    page = kept(ui, qtbot, vault, "Guten Tag Frau Sommer,\n\nbis bald", practices[0])
    address(qtbot, page.drafts.composer, "Winter")
    come.set()
    qtbot.waitUntil(lambda: text_of(page) == "Sehr geehrter Herr Winter,\n\nbis bald")


def test_a_subject_pasted_with_breaks_is_one_line(page: MailPage, qtbot: QtBot, vault: DraftVault) -> None:
    """Each break is a space; so it is kept."""
    subject = page.drafts.composer._subject
    subject.insert("Ihre Anfrage\nvom Montag\u2028früh")
    assert subject.text() == "Ihre Anfrage vom Montag früh"
    subject.textEdited.emit(subject.text())
    qtbot.waitUntil(lambda: [d.subject for d in store_of(vault).drafts()] == ["Ihre Anfrage vom Montag früh"])


def test_a_mail_begun_and_never_written_is_not_kept(
    page: MailPage, qtbot: QtBot, ui: UiContext, vault: DraftVault
) -> None:
    """Neither in the list of the next start nor in the store; thrown away by hand it is gone as well."""
    composer = page.drafts.composer
    qtbot.waitUntil(lambda: page.drafts._list.count() == 1)
    assert store_of(vault).drafts() == ()
    again = MailPage(ui)
    qtbot.addWidget(again)
    again.show()
    again.open_field(0, "drafts")
    qtbot.waitUntil(lambda: bool(composer._beginning.template.count()))
    assert again.drafts._list.count() == 0
    find(qtbot, page, "Entwurf verwerfen").click()
    qtbot.waitUntil(lambda: page.drafts._list.count() == 0)


def test_a_draft_thrown_away_while_it_is_saved_stays_away(page: MailPage, qtbot: QtBot, vault: DraftVault) -> None:
    """However the two meet in the store."""
    composer, store = page.drafts.composer, store_of(vault)
    type_address(composer, "fremd@praxis.example")
    with store.transaction():  # the save waits
        composer._body.setPlainText("Doch nicht")
        composer.save()
        qtbot.waitUntil(lambda: composer.saver._running is not None)
        find(qtbot, page, "Entwurf verwerfen").click()
    qtbot.waitUntil(lambda: composer.saver._running is None)
    qtbot.waitUntil(lambda: page.drafts._list.count() == 0)
    assert store.drafts() == ()


def test_the_last_words_are_kept_when_the_page_is_left(page: MailPage, qtbot: QtBot, vault: DraftVault) -> None:
    """At once, not only after a pause."""
    composer = page.drafts.composer
    composer._timer.setInterval(60_000)
    composer._body.setPlainText("Letzte Worte")
    page.hide()
    qtbot.waitUntil(lambda: [d.body for d in store_of(vault).drafts()] == ["Letzte Worte"])


class Full:
    """A store whose disk may be full: the real one, with no room for another page while `on`."""

    def __init__(self, store: DraftStore) -> None:
        self._store = store

    def set(self, *, on: bool) -> None:
        """No more pages than there are, or any number."""
        with self._store.transaction() as connection:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
        with self._store.transaction() as connection:
            connection.execute(f"PRAGMA max_page_count = {pages if on else 1_000_000}")


def test_what_a_full_disk_refuses_stays_in_the_window_and_is_saved_later(
    page: MailPage, qtbot: QtBot, ui: UiContext, vault: DraftVault
) -> None:
    """Told once, kept through a look at another draft, and on the disk as soon as there is room."""
    composer, disk = page.drafts.composer, Full(store_of(vault))
    composer.saver._again.setInterval(50)
    long = "Viel Text. " * 5000
    type_subject(composer, "Bleibt")
    qtbot.waitUntil(lambda: len(store_of(vault).drafts()) == 1)
    disk.set(on=True)
    composer._body.setPlainText(long)
    qtbot.waitUntil(lambda: "Noch nicht gespeichert" in composer._state.text())
    assert "voll" in ui.messages.text()
    ui.messages.info("")
    press(qtbot, page, "Senden")
    qtbot.waitUntil(lambda: "voll" in ui.messages.text())  # whoever asks for something is answered each time
    press(qtbot, page, "Neue E-Mail")
    qtbot.waitUntil(lambda: text_of(page) == "")
    row = next(n for n in range(page.drafts._list.count()) if "Bleibt" in page.drafts._list.item(n).text())
    page.drafts._list.setCurrentRow(row)
    qtbot.waitUntil(lambda: text_of(page) == long)
    disk.set(on=False)
    qtbot.waitUntil(lambda: [d.body for d in store_of(vault).drafts()] == [long])
    qtbot.waitUntil(lambda: "Gespeichert auf diesem Rechner" in composer._state.text())


def test_words_the_store_refuses_for_another_reason_stay(
    page: MailPage, qtbot: QtBot, vault: DraftVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong, newer words are not dropped with older ones; they are saved as soon as they can be."""
    composer, store = page.drafts.composer, store_of(vault)
    type_subject(composer, "Bleibt")
    qtbot.waitUntil(lambda: len(store.drafts()) == 1)
    begun, go_on = Event(), Event()

    def breaks(*_: object, **__: object) -> None:
        begun.set()
        go_on.wait(120)
        raise RuntimeError

    with qtbot.captureExceptions(), monkeypatch.context() as broken:
        broken.setattr(type(store), "save", breaks)
        composer._body.setPlainText("Erste Worte")
        composer.save()
        qtbot.waitUntil(begun.is_set)
        composer._body.setPlainText("Neue Worte")
        composer.saver.save(composer._draft.client_uuid, composer._text())  # type: ignore[union-attr]  # it is shown
        go_on.set()
        qtbot.waitUntil(lambda: composer.saver._running is None)
        assert composer.saver.is_waiting
    composer.save()
    qtbot.waitUntil(lambda: [d.body for d in store.drafts()] == ["Neue Worte"])
    qtbot.waitUntil(lambda: not composer.saver.is_waiting)


def test_words_of_a_draft_that_is_gone_are_let_go(page: MailPage, qtbot: QtBot, vault: DraftVault) -> None:
    """Thrown away in another window, there is nothing they could be saved to."""
    composer, store = page.drafts.composer, store_of(vault)
    type_subject(composer, "Bleibt")
    qtbot.waitUntil(lambda: len(store.drafts()) == 1)
    store.forget(store.drafts()[0].client_uuid)
    composer._body.setPlainText("Zu spät")
    composer.save()
    qtbot.waitUntil(lambda: not composer.saver.is_waiting)
    assert store.drafts() == ()


@given(st.lists(st.text(alphabet="ab ,äZ", max_size=8), max_size=6), st.integers(0, 6))
def test_other_words_never_suffer_from_another_salutation(typed: list[str], at: int) -> None:
    """Whatever was written between, above or below: only the line of the salutation is another."""
    before, after = "Sehr geehrte Frau Sommer,\n\n\n\nGruß\n", "Sehr geehrter Herr Winter,\n\n\n\nGruß\n"
    lines = [*typed[:at], before.split("\n", 1)[0], *typed[at:]]
    made = readdressed("\n".join(lines), before, after).split("\n")
    assert made == [*typed[:at], after.split("\n", 1)[0], *typed[at:]]
    assert readdressed("\n".join(typed), before, after) == "\n".join(typed)
