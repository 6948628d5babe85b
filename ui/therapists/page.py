"""Therapeuten: the list at the left, one record at the right."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent

from domain.therapists.capacity_age import FILTERS, TO_CHECK
from domain.therapists.queries import known_skills, list_therapists
from ui import formats
from ui.directory import open_search
from ui.imports import choose_file, read_files
from ui.labels import label, labels
from ui.list_detail_page import ListDetailPage
from ui.ports import UiContext
from ui.therapists.detail import CONTACTS, TherapistDetailView, contact_words
from ui.therapists.duplicates.entry import DuplicatesButton
from ui.translation import ntr, tr
from ui.widgets.columns import Column
from ui.widgets.files import dropped_files
from ui.widgets.forms import Choice, EmptyState, button
from ui.widgets.paged_table import PagedTable
from ui.widgets.skill_choice import SkillChoice


class TherapistsPage(ListDetailPage[TherapistDetailView]):
    """All therapists and one of them."""

    def __init__(self, ui: UiContext) -> None:
        table = PagedTable(
            name="therapists",
            title=tr("Therapeutenliste"),
            background=ui.background,
            fetch=lambda session, query: list_therapists(session, query, now=ui.now()),
            columns=_columns(),
            row_id=lambda record: record.therapist_id,
            empty=tr("Noch keine Therapeuten. Lesen Sie ein Verzeichnis ein oder legen Sie jemanden an."),
            state=ui.state,
            sort=("name", False),
        )
        self._skills = SkillChoice()
        contacts = {"": tr("Jeder Kontakt"), **{code: contact_words(code) for code in CONTACTS}}
        super().__init__(
            ui,
            name="therapists",
            table=table,
            detail=TherapistDetailView(ui),
            nobody=EmptyState(
                "stethoscope", tr("Niemand ausgewählt"), tr("Wählen Sie links eine Praxis aus, um alles zu sehen.")
            ),
            search=(tr("Therapeuten suchen"), tr("Name, E-Mail, Fachgebiet")),
            filters={
                "method": Choice({"": tr("Alle Verfahren"), **labels("method")}, tr("Verfahren filtern")),
                "contact": Choice(contacts, tr("Kontakt filtern")),
                "capacity": Choice(
                    {
                        "": tr("Alle Angaben"),
                        TO_CHECK: tr("Angaben prüfen"),
                        **{code: label("capacity", code) for code in FILTERS if code != TO_CHECK},
                    },
                    tr("Freie Plätze filtern"),
                ),
                "skill": self._skills,
            },
            new=tr("&Neuer Therapeut"),
            count=lambda n: ntr(n, "{n} Therapeut", "{n} Therapeuten"),
            topics=("therapist", "inquiry", "email", "phone_call", "contact", "import"),
            widths=(560, 580),
            actions=(
                DuplicatesButton(ui),
                button(tr("&Arztsuche öffnen"), lambda: open_search(self, ui), icon="search"),
                button(tr("Datei &einlesen"), lambda: choose_file(self, ui, of_patients=False), icon="file-input"),
            ),
        )
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Lists of this machine may be dropped."""
        if dropped_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Read them in."""
        event.setDropAction(Qt.DropAction.CopyAction)  # the file stays where it is
        event.accept()
        read_files(self, self.ui, dropped_files(event.mimeData()), of_patients=False)

    def refresh(self) -> None:
        """List, record, and which specialties and qualifications there are to choose from."""
        super().refresh()
        self.ui.background.read(self, known_skills, self._skills.offer, key="skills")


def _columns() -> tuple[Column, ...]:
    return (
        Column(
            tr("Name"),
            0,
            text=lambda r: r.name,
            second=lambda r: f"{r.plz} {r.city}".strip() or tr("Ort unbekannt"),
            sort="name",
        ),
        Column(tr("Kontakt"), 124, chip=lambda r: (contact_words(r.contact), CONTACTS[r.contact]), sort="contact"),
        Column(tr("Verfahren"), 92, text=lambda r: formats.offers(r.offers)),
        Column(tr("Ort"), 130, text=lambda r: r.city, sort="city", spare=True),
        Column(tr("Telefon"), 130, text=lambda r: formats.phone(r.phone), spare=True),
        Column(tr("E-Mail"), 180, text=lambda r: r.email, spare=True),
    )
