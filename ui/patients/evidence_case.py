"""The reimbursement case as a form: dates, results, papers; what is wrong is said at its field."""

from collections.abc import Mapping, Sequence
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from domain.matching.reimbursement import CASE_FIELDS, CaseForm, Profile
from ui.patients.evidence_labels import choices, field_word
from ui.translation import tr
from ui.typed import Unreadable
from ui.widgets.faults import be_content
from ui.widgets.forms import Card, Choice, DateField, Field
from ui.widgets.record_form import grid

DAYS = tuple(name for name in CASE_FIELDS if name.endswith(("_on", "_until")))
CHOSEN = ("urgency", "tss_result", "decision")
CHECKED = {
    "code_present": "Vermittlungs&code liegt vor (12 Zeichen)",
    "opinion_asked": "Kasse holt ein &Gutachten ein",
}


class CaseFormView(QWidget):
    """Cards of fields. `edited` is emitted when anything changes by hand."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._filling = False
        self._days = {name: DateField(field_word(name)) for name in DAYS}
        self._choices = {name: Choice(choices(name), field_word(name)) for name in CHOSEN}
        self._checks = {name: _check(tr(words)) for name, words in CHECKED.items()}
        self._profile = Choice({}, field_word("profile_id").replace("&", ""))
        self._note = QLineEdit()
        controls: Mapping[str, QWidget] = {
            **self._days, **self._choices, "profile_id": self._profile, "note": self._note,
        }  # fmt: skip
        self.fields = {name: Field(field_word(name), control) for name, control in controls.items()}
        f, c = self.fields, self._checks
        wanted, tss, insurer, papers = (
            Card(title)
            for title in (
                tr("Kasse und PTV 11"),
                tr("Terminservicestelle (TSS)"),
                tr("Antrag bei der Kasse"),
                tr("Unterlagen"),
            )
        )
        wanted.add(grid((f["profile_id"],), (f["ptv11_on"], f["urgency"]), (c["code_present"],)))
        tss.add(grid((f["tss_asked_on"], f["tss_result"]), (f["tss_result_on"], f["tss_appointment_on"])))
        insurer.add(
            grid(
                (f["applied_on"], f["opinion_told_on"]),
                (c["opinion_asked"],),
                (f["delay_told_on"], f["delay_until"]),
                (f["decision"], f["decided_on"]),
            )
        )
        # of SGB V: shown where it holds
        self._statutory = (
            tss,
            c["opinion_asked"],
            *(f[n] for n in ("opinion_told_on", "delay_told_on", "delay_until")),
        )
        papers.add(
            grid(
                (f["tss_proof_on"], f["necessity_on"]),
                (f["medical_report_on"], f["cost_estimate_on"]),
                (f["licence_on"], f["note"]),
            )
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for card in (wanted, tss, insurer, papers):
            column.addWidget(card)
        for day in self._days.values():
            day.textChanged.connect(self._touched)
        for choice in (*self._choices.values(), self._profile):
            choice.currentIndexChanged.connect(self._touched)
            # the longest word must not make the form wider than its place
            choice.setMinimumContentsLength(8)
            choice.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for check in self._checks.values():
            check.toggled.connect(self._touched)
        self._note.textChanged.connect(self._touched)

    def show_case(self, form: CaseForm, profiles: Sequence[Profile], *, statutory: bool) -> None:
        """Fill the controls; for who is not insured by statute without those of its clocks."""
        self._filling = True
        for widget in self._statutory:
            widget.setVisible(statutory)
        self._profile.clear()
        self._profile.addItem(tr("üblich: 10 Anfragen, übliche Unterlagen"), "")
        for profile in profiles:
            self._profile.addItem(profile.form.name, str(profile.profile_id))
        self._profile.choose("" if form.profile_id is None else str(form.profile_id))
        for name, day in self._days.items():
            day.show_date(getattr(form, name))
        for name, choice in self._choices.items():
            choice.choose(getattr(form, name))
        for name, check in self._checks.items():
            check.setChecked(getattr(form, name))
        self._note.setText(form.note)
        be_content(self.fields)
        self._filling = False

    def form(self) -> CaseForm | None:
        """What the controls say; None after marking every day that is none."""
        be_content(self.fields)
        days: dict[str, date | None] = {}
        for name, control in self._days.items():
            try:
                days[name] = control.date()
            except Unreadable as wrong:
                self.fields[name].complain(str(wrong))
        if len(days) < len(self._days):
            return None
        profile = self._profile.code()
        return CaseForm(
            **days,  # type: ignore[arg-type]  # the names are those of its days
            **{name: choice.code() for name, choice in self._choices.items()},  # type: ignore[arg-type]
            **{name: check.isChecked() for name, check in self._checks.items()},  # type: ignore[arg-type]
            profile_id=int(profile) if profile else None,
            note=self._note.text().strip(),
        )

    def _touched(self) -> None:
        if not self._filling:
            self.edited.emit()


def _check(words: str) -> QCheckBox:
    made = QCheckBox(words)
    made.setAccessibleName(words.replace("&", ""))
    return made
