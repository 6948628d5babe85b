"""The map's own scheme. Qt takes it only before the first profile of the program, whichever view makes that one."""

from PySide6.QtWebEngineCore import QWebEngineUrlScheme

from ui.map.base_page import SCHEME


def register_scheme() -> None:
    """Make our scheme known; every engine calls it before its profile, the first one does it."""
    if QWebEngineUrlScheme.schemeByName(SCHEME.encode()) != QWebEngineUrlScheme():
        return
    scheme = QWebEngineUrlScheme(SCHEME.encode())
    scheme.setSyntax(QWebEngineUrlScheme.Syntax.Host)
    # not LocalScheme: that would let the page read file: addresses
    scheme.setFlags(QWebEngineUrlScheme.Flag.SecureScheme)
    QWebEngineUrlScheme.registerScheme(scheme)
