"""One inquiry: its practice, each patient with the answer given and the next steps, and everything that happened."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from domain.casework import sending
from domain.casework.answers import Recorded, record_answer
from domain.casework.history import inquiry_history
from domain.casework.letters import queue_acceptance_to_patient
from domain.casework.placements import (
    begin_therapy,
    end_therapy,
    fail_acceptance,
    promote_surplus,
    start_trial_sessions,
)
from domain.database import Session
from domain.errors import PlatzlotseError
from domain.matching.listing import InquiryDetail, ItemDetail, get_inquiry
from domain.matching.states import AWAITING_ANSWER, InquiryState, ItemStatus
from domain.values import Channel
from ui import formats
from ui.errors import describe
from ui.inquiries.answering import AnswerDialog
from ui.labels import label
from ui.matching.pausing import ReasonDialog
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.chips import INQUIRY_STATES, ITEM_STATES, Chip
from ui.widgets.forms import Card, button, row, scrolled
from ui.widgets.forms import label as words
from ui.widgets.timeline import Timeline

I = ItemStatus  # noqa: E741 - short in a table of steps
ANSWERABLE = frozenset(
    {I.PENDING, I.NEEDS_INFO, I.WAITLISTED, I.NO_RESPONSE, I.CONSULTATION_ONLY, I.REJECTION_CAPACITY,
     I.REJECTION_UNSUITABLE, I.REJECTION_OTHER}
)  # fmt: skip
UNDOABLE = frozenset({InquiryState.DRAFT, InquiryState.APPROVED, InquiryState.OUTBOX, InquiryState.SEND_FAILED})


class InquiryDetailView(QWidget):
    """Header, one card a patient, timeline."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._inquiry: InquiryDetail | None = None
        self._wanted: int | None = None
        self._head = words("", "title")
        self._chip = Chip()
        self._facts = words("", "muted")
        self._send = button(tr("&Senden"), self._on_send, role="primary", icon="send")
        self._undo = button(tr("Zurück&holen"), self._on_undo, icon="undo-2")
        self._reached = button(tr("Praxis &erreicht"), self._on_reached, icon="phone")
        self._remind = button(tr("E&rinnern"), self._on_remind, icon="clock")
        self._withdraw = button(tr("Zurück&ziehen"), self._on_withdraw, icon="x")
        self._practice = button(tr("Zur &Praxis"), self._open_practice, icon="stethoscope")
        self._items = QWidget()
        self._column = QVBoxLayout(self._items)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._history = Timeline(tr("Verlauf der Anfrage"))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(8, 0, 0, 0)
        outer.addWidget(row(self._head, self._chip))
        outer.addWidget(self._facts)
        outer.addWidget(row(self._send, self._undo, self._reached, self._remind, self._withdraw, self._practice))
        outer.addWidget(scrolled(self._items), 3)
        outer.addWidget(words(tr("Verlauf"), "heading"))
        outer.addWidget(self._history, 2)

    def show_inquiry(self, inquiry_id: int) -> None:
        """Load one inquiry."""
        self._wanted = inquiry_id
        self.refresh()

    def refresh(self) -> None:
        """Load again."""
        number, today = self._wanted, self._ui.today()
        if number is None:
            return
        self._ui.background.read(self, lambda s: get_inquiry(s, number, today=today), self._show, key="inquiry")
        self._ui.background.read(self, lambda s: inquiry_history(s, number), self._history.show_entries, key="history")

    def _show(self, inquiry: InquiryDetail) -> None:
        self._inquiry = inquiry
        r = inquiry.row
        self._head.setText(r.therapist)
        self._chip.show_state(label("inquiry_state", r.state), INQUIRY_STATES[r.state])
        facts = [f"PL-{r.reference}", label("channel", r.channel), r.city]
        facts.append(
            tr("gesendet {when}").format(when=formats.moment(r.sent_at)) if r.sent_at else tr("noch nicht gesendet")
        )
        if r.reminders:
            facts.append(ntr(r.reminders, "{n} Erinnerung", "{n} Erinnerungen"))
        if r.expires_at:
            facts.append(tr("läuft ab am {day}").format(day=formats.day(r.expires_at)))
        if inquiry.created_by:
            facts.append(tr("von {name}").format(name=inquiry.created_by))
        self._facts.setText(" · ".join(fact for fact in facts if fact))
        by_phone = r.channel == Channel.PHONE
        self._send.setVisible(r.state is InquiryState.DRAFT)
        self._undo.setVisible(r.state in UNDOABLE)
        self._reached.setVisible(by_phone and r.state is InquiryState.APPROVED)
        self._remind.setVisible(r.state in AWAITING_ANSWER)
        self._withdraw.setVisible(r.state in AWAITING_ANSWER - {InquiryState.OUT_OF_OFFICE})
        while self._column.count():
            item = self._column.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        for item_detail in inquiry.items:
            self._column.addWidget(self._card(inquiry, item_detail))
        self._column.addStretch(1)

    def _card(self, inquiry: InquiryDetail, item: ItemDetail) -> Card:
        card = Card()
        name = button(item.name, lambda: self._ui.navigate("patients", item.patient_id), role="link")
        card.add(row(name, Chip(label("item_status", item.status), ITEM_STATES[item.status])))
        facts = [formats.age(item.age), item.city, tr("Kennung {code}").format(code=item.reference_code)]
        if item.answered_at:
            facts.append(formats.moment(item.answered_at))
        if item.answered_by:
            facts.append(item.answered_by)
        if item.waitlisted_until:
            facts.append(tr("bis {day}").format(day=formats.day(item.waitlisted_until)))
        card.add(words(" · ".join(fact for fact in facts if fact), "muted"))
        if item.note:
            card.add(words(label("reason", item.note)))
        steps = self._steps(inquiry, item)
        if steps:
            card.add(row(*steps))
        return card

    def _steps(self, inquiry: InquiryDetail, item: ItemDetail) -> list[QWidget]:
        def step(text: str, act: Callable[[], None], *, role: str = "", icon: str = "") -> QWidget:
            return button(text, act, role=role, icon=icon, name=f"{item.name}: {text}")

        steps: list[QWidget] = []
        if item.status in ANSWERABLE and inquiry.row.sent_at is not None:
            steps.append(step(tr("Antwort eintragen"), lambda: self._answer(item), role="primary", icon="check"))
        if item.status is I.ACCEPTED:
            steps.append(step(tr("Probesitzungen beginnen"), lambda: self._trial(item), role="primary"))
            steps.append(step(tr("Patient schreiben"), lambda: self._write_patient(item), icon="mail"))
        if item.status is I.IN_TRIAL_SESSIONS:
            steps.append(step(tr("In Therapie"), lambda: self._therapy(item), role="primary", icon="heart-handshake"))
        if item.status in {I.ACCEPTED, I.IN_TRIAL_SESSIONS}:
            steps.append(self._failure_menu(item))
        if item.status is I.ACCEPTED_SURPLUS:
            steps.append(step(tr("Rückt nach"), lambda: self._promote(item)))
        if item.status is I.IN_THERAPY and item.placement_id is not None:
            placement = item.placement_id
            steps.append(step(tr("Therapie abgeschlossen"), lambda: self._end(placement, success=True)))
            steps.append(step(tr("Therapie abgebrochen"), lambda: self._end(placement, success=False)))
        return steps

    def _failure_menu(self, item: ItemDetail) -> QWidget:
        chooser = button(tr("Kam nicht zustande"), lambda: None, name=f"{item.name}: {tr('Kam nicht zustande')}")
        menu = QMenu(chooser)
        outcomes = [I.NO_SHOW, I.NOT_CONTINUED]
        if item.status is I.ACCEPTED:
            outcomes.append(I.REJECTION_OTHER)
        for outcome in outcomes:
            menu.addAction(label("item_status", outcome), partial(self._fail, item, outcome))
        chooser.setMenu(menu)
        return chooser

    def _write(self, work: Callable[[Session], object], said: str) -> None:
        self._ui.background.write(self, work, lambda _: self._ui.messages.success(said), self._refused)

    def _refused(self, error: Exception) -> None:
        self._ui.messages.error(describe(error))
        if isinstance(error, PlatzlotseError) and error.kind in {"conflict", "not_found"}:
            self.refresh()

    def _answer(self, item: ItemDetail) -> None:
        dialog = AnswerDialog(self, item)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def accepted() -> None:
            try:
                until = dialog.until()
            except ValueError:
                self._ui.messages.error(tr("Bitte das Datum als TT.MM.JJJJ eingeben."))
                return
            answer, channel, note, now = dialog.answer(), dialog.channel(), dialog.note(), self._ui.now()
            self._ui.background.write(
                self,
                lambda s: record_answer(
                    s, item.item_id, answer, now=now, channel=channel, note=note, waitlisted_until=until,
                    version=item.version,
                ),
                self._recorded,
                self._refused,
            )  # fmt: skip

        dialog.accepted.connect(accepted)
        dialog.open()

    def _recorded(self, recorded: Recorded) -> None:
        if recorded.first is not None:
            first = recorded.first
            self._ui.messages.warning(
                tr(
                    "{practice} hat schon zugesagt (eingetragen von {by}, {at}). Diese Zusage ist als weitere vermerkt, die Praxis bekommt einen Dank."
                ).format(practice=first.practice, by=first.by or "–", at=formats.moment(first.at))
            )
        elif recorded.released:
            self._ui.messages.success(
                ntr(len(recorded.released), "Zusage eingetragen; {n} andere Anfrage wurde zurückgenommen.",
                    "Zusage eingetragen; {n} andere Anfragen wurden zurückgenommen.")
            )  # fmt: skip
        else:
            self._ui.messages.success(tr("Antwort eingetragen."))

    def _trial(self, item: ItemDetail) -> None:
        now = self._ui.now()
        self._write(
            lambda s: start_trial_sessions(s, item.item_id, now=now, version=item.version),
            tr("Probesitzungen begonnen."),
        )

    def _therapy(self, item: ItemDetail) -> None:
        now, today = self._ui.now(), self._ui.today()
        self._write(
            lambda s: begin_therapy(s, item.item_id, started_on=today, now=now, version=item.version),
            tr("Vermittelt. Die Suche ist erfolgreich abgeschlossen."),
        )

    def _write_patient(self, item: ItemDetail) -> None:
        now = self._ui.now()
        self._write(
            lambda s: queue_acceptance_to_patient(s, item.item_id, now=now),
            tr("Der Brief an den Patienten ist unterwegs."),
        )

    def _fail(self, item: ItemDetail, outcome: ItemStatus) -> None:
        now = self._ui.now()

        def done(surplus: tuple[int, ...]) -> None:
            more = " " + tr("Eine andere Praxis hatte auch zugesagt: Sie kann nachrücken.") if surplus else ""
            self._ui.messages.info(tr("Die Suche geht weiter.") + more)

        self._ui.background.write(
            self,
            lambda s: fail_acceptance(s, item.item_id, outcome, now=now, version=item.version),
            done,
            self._refused,
        )

    def _promote(self, item: ItemDetail) -> None:
        now = self._ui.now()
        self._write(
            lambda s: promote_surplus(s, item.item_id, now=now, version=item.version), tr("Die Zusage gilt jetzt.")
        )

    def _end(self, placement_id: int, *, success: bool) -> None:
        now, today = self._ui.now(), self._ui.today()
        self._write(
            lambda s: end_therapy(s, placement_id, success=success, ended_on=today, now=now), tr("Abgeschlossen.")
        )

    def _on_send(self) -> None:
        inquiry, now = self._inquiry, self._ui.now()
        if inquiry is not None:
            self._write(
                lambda s: sending.send_inquiry(s, inquiry.row.inquiry_id, now=now, version=inquiry.row.version),
                tr("Die Anfrage ist unterwegs."),
            )

    def _on_undo(self) -> None:
        inquiry, now = self._inquiry, self._ui.now()
        if inquiry is not None:
            self._write(
                lambda s: sending.undo_sending(s, inquiry.row.inquiry_id, now=now),
                tr("Zurückgeholt; nichts wurde gesendet."),
            )

    def _on_reached(self) -> None:
        inquiry, now = self._inquiry, self._ui.now()
        if inquiry is not None:
            self._write(lambda s: sending.mark_sent(s, inquiry.row.inquiry_id, now=now), tr("Als angefragt vermerkt."))

    def _on_remind(self) -> None:
        inquiry, now = self._inquiry, self._ui.now()
        if inquiry is not None:
            self._write(
                lambda s: sending.remind(s, inquiry.row.inquiry_id, now=now), tr("Die Erinnerung ist unterwegs.")
            )

    def _on_withdraw(self) -> None:
        inquiry, now = self._inquiry, self._ui.now()
        if inquiry is None:
            return
        dialog = ReasonDialog(
            self, tr("Zurückziehen"), tr("Die Praxis erhält eine freundliche Nachricht; die Menschen sind wieder frei.")
        )
        dialog.accepted.connect(
            lambda: self._write(
                lambda s: sending.withdraw_inquiry(
                    s, inquiry.row.inquiry_id, reason=dialog.reason.text(), now=now, version=inquiry.row.version
                ),
                tr("Die Anfrage ist zurückgezogen."),
            )
        )
        dialog.open()

    def _open_practice(self) -> None:
        if self._inquiry is not None:
            self._ui.navigate("therapists", self._inquiry.row.therapist_id)
