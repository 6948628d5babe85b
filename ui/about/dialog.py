"""The window Über Platzlotse: the parts on the left, whose work one is and under which terms on the right."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from ui.about.parts import VERSION, Part, all_parts
from ui.background import Background
from ui.theme import SPACE
from ui.translation import ntr, tr
from ui.widgets.forms import button, label
from ui.widgets.search_field import SearchField


class AboutDialog(QDialog):
    """Filled in the background; searched by a word of a part's name or licence."""

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Über Platzlotse"))
        self.resize(920, 600)
        self._parts: tuple[Part, ...] = ()
        self.count = label(tr("Teile werden gelesen …"), "muted")
        self.search = SearchField(tr("Teil oder Lizenz suchen"), tr("Teil oder Lizenz suchen"))
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Teile des Programms"))
        self.list.setMinimumWidth(330)
        self.name, self.about, self.licence = label("", "heading"), label("", "muted"), label("")
        self.licence.setWordWrap(True)
        self.link = QLabel()
        self.link.setTextFormat(Qt.TextFormat.PlainText)
        self.link.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.link.setAccessibleName(tr("Adresse im Netz"))
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(tr("Wortlaut der Lizenz"))
        ends = QDialogButtonBox()
        self.close_button = button(tr("&Schließen"), self.accept, role="primary")
        ends.addButton(self.close_button, QDialogButtonBox.ButtonRole.AcceptRole)
        self._lay_out(ends)
        self.list.currentRowChanged.connect(self._show)
        self.search.textChanged.connect(self._narrow)
        background.local(self, all_parts, self._fill)

    def _lay_out(self, ends: QWidget) -> None:
        head = QVBoxLayout()
        head.addWidget(label(tr("Platzlotse {version}").format(version=VERSION), "title"))
        words = label(
            tr(
                "Freie Software unter der MIT-Lizenz. Sie steht auf der Arbeit vieler anderer;"
                " hier ist jeder Teil mit Version und Lizenz genannt."
            ),
            "muted",
        )
        head.addWidget(words)
        left, right = QVBoxLayout(), QVBoxLayout()
        for widget in (self.search, self.list, self.count):
            left.addWidget(widget, 1 if widget is self.list else 0)
        for shown in (self.name, self.about, self.licence, self.link, self.text):
            right.addWidget(shown, 1 if shown is self.text else 0)
        middle = QHBoxLayout()
        middle.setSpacing(2 * SPACE)
        middle.addLayout(left)
        middle.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addLayout(head)
        column.addLayout(middle, 1)
        column.addWidget(ends)

    def _fill(self, parts: tuple[Part, ...]) -> None:
        self._parts = parts
        self.list.clear()
        for part in parts:
            item = QListWidgetItem(f"{part.name} {part.version}".strip())
            item.setToolTip(part.licence)
            self.list.addItem(item)
        self._narrow(self.search.text())
        self.list.setCurrentRow(0)

    def _narrow(self, words: str) -> None:
        wanted = words.casefold().strip()
        shown = 0
        for number, part in enumerate(self._parts):
            fits = wanted in f"{part.name} {part.licence}".casefold()
            self.list.item(number).setHidden(not fits)
            shown += fits
        self.count.setText(ntr(shown, "{n} Teil", "{n} Teile"))

    def _show(self, number: int) -> None:
        if not 0 <= number < len(self._parts):
            return
        part = self._parts[number]
        self.name.setText(f"{part.name} {part.version}".strip())
        self.about.setText(part.about)
        self.licence.setText(tr("Lizenz: {licence}").format(licence=part.licence))
        self.link.setText(part.link)
        self.link.setVisible(bool(part.link))
        self.text.setPlainText(part.text or tr("Dieser Teil kam ohne eigenen Wortlaut; er steht unter seiner Adresse."))
