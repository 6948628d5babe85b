"""Einwilligungen and guardians of one patient: given, withdrawn, by whom."""

from functools import partial

from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from domain.casework import consent
from domain.patients import service
from domain.patients.queries import PatientDetail
from ui import formats
from ui.labels import label, labels
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.chips import Chip
from ui.widgets.forms import Choice, Field, button, column, row
from ui.widgets.forms import label as words

TEXT_VERSION = "2026-01"


class ConsentsTab(QWidget):
    """One line a scope; guardians below."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._patient: PatientDetail | None = None
        self._lines = QWidget()
        self._grid = QGridLayout(self._lines)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._guardians = QWidget()
        self._guardian_grid = QGridLayout(self._guardians)
        self._guardian_grid.setContentsMargins(0, 0, 0, 0)
        self._by = Choice({"patient": tr("Patient selbst"), "guardian": tr("Sorgeberechtigte")}, tr("Wer willigt ein"))
        self._name = QLineEdit()
        self._relation = QLineEdit()
        self._phone = QLineEdit()
        add = button(tr("Sorgeberechtigte Person hinzufügen"), self._add_guardian, icon="plus")
        whole = column(
            words(tr("Einwilligungen"), "heading"),
            row(Field(tr("Neue Einwilligung gibt"), self._by)),
            self._lines,
            words(tr("Sorgeberechtigte"), "heading"),
            self._guardians,
            row(
                Field(tr("Name"), self._name),
                Field(tr("Beziehung"), self._relation),
                Field(tr("Telefon der Person"), self._phone),
            ),
            row(add),
            margin=4,
        )
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(whole)

    def show_patient(self, patient: PatientDetail) -> None:
        """Show a record's consents."""
        self._patient = patient
        self._by.choose("guardian" if patient.age is not None and patient.age < 18 else "patient")
        _clear(self._grid)
        for number, (scope, title) in enumerate(labels("scope").items()):
            valid = next((c for c in patient.consents if c.scope == scope and c.withdrawn_on is None), None)
            old = next((c for c in reversed(patient.consents) if c.scope == scope and c.withdrawn_on), None)
            name = words(title)
            name.setWordWrap(True)
            self._grid.addWidget(name, number, 0)
            if valid is not None:
                chip = Chip(tr("erteilt am {day}").format(day=formats.day(valid.given_on)), "success")
                self._grid.addWidget(chip, number, 1)
                self._grid.addWidget(words(label("given_by", valid.given_by or ""), "muted"), number, 2)
                act = button(
                    tr("Widerrufen"),
                    partial(self._withdraw, scope),
                    role="danger",
                    name=f"{title}: {tr('Widerrufen')}",
                )
            else:
                text = (
                    tr("widerrufen am {day}").format(day=formats.day(old.withdrawn_on))
                    if old
                    else tr("liegt nicht vor")
                )
                self._grid.addWidget(Chip(text, "danger" if old else "neutral"), number, 1)
                act = button(tr("Erteilen"), partial(self._give, scope), name=f"{title}: {tr('Erteilen')}")
            self._grid.addWidget(act, number, 3)
        self._grid.setColumnStretch(0, 2)
        _clear(self._guardian_grid)
        for number, guardian in enumerate(patient.guardians):
            self._guardian_grid.addWidget(words(f"{guardian.name} {guardian.relation}".strip()), number, 0)
            self._guardian_grid.addWidget(words(formats.phone(guardian.phone), "muted"), number, 1)
            remove = button(
                tr("Entfernen"),
                partial(self._remove, guardian.guardian_id),
                name=f"{guardian.name}: {tr('Entfernen')}",
            )
            self._guardian_grid.addWidget(remove, number, 2)
        if not patient.guardians:
            self._guardian_grid.addWidget(
                words(tr("Keine eingetragen. Bei Minderjährigen willigen Sorgeberechtigte ein."), "muted"), 0, 0
            )

    def _give(self, scope: str) -> None:
        if self._patient is None:
            return
        patient_id, by, today = self._patient.patient_id, self._by.code(), self._ui.today()
        self._ui.background.write(
            self,
            lambda s: service.give_consent(
                s, patient_id, scope, text_version=TEXT_VERSION, given_on=today, given_by=by
            ),
        )

    def _withdraw(self, scope: str) -> None:
        if self._patient is None:
            return
        patient_id, now = self._patient.patient_id, self._ui.now()
        self._ui.background.write(
            self,
            lambda s: consent.withdraw(s, patient_id, scope, now=now),
            lambda _: self._ui.messages.warning(
                tr("Einwilligung widerrufen. Wartende E-Mails und offene Anfragen wurden gestoppt."), lasting=True
            ),
        )

    def _add_guardian(self) -> None:
        if self._patient is None:
            return
        patient_id = self._patient.patient_id
        name, relation, phone = self._name.text(), self._relation.text(), self._phone.text()

        def done(_: object) -> None:
            for field in (self._name, self._relation, self._phone):
                field.clear()

        self._ui.background.write(
            self,
            lambda s: service.add_guardian(s, patient_id, name=name, relation=relation, phone=phone, email=""),
            done,
        )

    def _remove(self, guardian_id: int) -> None:
        self._ui.background.write(self, lambda s: service.remove_guardian(s, guardian_id))


def _clear(grid: QGridLayout) -> None:
    while grid.count():
        item = grid.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.deleteLater()
