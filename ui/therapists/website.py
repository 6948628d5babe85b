"""Webseite of one therapist: have it read, and decide on each thing found there, with its words, address and day."""

from datetime import date

from PySide6.QtWidgets import QVBoxLayout, QWidget

from domain.casework.enrichment import Suggestion, Website, accept, ask_website, read_website, reject
from domain.therapists.queries import TherapistDetail
from domain.values import WeekSpan
from domain.weektime import office_day
from ui import formats
from ui.changes import Refresher
from ui.errors import describe, describe_code
from ui.labels import label
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.forms import Card, button, row
from ui.widgets.forms import label as words


class WebsiteTab(QWidget):
    """Nothing found is applied by itself."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._therapist: TherapistDetail | None = None
        self.said = words("", "muted")
        self._read = button(tr("Webseite &lesen"), self._ask, icon="refresh-cw")
        self._room = QVBoxLayout()
        column = QVBoxLayout(self)
        column.addWidget(words(tr("Eigene Webseite der Praxis"), "heading"))
        column.addWidget(
            words(
                tr(
                    "Gelesen werden Startseite, Kontakt und Impressum, höchstens fünf Seiten. Was dort steht, wird hier "
                    "vorgeschlagen; übernommen wird nur, was Sie annehmen."
                ),
                "muted",
            )
        )
        column.addWidget(row(self._read))
        column.addWidget(self.said)
        column.addLayout(self._room)
        column.addStretch(1)
        Refresher(self, ui.changes, ("web_finding",), self.refresh)

    def show_therapist(self, therapist: TherapistDetail) -> None:
        """Show what was found for somebody."""
        self._therapist = therapist
        self._read.setEnabled(bool(therapist.web))
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""
        if self._therapist is not None:
            number = self._therapist.therapist_id
            self._ui.background.read(self, lambda s: read_website(s, number), self._show, key="website")

    def _show(self, site: Website) -> None:
        self.said.setText(_state(site, there=bool(self._therapist and self._therapist.web)))
        while (item := self._room.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for suggestion in site.suggestions:
            self._room.addWidget(self._card(suggestion))

    def _card(self, found: Suggestion) -> Card:
        what = _kind(found.kind)
        card = Card(f"{what}: {_value(found)}")
        on = formats.day(office_day(found.found_at))
        card.add(words(f"„{found.quote}“", "muted"))
        card.add(words(tr("{address}, gelesen am {day}").format(address=found.address, day=on), "muted"))
        take = button(
            tr("Annehmen"), lambda: self._decide(found, yes=True), icon="check", name=f"{what} {tr('annehmen')}"
        )
        drop = button(tr("Ablehnen"), lambda: self._decide(found, yes=False), icon="x", name=f"{what} {tr('ablehnen')}")
        take.setEnabled(not found.locked)
        if found.locked:
            card.add(words(tr("Von Hand eingetragen; das bleibt. Freigeben lässt es sich unter „Stand“."), "muted"))
        card.add(row(take, drop))
        return card

    def _ask(self) -> None:
        if self._therapist is None:
            return
        number, now = self._therapist.therapist_id, self._ui.now()
        self._ui.background.write(
            self, lambda s: ask_website(s, number, now=now), lambda _: self.refresh(), self._refused
        )

    def _decide(self, found: Suggestion, *, yes: bool) -> None:
        now, act = self._ui.now(), accept if yes else reject
        self._ui.background.write(self, lambda s: act(s, found.id, now=now), lambda _: self.refresh(), self._refused)

    def _refused(self, error: Exception) -> None:
        self._ui.messages.error(describe(error))
        self.refresh()


def _state(site: Website, *, there: bool) -> str:
    if not there:
        return tr("Es ist keine Webseite eingetragen.")
    if site.state == "":
        return tr("Noch nicht gelesen.")
    if site.state in {"waiting", "reading"}:
        if site.cause:  # it was tried, and waits for the next time
            return f"{tr('Noch nicht gelesen.')} {describe_code(site.cause, **site.params)}"
        return tr("Wird gelesen …")
    when = formats.moment(site.done_at)
    if site.state == "failed":
        return f"{tr('Nicht gelesen')} ({when}): {describe_code(site.cause, **site.params)}"
    left = "" if site.suggestions else tr(" Es wartet kein Vorschlag.")
    return tr("Gelesen {when}, Seiten: {n}.").format(when=when, n=site.pages) + left


def _kind(kind: str) -> str:
    return {
        "email": tr("E-Mail"), "phone_hours": tr("Telefonzeiten"), "capacity": tr("Plätze"),
        "methods": tr("Verfahren"), "languages": tr("Sprachen"),
    }[kind]  # fmt: skip


def _value(found: Suggestion) -> str:
    value = found.value
    if found.kind == "phone_hours":
        spans = value["spans"]
        assert isinstance(spans, list)
        return formats.week([WeekSpan(start, end) for start, end in spans])
    if found.kind == "languages":
        spoken = value["languages"]
        assert isinstance(spoken, list)
        return ", ".join(spoken)
    if found.kind == "capacity":
        said = label("capacity", str(value["capacity"]))
        if value.get("from"):
            said += f", {tr('ab {day}').format(day=formats.day(date.fromisoformat(str(value['from']))))}"
        if value.get("as_of"):
            said += f" ({tr('Stand {day}').format(day=formats.day(date.fromisoformat(str(value['as_of']))))})"
        return said
    return str(value["email" if found.kind == "email" else "sentence"])
