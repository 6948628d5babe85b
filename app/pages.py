"""Which pages the window has: those that somebody with these roles can do something on, in the order of the rail."""

from ui.admin.audit_page import AuditPage
from ui.admin.page import AdminPage
from ui.inquiries.page import InquiriesPage
from ui.mail.page import MailPage
from ui.map.overview.page import MapPage
from ui.matching.page import MatchingPage
from ui.navigation import PageSpec
from ui.patients.page import PatientsPage
from ui.phone.page import PhonePage
from ui.ports import UiContext
from ui.therapists.page import TherapistsPage
from ui.today.page import TodayPage
from ui.translation import tr


def pages_for(ui: UiContext) -> tuple[PageSpec, ...]:
    """Never empty: whoever neither works with records nor administers is here to audit."""
    if ui.sees_records:
        return (*_records(ui), _administration(ui))
    if "admin" in ui.roles:
        return (_administration(ui),)
    return (PageSpec("audit", tr("Protokoll"), "clock", lambda: AuditPage(ui)),)


def _records(ui: UiContext) -> tuple[PageSpec, ...]:
    return (
        PageSpec("today", tr("Heute"), "sun", lambda: TodayPage(ui)),
        PageSpec("patients", tr("Patienten"), "users", lambda: PatientsPage(ui)),
        PageSpec("therapists", tr("Therapeuten"), "stethoscope", lambda: TherapistsPage(ui)),
        PageSpec("matching", tr("Vermittlung"), "route", lambda: MatchingPage(ui)),
        PageSpec("inquiries", tr("Anfragen"), "send", lambda: InquiriesPage(ui)),
        PageSpec("mail", tr("Post"), "mail", lambda: MailPage(ui)),
        PageSpec("phone", tr("Telefon"), "phone", lambda: PhonePage(ui)),
        PageSpec("map", tr("Karte"), "map", lambda: MapPage(ui)),
    )


def _administration(ui: UiContext) -> PageSpec:
    return PageSpec("admin", tr("Verwaltung"), "list-filter", lambda: AdminPage(ui))
