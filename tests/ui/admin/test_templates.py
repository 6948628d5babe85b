"""Templates by hand: typed with the preview beside it, saved, refused at its field, an older version taken up again."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from domain.communication.templates.service import save_template, shipped
from domain.database import Database
from tests.ui.hands import fill, press, scalar
from ui.admin.templates_tab import TemplatesTab
from ui.ports import UiContext

SAVED = "SELECT body FROM communication_service.template_version ORDER BY id DESC LIMIT 1"


@pytest.fixture
def tab(ui: UiContext, qtbot: QtBot) -> TemplatesTab:
    """The tab with the inquiry's template open."""
    made = TemplatesTab(ui)
    qtbot.addWidget(made)
    made.resize(1200, 700)
    made.show()
    made.refresh()
    qtbot.waitUntil(lambda: "Sehr geehrte Frau Dr. Sommer" in made.preview._text.toPlainText())
    return made


def typed(tab: TemplatesTab, words: str) -> None:
    """Type before the text."""
    tab.editor.body.textCursor().insertText(words)


def test_the_preview_follows_what_is_typed_and_the_case(tab: TemplatesTab, qtbot: QtBot) -> None:
    """Nothing is saved by looking."""
    typed(tab, "Guten Morgen, {{ empfaenger }}!\n\n")
    qtbot.waitUntil(lambda: "Guten Morgen, Dr. phil. Ina Sommer!" in tab.preview._html.toPlainText())
    tab._case.setCurrentIndex(1)
    qtbot.waitUntil(lambda: "für 3 Personen" in tab.preview._text.toPlainText())


