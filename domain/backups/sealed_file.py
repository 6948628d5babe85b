"""The sealed file of a backup: one stream, authenticated from first byte to last, readable by any of its keys.

A fresh key seals the stream (libsodium's secretstream: XChaCha20-Poly1305); that key is sealed to each public key,
so that who writes backups need not be able to read them. It begins with a manifest, the dump follows. Each part given
out is authenticated; that nothing is missing is known with the last. It knows no database.

    magic, format (2), number of keys (1), [key's name (8), sealed key (80)]…, stream's header (24), [length (4), part]…
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import BinaryIO

from nacl import bindings as sodium
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.utils import random

from domain.errors import Invalid

MAGIC = b"Platzlotse-Sicherung\n"
FORMAT = 1
PART = 1 << 20
MANIFEST_BYTES = 64 << 20  # no manifest is longer: what says so is damaged
_HEAD = struct.Struct(">HB")
_LENGTH = struct.Struct(">I")
_NAME, _SEALED = 8, 80
_STREAM = sodium.crypto_secretstream_xchacha20poly1305_HEADERBYTES
_OVERHEAD = sodium.crypto_secretstream_xchacha20poly1305_ABYTES
_MESSAGE = sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_PUSH = sodium.crypto_secretstream_xchacha20poly1305_TAG_PUSH
_FINAL = sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL


def seal_into(file: BinaryIO, keys: Sequence[bytes], manifest: bytes, dump: Iterable[bytes]) -> None:
    """Write a whole sealed file, readable by the private half of each of the public keys."""
    key = random(sodium.crypto_secretstream_xchacha20poly1305_KEYBYTES)
    head = MAGIC + _HEAD.pack(FORMAT, len(keys))
    for public in keys:
        head += key_name(public) + SealedBox(PublicKey(public)).encrypt(key)
    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    head += sodium.crypto_secretstream_xchacha20poly1305_init_push(state, key)
    file.write(head)
    bound: bytes | None = blake2b(head).digest()  # what stands in the clear before the stream is part of it

    def put(part: bytes, tag: int) -> None:
        nonlocal bound
        sealed = sodium.crypto_secretstream_xchacha20poly1305_push(state, part, bound, tag)
        file.write(_LENGTH.pack(len(sealed)) + sealed)
        bound = None

    parts = list(_in_parts((manifest,))) or [b""]
    for part in parts[:-1]:
        put(part, _MESSAGE)
    put(parts[-1], _PUSH)
    for part in _in_parts(dump):
        put(part, _MESSAGE)
    put(b"", _FINAL)


class SealedFile:
    """A sealed file being read, its manifest first.

    Raises Invalid with a code ``backup.…``: foreign (no backup at all), newer_format, wrong_key, truncated, damaged.
    """

    def __init__(self, file: BinaryIO, keys: Iterable[PrivateKey]) -> None:
        self._file = file
        head, seals = _read_head(file)
        stream = self._exactly(_STREAM)
        self._state = sodium.crypto_secretstream_xchacha20poly1305_state()
        sodium.crypto_secretstream_xchacha20poly1305_init_pull(self._state, stream, _unsealed(seals, keys))
        self._bound: bytes | None = blake2b(head + seals + stream).digest()
        self.manifest = self._read_manifest()

    def dump(self) -> Iterator[bytes]:
        """What follows the manifest, part by part; it ends only where the file was written to its end."""
        while True:
            part, tag = self._pull()
            if tag == _FINAL:
                break
            yield part
        if self._file.read(1):
            raise Invalid("backup.damaged")

    def _read_manifest(self) -> bytes:
        manifest = b""
        while True:
            part, tag = self._pull()
            manifest += part
            if tag == _PUSH:
                return manifest
            if tag == _FINAL or len(manifest) > MANIFEST_BYTES:
                raise Invalid("backup.damaged")

    def _pull(self) -> tuple[bytes, int]:
        (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size))
        if not _OVERHEAD <= length <= PART + _OVERHEAD:
            raise Invalid("backup.damaged")
        sealed = self._exactly(length)
        try:
            part, tag = sodium.crypto_secretstream_xchacha20poly1305_pull(self._state, sealed, self._bound)
        except (CryptoError, RuntimeError) as exc:
            raise Invalid("backup.damaged") from exc
        self._bound = None
        return part, tag

    def _exactly(self, count: int) -> bytes:
        return _exactly(self._file, count)


def sealed_to(file: BinaryIO) -> frozenset[bytes]:
    """The names (`key_name`) of the keys that open it, as they stand in the clear. Raises Invalid."""
    _, seals = _read_head(file)
    return frozenset(seals[at : at + _NAME] for at in range(0, len(seals), _NAME + _SEALED))


def _read_head(file: BinaryIO) -> tuple[bytes, bytes]:
    head = _exactly(file, len(MAGIC), missing="backup.foreign")
    if head != MAGIC:
        raise Invalid("backup.foreign")
    numbers = _exactly(file, _HEAD.size)
    found, count = _HEAD.unpack(numbers)
    if found != FORMAT:
        raise Invalid("backup.newer_format" if found > FORMAT else "backup.damaged", found=found)
    return head + numbers, _exactly(file, count * (_NAME + _SEALED))


def _exactly(file: BinaryIO, count: int, *, missing: str = "backup.truncated") -> bytes:
    found = file.read(count)
    if len(found) < count:
        raise Invalid(missing)
    return found


def _unsealed(seals: bytes, keys: Iterable[PrivateKey]) -> bytes:
    ours = {key_name(bytes(key.public_key)): key for key in keys}
    for at in range(0, len(seals), _NAME + _SEALED):
        key = ours.get(seals[at : at + _NAME])
        if key is None:
            continue
        try:
            return SealedBox(key).decrypt(seals[at + _NAME : at + _NAME + _SEALED])
        except CryptoError as exc:
            raise Invalid("backup.damaged") from exc
    raise Invalid("backup.wrong_key")


def key_name(public: bytes) -> bytes:
    """By which a key is known in the clear."""
    return blake2b(public, digest_size=_NAME).digest()


def _in_parts(pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        for at in range(0, len(piece), PART):
            yield piece[at : at + PART]
