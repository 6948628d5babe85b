"""What is said of a mail that came in."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.communication.incoming.listing import IncomingDetail, IncomingRow
from domain.communication.incoming.remarks import Remark
from ui.mail.remarks import chip, sentence

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ROW = IncomingRow(
    1, "Eva", "eva@praxis.example", "Re", NOW, None, "other", "new", "none", None, None, None, None, None, None, 0, 1,
    None, False,
)  # fmt: skip


@pytest.mark.parametrize("code", ["report.delivered", "report.foo", "mail.nonsense", ""])
def test_a_remark_this_program_does_not_know_is_said_all_the_same(code: str) -> None:
    """One of a newer program stops no list."""
    row = replace(ROW, remark=Remark(code))
    fields = dict.fromkeys(IncomingDetail.__slots__) | {"row": row, "size": 1000}
    assert chip(row)[0]
    assert sentence(IncomingDetail(**fields))  # type: ignore[arg-type]
