"""One therapist: person, practice, contact, methods, hours, preferences, status, history and provenance."""

from datetime import datetime

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from domain.communication.queries import undeliverable_since
from domain.database import Session
from domain.matching.promises import promises_of
from domain.therapists import service
from domain.therapists.asking import may_be_asked
from domain.therapists.queries import TherapistDetail, get_therapist
from domain.therapists.service import TherapistForm
from domain.weektime import office_day
from ui import formats
from ui.labels import label
from ui.ports import UiContext
from ui.record_detail import RecordDetail
from ui.therapists.contacts import ContactsTab
from ui.therapists.form import TherapistFormView, empty_form
from ui.therapists.sites import SitesTab
from ui.therapists.standing import StandingTab
from ui.therapists.website import WebsiteTab
from ui.translation import tr
from ui.widgets.forms import button, scrolled
from ui.widgets.forms import label as words
from ui.widgets.week_strip import WeekStrip

# whether somebody may be asked now, and how that looks
CONTACTS = {
    "available": "success", "open_inquiry": "info", "cooling": "warning", "inactive": "neutral",
    "blocked": "danger", "opted_out": "danger",
}  # fmt: skip


def contact_words(code: str) -> str:
    """The word for a contact state."""
    own = {"available": tr("anfragbar"), "open_inquiry": tr("offene Anfrage"), "cooling": tr("Kontaktsperre")}
    return own.get(code) or label("therapist_status", code)