def test_the_letterhead_is_the_offices_own(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """An invented case is signed by whoever looks, in the name of the own office."""
    own = "UPDATE platform.office SET name = 'Lotsenbüro', city = 'Kiel', legal_footer = 'Träger: Hafen e. V.'"
    fill(database, lambda session: session.execute(text(own)))
    made = TemplatesTab(ui)
    qtbot.addWidget(made)
    made.show()
    made.refresh()
    qtbot.waitUntil(lambda: "Sehr geehrte Frau Dr. Sommer" in made.preview._text.toPlainText())
    said = made.preview._text.toPlainText()
    assert "Lotsenbüro" in said
    assert "Träger: Hafen e. V." in said
    assert "Musterstadt" not in said


def test_a_version_is_saved_and_an_older_one_taken_up_again(
    tab: TemplatesTab, qtbot: QtBot, database: Database
) -> None:
    """What is taken up is typed in, and becomes a version when it is saved."""
    typed(tab, "Neu.\n\n")
    press(qtbot, tab, "Vorlage speichern")
    qtbot.waitUntil(lambda: "Fassung 1" in tab.editor._about.text())
    assert str(scalar(database, SAVED)).startswith("Neu.")
    named = tab.editor._versions.menu().actions()[0].text()
    assert len(named) <= 100
    assert named.endswith("…")
    tab.editor._versions.menu().actions()[-1].trigger()
    assert not tab.editor.body.toPlainText().startswith("Neu.")
    press(qtbot, tab, "Vorlage speichern")
    qtbot.waitUntil(lambda: "Fassung 2" in tab.editor._about.text())


def test_a_version_taken_up_is_shown_as_not_saved(tab: TemplatesTab, qtbot: QtBot, database: Database) -> None:
    """Like typed words, with the name of the version; saved or dropped the mark is gone, and Strg+Z takes it back."""
    mark = tab.editor._unsaved
    assert not mark.isVisible()
    typed(tab, "Neu.\n\n")
    assert (mark.isVisible(), mark.accessibleName()) == (True, "Noch nicht gespeichert")
    press(qtbot, tab, "Vorlage speichern")
    qtbot.waitUntil(lambda: "Fassung 1" in tab.editor._about.text())
    assert not mark.isVisible()
    tab.editor._versions.menu().actions()[-1].trigger()
    assert (mark.isVisible(), mark.accessibleName()) == (True, "Ausgelieferter Text · Noch nicht gespeichert")
    assert scalar(database, "SELECT count(*) FROM communication_service.template_version") == 1
    tab.editor.body.undo()
    assert tab.editor.body.toPlainText().startswith("Neu.")
    press(qtbot, tab, "Verwerfen")
    qtbot.waitUntil(lambda: not mark.isVisible())


def test_an_unknown_name_is_told_while_typing_and_not_saved(
    tab: TemplatesTab, qtbot: QtBot, database: Database
) -> None:
    """With the line and what was meant; the last preview that worked stays."""
    typed(tab, "{{ anerde }}\n\n")
    qtbot.waitUntil(lambda: "gemeint ist wohl „anrede“" in tab._hint.text())
    press(qtbot, tab, "Vorlage speichern")
    qtbot.waitUntil(lambda: "gibt es in dieser Vorlage nicht" in tab.editor.fields["body"]._error.text())
    assert scalar(database, "SELECT count(*) FROM communication_service.template_version") == 0
    assert tab.editor.body.toPlainText().startswith("{{ anerde }}")


def test_another_template_is_not_opened_over_what_was_typed(tab: TemplatesTab, qtbot: QtBot) -> None:
    """It waits for saving or dropping."""
    typed(tab, "Halb fertig")
    tab._list.setCurrentRow(3)
    qtbot.waitUntil(lambda: tab._list.currentRow() == 0)
    assert tab.editor.body.toPlainText().startswith("Halb fertig")
    press(qtbot, tab, "Verwerfen")
    qtbot.waitUntil(lambda: not tab.editor.body.toPlainText().startswith("Halb fertig"))


def test_an_own_template_is_made_and_deleted(tab: TemplatesTab, qtbot: QtBot, database: Database) -> None:
    """It needs a name and a subject."""
    tab._begin_new("own_practice")
    tab.editor.subject.setText("Danke für das Gespräch")
    press(qtbot, tab, "Vorlage speichern")
    qtbot.waitUntil(lambda: "Namen" in tab.editor.fields["name"]._error.text())
    tab.editor.name.setText("Dank nach Telefonat")
    press(qtbot, tab, "Vorlage speichern")
    qtbot.waitUntil(lambda: any("Dank nach Telefonat" in tab._list.item(n).text() for n in range(tab._list.count())))
    press(qtbot, tab, "Vorlage löschen")
    qtbot.waitUntil(
        lambda: (
            scalar(database, "SELECT count(*) FROM communication_service.template WHERE retired_at IS NOT NULL") == 1
        )
    )


def test_new_sections_of_the_shipped_text_are_put_in_on_demand(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Told in the list and at the template; put in as words to review, saved only by hand."""
    source = shipped("weekly_status")
    old = source.body.replace(
        "{% if abwesend %}\n- Zurzeit abwesend, die Anfrage liegt dort: {{ abwesend }}\n{% endif %}\n", ""
    )
    fill(database, lambda s: save_template(s, "weekly_status", subject="Unser Stand", body=old, seen=0))
    tab = TemplatesTab(ui)
    qtbot.addWidget(tab)
    tab.resize(1200, 700)
    tab.show()
    tab.refresh()
    qtbot.waitUntil(lambda: bool(tab._list.findItems("neue Abschnitte fehlen", Qt.MatchFlag.MatchContains)))
    (line,) = tab._list.findItems("neue Abschnitte fehlen", Qt.MatchFlag.MatchContains)
    qtbot.waitUntil(lambda: "Sehr geehrte Frau Dr. Sommer" in tab.preview._text.toPlainText())
    assert not tab.editor._lack.isVisible()
    tab._list.setCurrentItem(line)
    qtbot.waitUntil(tab.editor._lack.isVisible)
    assert "Praxen, die zurzeit abwesend sind" in tab.editor._lacking.text()
    press(qtbot, tab, "Abschnitte einfügen")
    assert tab.editor.body.toPlainText() == source.body
    assert tab.editor.subject.text() == "Unser Stand"
    assert tab.editor._unsaved.isVisible()
    assert not tab.editor._complete.isEnabled()
    assert scalar(database, SAVED) == old
    press(qtbot, tab, "Vorlage speichern")
    qtbot.waitUntil(lambda: "Fassung 2" in tab.editor._about.text())
    assert not tab.editor._lack.isVisible()
    assert scalar(database, SAVED) == source.body
