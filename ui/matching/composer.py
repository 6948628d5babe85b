"""An inquiry being made: one practice, its best patients to tick, the channel, and the letter as it will read."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from domain.casework.preparing import Prepared, create_and_send, prepare, preview
from domain.communication.leaving import Leaving, inquiry_leaving
from domain.communication.mails import Letter
from domain.database import Session
from domain.matching.best_patients import PatientCandidate, judge
from domain.values import Channel
from ui import formats, icons
from ui.labels import label, rule_reason
from ui.matching.expectation import headline, reasons
from ui.matching.inquiry_sent import InquirySent
from ui.matching.not_proposing import ask_not_to_propose
from ui.matching.pair_history import PairHistory
from ui.matching.patient_ticks import PatientTicks
from ui.matching.preview import preview_name, preview_text, send_words
from ui.matching.when import WhenField
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.typed import Unreadable
from ui.widgets.forms import Choice, EmptyState, Field, button, row
from ui.widgets.forms import label as words


class InquiryComposer(QWidget):
    """Choose patients, look at the letter, send.

    What was chosen stays when the database refuses, and when somebody meanwhile no longer fits: that is said, and nobody
    is asked for while they are ticked.
    """

    sent = Signal(int)

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._prepared: Prepared | None = None
        self._search_id: int | None = None
        self._wanted: tuple[int, int | None] | None = None  # therapist and search asked for last
        self._unfit: dict[int, str] = {}  # searches that fitted when the practice was chosen: what is said of them now
        self._head = words("", "heading")
        self._head.setWordWrap(True)  # a long name must not squeeze the lists beside it
        self._facts = words("", "muted")
        self._expected = words("")
        self._expected.setWordWrap(True)  # the names in the lists beside it need the room more
        self._because = words("", "muted")
        self._because.setWordWrap(True)
        self._list = PatientTicks()
        self._list.itemChanged.connect(lambda _: self._preview())
        self._count = words("", "muted")
        self._names = words("")
        self._names.setWordWrap(True)
        self._gone = words("", "error")
        self._channel = Choice({}, tr("Weg der Anfrage"))
        self._when = WhenField()
        self._channel.currentIndexChanged.connect(lambda _: self._by_channel())
        self._told = InquirySent(self, ui)
        self._override = QLineEdit()
        self._override.setPlaceholderText(tr("Grund, wenn trotz Kontaktsperre"))
        self._override_field = Field(tr("Grund für Anfrage trotz Kontaktsperre"), self._override)
        self._unknown = QCheckBox(tr("Offene Punkte sind geklärt"))
        self._unknown.setAccessibleName(tr("Offene Punkte sind geklärt"))
        self._letter = QPlainTextEdit()
        self._letter.setReadOnly(True)
        self._letter.setAccessibleName(tr("Vorschau der E-Mail"))
        self._send = button(tr("Anfrage &senden"), self.send, role="primary", icon="send")
        self._exclude = button(tr("Nicht &vorschlagen"), self._on_exclude, icon="ban")
        self._exclude.setToolTip(tr("Diese Praxis der ausgewählten Person nicht mehr vorschlagen"))
        self._empty = EmptyState(
            "send",
            tr("Keine Praxis ausgewählt"),
            tr("Wählen Sie eine Praxis, um für bis zu sechs Menschen anzufragen."),
        )
        self._content = QWidget()
        self._history = button(tr("Verla&uf"), self._show_history, role="link")
        self._history.setToolTip(tr("Alles, was zwischen dieser Person und dieser Praxis war"))
        self._arrange()

    def _arrange(self) -> None:
        inner = QVBoxLayout(self._content)
        inner.setContentsMargins(0, 0, 0, 0)
        for widget in (self._head, self._facts, row(self._expected, self._history, stretch=(1, 0)), self._because):
            inner.addWidget(widget)
        inner.addWidget(self._list, 2)
        inner.addWidget(self._count)
        inner.addWidget(row(Field(tr("Weg"), self._channel), self._when, self._unknown))
        inner.addWidget(self._override_field)
        inner.addWidget(self._letter, 3)
        inner.addWidget(self._gone)
        inner.addWidget(self._names)  # beside the button: whom it asks for, however long the list above is
        inner.addWidget(row(self._send, self._exclude))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(4, 8, 4, 4)
        outer.addWidget(self._empty, 1)
        outer.addWidget(self._content, 1)
        self._content.hide()

    def show_therapist(self, therapist_id: int, search_id: int | None, *, together: Sequence[int] = ()) -> None:
        """Prepare an inquiry; the search one came from is ticked, or those who are asked for together."""
        now = self._ui.now()
        wanted = self._wanted = therapist_id, search_id
        wished = tuple(together) if search_id is None else (search_id,)
        self._ui.background.read(
            self,
            lambda s: prepare(s, therapist_id, now=now, wished=wished),
            lambda found: self._show(found, search_id, together) if self._wanted == wanted else None,
            key="prepare",
        )

    def is_about(self, therapist_id: int, search_id: int | None) -> bool:
        """Whether this practice is shown for this search, or being read."""
        return self._wanted == (therapist_id, search_id)

    def leave_search(self, search_id: int) -> None:
        """Another patient was chosen: nobody is asked until a practice is chosen for them."""
        if self._wanted is not None and self._wanted[1] != search_id:
            self._clear()

    def look_again(self) -> None:
        """Somebody may have been asked, placed or excluded since the practice was chosen."""
        found, now = self._prepared, self._ui.now()
        if found is None:
            return
        therapist_id, searches = found.therapist.therapist_id, [one.search_id for one in (*found.wished, *found.fit)]
        self._ui.background.read(
            self,
            lambda s: judge(s, therapist_id=therapist_id, search_ids=searches, now=now),
            lambda judged: self._compare(found, judged),
            key="look_again",
        )

    def _compare(self, found: Prepared, judged: Sequence[PatientCandidate]) -> None:
        if found is not self._prepared:
            return  # another practice is shown, or the inquiry is made
        now = {one.search_id: one.broken for one in judged}
        unfit = {}
        for one in (*found.wished, *found.fit):
            reasons = [rule_reason(rule) for rule in now.get(one.search_id, ()) if rule not in one.broken]
            if reasons or one.search_id not in now:
                said = tr("{name} passt nicht mehr").format(name=one.name)
                unfit[one.search_id] = ": ".join(part for part in (said, ", ".join(reasons)) if part)
        if unfit != self._unfit:
            self._unfit = unfit
            self._allow()

    def _show(self, found: Prepared, search_id: int | None, together: Sequence[int]) -> None:
        self._prepared, self._search_id, self._unfit = found, search_id, {}
        self._exclude.setVisible(search_id is not None)
        self._history.setVisible(search_id is not None)
        t = found.therapist
        self._empty.hide()
        self._content.show()
        name = " ".join(part for part in (t.title, t.first_name, t.last_name) if part)
        self._head.setText(tr("Anfrage an {name}").format(name=name))
        self._facts.setText(
            " · ".join(
                part for part in (f"{t.plz} {t.city}".strip(), t.email, formats.phone(t.phone or t.mobile)) if part
            )
        )
        self._expected.setText(headline(found.expected))
        self._expected.setToolTip("\n".join(reasons(found.expected, today=self._ui.today())))
        self._because.setText(" · ".join(reasons(found.expected, today=self._ui.today())[:2]))
        cooling = t.cooling_until is not None and t.cooling_until > self._ui.now()
        self._override_field.setVisible(cooling)
        chosen = [search_id] if search_id is not None else []
        chosen += [c.search_id for c in found.fit if c.search_id not in chosen]
        ticked = set(together or chosen[: found.size]) if search_id is None else {search_id}
        self._list.offer((*found.wished, *found.fit), ticked, today=self._ui.today())
        self._unknown.setVisible(any(candidate.unknown for candidate in found.wished))
        self._channel.blockSignals(True)
        self._channel.clear()
        for channel in found.channels:
            self._channel.addItem(label("channel", channel), channel.value)
        self._channel.blockSignals(False)
        self._by_channel()

    def _by_channel(self) -> None:
        self._when.setVisible(self._channel.code() == Channel.EMAIL)
        if not self._channel.code():
            return
        channel = Channel(self._channel.code())
        self._letter.setAccessibleName(preview_name(channel))
        said = send_words(channel)
        self._send.setText(f" {said}")
        self._send.setAccessibleName(said.replace("&", ""))
        self._send.setIcon(icons.icon("phone" if channel is Channel.PHONE else "send", "accent_text"))
        self._preview()

    def _show_history(self) -> None:
        found, search_id = self._prepared, self._search_id
        if found is not None and search_id is not None:
            PairHistory(self, self._ui, search_id, found.therapist.therapist_id, self._head.text()).open()

    def _on_exclude(self) -> None:
        found, search_id = self._prepared, self._search_id
        if found is None or search_id is None:
            return
        ask_not_to_propose(
            self, self._ui, search_id=search_id, therapist_id=found.therapist.therapist_id, done=self._clear
        )

    def _clear(self) -> None:
        self._prepared = self._wanted = None
        self._list.clear()
        self._override.clear()  # what was said of one pair says nothing of the next
        self._unknown.setChecked(False)
        self._when.reset()
        self._content.hide()
        self._empty.show()

    def chosen(self) -> list[int]:
        """The ticked searches."""
        return self._list.chosen()

    def _allow(self) -> None:
        """Say how many, whom and who stands in the way; send only what can be asked."""
        found, chosen = self._prepared, self.chosen()
        if found is None:
            return
        gone = [self._unfit[search] for search in chosen if search in self._unfit]
        self._gone.setText("\n".join(gone))
        self._gone.setVisible(bool(gone))
        self._count.setText(
            ntr(len(chosen), "{n} Person ausgewählt", "{n} Personen ausgewählt")
            + tr(", höchstens {size}").format(size=found.size)
        )
        names = ", ".join(self._list.names())
        self._names.setText(tr("Für: {names}").format(names=names) if names else tr("Niemand ist angekreuzt."))
        self._send.setEnabled(1 <= len(chosen) <= found.size and not gone)

    def _preview(self) -> None:
        found, chosen = self._prepared, self.chosen()
        if found is None:
            return
        self._allow()
        if not chosen:
            self._letter.setPlainText("")
            return
        now, therapist_id, channel = self._ui.now(), found.therapist.therapist_id, Channel(self._channel.code())
        self._ui.background.read(
            self, lambda s: preview(s, therapist_id, chosen, now=now, channel=channel), self._show_letter, key="preview"
        )

    def _show_letter(self, letter: Letter) -> None:
        self._letter.setPlainText(preview_text(letter, Channel(self._channel.code())))

    def send(self) -> None:
        """Make and send the inquiry in one transaction."""
        found = self._prepared
        if found is None:
            return
        therapist_id, chosen, channel = found.therapist.therapist_id, self.chosen(), Channel(self._channel.code())
        now, confirm, override = self._ui.now(), self._unknown.isChecked(), self._override.text()
        try:
            send_at = self._when.moment(self._ui.today()) if channel is Channel.EMAIL else None
        except Unreadable:
            return  # said at the field
        self._send.setEnabled(False)

        def work(session: Session) -> tuple[int, Leaving | None]:
            made = create_and_send(
                session, therapist_id=therapist_id, search_ids=chosen, channel=channel, now=now,
                confirm_unknown=confirm, cooling_override=override, send_at=send_at,
            )  # fmt: skip
            return made, inquiry_leaving(session, made, now=now)

        self._ui.background.write(
            self,
            work,
            lambda made: self._done(made[0], channel, made[1]),
            self._refused,
        )

    def _done(self, inquiry_id: int, channel: Channel, leaving: Leaving | None) -> None:
        self._clear()
        self._told.tell(inquiry_id, channel, leaving)
        self.sent.emit(inquiry_id)

    def _refused(self, error: Exception) -> None:
        self._allow()
        self.look_again()
        self._told.refuse(error)
