"""One patient's position in an inquiry as a card: who, what was said, and the next steps."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from domain.matching.listing import ItemDetail
from domain.matching.states import ItemStatus
from ui import formats
from ui.inquiries.steps import ItemSteps
from ui.labels import label
from ui.translation import tr
from ui.widgets.chips import ITEM_STATES, Chip
from ui.widgets.forms import Card, button, row
from ui.widgets.forms import label as words

I = ItemStatus  # noqa: E741 - short in a table of steps
ANSWERABLE = frozenset(
    {I.PENDING, I.NEEDS_INFO, I.WAITLISTED, I.NO_RESPONSE, I.CONSULTATION_ONLY, I.REJECTION_CAPACITY,
     I.REJECTION_UNSUITABLE, I.REJECTION_OTHER, I.MATCHED_ELSEWHERE}
)  # fmt: skip
BESIDE = 3  # buttons in one row


class ItemCard(Card):
    """Drawn anew with every change. `sent` says that the inquiry reached the practice.

    `together` is how many answers go back with this one where it may be taken back, else 0.
    """

    def __init__(self, item: ItemDetail, steps: ItemSteps, *, sent: bool, together: int = 0) -> None:
        super().__init__()
        self._together = together
        self._item, self._steps = item, steps
        name = button(item.name, lambda: steps.ui.navigate("patients", item.patient_id), role="link")
        self.add(row(name, Chip(label("item_status", item.status), ITEM_STATES[item.status])))
        facts = [formats.age(item.age), item.city, tr("Kennung {code}").format(code=item.reference_code)]
        if item.answered_at:
            facts.append(formats.moment(item.answered_at))
        if item.answered_by:
            facts.append(item.answered_by)
        if item.waitlisted_until:
            facts.append(tr("bis {day}").format(day=formats.day(item.waitlisted_until)))
        if item.place_from:
            facts.append(tr("Platz frei ab {day}").format(day=formats.day(item.place_from)))
        self.add(words(" · ".join(fact for fact in facts if fact), "muted"))
        if item.first_practice and item.first_at:
            self.add(
                words(
                    tr("Zuerst zugesagt hat {practice}, {when}.").format(
                        practice=item.first_practice, when=formats.moment(item.first_at)
                    )
                )
            )
        if item.note:
            note = words(label("reason", item.note))
            note.setWordWrap(True)
            self.add(note)
        buttons = self._buttons(sent=sent)
        # four side by side are wider than the smallest screen has room for
        each = BESIDE if len(buttons) <= BESIDE else 2
        for start in range(0, len(buttons), each):
            self.add(row(*buttons[start : start + each]))

    def _buttons(self, *, sent: bool) -> list[QWidget]:
        item, steps = self._item, self._steps
        found: list[QWidget] = []
        if item.status in ANSWERABLE and sent:
            found.append(self._step(tr("Antwort eintragen"), lambda: steps.answer(item), role="primary", icon="check"))
        if item.status is I.ACCEPTED:
            found.append(self._step(tr("Probesitzungen beginnen"), lambda: steps.trial(item), role="primary"))
            found.append(self._step(tr("Patienten schreiben"), lambda: steps.write_patient(item), icon="mail"))
            found.append(self._step(tr("Patienten anrufen"), lambda: steps.call_patient(item), icon="phone"))
            found.append(self._step(tr("Platz frei ab …"), lambda: steps.move_place(item), icon="calendar"))
        if item.status is I.IN_TRIAL_SESSIONS:
            found.append(
                self._step(tr("In Therapie"), lambda: steps.therapy(item), role="primary", icon="heart-handshake")
            )
        if item.status in {I.ACCEPTED, I.IN_TRIAL_SESSIONS}:
            found.append(self._failure_menu())
        if item.status is I.ACCEPTED_SURPLUS:
            found.append(self._step(tr("Rückt nach"), lambda: steps.promote(item)))
            found.append(
                self._step(tr("Andere Person vorschlagen"), lambda: steps.find_alternative(item), icon="user-plus")
            )
        if item.status is I.IN_THERAPY and item.running_placement_id is not None:
            placement = item.running_placement_id
            found.append(self._step(tr("Therapie abgeschlossen"), lambda: steps.end(placement, success=True)))
            found.append(self._step(tr("Therapie abgebrochen"), lambda: steps.end(placement, success=False)))
        if self._together:
            back = partial(steps.take_back, item, together=self._together)
            found.append(self._step(tr("Antwort zurücknehmen"), back, icon="undo-2"))
        return found

    def _step(self, text: str, act: Callable[[], None], *, role: str = "", icon: str = "") -> QPushButton:
        return button(text, act, role=role, icon=icon, name=f"{self._item.name}: {text}")

    def _failure_menu(self) -> QWidget:
        item, steps = self._item, self._steps
        chooser = self._step(tr("Kam nicht zustande"), lambda: None)
        menu = QMenu(chooser)
        outcomes = [I.NO_SHOW, I.NOT_CONTINUED]
        if item.status is I.ACCEPTED:
            outcomes += [I.REJECTION_OTHER, I.WITHDRAWN]
        words_of = {I.WITHDRAWN: tr("Patient nimmt den Platz nicht (Praxis wird benachrichtigt)")}
        for outcome in outcomes:
            shown = words_of.get(outcome) or label("item_status", outcome)
            menu.addAction(shown, partial(steps.fail, item, outcome))
        chooser.setMenu(menu)
        return chooser
