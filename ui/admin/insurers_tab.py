"""Health insurers: what each wants to see for a reimbursement; a list and a form."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QSpinBox,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from domain.errors import PlatzlotseError
from domain.matching.reimbursement import Profile, ProfileForm, list_profiles, save_profile
from domain.matching.reimbursement_models import ATTEMPTS, PAPERS
from ui.errors import describe
from ui.patients.evidence_labels import choices, paper_word
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.forms import Card, Choice, EmptyState, Field, button, row, scrolled
from ui.widgets.forms import label as words
from ui.widgets.record_form import grid

TEXTS = ("name", "address", "note")


class InsurersTab(QWidget):
    """What is typed stays until another profile is chosen or it is saved."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._profiles: tuple[Profile, ...] = ()
        self._shown: Profile | None = None
        self._list = QListWidget()
        self._list.setAccessibleName(tr("Krankenkassen"))
        self._list.currentRowChanged.connect(self._choose)
        self._empty = EmptyState(
            "info",
            tr("Noch keine Krankenkasse"),
            tr("Ohne Eintrag gelten 10 erfolglose Anfragen und die üblichen Unterlagen."),
        )
        self._name, self._address, self._note = QLineEdit(), _lines(), _lines()
        self._attempts = QSpinBox()
        self._attempts.setRange(*ATTEMPTS)
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
        papers.add(grid(boxes[:3], boxes[3:]))
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(8, 0, 8, 0)
        for widget in (
            words(tr("Der Nachweis eines Patienten misst sich an dem, was seine Kasse verlangt."), "muted"),
            who, counts, papers, self._retired,
            row(button(tr("Kasse spei&chern"), self._on_save, role="primary", icon="save", name=tr("Kasse speichern"))),
        ):  # fmt: skip
            column.addWidget(widget)
        column.addStretch(1)
        left = QWidget()
        side = QVBoxLayout(left)
        side.setContentsMargins(0, 0, 0, 0)
        side.addWidget(self._list, 1)
        side.addWidget(self._empty, 1)
        side.addWidget(row(button(tr("&Neue Kasse"), self._begin_new, icon="plus")))
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(left)
        split.addWidget(scrolled(content))
        split.setSizes([320, 760])
        split.setChildrenCollapsible(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 8, 0, 0)
        outer.addWidget(split)
        self._fill(None)

    def refresh(self) -> None:
        """Ask for the profiles; what is being typed stays."""
        self._ui.background.read(self, lambda s: list_profiles(s, retired=True), self._show, key="insurers")

    def _show(self, profiles: tuple[Profile, ...]) -> None:
        self._profiles = profiles
        chosen = self._shown.profile_id if self._shown is not None else None
        blocked = self._list.blockSignals(True)
        self._list.clear()
        for number, profile in enumerate(profiles):
            self._list.addItem(QListWidgetItem(_line(profile)))
            if profile.profile_id == chosen:
                self._list.setCurrentRow(number)
        self._list.blockSignals(blocked)
        self._list.setVisible(bool(profiles))
        self._empty.setVisible(not profiles)

    def _choose(self, number: int) -> None:
        if 0 <= number < len(self._profiles):
            self._fill(self._profiles[number])

    def _begin_new(self) -> None:
        self._list.setCurrentRow(-1)
        self._fill(None)
        self._name.setFocus()

    def _fill(self, profile: Profile | None) -> None:
        self._shown = profile
        form = profile.form if profile is not None else ProfileForm(name="")
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
        for field in self.fields.values():
            field.complain("")

    def _on_save(self) -> None:
        for field in self.fields.values():
            field.complain("")
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

        def show(profiles: tuple[Profile, ...]) -> None:
            self._fill(next(p for p in profiles if p.profile_id == profile_id))
            self._show(profiles)

        # a key of its own: the news of the save asks for the profiles, too
        self._ui.background.read(self, lambda s: list_profiles(s, retired=True), show, key="saved")

    def _refused(self, error: Exception) -> None:
        if isinstance(error, PlatzlotseError) and error.field in self.fields:
            self.fields[error.field].complain(describe(error))
            return
        self._ui.messages.error(describe(error))


def _lines() -> QPlainTextEdit:
    made = QPlainTextEdit()
    made.setMaximumHeight(84)
    made.setTabChangesFocus(True)
    return made


def _check(text: str) -> QCheckBox:
    made = QCheckBox(text)
    made.setAccessibleName(text.replace("&", ""))
    return made


def _line(profile: Profile) -> str:
    form = profile.form
    said = ntr(form.attempts_wanted, "{n} Anfrage", "{n} Anfragen") + ", "
    said += ntr(len(form.papers), "{n} Unterlage", "{n} Unterlagen")
    return f"{form.name}\n{tr('nicht mehr angeboten') if form.retired else said}"
