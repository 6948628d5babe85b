"""Widersprüche in Verwaltung: for whom each holds, and how it is lifted."""

from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from domain.casework.opt_outs import opt_out
from domain.database import Database
from tests.builders import add_therapist
from tests.ui.hands import confirm, fill, press, scalar
from ui.admin.opt_outs_tab import OptOutsTab
from ui.ports import UiContext


def test_an_opt_out_of_a_mailbox_is_lifted_with_a_reason(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The list says that it holds for the mailbox; lifted, its people may be asked again and it is empty."""

    def work(session: Session) -> None:
        number = add_therapist(session, email="praxis@gemeinschaft.example")
        opt_out(session, number, now=ui.now(), whole_mailbox=True)

    fill(database, work)
    tab = OptOutsTab(ui)
    qtbot.addWidget(tab)
    tab.resize(1100, 500)
    tab.show()
    tab.refresh()
    qtbot.waitUntil(lambda: len(tab.model.rows) == 1)
    assert tab.model.rows[0].opt_out_id is not None
    tab.list.setCurrentIndex(tab.model.index(0, 0))
    press(qtbot, tab, "Aufheben")
    confirm(qtbot, tab, reason="Ruft selbst an")
    qtbot.waitUntil(lambda: not tab.model.rows)
    assert scalar(database, "SELECT status FROM therapist_service.therapist") == "active"
    assert scalar(database, "SELECT lifted_reason FROM therapist_service.mailbox_opt_out") == "Ruft selbst an"
