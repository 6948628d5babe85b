"""What is in a PDF: its bytes, its streams uncompressed, and the text a reader shows."""

import base64
import os
import re
import zlib

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtPdf import QPdfDocument

STREAM = re.compile(rb"<<([^>]*(?:>(?!>)[^>]*)*)>>\s*stream\r?\n(.*?)endstream", re.DOTALL)


def uncompressed(pdf: bytes) -> bytes:
    """The file with every stream as it was before packing."""
    parts = [pdf]
    for head, body in STREAM.findall(pdf):
        data = body.strip(b"\r\n")
        if b"ASCII85Decode" in head:
            data = base64.a85decode(data.strip().removesuffix(b"~>"))
        if b"FlateDecode" in head:
            data = zlib.decompress(data)
        parts.append(data)
    return b"\n".join(parts)


def pages(pdf: bytes) -> list[str]:
    """The text of each page, as a reader shows it."""
    buffer = QBuffer()
    buffer.setData(QByteArray(pdf))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document = QPdfDocument()
    document.load(buffer)
    found = [document.getAllText(number).text() for number in range(document.pageCount())]
    document.close()
    return found


def title(pdf: bytes) -> str:
    """The title a reader shows in its window."""
    buffer = QBuffer()
    buffer.setData(QByteArray(pdf))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document = QPdfDocument()
    document.load(buffer)
    found = str(document.metaData(QPdfDocument.MetaDataField.Title))
    document.close()
    return found


def flat(text: str) -> str:
    """Without the breaks of lines, so that a word is found where the line turned in it."""
    return re.sub(r"\s+", "", text)
