"""One mail that came in: its words with the deciding ones marked, a suggestion for each patient, one key to confirm."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from domain.casework import replies
from domain.casework.replies import Reply
from domain.communication.reading.meanings import Meaning
from ui.inquiries.answer_rows import AnswerRows
from ui.labels import label
from ui.mail.capacity_tick import CapacityTick
from ui.mail.files import FilesRow
from ui.mail.marked_text import MarkedText
from ui.mail.record_links import RecordLinks
from ui.mail.recorded_words import unread_words
from ui.mail.remarks import chip, sentence
from ui.mail.reply_acts import ReplyActs
from ui.mail.reply_words import asked, moments, say
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.chips import Chip
from ui.widgets.forms import Card, EmptyState, button, row, scrolled
from ui.widgets.forms import label as words

CONFIRM = "F9"


class ReplyView(QWidget):
    """Plain text only; nothing in a mail is loaded or executed. `settled` carries the id of a mail that is done."""

    settled = Signal(int)

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._wanted: int | None = None
        self._reply: Reply | None = None
        self.acts = ReplyActs(self, ui, self._under_way)
        self.acts.settled.connect(lambda number: self.settled.emit(number) if number == self._wanted else None)
        self._subject = words("", "heading")
        self._chip = Chip()
        self._facts = words("", "muted")
        self._remark = words("")
        for line in (self._subject, self._remark):
            line.setWordWrap(True)
        self._body = MarkedText()
        self._files = FilesRow(ui)
        self._answers = AnswerRows()
        self._capacity = CapacityTick(self._answers.gives_a_place)
        self._answers.edited.connect(self._capacity.follow_answers)
        self._of_mailbox = words("")
        self._of_mailbox.setWordWrap(True)
        self._confirm = button(
            tr("&Bestätigen (F9)"), self.confirm, role="primary", icon="check", name=tr("Bestätigen")
        )
        self._away = button(tr("Praxis ab&wesend"), self.acts.away, icon="clock")
        self._wrong = button(tr("&Falsche Adresse"), self.acts.wrong_address, icon="ban")
        self._never = button(tr("&Keine Anfragen mehr"), self._opt_out, icon="x")
        self._aside = button(tr("&Nichts zu tun"), self.acts.aside, icon="inbox")
        self._again = button(tr("Wieder &aufnehmen"), self.acts.again, icon="undo-2")
        self._undo = button(tr("Antworten &zurücknehmen"), self.acts.undo, icon="undo-2")
        self._assign = button(tr("Anfrage &zuordnen"), self.acts.assign, icon="send")
        self._patient = button(tr("Patient zuor&dnen"), self.acts.assign_patient, icon="users")
        self._erase = button(tr("&Inhalt löschen"), self.acts.erase, icon="x")
        self._open = button(tr("Zur An&frage"), self.acts.open, role="link")
        self._records = RecordLinks(ui)
        self._write = button(tr("Ant&worten"), self.acts.write, icon="pencil", name=tr("Antworten"))
        QShortcut(QKeySequence(CONFIRM), self, self.confirm).setAutoRepeat(False)
        self._empty = EmptyState(
            "inbox",
            tr("Keine E-Mail ausgewählt"),
            tr("Wählen Sie links eine E-Mail. Gespeicherte E-Mails (.eml) lassen sich auf das Fenster ziehen."),
        )
        self._card = Card(tr("Lesart"))
        self._foot = row(self._confirm, self._aside)  # in sight however long mail and reading are
        self._content = self._made_content()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(8, 0, 0, 0)
        for widget in (self._empty, self._content):
            outer.addWidget(widget, 1)
        outer.addWidget(self._foot)
        self._content.hide()
        self._foot.hide()

    def _made_content(self) -> QWidget:
        """The mail, and below it what it is read as."""
        suggestion = self._card
        suggestion.add(self._of_mailbox)
        suggestion.add(self._answers)
        suggestion.add(self._capacity)
        # two rows each: beside the list a narrow window has no room for more
        suggestion.add(row(self._away, self._wrong))
        suggestion.add(row(self._never))
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 8, 0)
        for widget in (
            self._subject,
            row(self._chip, self._open, self._records),
            row(self._write, self._undo, self._again),
            row(self._assign, self._patient, self._erase),
            self._facts,
            self._remark,
        ):
            column.addWidget(widget)
        column.addWidget(self._body, 1)
        column.addWidget(self._files)
        column.addWidget(suggestion)
        return scrolled(content)

    def show_mail(self, incoming_id: int) -> None:
        """Load one mail."""
        self._wanted = incoming_id
        self.refresh()

    def leave(self) -> None:
        """Show none; answers chosen but not confirmed stay until another mail is shown."""
        self._wanted = None
        self._content.hide()
        self._foot.hide()
        self._empty.show()

    def refresh(self) -> None:
        """Load again; what was chosen but not confirmed stays while it is the same mail."""
        number, now = self._wanted, self._ui.now()
        if number is not None:
            self._ui.background.read(self, lambda s: replies.open_reply(s, number, now=now), self._show, key="reply")

    def confirm(self) -> None:
        """Record what is chosen; one key for a suggestion that is right."""
        reply = self._reply
        if reply is None or not self._confirm.isVisible() or not self._confirm.isEnabled():
            return
        if self.acts.read_first.too_soon():
            self._ui.messages.info(tr("Dies ist schon die nächste E-Mail. Bitte lesen, dann bestätigen."))
            return
        if reply.of_mailbox is not None and reply.of_mailbox.meaning is Meaning.OPT_OUT:
            self._opt_out()
            return
        if reply.of_mailbox is not None and not self._answers.changed():
            self.acts.confirm_mailbox(reply.of_mailbox)
            return
        decisions = self._answers.decisions(today=self._ui.today())
        if decisions is not None:
            now = self._ui.now()
            capacity = self._capacity.noted()
            self.acts.settle(
                lambda s, number, version: replies.confirm_answers(
                    s, number, decisions, now=now, version=version, capacity=capacity
                )
            )

    def _opt_out(self) -> None:
        decisions = self._answers.decisions(today=self._ui.today())
        if decisions is not None:
            self.acts.opt_out(decisions, self._answers.said())

    def _under_way(self, busy: bool) -> None:
        self._confirm.setEnabled(not busy)  # what is under way is not confirmed twice

    def _show(self, reply: Reply) -> None:
        r = reply.detail.row
        if r.incoming_id != self._wanted:
            return
        same = self._reply is not None and self._reply.detail.row.incoming_id == r.incoming_id
        if not same:
            self.acts.read_first.shown()
        self._reply = self.acts.reply = reply
        self._confirm.setEnabled(True)
        self._empty.hide()
        self._content.show()
        gone = reply.detail.erased
        self._subject.setText(r.subject or (tr("Inhalt gelöscht") if gone else tr("ohne Betreff")))
        open_mail = r.status == "unread"
        kind, colour = chip(r)
        if open_mail:
            self._chip.show_state(kind, colour)
        else:
            self._chip.show_state(kind if r.remark is not None else tr("erledigt"), "neutral")
        who = f"{r.from_name} <{r.from_address}>" if r.from_name else r.from_address
        facts = [who, moments(r), r.practice or r.patient or "", label("matched_by", r.matched_by)]
        self._facts.setText(" · ".join(fact for fact in facts if fact))
        remark = sentence(reply.detail)
        self._remark.setText(remark)
        self._remark.setVisible(bool(remark))
        self._body.setPlaceholderText(tr("Inhalt gelöscht") if gone else tr("Kein lesbarer Text."))
        self._body.setPlainText(reply.detail.body_text)
        found = [item.suggestion for item in reply.items if item.suggestion is not None]
        self._body.mark([s.quote for s in (*found, reply.of_mailbox, reply.offer) if s is not None])
        self._files.show_files(reply.detail.files, patient_id=r.patient_id)
        self._open.setVisible(r.inquiry_id is not None)
        self._records.show_records(patient_id=r.patient_id, therapist_id=r.therapist_id)
        # what a program or a person put to the wrong one is put to the right one; a patient's mail stays with patients
        self._assign.setVisible(open_mail and r.patient_id is None)
        self._patient.setVisible(open_mail)
        nobody = r.inquiry_id is None and r.therapist_id is None and r.patient_id is None
        self._erase.setVisible(nobody and not gone and "supervisor" in self._ui.roles)
        self._again.setVisible(not open_mail and not reply.undoable)
        self._undo.setVisible(reply.undoable)
        self._card.setVisible(open_mail)
        self._foot.setVisible(open_mail)
        if not (same and self._answers.changed()):
            self._answers.show_items([asked(item, reply, today=self._ui.today()) for item in reply.items])
            self._capacity.offer(reply.capacity)
        said = [say(reply), unread_words(reply.unread_elsewhere) if open_mail else ""]
        self._of_mailbox.setText("\n".join(part for part in said if part))
        answered = r.inquiry_id is not None and r.kind == "reply"
        self._confirm.setVisible(answered)
        for widget in (self._away, self._wrong, self._never):
            widget.setVisible(answered)
