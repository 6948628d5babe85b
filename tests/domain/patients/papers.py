"""Small real files of every kind, made here: nobody's papers."""

import io
import struct
import zipfile
import zlib


def pdf(words: str = "PTV 11") -> bytes:
    """The smallest PDF a reader takes."""
    return f"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n% {words}\ntrailer<</Root 1 0 R>>\n%%EOF\n".encode()


def png() -> bytes:
    """One pixel."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def jpeg() -> bytes:
    """A picture's beginning and end."""
    return bytes.fromhex("ffd8ffe000104a46494600010100000100010000") + b"\0" * 64 + b"\xff\xd9"


def zipped(*names: str) -> bytes:
    """An archive of parts with those names."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as parts:
        for name in names:
            parts.writestr(zipfile.ZipInfo(name), "<x/>")  # the same bytes in every process: tests are named by them
    return made.getvalue()


def docx(*more: str) -> bytes:
    """A document of a word processor, with further parts."""
    return zipped("[Content_Types].xml", "word/document.xml", *more)


EXE = b"MZ\x90\x00\x03\x00\x00\x00" + b"\0" * 56 + b"PE\0\0" + b"\0" * 200
