"""What is wrong in a form is never silent: it stands at its field, and the field comes into sight and takes the cursor.

A form in a dialog is seen whole; a long one says it in the bar of messages, too.
"""

from collections.abc import Mapping

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QScrollArea, QTabWidget, QWidget

from domain.errors import PlatzlotseError
from ui.errors import describe
from ui.messages import Messages
from ui.translation import tr
from ui.widgets.forms import Field

Fields = Mapping[str, Field]


def complain_at(fields: Fields, name: str, text: str) -> None:
    """Say what is wrong at one field, and nothing at the others."""
    for key, field in fields.items():
        field.complain(text if key == name else "")


def be_content(fields: Fields) -> None:
    """Nothing is wrong any more."""
    complain_at(fields, "", "")


def show_fault(fields: Fields, messages: Messages | None = None) -> bool:
    """Go to the first field that complains; False where none does. `messages`: say there what is wrong with each."""
    wrong = [field for field in fields.values() if field.fault]
    if not wrong:
        return False
    bring_into_sight(wrong[0], wrong[0].control)
    if messages is not None:
        said = " ".join(tr("{field}: {fault}").format(field=field.title, fault=field.fault) for field in wrong)
        messages.warning(tr("Nicht gespeichert. {faults}").format(faults=said))
    return True


def refused_at(fields: Fields, error: Exception, messages: Messages | None = None) -> bool:
    """Say a refusal at the field it is about and go there; False where it is about none of them."""
    about = error.field if isinstance(error, PlatzlotseError) else None
    if about is None or about not in fields:
        return False
    complain_at(fields, about, describe(error))
    return show_fault(fields, messages)


def bring_into_sight(whole: QWidget, control: QWidget) -> None:
    """Turn to the tab of a field, scroll to it, and put the cursor there."""
    around: QWidget | None = whole
    while around is not None:
        if isinstance(around, QTabWidget):
            for number in range(around.count()):
                page = around.widget(number)
                if page is not None and page.isAncestorOf(whole):
                    around.setCurrentIndex(number)
        around = around.parentWidget()
    control.setFocus(Qt.FocusReason.OtherFocusReason)
    # its words have just made room for themselves: where it lies is known after that
    QTimer.singleShot(0, whole, lambda: _scroll_to(whole))


def _scroll_to(whole: QWidget) -> None:
    around = whole.parentWidget()
    while around is not None:
        if isinstance(around, QScrollArea):
            around.ensureWidgetVisible(whole)
        around = around.parentWidget()
