"""Before an evidence is made the window tells of an answer that nobody has read."""

from datetime import timedelta

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.communication.incoming.models import IncomingEmail
from domain.database import Database
from domain.matching.models import PlaceSearch
from tests.domain.casework.steps import ask
from tests.ui.hands import fill, press
from tests.ui.patients.test_evidence import agreeing, tab_of
from ui.ports import UiContext
from ui.widgets.reason import ReasonDialog


def test_an_answer_nobody_read_is_told_before_the_paper_is_made(
    ui: UiContext, qtbot: QtBot, database: Database
) -> None:
    """The window says that a practice answered; the paper is made only when somebody wants it all the same."""

    def answered(session: Session) -> int:
        patient = agreeing(session, ui)
        search = session.scalars(select(PlaceSearch.id).where(PlaceSearch.patient_id == patient)).one()
        inquiry = ask(session, search, now=ui.now() - timedelta(days=2))
        session.add(
            IncomingEmail(
                sha256=b"1" * 32, size=10, received_at=ui.now(), kind="reply", inquiry_id=inquiry.id,
                from_address="praxis@praxis.example", body_text="Leider nein.", matched_by="sender",
            )
        )  # fmt: skip
        return patient

    tab = tab_of(ui, qtbot, fill(database, answered))
    assert "1 noch offen" in tab._how.text()
    saved = []
    tab.saving.save = lambda *_: saved.append(True)  # type: ignore[method-assign]
    press(qtbot, tab, "Nachweis als PDF speichern")
    dialog = tab.findChild(ReasonDialog)
    assert dialog is not None
    assert any("ungelesen unter „Post“" in label.text() for label in dialog.findChildren(QLabel))
    assert saved == []
    dialog.ok.click()
    assert saved == [True]