class TherapistDetailView(RecordDetail[TherapistDetail, TherapistForm]):
    """A therapist's record."""

    def __init__(self, ui: UiContext) -> None:
        form = TherapistFormView()
        super().__init__(ui, form)
        form.help_with_address(ui.background)
        self._fill_form = form.show_therapist
        self._form_view = form
        self._week = WeekStrip()
        self._hours_words = words("", "muted")
        self._hours_words.setAccessibleName(tr("Stand der Zeiten"))
        form.hours.insertWidget(0, words(tr("Woche der Praxis"), "heading"))
        form.hours.insertWidget(1, self._week)
        form.hours.insertWidget(2, self._hours_words)
        form.hours.addStretch(1)
        self._contacts = ContactsTab(ui)
        self._sites = SitesTab(ui, self._may_change)
        self._standing = StandingTab(ui, self._may_change)
        self._website = WebsiteTab(ui)
        form.places["course"] = self._contacts.search
        form.places["website"] = self._website
        self._of_saved = (
            form.addTab(scrolled(self._sites), tr("Standorte")),
            form.addTab(self._contacts, tr("Verlauf")),
            form.addTab(self._standing, tr("Stand")),
            form.addTab(scrolled(self._website), tr("Webseite")),
        )
        self._call = button(tr("&Anrufen"), self._dial, icon="phone")
        self._match = button(tr("&Patienten für diese Praxis"), self._find_patients, icon="users")
        self._write = button(tr("&E-Mail"), self._on_write, icon="mail", name=tr("E-Mail schreiben"))
        self._lay_out(self._call, self._write, self._match)

    def _may_change(self) -> bool:
        """Whether nothing is being typed: else the change would be undone by saving the form, or be refused."""
        if self._dirty:
            self._ui.messages.warning(tr("Bitte speichern oder verwerfen Sie zuerst Ihre Änderungen."))
        return not self._dirty

    def _id(self, record: TherapistDetail) -> int:
        return record.therapist_id

    def _empty(self) -> None:
        self._form.show_form(empty_form())
        self._name.setText(tr("Neuer Therapeut"))
        self._facts.setText("")
        self._more.setText("")
        self._contacts.show_nobody()
        self._enable_tabs(enabled=False)

    def _enable_tabs(self, *, enabled: bool) -> None:
        for tab in self._of_saved:
            self._form.setTabEnabled(tab, enabled)
        self._call.setEnabled(enabled)
        self._write.setEnabled(enabled)
        self._match.setEnabled(enabled)

    def _load(self, record_id: int) -> None:
        self._ui.background.read(self, lambda s: get_therapist(s, record_id), self._arrive, key="therapist")
        self._contacts.load(record_id)

    def _search_course(self, words: str) -> None:
        self._contacts.search.setText(words)

    def _show_head(self, record: TherapistDetail) -> None:
        t = record
        self._enable_tabs(enabled=True)
        self._name.setText(" ".join(part for part in (t.title, t.first_name, t.last_name) if part))
        contact = t.status
        if may_be_asked(t.status, t.blocked_until, today=self._ui.today()):
            cooling = t.cooling_until is not None and t.cooling_until > self._ui.now()
            contact = "open_inquiry" if t.open_inquiry_id else "cooling" if cooling else "available"
        extra = f" {tr('bis')} {formats.day(t.cooling_until)}" if contact == "cooling" and t.cooling_until else ""
        self._chip.show_state(contact_words(contact) + extra, CONTACTS[contact])
        place = ", ".join(filter(None, (f"{t.street} {t.house_number}".strip(), f"{t.plz} {t.city}".strip())))
        fax = tr("Fax {number}").format(number=formats.phone(t.fax)) if t.fax else ""
        self._facts.setText(
            " · ".join(p for p in (t.practice, place, formats.phone(t.phone or t.mobile), fax, t.email) if p)
        )
        self._show_more(t, None)
        if t.email:
            self._ui.background.read(
                self,
                lambda s: undeliverable_since(s, t.email),
                lambda since: self._show_more(t, since),
                key="undeliverable",
            )
        self._week.show_week(t.phone_hours, t.office_hours, t.treatment_hours)
        self._hours_words.setText(self._hours_age(t))
        self._form_view.say_capacity(t, today=self._ui.today())
        self._sites.show_therapist(t)
        self._standing.show_therapist(t)
        self._ui.background.read(
            self, lambda s: promises_of(s, t.therapist_id), self._standing.show_promises, key="promises"
        )
        self._website.show_therapist(t)
        self._call.setEnabled(bool(t.phone or t.mobile))
        self._write.setEnabled(bool(t.email) and t.status != "opted_out")

    def _hours_age(self, t: TherapistDetail) -> str:
        """Telefonzeiten in words, and how old they are."""
        if t.phone_hours is None and t.office_hours is None:
            return tr("Telefon- und Sprechzeiten sind nicht veröffentlicht.")
        return f"{tr('Telefon')}: {formats.week(t.phone_hours)} · {formats.stand(t.hours_as_of, self._ui.today())}"

    def _show_more(self, record: TherapistDetail, undeliverable: datetime | None) -> None:
        """Who shares the mailbox, and whether mail reaches it at all."""
        names = ", ".join(name for _, name in record.colleagues)
        lines = [tr("Teilt Postfach oder Praxis mit: {names}").format(names=names)] if names else []
        if undeliverable is not None:
            lines.append(
                tr("E-Mails kommen nicht an (seit {day}): Adresse berichtigen oder anrufen.").format(
                    day=formats.day(office_day(undeliverable))
                )
            )
        self._more.setText("\n".join(lines))
        self._more.setProperty("role", "error" if undeliverable is not None else "muted")
        self._more.style().unpolish(self._more)
        self._more.style().polish(self._more)
        self._more.setVisible(bool(lines))

    def _fill(self, record: TherapistDetail) -> None:
        self._fill_form(record)

    def _create(self, session: Session, form: TherapistForm) -> int:
        return service.create_therapist(session, form, today=self._ui.today())

    def _update(self, session: Session, record: TherapistDetail, form: TherapistForm) -> None:
        service.update_therapist(session, record.therapist_id, record.version, form, today=self._ui.today())

    def _on_write(self) -> None:
        if self._record is not None:
            self._ui.navigate("mail", self._record.therapist_id, "write_therapist")

    def _dial(self) -> None:
        if self._record is not None:
            QDesktopServices.openUrl(QUrl(f"tel:{self._record.phone or self._record.mobile}"))

    def _find_patients(self) -> None:
        if self._record is not None:
            self._ui.navigate("matching", -self._record.therapist_id)
