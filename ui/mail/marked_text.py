"""The words of a mail, the deciding ones marked. Plain text only: nothing in a mail is loaded or executed."""

from collections.abc import Sequence

from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit

from ui.theme import tokens
from ui.translation import tr
from ui.widgets.read_text import ReadText

LOWEST = 120


class MarkedText(ReadText):
    """The deciding words in colour and underlined."""

    def __init__(self) -> None:
        super().__init__(tr("Text der E-Mail"), LOWEST)
        self.setPlaceholderText(tr("Kein lesbarer Text."))

    def mark(self, quotes: Sequence[str]) -> None:
        """Put the words a suggestion rests on in colour and underlined."""
        look = QTextCharFormat()
        look.setBackground(QColor(tokens().warning_soft))
        look.setFontUnderline(True)
        marked: list[QTextEdit.ExtraSelection] = []
        text = self.toPlainText()
        for quote in dict.fromkeys(q for q in quotes if q):
            start = text.find(quote)
            if start >= 0:
                selection = QTextEdit.ExtraSelection()
                cursor = QTextCursor(self.document())
                cursor.setPosition(start)
                cursor.setPosition(start + len(quote), QTextCursor.MoveMode.KeepAnchor)
                selection.cursor, selection.format = cursor, look
                marked.append(selection)
        self.setExtraSelections(marked)
