"""A sealed file is read whole or refused with what is wrong with it."""

import io
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PrivateKey

from domain.backups.files import BackupFile, Kind, backups_in, clear_leftovers, copy_to, file_name, whole_file
from domain.backups.recovery_key import new_recovery_key, read_recovery_key, written
from domain.backups.rotation import ALL_FOR, ALWAYS, superfluous
from domain.backups.sealed_file import PART, SealedFile, seal_into
from domain.errors import Invalid, Unavailable

OURS, OTHER = PrivateKey.generate(), PrivateKey.generate()
NOW = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)


def sealed(manifest: bytes = b"{}", dump: tuple[bytes, ...] = (b"dump",)) -> bytes:
    file = io.BytesIO()
    seal_into(file, [bytes(OURS.public_key), bytes(OTHER.public_key)], manifest, dump)
    return file.getvalue()


def opened(content: bytes, key: PrivateKey = OURS) -> tuple[bytes, bytes]:
    file = SealedFile(io.BytesIO(content), [key])
    return file.manifest, b"".join(file.dump())


@given(manifest=st.binary(max_size=200), dump=st.lists(st.binary(max_size=200), max_size=5))
def test_each_key_opens_what_was_sealed(manifest: bytes, dump: list[bytes]) -> None:
    """Whatever was put in comes out, by either key."""
    content = sealed(manifest, tuple(dump))
    assert opened(content, OURS) == opened(content, OTHER) == (manifest, b"".join(dump))


def test_what_is_longer_than_a_part_comes_out_whole() -> None:
    """Manifest and dump may take many parts."""
    long = os.urandom(2 * PART + 7)
    assert opened(sealed(long, (long, long))) == (long, long * 2)


@given(st.data())
def test_a_truncated_file_is_never_taken_for_whole(data: st.DataObject) -> None:
    """Wherever it is cut, it is refused."""
    content = sealed(b"manifest", (b"one", b"two"))
    with pytest.raises(Invalid) as refusal:
        opened(content[: data.draw(st.integers(0, len(content) - 1))])
    assert refusal.value.code in {"backup.truncated", "backup.foreign"}


@given(st.data())
def test_a_flipped_bit_is_seen(data: st.DataObject) -> None:
    """Wherever it is, and whatever stands in the clear."""
    content = bytearray(sealed(b"manifest", (b"one", b"two")))
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Invalid, match="backup"):
        opened(bytes(content))


def test_what_follows_the_end_is_seen() -> None:
    """Nothing can be added."""
    with pytest.raises(Invalid, match=r"backup\.damaged"):
        opened(sealed() + b"more")


def test_another_key_opens_nothing() -> None:
    """It is told from a damaged file."""
    with pytest.raises(Invalid, match=r"backup\.wrong_key"):
        opened(sealed(), PrivateKey.generate())


@given(st.binary(min_size=32, max_size=32))
def test_a_key_is_typed_off_paper(raw: bytes) -> None:
    """With small letters, blanks, and O for 0; any slip of one sign is noticed."""
    paper = written(PrivateKey(raw))
    assert bytes(read_recovery_key(paper.lower().replace("-", " ").replace("0", "o"))) == raw
    slip = ("1" if paper[3] != "1" else "2").join((paper[:3], paper[4:]))
    with pytest.raises(Invalid, match=r"backup\.key_mistyped"):
        read_recovery_key(slip)
    assert new_recovery_key() != new_recovery_key()


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    """What was being written when something failed is gone; what a kill left is cleared and was never listed."""
    name = file_name(Kind.MANUAL, NOW)
    with pytest.raises(TypeError), whole_file(tmp_path, name) as file:
        file.writelines([b"half", "no bytes"])  # type: ignore[list-item]  # what fails in the middle
    assert list(tmp_path.iterdir()) == []
    (tmp_path / f"{name}.unfertig").touch()
    assert backups_in(tmp_path) == ()
    clear_leftovers(tmp_path)
    with whole_file(tmp_path, name) as file:
        file.write(b"whole")
    (found,) = backups_in(tmp_path)
    assert (found.at, found.kind, found.path.stat().st_mode & 0o777) == (NOW, Kind.MANUAL, 0o600)


def test_a_second_place_holds_the_same(tmp_path: Path) -> None:
    """A place that is not there is never made: it may be a disk that is not plugged in."""
    name, second = file_name(Kind.HOURLY, NOW), tmp_path / "second"
    with whole_file(tmp_path, name) as file:
        file.write(b"content")
    with pytest.raises(Unavailable, match=r"backup\.folder_missing"):
        copy_to(tmp_path / name, second, lambda: None)
    second.mkdir()
    copy_to(tmp_path / name, second, lambda: None)
    assert (second / name).read_bytes() == b"content"


def test_a_copy_that_reads_otherwise_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A medium may give back something else than it took."""
    name, second = file_name(Kind.HOURLY, NOW), tmp_path / "second"
    second.mkdir()
    with whole_file(tmp_path, name) as file:
        file.write(b"content")

    def spoil(copied: BinaryIO) -> None:
        copied.seek(0)
        copied.write(b"C")
        copied.seek(0)

    monkeypatch.setattr("domain.backups.files._forget", spoil)
    with pytest.raises(Unavailable, match=r"backup\.copy_differs"):
        copy_to(tmp_path / name, second, lambda: None)
    assert list(second.iterdir()) == []


AGES = st.lists(st.tuples(st.integers(-48, 24 * 200), st.sampled_from(Kind), st.booleans()), max_size=60)


@given(AGES)
def test_rotation_never_takes_what_is_young_or_last(ages: list[tuple[int, Kind, bool]]) -> None:
    """Of each week of ninety days one stays, of the last seven days all, and the newest verified ones always."""
    files = [
        BackupFile(Path(f"{number:03}"), NOW - timedelta(hours=hours), kind)
        for number, (hours, kind, _) in enumerate(ages)
    ]
    verified = {file.name for file, (_, _, good) in zip(files, ages, strict=True) if good}
    gone = {file.name for file in superfluous(files, verified=verified, now=NOW)}
    left = [file for file in files if file.name not in gone]
    assert all(NOW - file.at > ALL_FOR for file in files if file.name in gone)
    assert len(left) >= min(ALWAYS, len(files))
    assert len([file for file in left if file.name in verified]) >= min(ALWAYS, len(verified))
    month = [file for file in files if ALL_FOR < NOW - file.at <= timedelta(days=90)]
    assert {file.at.isocalendar()[:2] for file in month} <= {file.at.isocalendar()[:2] for file in left}
    assert superfluous(left, verified=verified, now=NOW) == ()
