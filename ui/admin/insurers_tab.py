"""Health insurers: what each wants to see for a reimbursement; a list and a form."""

from PySide6.QtWidgets import QCheckBox, QLineEdit

from domain.database import Session
from domain.matching.reimbursement import Profile, ProfileForm, list_profiles, save_profile
from domain.matching.reimbursement_models import ATTEMPTS, PAPERS
from ui.admin.list_form_tab import ListFormTab
from ui.patients.evidence_labels import choices, paper_word
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.faults import be_content
from ui.widgets.forms import Card, Choice, EmptyState, Field, NumberField, TextArea, button
from ui.widgets.forms import label as words
from ui.widgets.record_form import grid

TEXTS = ("name", "address", "note")


class InsurersTab(ListFormTab[Profile]):
    """Name and address, what counts as an attempt, which papers are wanted."""

    def __init__(self, ui: UiContext) -> None:
        nothing = EmptyState(
            "info",
            tr("Noch keine Krankenkasse"),
            tr("Ohne Eintrag gelten 10 erfolglose Anfragen und die üblichen Unterlagen."),
        )
        super().__init__(ui, tr("Krankenkassen"), nothing)
        self._name, self._address, self._note = QLineEdit(), TextArea(84), TextArea(84)
        self._attempts = NumberField(tr("Erfolglose Anfragen (3 bis 10)"), *ATTEMPTS)
        self._count_by = Choice(choices("count_by"), tr("Gezählt wird"))
        self._silence = _check(tr("Keine &Antwort zählt als erfolglos"))
        self._waiting = _check(tr("Ein Platz auf der &Warteliste zählt als erfolglos"))
        self._retired = _check(tr("nicht mehr a&nbieten"))
        self._papers = {kind: _check(paper_word(kind)) for kind in PAPERS}
        self.fields = {
            "name": Field(tr("Name"), self._name),
            "attempts_wanted": Field(tr("Erfolglose Anfragen (3 bis 10)"), self._attempts),
            "count_by": Field(tr("Gezählt wird"), self._count_by),
            "address": Field(tr("Anschrift (steht auf dem Nachweis)"), self._address),
            "note": Field(tr("Notiz (nur hier)"), self._note),
        }
        f = self.fields
        who, counts, papers = Card(tr("Krankenkasse")), Card(tr("Was zählt")), Card(tr("Verlangte Unterlagen"))
        who.add(grid((f["name"],), (f["address"], f["note"])))
        counts.add(grid((f["attempts_wanted"], f["count_by"])))
        for check in (self._silence, self._waiting):
            counts.add(check)
        boxes = tuple(self._papers.values())
        papers.add(grid(*(boxes[number : number + 2] for number in range(0, len(boxes), 2))))
        self._lay_out(
            tr("&Neue Kasse"),
            words(tr("Der Nachweis eines Patienten misst sich an dem, was seine Kasse verlangt."), "muted"),
            who, counts, papers, self._retired,
            save=button(tr("Kasse spei&chern"), self._on_save, role="primary", icon="save", name=tr("Kasse speichern")),
            widths=(320, 760),
        )  # fmt: skip

    def _load(self, session: Session) -> tuple[Profile, ...]:
        return list_profiles(session, retired=True)

    def _id(self, item: Profile) -> int | None:
        return item.profile_id

    def _line(self, item: Profile) -> str:
        return _line(item)

    def _fill(self, item: Profile | None) -> None:
        form = item.form if item is not None else ProfileForm(name="")
        self._name.setText(form.name)
        self._address.setPlainText(form.address)
        self._note.setPlainText(form.note)
        self._attempts.setValue(form.attempts_wanted)
        self._count_by.choose(form.count_by)
        self._silence.setChecked(form.silence_counts)
        self._waiting.setChecked(form.waiting_list_counts)
        self._retired.setChecked(form.retired)
        for kind, check in self._papers.items():
            check.setChecked(kind in form.papers)

    def _on_save(self) -> None:
        be_content(self.fields)
        form = ProfileForm(
            name=self._name.text(),
            address=self._address.toPlainText(),
            attempts_wanted=self._attempts.value(),
            count_by=self._count_by.code(),
            silence_counts=self._silence.isChecked(),
            waiting_list_counts=self._waiting.isChecked(),
            papers=tuple(kind for kind, check in self._papers.items() if check.isChecked()),
            note=self._note.toPlainText(),
            retired=self._retired.isChecked(),
        )
        shown = self._shown
        number, version = (shown.profile_id, shown.version) if shown is not None else (None, None)
        self._ui.background.write(
            self, lambda s: save_profile(s, form, profile_id=number, version=version), self._saved, self._refused
        )

    def _saved(self, profile_id: int) -> None:
        self._ui.messages.success(tr("Gespeichert."))
        self._after_save(profile_id)


def _check(text: str) -> QCheckBox:
    made = QCheckBox(text)
    made.setAccessibleName(text.replace("&", ""))
    return made


def _line(profile: Profile) -> str:
    form = profile.form
    said = ntr(form.attempts_wanted, "{n} Anfrage", "{n} Anfragen") + ", "
    said += ntr(len(form.papers), "{n} Unterlage", "{n} Unterlagen")
    return f"{form.name}\n{tr('nicht mehr angeboten') if form.retired else said}"
