"""People with custody of a minor."""

import pytest
from sqlalchemy import func, select

from domain.database import Database
from domain.errors import Invalid
from domain.patients.models import Guardian
from domain.patients.service import add_guardian
from tests.builders import add_patient


def test_a_number_nobody_can_dial_is_refused_and_not_dropped(database: Database) -> None:
    """As with the patient's own; who typed it would think it were kept."""
    with database.write() as session:
        child = add_patient(session)
        for written in ("nach 18 Uhr", "0241 123456 2 freie"):
            with pytest.raises(Invalid) as refused:
                add_guardian(session, child, name="Eva Berger", relation="Mutter", phone=written, email="")
            assert refused.value.code == "patient.phone"
        assert session.scalar(select(func.count()).select_from(Guardian)) == 0
        add_guardian(session, child, name="Eva Berger", relation="Mutter", phone="0241 / 12 34 56", email="")
        assert session.scalar(select(Guardian.phone)) == "+49241123456"
