"""Editing one template: subject, text, names to insert, older versions to take up again."""

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QLineEdit, QMenu, QVBoxLayout, QWidget

from domain.communication.templates.kinds import KINDS, OWN
from domain.communication.templates.missing import Missing
from domain.communication.templates.rendering import Source
from domain.communication.templates.service import TemplateText, VersionLine, shipped
from ui import formats
from ui.admin.template_words import kind_words, placeholder
from ui.translation import tr
from ui.widgets.chips import Chip
from ui.widgets.faults import be_content, refused_at
from ui.widgets.forms import Field, TextArea, button, label, row

LONGEST_IN_MENU = 48  # letters of a subject


class TemplateEditor(QWidget):
    """Knows no database: it tells when something was typed and which button was pressed."""

    edited = Signal()
    save_wanted = Signal()
    drop_wanted = Signal()
    restore_wanted = Signal()
    remove_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._template: TemplateText | None = None
        self._filling = False
        self._title = label("", "heading")
        self._about = label("", "muted")
        self._unsaved = Chip()
        self._lacking = label("", "muted")
        self._missing: Missing | None = None
        self._complete = button(tr("A&bschnitte einfügen"), self._on_complete, icon="plus")
        self._complete.setToolTip(tr("Fügt sie in den Text ein; gespeichert wird erst, wenn Sie es tun."))
        self._lack = row(self._lacking, self._complete, stretch=(1, 0))
        self._lack.hide()
        self._taken = ""  # which older version stands there instead of typed words
        self.name = QLineEdit()
        self.subject = QLineEdit()
        self.body = TextArea()
        self.body.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.fields = {
            "name": Field(tr("Na&me der Vorlage"), self.name),
            "subject": Field(tr("&Betreff"), self.subject),
            "body": Field(tr("Te&xt (Markdown)"), self.body),
        }
        self._insert = button(tr("&Einfügen"), lambda: None, icon="plus")
        self._insert.setMenu(QMenu(self._insert))
        self._versions = button(tr("&Fassungen"), lambda: None, icon="clock")
        self._versions.setMenu(QMenu(self._versions))
        self._save = button(tr("Vorlage &speichern"), self.save_wanted.emit, role="primary", icon="save")
        self._drop = button(tr("&Verwerfen"), self.drop_wanted.emit, icon="undo-2")
        self._restore = button(tr("Ausgelieferten Te&xt wiederherstellen"), self.restore_wanted.emit, role="link")
        self._remove = button(tr("Vorlage &löschen"), self.remove_wanted.emit, role="danger")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 0, 8, 0)
        about = row(self._about, self._unsaved, stretch=(1, 0))
        for widget in (self._title, about, self._lack, self.fields["name"], self.fields["subject"]):
            column.addWidget(widget)
        column.addWidget(self.fields["body"], 1)
        column.addWidget(row(self._insert, self._versions, self._restore))
        column.addWidget(row(self._save, self._drop, self._remove))
        for line in (self.name, self.subject):
            line.textEdited.connect(lambda _: self._on_edit())
        self.body.textChanged.connect(self._on_edit)
        self.set_dirty(dirty=False)

    def show_template(
        self, template: TemplateText, versions: tuple[VersionLine, ...], missing: Missing | None = None
    ) -> None:
        """Fill in a template with its history, and say what it lacks of the shipped text."""
        self._template = template
        own, new = template.kind in OWN, not template.key
        self._title.setText(template.name or kind_words(template.kind))
        self._about.setText(_about(template))
        self.fields["name"].setVisible(own)
        self.name.setReadOnly(not new)
        self._restore.setVisible(not own and not template.is_shipped)
        self._remove.setVisible(own and not new)
        self._missing = missing
        self._lack.setVisible(missing is not None)
        self._lacking.setText("" if missing is None else _lacks(missing))
        self._fill(template.name, template.subject, template.body)
        self._fill_insert(template.kind)
        self._fill_versions(template.kind, versions)
        self.set_dirty(dirty=new)

    def _fill(self, name: str, subject: str, body: str) -> None:
        self._filling = True
        self.name.setText(name)
        self.subject.setText(subject)
        self.subject.setCursorPosition(0)
        self.body.setPlainText(body)
        self._filling = False
        self.complain(None)

    def _fill_insert(self, kind: str) -> None:
        menu = self._insert.menu()
        menu.clear()
        for name in sorted(KINDS[kind].names):
            text, words = placeholder(name)
            menu.addAction(f"{name}: {words}").triggered.connect(lambda _=False, text=text: self._on_insert(text))

    def _fill_versions(self, kind: str, versions: tuple[VersionLine, ...]) -> None:
        menu = self._versions.menu()
        menu.clear()
        for line in versions:
            words = tr("Ausgelieferter Text") if line.is_shipped else _in_short(line.source.subject)
            said = tr("Fassung {number} vom {when}: {words}").format(
                number=line.number, when=_when(line.made_at, line.made_by), words=words
            )
            name = tr("Fassung {number}").format(number=line.number)
            menu.addAction(said).triggered.connect(lambda _=False, s=line.source, n=name: self._take(s, n))
        if kind not in OWN:
            source = shipped(kind)
            name = tr("Ausgelieferter Text")
            menu.addAction(name).triggered.connect(lambda _=False, n=name: self._take(source, n))
        self._versions.setEnabled(bool(menu.actions()))

    def _take(self, source: Source, name: str) -> None:
        """Take up an older version: it is typed in, not saved; Strg+Z in the text brings back what stood there."""
        self._filling = True
        self.subject.setText(source.subject)
        self.subject.setCursorPosition(0)
        cursor = self.body.textCursor()
        cursor.select(cursor.SelectionType.Document)
        cursor.insertText(source.body)
        self._filling = False
        self._taken = name
        self.set_dirty(dirty=True)
        self.edited.emit()

    def _on_complete(self) -> None:
        """The text as it stands saved, with the sections: reviewed, changed, saved or dropped like typed words."""
        if self._missing is not None and self._template is not None:
            self._take(Source(self._template.subject, self._missing.body), tr("Mit neuen Abschnitten"))

    def _on_insert(self, text: str) -> None:
        self.body.insertPlainText(text)
        self.body.setFocus()

    def _on_edit(self) -> None:
        if not self._filling:
            self._taken = ""
            self.set_dirty(dirty=True)
            self.edited.emit()

    def would_lose(self) -> str:
        """A template that is being typed."""
        return tr("Vorlage „{name}“: geänderter Text").format(name=self._title.text()) if self.is_dirty else ""

    def set_dirty(self, *, dirty: bool) -> None:
        """Whether there is something to save."""
        self.is_dirty = dirty
        self._save.setEnabled(dirty)
        self._drop.setEnabled(dirty)
        self._complete.setEnabled(not dirty)  # it would take the place of what is typed
        if not dirty:
            self._taken = ""
        said = tr("Noch nicht gespeichert")
        self._unsaved.show_state(f"{self._taken} · {said}" if self._taken else said, "warning")
        self._unsaved.setVisible(dirty)

    def complain(self, error: Exception | None) -> None:
        """Mark the field an error is about, and clear the others."""
        be_content(self.fields)
        if error is not None:
            refused_at(self.fields, error)


def _about(template: TemplateText) -> str:
    if template.kind in OWN:
        return kind_words(template.kind)
    if template.is_shipped:
        return tr("Ausgelieferter Text, von Ihrem Büro nicht geändert.")
    return tr("Fassung {number} Ihres Büros.").format(number=template.number)


def _lacks(missing: Missing) -> str:
    """Which sections, by what they tell."""
    words = "; ".join(placeholder(name)[1] for name in missing.names)
    return tr("Der Vorlage fehlen neue Abschnitte des ausgelieferten Textes: {words}.").format(words=words)


def _in_short(subject: str) -> str:
    """The beginning of a subject, for a menu: a long one would be wider than the screen."""
    cut = subject if len(subject) <= LONGEST_IN_MENU else subject[: LONGEST_IN_MENU - 1].rstrip() + "…"
    return cut.replace("&", "&&")


def _when(at: datetime, by: str) -> str:
    return f"{formats.moment(at)} ({by})" if by else formats.moment(at)
