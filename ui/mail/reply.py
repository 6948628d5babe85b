"""One mail that came in: its words with the deciding ones marked, a suggestion for each patient, one key to confirm."""

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QKeySequence, QShortcut, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QCheckBox, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

from domain.casework import replies
from domain.casework.answers import Recorded
from domain.casework.replies import STATUS_OF, Reply, ReplyItem
from domain.casework.reply_facts import CapacityNote
from domain.communication.reading.meanings import Meaning, Suggestion
from domain.database import Session
from domain.matching.states import answers_from
from ui import formats
from ui.inquiries.answer_rows import AnswerRows, Asked
from ui.inquiries.thanks import tell_recorded
from ui.labels import label
from ui.mail.files import FilesRow
from ui.mail.finding import InquiryFinder
from ui.mail.read_first import ReadFirst
from ui.mail.record_links import RecordLinks
from ui.mail.recorded_words import take_back, told, unread_words
from ui.mail.remarks import chip, sentence
from ui.ports import UiContext
from ui.theme import tokens
from ui.translation import tr
from ui.widgets.chips import Chip
from ui.widgets.forms import Card, EmptyState, button, row, scrolled
from ui.widgets.forms import label as words
from ui.widgets.reason import ReasonDialog

CONFIRM = "F9"


class ReplyView(QWidget):
    """Plain text only; nothing in a mail is loaded or executed. `settled` carries the id of a mail that is done."""

    settled = Signal(int)

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._wanted: int | None = None
        self._reply: Reply | None = None
        self._subject = words("", "heading")
        self._chip = Chip()
        self._facts = words("", "muted")
        self._remark = words("")
        for line in (self._subject, self._remark):
            line.setWordWrap(True)
        self._body = QPlainTextEdit(readOnly=True)
        self._body.setMinimumHeight(160)
        self._body.setAccessibleName(tr("Text der E-Mail"))
        self._files = FilesRow(ui)
        self._answers = AnswerRows()
        self._answers.edited.connect(self._follow_answers)
        self._capacity = QCheckBox()
        self._of_mailbox = words("")
        self._of_mailbox.setWordWrap(True)
        self._confirm = button(
            tr("&Bestätigen (F9)"), self.confirm, role="primary", icon="check", name=tr("Bestätigen")
        )
        self._away = button(tr("Praxis ab&wesend"), self._on_away, icon="clock")
        self._wrong = button(tr("&Falsche Adresse"), self._on_wrong, icon="ban")
        self._never = button(tr("&Keine Anfragen mehr"), self._on_opt_out, icon="x")
        self._aside = button(tr("&Nichts zu tun"), self._on_aside, icon="inbox")
        self._again = button(tr("Wieder &aufnehmen"), self._on_again, icon="undo-2")
        self._undo = button(tr("Antworten &zurücknehmen"), self._on_undo, icon="undo-2")
        self._assign = button(tr("Anfrage &zuordnen"), self._on_assign, icon="send")
        self._open = button(tr("Zur An&frage"), self._on_open, role="link")
        self._records = RecordLinks(ui)
        self._write = button(tr("Ant&worten"), self._on_write, icon="pencil", name=tr("Antworten"))
        QShortcut(QKeySequence(CONFIRM), self, self.confirm).setAutoRepeat(False)
        self._read_first = ReadFirst()
        self._empty = EmptyState(
            "inbox",
            tr("Keine E-Mail ausgewählt"),
            tr("Wählen Sie links eine E-Mail. Gespeicherte E-Mails (.eml) lassen sich auf das Fenster ziehen."),
        )
        self._arrange()

    def _arrange(self) -> None:
        suggestion = Card(tr("Lesart"))
        suggestion.add(self._of_mailbox)
        suggestion.add(self._answers)
        suggestion.add(self._capacity)
        suggestion.add(row(self._confirm, self._aside))
        suggestion.add(row(self._away, self._wrong, self._never))
        self._card = suggestion
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 8, 0)
        for widget in (
            self._subject,
            row(self._chip, self._open, self._records, self._write, self._assign, self._undo, self._again),
            self._facts,
            self._remark,
        ):
            column.addWidget(widget)
        column.addWidget(self._body, 1)
        column.addWidget(self._files)
        column.addWidget(suggestion)
        self._content = scrolled(content)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(8, 0, 0, 0)
        outer.addWidget(self._empty, 1)
        outer.addWidget(self._content, 1)
        self._content.hide()

    def show_mail(self, incoming_id: int) -> None:
        """Load one mail."""
        self._wanted = incoming_id
        self.refresh()

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
        if self._read_first.too_soon():
            self._ui.messages.info(tr("Dies ist schon die nächste E-Mail. Bitte lesen, dann bestätigen."))
            return
        if reply.of_mailbox is not None and reply.of_mailbox.meaning is Meaning.OPT_OUT:
            self._on_opt_out()
            return
        if reply.of_mailbox is not None and not self._answers.changed():
            self._confirm_mailbox(reply.of_mailbox)
            return
        decisions = self._answers.decisions(today=self._ui.today())
        if decisions is not None:
            now = self._ui.now()
            capacity = reply.capacity if self._capacity.isChecked() else None
            self._settle(
                lambda s, number, version: replies.confirm_answers(
                    s, number, decisions, now=now, version=version, capacity=capacity
                )
            )

    def _confirm_mailbox(self, suggestion: Suggestion) -> None:
        now = self._ui.now()
        if suggestion.meaning is Meaning.OUT_OF_OFFICE:
            self._settle(
                lambda s, number, version: replies.confirm_absence(
                    s, number, until=suggestion.until, now=now, version=version
                )
            )
        else:
            self._on_wrong()

    def _show(self, reply: Reply) -> None:
        r = reply.detail.row
        if r.incoming_id != self._wanted:
            return
        same = self._reply is not None and self._reply.detail.row.incoming_id == r.incoming_id
        if not same:
            self._read_first.shown()
        self._reply = reply
        self._confirm.setEnabled(True)
        self._empty.hide()
        self._content.show()
        self._subject.setText(r.subject or tr("ohne Betreff"))
        open_mail = r.status == "unread"
        kind, colour = chip(r)
        if open_mail:
            self._chip.show_state(kind, colour if r.remark is not None else "info")
        else:
            self._chip.show_state(kind if r.remark is not None else tr("erledigt"), "neutral")
        who = f"{r.from_name} <{r.from_address}>" if r.from_name else r.from_address
        facts = [who, formats.moment(r.received_at), r.practice or r.patient or "", label("matched_by", r.matched_by)]
        self._facts.setText(" · ".join(fact for fact in facts if fact))
        remark = sentence(reply.detail)
        self._remark.setText(remark)
        self._remark.setVisible(bool(remark))
        self._body.setPlainText(reply.detail.body_text)
        found = [item.suggestion for item in reply.items if item.suggestion is not None]
        self._mark([s.quote for s in (*found, reply.of_mailbox, reply.offer) if s is not None])
        self._files.show_files(reply.detail.files, patient_id=r.patient_id)
        self._open.setVisible(r.inquiry_id is not None)
        self._records.show_records(patient_id=r.patient_id, therapist_id=r.therapist_id)
        self._assign.setVisible(open_mail and r.inquiry_id is None)
        self._again.setVisible(not open_mail and not reply.undoable)
        self._undo.setVisible(reply.undoable)
        self._card.setVisible(open_mail)
        if not (same and self._answers.changed()):
            self._answers.show_items([_asked(item, reply, today=self._ui.today()) for item in reply.items])
            self._offer_capacity()
        said = [self._say(reply), unread_words(reply.unread_elsewhere) if open_mail else ""]
        self._of_mailbox.setText("\n".join(part for part in said if part))
        answered = r.inquiry_id is not None and r.kind == "reply"
        self._confirm.setVisible(answered)
        for widget in (self._away, self._wrong, self._never):
            widget.setVisible(answered)

    def _notable(self) -> CapacityNote | None:
        """What the practice said of its places. Who gives somebody a place is not noted as full."""
        said = self._reply.capacity if self._reply is not None else None
        return None if said is not None and said.capacity == "full" and self._answers.gives_a_place() else said

    def _follow_answers(self) -> None:
        """An answer chosen may change what is offered; a tick set by hand stays where it does not."""
        if (self._notable() is None) is not self._capacity.isHidden():
            self._offer_capacity()

    def _offer_capacity(self) -> None:
        """It is noted with the same key, unless the tick is taken away; what is contradicted waits for a tick."""
        capacity = self._notable()
        self._capacity.setVisible(capacity is not None)
        self._capacity.setChecked(capacity is not None and capacity.agreed)
        if capacity is None:
            return
        said = label("capacity", capacity.capacity)
        if capacity.from_day is not None:
            said += ", " + tr("Plätze ab {day}").format(day=formats.day(capacity.from_day))
        text = tr("Bei der Praxis notieren: {what} (Stand {day})").format(what=said, day=formats.day(capacity.as_of))
        if not capacity.agreed:
            text += "\n" + tr("Die Antwort sagt Verschiedenes. Bitte lesen, dann ankreuzen.")
        self._capacity.setText(text)

    @staticmethod
    def _say(reply: Reply) -> str:
        suggestion = reply.of_mailbox
        if suggestion is not None:
            said = label("meaning", suggestion.meaning)
            if suggestion.until is not None:
                said += " " + tr("bis {day}").format(day=formats.day(suggestion.until))
            said = tr("Vorschlag: {what}. Bestätigen mit F9.").format(what=said)
            if suggestion.meaning is Meaning.OPT_OUT:
                said += "\n" + tr("Eingetragen wird, was unten bei den Patienten steht; vorher wird gefragt.")
            return said
        if reply.detail.row.kind == "bounce" and reply.detail.row.inquiry_id is not None:
            return tr(
                "Der Mailserver meldet, dass die E-Mail nicht zugestellt wurde. Die Anfrage ist entsprechend vermerkt."
            )
        if reply.detail.row.inquiry_id is None:
            return tr("Diese E-Mail gehört zu keiner Anfrage. Ordnen Sie sie zu oder legen Sie sie weg.")
        if reply.detail.row.kind == "other":
            return tr("Hier ist nichts einzutragen. Wenn Sie sie gelesen haben, legen Sie sie weg.")
        if reply.offer is not None and any(item.code in reply.offer.codes for item in reply.items):
            return tr(
                "Platz wird angeboten, aber nicht gesagt, für wen von den {n} Menschen. Bitte lesen und auswählen."
            ).format(n=len(reply.offer.codes))
        if not any(_enterable(item) for item in reply.items):
            return tr("Kein sicherer Vorschlag: bitte lesen und die Antwort auswählen.")
        return tr("Bitte prüfen und mit F9 bestätigen.")

    def _mark(self, quotes: Sequence[str]) -> None:
        """Put the words a suggestion rests on in colour and underlined."""
        look = QTextCharFormat()
        look.setBackground(QColor(tokens().warning_soft))
        look.setFontUnderline(True)
        marked: list[QTextEdit.ExtraSelection] = []
        text = self._body.toPlainText()
        for quote in dict.fromkeys(q for q in quotes if q):
            start = text.find(quote)
            if start >= 0:
                selection = QTextEdit.ExtraSelection()
                cursor = QTextCursor(self._body.document())
                cursor.setPosition(start)
                cursor.setPosition(start + len(quote), QTextCursor.MoveMode.KeepAnchor)
                selection.cursor, selection.format = cursor, look
                marked.append(selection)
        self._body.setExtraSelections(marked)

    def _settle(self, work: Callable[[Session, int, int], Sequence[Recorded] | None], said: str = "") -> None:
        reply = self._reply
        if reply is None:
            return
        r = reply.detail.row

        def done(recorded: Sequence[Recorded] | None) -> None:
            self._read_first.settled()
            # the list finds the next mail while this one is still in it
            self.settled.emit(r.incoming_id)
            if tell_recorded(self._ui, self, recorded or ()):
                return
            if recorded:
                self._ui.messages.undoable(told(recorded), lambda: take_back(self._ui, self, r.incoming_id))
                return
            self._ui.messages.success(said or tr("Eingetragen."), tr("Zur Anfrage") if r.inquiry_id else "", opened)

        def opened() -> None:
            if r.inquiry_id is not None:
                self._ui.navigate("inquiries", r.inquiry_id)

        def refused(error: Exception) -> None:
            self._confirm.setEnabled(True)
            self._ui.background.failed.emit(error)

        self._confirm.setEnabled(False)  # what is under way is not confirmed twice
        self._ui.background.write(self, lambda s: work(s, r.incoming_id, r.version), done, refused)

    def _on_away(self) -> None:
        def agreed(dialog: ReasonDialog) -> None:
            now, day = self._ui.now(), dialog.day()
            self._settle(lambda s, n, v: replies.confirm_absence(s, n, until=day, now=now, version=v))

        ReasonDialog(
            self, tr("Praxis abwesend"), tr("Die Fristen der Anfrage ruhen bis zu diesem Tag."), reason="",
            day=tr("Abwesend bis"), day_needed=True,
        ).ask(agreed)  # fmt: skip

    def _on_wrong(self) -> None:
        now = self._ui.now()
        ReasonDialog(
            self,
            tr("Falsche Adresse"),
            tr("Die Patienten dieser Anfrage werden wieder frei. Prüfen Sie danach die Adresse der Praxis."),
            reason="",
        ).ask(lambda _: self._settle(lambda s, n, v: replies.confirm_wrong_address(s, n, now=now, version=v)))

    def _on_opt_out(self) -> None:
        now = self._ui.now()
        if self._reply is None:
            return
        decisions = self._answers.decisions(today=self._ui.today())
        if decisions is None:
            return
        whom = tr(
            "{practice} wird nicht mehr angeschrieben und nicht angerufen. Die Patienten dieser Anfrage werden frei."
        ).format(practice=self._reply.detail.row.practice or tr("Die Praxis"))
        whom += "\n\n" + tr("Eingetragen wird:") + "\n" + "\n".join(self._answers.said())
        doubt = sentence(self._reply.detail)
        ReasonDialog(
            self,
            tr("Keine Anfragen mehr"),
            f"{whom}\n\n{doubt}" if doubt else whom,
            reason="",
        ).ask(lambda _: self._settle(lambda s, n, v: replies.confirm_opt_out(s, n, decisions, now=now, version=v)))

    def _on_aside(self) -> None:
        now = self._ui.now()
        self._settle(lambda s, n, v: replies.set_aside(s, n, now=now, version=v), tr("Weggelegt."))

    def _on_again(self) -> None:
        reply = self._reply
        if reply is not None:
            r = reply.detail.row
            self._ui.background.write(self, lambda s: replies.take_up_again(s, r.incoming_id, version=r.version))

    def _on_undo(self) -> None:
        if self._wanted is not None:
            take_back(self._ui, self, self._wanted)

    def _on_write(self) -> None:
        if self._wanted is not None:
            self._ui.navigate("mail", self._wanted, "answer")

    def _on_open(self) -> None:
        if self._reply is not None and self._reply.detail.row.inquiry_id is not None:
            self._ui.navigate("inquiries", self._reply.detail.row.inquiry_id)

    def _on_assign(self) -> None:
        reply = self._reply
        if reply is None:
            return
        r = reply.detail.row

        def chosen(inquiry_id: int) -> None:
            now = self._ui.now()
            self._ui.background.write(
                self, lambda s: replies.assign(s, r.incoming_id, inquiry_id, now=now, version=r.version)
            )

        InquiryFinder(self, self._ui).ask(chosen)


def _enterable(item: ReplyItem) -> bool:
    """Whether what is suggested can still be entered: who found a place elsewhere cannot wait."""
    return item.suggestion is not None and STATUS_OF.get(item.suggestion.meaning) in answers_from(item.status)


def _asked(item: ReplyItem, reply: Reply, *, today: date) -> Asked:
    suggestion, offer = item.suggestion, reply.offer
    if suggestion is None:
        offered = _later(offer.from_day, today) if offer is not None and item.code in offer.codes else None
        return Asked(item.item_id, item.name, item.code, item.status, item.version, offered_from=offered)
    place = suggestion.meaning is Meaning.PLACE_FREE
    return Asked(
        item.item_id, item.name, item.code, item.status, item.version,
        suggested=STATUS_OF.get(suggestion.meaning), until=None if place else suggestion.until,
        confidence=suggestion.confidence, place_from=_later(suggestion.until, today) if place else None,
    )  # fmt: skip


def _later(day: date | None, today: date) -> date | None:
    """A day that is still to come; a place that is free already has none."""
    return day if day is not None and day > today else None
