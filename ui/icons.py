"""Icons as SVG, coloured like the text they stand beside (Lucide, ISC; resources/icons)."""

from functools import lru_cache
from importlib.resources import files

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ui.theme import tokens


def icon(name: str, colour: str | None = None, size: int = 20) -> QIcon:
    """An icon in a colour (that of the text unless one is named); where nothing can be done, in the muted one."""
    made = QIcon(pixmap(name, colour or tokens().text, size))
    made.addPixmap(pixmap(name, tokens().muted, size), QIcon.Mode.Disabled)
    return made


@lru_cache(maxsize=256)
def pixmap(name: str, colour: str, size: int = 20) -> QPixmap:
    """The same as a pixmap of `size` device-independent pixels."""
    svg = files("resources").joinpath("icons", f"{name}.svg").read_text("utf-8").replace("currentColor", colour)
    ratio = QGuiApplication.primaryScreen().devicePixelRatio()
    image = QPixmap(round(size * ratio), round(size * ratio))
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return image
