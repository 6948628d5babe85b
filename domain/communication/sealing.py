"""Secrets sealed to the worker's public key, each with what it is for: whoever entered one cannot read it again.

Nor can anybody with the database alone (libsodium's sealed boxes: X25519, XSalsa20-Poly1305). What a secret is for lies
inside the seal, so that its bytes, kept and put beside another server, are opened for nobody. It opens no connection.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain.communication.account_models import WorkerKey
from domain.errors import Unavailable

if TYPE_CHECKING:
    from nacl.public import PrivateKey

# no secret of the form before can begin like this: what a person types holds no such character
MARK = b"\0platzlotse 2\0"
Purpose = Mapping[str, int | str]


@dataclass(frozen=True, slots=True)
class Opened:
    """A secret, and what it was sealed for; `purpose` None: sealed by a release before 0021, which said nothing."""

    secret: str
    purpose: Purpose | None


def publish_key(session: Session, public_key: bytes) -> None:
    """The worker says to which key secrets are to be sealed; one it said before is replaced."""
    values = {"id": 1, "public_key": public_key}
    session.execute(insert(WorkerKey).values(values).on_conflict_do_update(index_elements=["id"], set_=values))


def seal(session: Session, secret: str, *, purpose: Purpose) -> bytes:
    """Seal a secret to the worker's key. Raises Unavailable before a worker ran for the first time."""
    # heavy, and needed only when a secret is entered
    from nacl.public import PublicKey, SealedBox

    key = session.scalar(select(WorkerKey.public_key))
    if key is None:
        raise Unavailable("mail_account.no_worker_key")
    words = json.dumps({"secret": secret, "purpose": dict(purpose)})
    return SealedBox(PublicKey(key)).encrypt(MARK + words.encode("utf-8"))


def unseal(sealed: bytes, private_key: "PrivateKey") -> Opened:
    """What was sealed. Raises Unavailable if sealed to another key."""
    from nacl.exceptions import CryptoError
    from nacl.public import SealedBox

    try:
        opened = SealedBox(private_key).decrypt(sealed)
    except CryptoError as exc:
        raise Unavailable("mail_account.sealed_to_other_key") from exc
    if not opened.startswith(MARK):
        return Opened(opened.decode("utf-8"), None)
    found = json.loads(opened.removeprefix(MARK))
    return Opened(found["secret"], found["purpose"])
