"""The tab Nachweis: how far a patient is on the way to reimbursement, the case, the attempts, and the PDF."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from domain.casework.evidence import assemble, file_name
from domain.communication.evidence import words as w
from domain.communication.evidence.facts import Attempt, Evidence
from domain.database import Session
from domain.errors import PlatzlotseError
from domain.matching.reimbursement import Case, Profile, case_of, list_profiles, save_case
from ui import formats
from ui.errors import describe
from ui.labels import label
from ui.patients.evidence_case import CaseFormView
from ui.patients.evidence_labels import paper_word
from ui.patients.evidence_saving import EvidenceSaving
from ui.ports import UiContext
from ui.theme import tokens
from ui.translation import ntr, tr
from ui.widgets.chips import Chip
from ui.widgets.faults import refused_at, show_fault
from ui.widgets.forms import Card, EmptyState, button, row, scrolled
from ui.widgets.forms import label as words
from ui.widgets.reason import ReasonDialog
from ui.widgets.tips import plain

LINES = 7  # attempts seen at once; the list scrolls


@dataclass(frozen=True, slots=True)
class Shown:
    """What the tab shows of a patient."""

    case: Case
    profiles: tuple[Profile, ...]
    evidence: Evidence


class EvidenceTab(QWidget):
    """What is typed stays until it is saved or dropped by hand."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._patient_id: int | None = None
        self._shown: Shown | None = None
        self._stale = False
        self.unsaved = False
        self.case = CaseFormView()
        self.case.edited.connect(self._on_edit)
        self.saving = EvidenceSaving(ui, self)
        self._nothing = EmptyState(
            "search",
            tr("Noch keine Suche"),
            tr("Sobald für diesen Menschen Praxen angefragt wurden, entsteht hier der Nachweis für die Kasse."),
        )
        self._sum, self._tss, self._insurer = words("", "heading"), words("", "muted"), words("", "muted")
        self._sum.setWordWrap(True)
        self._how = words("", "muted")
        self._papers = QWidget()
        self._paper_grid = QGridLayout(self._papers)
        self._paper_grid.setContentsMargins(0, 0, 0, 0)
        self._list = self._made_list()
        self._pdf = button(tr("Nachweis als &PDF speichern …"), self._on_pdf, role="primary", icon="download",
                           name=tr("Nachweis als PDF speichern"))  # fmt: skip
        self._print = button(tr("Nachweis &drucken …"), self._on_print, name=tr("Nachweis drucken"))
        self._save = button(tr("Fall spei&chern"), self.save, icon="save", role="primary", name=tr("Fall speichern"))
        self._drop = button(tr("Fall ver&werfen"), self.drop, icon="undo-2", name=tr("Fall verwerfen"))
        self._acts = row(self._save, self._drop)  # beside the scrolling, so that nobody looks for them
        stand, attempts = Card(tr("Stand")), Card(tr("Anfragen"))
        for widget in (self._sum, self._how, self._tss, self._insurer, self._papers, row(self._pdf, self._print)):
            stand.add(widget)
        attempts.add(self._list)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(4, 4, 4, 4)
        for widget in (stand, attempts, self.case):
            column.addWidget(widget)
        column.addStretch(1)
        self._area = scrolled(content)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._nothing)
        outer.addWidget(self._area)
        outer.addWidget(self._acts)
        self._area.hide()
        self._set_unsaved(unsaved=False)

    def _made_list(self) -> QTreeWidget:
        made = QTreeWidget()
        made.setAccessibleName(tr("Anfragen bei Praxen"))
        made.setHeaderLabels([tr("Praxis"), tr("Zuerst"), tr("Ergebnis"), tr("Zählt")])
        made.setUniformRowHeights(True)
        made.header().setStretchLastSection(False)
        for number, mode in enumerate(
            (QHeaderView.ResizeMode.Stretch, QHeaderView.ResizeMode.ResizeToContents, QHeaderView.ResizeMode.Stretch,
             QHeaderView.ResizeMode.ResizeToContents)
        ):  # fmt: skip
            made.header().setSectionResizeMode(number, mode)
        made.setMinimumHeight(made.fontMetrics().height() * 2 * LINES)
        return made

    # Showing.

    def show_patient(self, patient_id: int | None) -> None:
        """Load a record's evidence, once it is looked at; what is being typed of the same record is not overwritten.

        None: nobody's is shown.
        """
        if patient_id != self._patient_id:
            self._shown = None
            self._area.hide()
            self._set_unsaved(unsaved=False)
        self._patient_id = patient_id
        self._stale = True
        self._load()

    def showEvent(self, event: QShowEvent) -> None:
        """Gather what the tab shows only when somebody looks at it."""
        super().showEvent(event)
        self._load()

    def _load(self) -> None:
        patient_id, today = self._patient_id, self._ui.today()
        if patient_id is None or not self._stale or not self.isVisible():
            return
        self._stale = False

        def look(session: Session) -> Shown | None:
            case = case_of(session, patient_id)
            if case is None:
                return None
            chosen = list_profiles(session, retired=True)
            known = tuple(p for p in chosen if not p.form.retired or p.profile_id == case.form.profile_id)
            return Shown(case, known, assemble(session, patient_id, today=today))

        def arrive(shown: Shown | None) -> None:
            if patient_id == self._patient_id:  # else somebody has moved on
                self._show(shown)

        self._ui.background.read(self, look, arrive, key="evidence")

    def _show(self, shown: Shown | None) -> None:
        self._nothing.setVisible(shown is None)
        self._area.setVisible(shown is not None)
        if shown is None:
            return
        evidence = shown.evidence
        self._sum.setText(tr("Erfolglose Anfragen: {n}").format(n=w.counted_words(evidence)))
        self._how.setText(
            f"{w.counting_words(evidence)}\n{tr('Anfragen insgesamt: {n}').format(n=w.total_words(evidence))}"
        )
        self._tss.setText(w.tss_words(evidence))
        self._tss.setVisible(evidence.person.statutory)
        self._insurer.setText(w.insurer_words(evidence))
        self._show_papers(evidence)
        self._show_attempts(evidence.attempts)
        if self.unsaved:
            return  # the version they saw decides when they save
        self._shown = shown
        self.case.show_case(shown.case.form, shown.profiles, statutory=evidence.person.statutory)

    def _show_papers(self, evidence: Evidence) -> None:
        while self._paper_grid.count():
            item = self._paper_grid.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        lines = [(paper_word(paper.kind), paper.there) for paper in evidence.papers]
        lines.append((tr(w.consent_words(evidence)), evidence.consent_to_insurer))
        for number, (name, there) in enumerate(lines):
            chip = Chip(tr("liegt vor") if there else tr("fehlt"), "success" if there else "warning")
            chip.setAccessibleName(f"{name}: {chip.text()[3:]}")
            line, side = number // 2, 2 * (number % 2)
            said = words(name)
            said.setWordWrap(True)
            self._paper_grid.addWidget(chip, line, side, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            self._paper_grid.addWidget(said, line, side + 1, Qt.AlignmentFlag.AlignTop)
        self._paper_grid.setColumnStretch(1, 1)
        self._paper_grid.setColumnStretch(3, 1)

    def _show_attempts(self, attempts: Sequence[Attempt]) -> None:
        self._list.clear()
        for attempt in attempts:
            said = w.outcome_words(attempt)
            name = (
                attempt.practice
                if attempt.therapist in attempt.practice
                else f"{attempt.practice} · {attempt.therapist}"
            )
            top = QTreeWidgetItem(
                [
                    name,
                    formats.day(formats.local(attempt.begun).date()),
                    said,
                    tr("ja") if attempt.counts else tr("nein"),
                ]
            )
            top.setToolTip(0, plain(f"{name}\n{attempt.address}"))
            top.setToolTip(2, plain(said))
            for step in attempt.steps:
                what = f"{label('channel', step.channel)}: {w.step_words(step)}"
                child = QTreeWidgetItem([what, formats.moment(step.at), step.person, ""])
                child.setToolTip(0, plain(what))
                for column in range(4):
                    child.setForeground(column, QColor(tokens().muted))
                top.addChild(child)
            self._list.addTopLevelItem(top)
        self._list.setAccessibleDescription(ntr(len(attempts), "{n} Anfrage", "{n} Anfragen"))

    # Doing.

    def _on_edit(self) -> None:
        self._set_unsaved(unsaved=True)

    def _set_unsaved(self, *, unsaved: bool) -> None:
        self.unsaved = unsaved
        self._acts.setVisible(unsaved)
        # what is typed and not saved would not be in it
        for act in (self._pdf, self._print):
            act.setEnabled(not unsaved)
            act.setToolTip(tr("Speichern Sie zuerst den Fall.") if unsaved else "")

    def would_lose(self) -> str:
        """A case that is being typed."""
        return tr("Nachweis: geänderte Angaben zum Fall") if self.unsaved else ""

    def drop(self) -> None:
        """Show the case again as it is saved."""
        self._set_unsaved(unsaved=False)
        if self._patient_id is not None:
            self.show_patient(self._patient_id)

    def save(self) -> None:
        """Save the case."""
        shown, form = self._shown, self.case.form()
        if form is None:
            show_fault(self.case.fields, self._ui.messages)
        if shown is None or form is None:
            return
        case, today = shown.case, self._ui.today()
        self._ui.background.write(
            self,
            lambda s: save_case(s, case.search_id, form, version=case.version, today=today),
            lambda _: self._saved(case.patient_id),
            self._refused,
        )

    def _saved(self, patient_id: int) -> None:
        self._ui.messages.success(tr("Gespeichert."))
        if patient_id == self._patient_id:
            self.drop()

    def _refused(self, error: Exception) -> None:
        if refused_at(self.case.fields, error, self._ui.messages):
            return
        conflict = isinstance(error, PlatzlotseError) and error.kind == "conflict"
        self._ui.messages.error(describe(error), tr("Neu laden") if conflict else "", self.drop if conflict else None)

    def _on_pdf(self) -> None:
        shown = self._shown
        if shown is not None:
            self._asked(
                shown.evidence,
                tr("Trotzdem speichern"),
                lambda: self.saving.save(shown.case.patient_id, self._file_name(shown)),
            )

    def _on_print(self) -> None:
        shown = self._shown
        if shown is not None:
            self._asked(
                shown.evidence,
                tr("Trotzdem drucken"),
                lambda: self.saving.print_out(shown.case.patient_id, self._file_name(shown).removesuffix(".pdf")),
            )

    def _asked(self, evidence: Evidence, act: str, then: Callable[[], None]) -> None:
        """What speaks against making the paper now: an answer that nobody has read, then a consent that is missing."""
        if not evidence.unread:
            self._with_consent(evidence, act, then)
            return
        said = ntr(
            evidence.unread,
            "Eine Praxis hat geantwortet, und die Antwort liegt noch ungelesen unter „Post“. Im Nachweis steht diese"
            " Anfrage als offen („Antwort liegt ungelesen vor“) und zählt nicht.",
            "{n} Praxen haben geantwortet, und die Antworten liegen noch ungelesen unter „Post“. Im Nachweis stehen"
            " diese Anfragen als offen („Antwort liegt ungelesen vor“) und zählen nicht.",
        )
        self._ask(act, f"{said} {tr('Lesen Sie sie zuerst.')}", lambda: self._with_consent(evidence, act, then))

    def _with_consent(self, evidence: Evidence, act: str, then: Callable[[], None]) -> None:
        """Without the consent to hand papers on, the paper addressed to the insurer is made only when that is confirmed."""
        if evidence.consent_to_insurer:
            then()
            return
        self._ask(
            act,
            tr(
                "Es fehlt die {consent}. Der Nachweis ist an sie gerichtet; ohne Einwilligung darf er nur an diesen"
                " Menschen selbst gehen. Liegt sie vor, tragen Sie sie unter „Einwilligungen“ ein."
            ).format(consent=tr(w.consent_words(evidence))),
            then,
        )

    def _ask(self, act: str, consequence: str, then: Callable[[], None]) -> None:
        """A question whose plain answer is to go back."""
        dialog = ReasonDialog(self, act, consequence, reason="")
        dialog.ok.setProperty("role", "")
        dialog.back.setProperty("role", "primary")
        dialog.back.setDefault(True)
        dialog.ask(lambda _: then())
        dialog.back.setFocus()

    def _file_name(self, shown: Shown) -> str:
        return file_name(shown.case.patient_id, shown.evidence.made_on)
