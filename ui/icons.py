"""Icons as SVG, coloured like the text they stand beside (Lucide, ISC; resources/icons).

A colour is named by its token (ui.theme), so that what is shown can be coloured anew when the appearance changes.
"""

from functools import cache
from importlib.resources import files

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QLabel, QListWidget, QTreeWidget, QTreeWidgetItem, QWidget

from ui.theme import Token, is_dark, tokens

Look = tuple[str, Token, int]  # name, token of the colour, size
_icons: dict[int, Look] = {}  # what each that was made shows, by its key
_pixmaps: dict[int, Look] = {}


def icon(name: str, colour: Token = "text", size: int = 20) -> QIcon:
    """An icon in the colour of a token; where nothing can be done, in the muted one."""
    made = _icon(name, colour, size, dark=is_dark())
    _icons[made.cacheKey()] = name, colour, size
    return made


def pixmap(name: str, colour: Token, size: int = 20) -> QPixmap:
    """The same as a pixmap of `size` device-independent pixels."""
    made = _pixmap(name, colour, size, dark=is_dark())
    _pixmaps[made.cacheKey()] = name, colour, size
    return made


def recolour(widget: QWidget) -> None:
    """Show a widget's icon, its picture, those of its actions and of its lines in the colours of now."""
    if isinstance(widget, QAbstractButton) and (look := _icons.get(widget.icon().cacheKey())):
        widget.setIcon(icon(*look))
    if isinstance(widget, QLabel) and (look := _pixmaps.get(widget.pixmap().cacheKey())):
        widget.setPixmap(pixmap(*look))
    for action in widget.actions():
        if look := _icons.get(action.icon().cacheKey()):
            action.setIcon(icon(*look))
    if isinstance(widget, QListWidget):
        for row in range(widget.count()):
            line = widget.item(row)
            if look := _icons.get(line.icon().cacheKey()):
                line.setIcon(icon(*look))
    if isinstance(widget, QTreeWidget):
        _recolour_tree(widget.invisibleRootItem())


def _recolour_tree(above: QTreeWidgetItem) -> None:
    for row in range(above.childCount()):
        item = above.child(row)
        if item is None:
            continue
        if look := _icons.get(item.icon(0).cacheKey()):
            item.setIcon(0, icon(*look))
        _recolour_tree(item)


@cache
def _icon(name: str, colour: Token, size: int, *, dark: bool) -> QIcon:
    made = QIcon(_pixmap(name, colour, size, dark=dark))
    # a chosen line has the text's colour still; Qt would mix it with that of the choice
    made.addPixmap(_pixmap(name, colour, size, dark=dark), QIcon.Mode.Selected)
    made.addPixmap(_pixmap(name, "muted", size, dark=dark), QIcon.Mode.Disabled)
    return made


@cache
def _pixmap(name: str, colour: Token, size: int, *, dark: bool) -> QPixmap:  # noqa: ARG001 - the tokens are of one appearance
    svg = files("resources").joinpath("icons", f"{name}.svg").read_text("utf-8")
    svg = svg.replace("currentColor", getattr(tokens(), colour))
    ratio = QGuiApplication.primaryScreen().devicePixelRatio()
    image = QPixmap(round(size * ratio), round(size * ratio))
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return image
