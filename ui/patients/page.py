"""Patienten: the list at the left, one record at the right."""

from domain.patients.queries import PatientRow, list_patients
from ui import formats
from ui.imports import choose_file
from ui.labels import label, labels
from ui.list_detail_page import ListDetailPage
from ui.patients.detail import PatientDetailView
from ui.patients.team_giving import TeamGiving
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.chips import PATIENT_STATES
from ui.widgets.columns import Column
from ui.widgets.forms import Choice, EmptyState, button
from ui.widgets.paged_table import PagedTable

INSURANCE_KINDS = frozenset({"statutory", "private", "self_pay", "unknown"})


class PatientsPage(ListDetailPage[PatientDetailView]):
    """All patients and one of them."""

    def __init__(self, ui: UiContext) -> None:
        table = PagedTable(
            name="patients",
            title=tr("Patientenliste"),
            background=ui.background,
            fetch=lambda session, query: list_patients(session, query, today=ui.today()),
            columns=_columns(ui),
            row_id=lambda record: record.patient_id,
            empty=tr("Noch keine Patienten. Legen Sie jemanden an oder lesen Sie Aufnahmebögen ein."),
            state=ui.state,
            sort=("name", False),
            several=True,
        )
        self._to_team = button(tr("&Team zuweisen"), self._give_team, icon="users")
        self._to_team.hide()
        super().__init__(
            ui,
            name="patients",
            table=table,
            detail=PatientDetailView(ui),
            nobody=EmptyState(
                "users", tr("Niemand ausgewählt"), tr("Wählen Sie links einen Menschen aus, um alles zu sehen.")
            ),
            search=(tr("Patienten suchen"), tr("Name, Ort oder PLZ")),
            filters={"state": Choice({"": tr("Alle Stände"), **labels("patient_state")}, tr("Stand filtern"))},
            new=tr("&Neuer Patient"),
            count=lambda n: ntr(n, "{n} Patient", "{n} Patienten"),
            topics=("patient", "place_search", "inquiry_item", "placement", "exclusion", "reimbursement_case"),
            widths=(480, 660),
            actions=(
                self._to_team,
                button(tr("Datei &einlesen"), lambda: choose_file(self, ui, of_patients=True), icon="file-input"),
            ),
        )
        self._giving = TeamGiving(ui, self)
        table.several_chosen.connect(self._on_several)

    def _on_several(self, count: int) -> None:
        """One has its own menu beside it; several are given to a team from here."""
        self._to_team.setVisible(count > 1)
        self._to_team.setText(" " + tr("&Team zuweisen ({n})").format(n=count))

    def _give_team(self) -> None:
        chosen = self._table.chosen_ids()
        if chosen is None:
            self.ui.messages.info(
                tr(
                    "Einige der gewählten Zeilen sind noch nicht geladen. Blättern Sie durch sie, oder wählen Sie weniger."
                )
            )
        elif chosen:
            self._giving.begin(chosen)


def _columns(ui: UiContext) -> tuple[Column, ...]:
    def insurer(row: PatientRow) -> str:
        return label("insurance", row.insurer) if row.insurer in INSURANCE_KINDS else row.insurer

    return (
        Column(
            tr("Name"),
            0,
            text=lambda r: r.name,
            second=lambda r: f"{r.plz} {r.city}".strip() or tr("Ort unbekannt"),
            sort="name",
        ),
        Column(
            tr("Stand"), 116, chip=lambda r: (label("patient_state", r.state), PATIENT_STATES[r.state]), sort="state"
        ),
        Column(tr("Alter"), 58, text=lambda r: "–" if r.age is None else str(r.age), sort="age", right=True),
        Column(
            tr("Wartet"),
            70,
            text=lambda r: formats.waiting_short(r.registered_on, ui.today()),
            sort="waiting",
            right=True,
        ),
        Column(tr("Ort"), 130, text=lambda r: r.city, sort="city", spare=True),
        Column(tr("Team"), 110, text=lambda r: r.team or "", spare=True),
        Column(tr("Kasse"), 130, text=insurer, spare=True),
        Column(
            tr("Wiedervorlage"), 110, text=lambda r: formats.day(r.resubmission_on), sort="resubmission", spare=True
        ),
    )
