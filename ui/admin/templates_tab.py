"""The office's templates: all kinds in a list, one being edited, beside it how it reads with a real case."""

from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QComboBox, QListWidget, QListWidgetItem, QMenu, QSplitter, QVBoxLayout, QWidget

from domain.casework.template_previews import Case, cases, preview
from domain.communication.mails import Letter
from domain.communication.templates.kinds import KINDS, OWN, Audience
from domain.communication.templates.missing import Missing, incomplete, missing_of
from domain.communication.templates.service import (
    TemplateSummary,
    TemplateText,
    VersionLine,
    create_own,
    list_templates,
    read_template,
    restore_shipped,
    retire_own,
    save_template,
    shipped,
    versions,
)
from domain.database import Session
from domain.errors import PlatzlotseError
from ui.admin.template_editor import TemplateEditor
from ui.admin.template_words import kind_words
from ui.errors import describe
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.forms import button, label, row
from ui.widgets.letter_view import LetterView

PREVIEW_MS = 300  # after the last key
KEY = Qt.ItemDataRole.UserRole
INVENTED = {1: "Beispiel: eine Person", 3: "Beispiel: drei Personen"}

_Loaded = tuple[TemplateText, tuple[VersionLine, ...], tuple[Case, ...], Missing | None]


class TemplatesTab(QWidget):
    """What is typed stays until it is saved or dropped, whatever changes elsewhere."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._shown: TemplateText | None = None
        self._wanted = ""  # the template being read; none while a new one is written
        self._list = QListWidget()
        self._list.setAccessibleName(tr("Vorlagen"))
        self._list.setWordWrap(True)
        self._list.setTextElideMode(Qt.TextElideMode.ElideNone)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.currentItemChanged.connect(lambda item, _: self._choose(item))
        self.editor = TemplateEditor()
        self.preview = LetterView(tr("Vorschau"))
        self._case = QComboBox()
        self._case.setAccessibleName(tr("Fall für die Vorschau"))
        self._case.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._hint = label("", "error")
        self._timer = QTimer(self, singleShot=True, interval=PREVIEW_MS)
        self._timer.timeout.connect(self._look)
        self._build()
        self.editor.edited.connect(self._timer.start)
        self.editor.edited.connect(lambda: self.editor.complain(None))
        self.editor.save_wanted.connect(self._on_save)
        self.editor.drop_wanted.connect(self._on_drop)
        self.editor.restore_wanted.connect(self._on_restore)
        self.editor.remove_wanted.connect(self._on_remove)
        self._case.currentIndexChanged.connect(lambda _: self._look())

    def _build(self) -> None:
        new = button(tr("&Neue Vorlage"), lambda: None, icon="plus")
        menu = QMenu(new)
        for kind in OWN:
            menu.addAction(kind_words(kind)).triggered.connect(partial(self._begin_new, kind))
        new.setMenu(menu)
        left, right = QWidget(), QWidget()
        side, beside = QVBoxLayout(left), QVBoxLayout(right)
        for column in (side, beside):
            column.setContentsMargins(0, 0, 0, 0)
        side.addWidget(self._list, 1)
        side.addWidget(row(new))
        beside.addWidget(label(tr("Vorschau"), "fieldlabel"))
        beside.addWidget(self._case)
        beside.addWidget(self._hint)
        beside.addWidget(self.preview, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        for widget in (left, self.editor, right):
            split.addWidget(widget)
        split.setSizes([230, 470, 450])
        split.setChildrenCollapsible(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 8, 0, 0)
        outer.addWidget(split)

    def refresh(self) -> None:
        """Ask for the list again; the first time the first template is opened."""
        self._ui.background.read(
            self, lambda s: (list_templates(s), incomplete(s)), lambda both: self._show_list(*both), key="templates"
        )

    def _show_list(self, found: tuple[TemplateSummary, ...], lacking: frozenset[str]) -> None:
        chosen = self._shown.key if self._shown is not None else "inquiry"
        blocked = self._list.blockSignals(True)
        self._list.clear()
        for line in found:
            item = QListWidgetItem(line.name or kind_words(line.kind))
            if not line.is_shipped:
                more = tr(", neue Abschnitte fehlen") if line.key in lacking else ""
                item.setText(f"{item.text()}\n{tr('Fassung {number}').format(number=line.number)}{more}")
            item.setData(KEY, line.key)
            self._list.addItem(item)
            if line.key == chosen:
                self._list.setCurrentItem(item)
        self._list.blockSignals(blocked)
        if self._shown is None:
            self._open(chosen)

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        if self.editor.is_dirty:
            self._ui.messages.warning(tr("Speichern oder verwerfen Sie zuerst, was Sie geändert haben."))
            self.refresh()
            return
        self._open(item.data(KEY))

    def _open(self, key: str) -> None:
        def load(session: Session) -> _Loaded:
            found = read_template(session, key)
            return found, versions(session, key), cases(session, found.kind), missing_of(session, found.kind)

        def show(loaded: _Loaded) -> None:
            if self._wanted == key:  # nobody began a new one while this was read
                self._show(*loaded)

        self._wanted = key
        self._ui.background.read(self, load, show, self._refused, key="template")

    def _show(
        self,
        template: TemplateText,
        history: tuple[VersionLine, ...],
        found: tuple[Case, ...],
        missing: Missing | None = None,
    ) -> None:
        self._shown = template
        self.editor.show_template(template, history, missing)
        self.editor.complain(None)
        blocked = self._case.blockSignals(True)
        self._case.clear()
        to_practice = KINDS[template.kind].audience not in {Audience.PATIENT, Audience.PATIENT_CALL}
        for count, words in INVENTED.items() if to_practice else ((1, "Beispiel"),):
            self._case.addItem(tr(words), (None, count))
        for case in found:
            self._case.addItem(case.label, (case.id, 1))
        self._case.blockSignals(blocked)
        self._look()

    def _begin_new(self, kind: str) -> None:
        source = shipped(kind)
        self._wanted = ""
        self._list.setCurrentRow(-1)
        self._show(
            TemplateText("", kind, "", source.subject, source.body, 0, is_shipped=False, version_id=None), (), ()
        )
        self.editor.name.setFocus()

    def _look(self) -> None:
        """Show how it reads now."""
        template, case = self._shown, self._case.currentData()
        if template is None or case is None:
            return
        subject, body, today = self.editor.subject.text(), self.editor.body.toPlainText(), self._ui.today()
        self._ui.background.read(
            self,
            lambda s: preview(
                s, template.kind, subject=subject, body=body, case_id=case[0], count=case[1], today=today
            ),
            self._show_letter,
            self._say,
            key="preview",
        )

    def _show_letter(self, letter: Letter) -> None:
        self._say(None)
        self.preview.show_letter(letter)

    def _say(self, error: Exception | None) -> None:
        self._hint.setText(describe(error) if error is not None else "")
        self._hint.setVisible(error is not None)

    def _on_save(self) -> None:
        template = self._shown
        if template is None:
            return
        self.editor.complain(None)
        name, subject, body = self.editor.name.text(), self.editor.subject.text(), self.editor.body.toPlainText()

        def work(session: Session) -> str:
            if not template.key:
                return create_own(session, template.kind, name, subject=subject, body=body)
            save_template(session, template.key, subject=subject, body=body, seen=template.number)
            return template.key

        self._ui.background.write(self, work, self._saved, self._refused)

    def _saved(self, key: str) -> None:
        self.editor.set_dirty(dirty=False)
        self._ui.messages.success(tr("Gespeichert. Neue Briefe benutzen ab jetzt diese Fassung."))
        self._open(key)
        self.refresh()

    def _on_drop(self) -> None:
        self.editor.set_dirty(dirty=False)
        self._open(self._shown.key if self._shown is not None and self._shown.key else "inquiry")

    def _on_restore(self) -> None:
        template = self._shown
        if template is not None:
            self._ui.background.write(
                self,
                lambda s: restore_shipped(s, template.key, seen=template.number),
                lambda _: self._saved(template.key),
                self._refused,
            )

    def _on_remove(self) -> None:
        template, now = self._shown, self._ui.now()
        if template is None:
            return

        def removed(_: None) -> None:
            self._shown = None
            self.editor.set_dirty(dirty=False)
            self._ui.messages.success(tr("Die Vorlage „{name}“ ist gelöscht.").format(name=template.name))
            self.refresh()

        self._ui.background.write(self, lambda s: retire_own(s, template.key, now=now), removed, self._refused)

    def _refused(self, error: Exception) -> None:
        self.editor.complain(error)
        if not (isinstance(error, PlatzlotseError) and error.field in self.editor.fields):
            self._ui.messages.error(describe(error))
