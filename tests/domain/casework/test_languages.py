"""The language a practice must speak stands in first letters, so that only names of languages may."""

from dataclasses import replace
from datetime import datetime

import pytest

from domain.acquisition.intake import needed_languages
from domain.casework.preparing import create_and_send
from domain.communication.models import Email
from domain.database import Database
from domain.errors import Invalid
from domain.languages import LANGUAGES, known, language, unknown
from domain.patients.queries import get_patient
from domain.patients.service import update_patient
from domain.values import Channel
from tests.builders import add_patient, add_search, add_therapist

FREE = "Türkisch (Mutter: Frau Yilmaz, Tel. 0241 555)"


def test_a_language_is_known_however_it_is_written() -> None:
    """As the list writes it; words beside it make it none."""
    assert language(" türkisch") == "Türkisch"
    assert language(FREE) is None
    assert known(["FARSI", FREE, "Farsi"]) == ("Farsi",)
    assert unknown(["Farsi", FREE]) == (FREE,)
    assert len({name.casefold() for name in LANGUAGES}) == len(LANGUAGES)


def test_what_a_file_says_beside_a_language_is_noted() -> None:
    """It comes in without it, and the row says so."""
    notes: list[str] = []
    assert needed_languages([FREE, "Arabisch"], notes) == {"Arabisch"}
    assert notes == ["language_unknown"]


def test_no_letter_takes_what_is_no_language(database: Database, now: datetime) -> None:
    """What was typed before there was a list stays with the record and out of the first letter."""
    with database.write() as session:
        patient = add_patient(session, wishes={"languages": [FREE, "Farsi"]})
        create_and_send(
            session, therapist_id=add_therapist(session), search_ids=[add_search(session, patient)],
            channel=Channel.EMAIL, now=now, confirm_unknown=True,
        )  # fmt: skip
        session.flush()
        (mail,) = session.query(Email).all()
        assert "Farsi" in mail.body_text
        assert not {"Yilmaz", "0241"} & set(mail.body_text.replace(",", " ").split())


def test_only_languages_are_saved(database: Database, now: datetime) -> None:
    """A new word that is none is refused at its field; an old one stays until it is corrected, others as listed."""
    with database.write() as session:
        patient = add_patient(session, wishes={"languages": [FREE]})
    with database.read() as session:
        record = get_patient(session, patient, today=now.date())
    form = replace(record.form, languages=("Klingonisch",))
    with pytest.raises(Invalid, match=r"patient\.language") as refused, database.write() as session:
        update_patient(session, patient, record.version, form, today=now.date())
    assert refused.value.params["codes"] == ["Klingonisch"]
    with database.write() as session:
        form = replace(record.form, languages=(FREE, "farsi"))
        update_patient(session, patient, record.version, form, today=now.date())
    with database.read() as session:
        assert get_patient(session, patient, today=now.date()).form.languages == (FREE, "Farsi")
