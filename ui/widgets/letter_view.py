"""A letter as its reader will see it: subject, the formatted part, the plain part. Nothing in it is ever loaded."""

from PySide6.QtWidgets import QPlainTextEdit, QTextBrowser, QVBoxLayout, QWidget

from domain.communication.mails import Letter
from ui.translation import tr
from ui.widgets.forms import label, tabbed


class LetterView(QWidget):
    """Shows one letter; what is spoken has no formatted part."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._subject = label("", "heading")
        self._subject.setWordWrap(True)
        self._html = QTextBrowser()
        self._html.setOpenLinks(False)
        self._html.setProperty("role", "paper")
        self._html.setAccessibleName(tr("{name}, formatiert").format(name=name))
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setAccessibleName(tr("{name}, nur Text").format(name=name))
        self._tabs = tabbed(name)
        self._tabs.addTab(self._html, tr("Formatiert"))
        self._tabs.addTab(self._text, tr("Nur Text"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._subject)
        column.addWidget(self._tabs, 1)

    def show_letter(self, letter: Letter) -> None:
        """Show a letter, keeping the place one scrolled to."""
        place = self._html.verticalScrollBar().value()
        self._subject.setText(letter.subject)
        self._html.setHtml(letter.html)
        self._text.setPlainText(letter.text)
        self._html.verticalScrollBar().setValue(place)
        formatted = bool(letter.html)
        if formatted and not self._tabs.isTabVisible(0):
            self._tabs.setTabVisible(0, True)
            self._tabs.setCurrentIndex(0)
        self._tabs.setTabVisible(0, formatted)

    def clear(self) -> None:
        """Show nothing."""
        self.show_letter(Letter("", "", ""))
