"""Files for somebody else in one encrypted archive that offices can open: ZIP with AES-256 (WinZip's AE-2).

7-Zip and WinZip open it. Everything happens in memory, so that nothing readable lies on a disk. The names in such an
archive are not encrypted: whoever names the files names nobody. From passphrase to key it is a thousand rounds only
(PBKDF2, laid down by the format), so the passphrase has to be long. Knows neither the database nor the window.
"""

import io
import secrets
from collections.abc import Mapping

from domain.errors import Invalid

SHORTEST = 16  # signs of a passphrase somebody makes up
GROUPS, GROUP = 6, 4  # of a made one: 24 signs of five bits each
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U, so that it can be told by telephone


def new_passphrase() -> str:
    """One that nobody guesses (120 bits), in groups that can be read out."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))


def check_passphrase(passphrase: str) -> None:
    """Raises Invalid: ``export.passphrase_short``, ``export.passphrase_signs`` for what programs read differently."""
    if len(passphrase) < SHORTEST:
        raise Invalid("export.passphrase_short", field="passphrase", shortest=SHORTEST)
    if not (passphrase.isascii() and passphrase.isprintable()) or passphrase != passphrase.strip():
        raise Invalid("export.passphrase_signs", field="passphrase")


def protected(files: Mapping[str, bytes], passphrase: str) -> bytes:
    """The archive of these files, by their names in it. Raises Invalid for a passphrase that protects nothing."""
    # needed only when somebody protects a file
    import pyzipper

    check_passphrase(passphrase)
    made = io.BytesIO()
    with pyzipper.AESZipFile(made, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(passphrase.encode("ascii"))
        archive.setencryption(pyzipper.WZ_AES, nbits=256)
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()
