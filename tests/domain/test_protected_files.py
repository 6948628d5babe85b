"""Archives for somebody else: AES-256 as WinZip laid it down, and passphrases that protect."""

import io
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
import pyzipper
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.protected_files import ALPHABET, SHORTEST, check_passphrase, new_passphrase, protected

PASSPHRASE = "Wort-aus-vier-Teilen"
AES = 99  # the method of compression that stands for encryption
SEVEN_ZIP = shutil.which("7z") or shutil.which("7zz") or shutil.which("7za")


@given(
    st.dictionaries(st.from_regex(r"[a-z]{1,8}\.(pdf|json)", fullmatch=True), st.binary(max_size=500), max_size=4),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=SHORTEST, max_size=40),
)
def test_what_is_packed_comes_out_with_the_passphrase_alone(files: dict[str, bytes], passphrase: str) -> None:
    """Every file whole, by the right passphrase and no other."""
    made = protected(files, passphrase)
    with pyzipper.AESZipFile(io.BytesIO(made)) as archive:
        archive.setpassword(passphrase.encode())
        assert {name: archive.read(name) for name in archive.namelist()} == files
        archive.setpassword(f"{passphrase}x".encode())
        for name in files:
            with pytest.raises((RuntimeError, pyzipper.BadZipFile)):
                archive.read(name)


def test_it_is_aes_256_and_nothing_readable_is_in_it() -> None:
    """The header says so as WinZip's description wants it, and no checksum of the content tells of it."""
    made = protected({"a.txt": b"Frau Muster " * 50}, PASSPHRASE)
    assert b"Muster" not in made
    name = made.index(b"a.txt")
    assert struct.unpack("<H", made[8:10]) == (AES,)
    header = made[name + len(b"a.txt") :]
    kind, size, _version, maker, strength, _method = struct.unpack("<HHH2sBH", header[:11])
    assert (kind, size, maker, strength) == (0x9901, 7, b"AE", 3)


@pytest.mark.skipif(SEVEN_ZIP is None, reason="7-Zip is not installed")
def test_what_offices_have_opens_it(tmp_path: Path) -> None:
    """7-Zip reads it with the passphrase, and not without."""
    path = tmp_path / "a.zip"
    path.write_bytes(protected({"Auskunft.txt": "schöne Grüße".encode()}, PASSPHRASE))
    command = [str(SEVEN_ZIP), "x", "-so", f"-p{PASSPHRASE}", str(path)]
    opened = subprocess.run(command, capture_output=True, check=True)
    assert opened.stdout.decode() == "schöne Grüße"
    command[3] = "-pfalsch"
    refused = subprocess.run(command, capture_output=True, check=False)
    assert refused.returncode != 0
    assert b"Gr" not in refused.stdout


def test_a_made_passphrase_is_long_and_can_be_read_out() -> None:
    """No two alike, and no sign that sounds or looks like another."""
    made = {new_passphrase() for _ in range(200)}
    assert len(made) == 200
    for passphrase in made:
        check_passphrase(passphrase)
        assert set(passphrase) <= {*ALPHABET, "-"}
        assert len(passphrase.replace("-", "")) == 24


@pytest.mark.parametrize(
    ("passphrase", "code"),
    [
        ("", "export.passphrase_short"),
        ("x" * (SHORTEST - 1), "export.passphrase_short"),
        ("Schlüssel für die Auskunft", "export.passphrase_signs"),
        ("endet mit Leerzeichen ", "export.passphrase_signs"),
        ("mit\tTabulator darin!", "export.passphrase_signs"),
    ],
)
def test_a_weak_or_ambiguous_passphrase_is_refused(passphrase: str, code: str) -> None:
    """Before anything is packed."""
    with pytest.raises(Invalid) as refused:
        protected({"a": b""}, passphrase)
    assert refused.value.code == code
