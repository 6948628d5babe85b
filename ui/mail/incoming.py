"""Mails that came in: a list, and one of them with its suggested reading."""

from datetime import timedelta

from domain.communication.incoming.listing import IncomingRow, list_incoming
from ui import formats
from ui.labels import label
from ui.mail.pane import MailPane
from ui.mail.remarks import chip
from ui.mail.reply import ReplyView
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.columns import Column
from ui.widgets.paged_table import PagedTable

LATE = timedelta(days=1)  # a mail that came so long after it was written says its own day


class IncomingPane(MailPane):
    """Inbox and what was settled share one list."""

    def __init__(self, ui: UiContext) -> None:
        table = PagedTable(
            name="incoming",
            title=tr("Eingegangene E-Mails"),
            background=ui.background,
            fetch=list_incoming,
            columns=(
                Column(
                    tr("Von"),
                    0,
                    text=_sender,
                    second=lambda r: r.subject,
                    sort="from",
                    tooltip=lambda r: r.from_address,
                ),
                Column(
                    tr("Art"), 112, chip=chip, sort="",
                    tooltip=lambda r: label("matched_by", r.matched_by),
                ),
                Column(tr("Eingang"), 138, text=lambda r: formats.moment(r.received_at), second=_belongs, sort="received"),
            ),
            row_id=lambda record: record.incoming_id,
            empty=tr("Hier liegt nichts."),
            state=ui.state,
            sort=("received", True),
        )  # fmt: skip
        self._reply = ReplyView(ui)
        super().__init__(ui, table, self._reply, name="incoming", box="inbox", sort="received", widths=(480, 660))
        table.selected.connect(self._reply.show_mail)
        self._reply.settled.connect(self._go_on)

    def refresh(self) -> None:
        """List and open mail again."""
        self.table.refresh()
        self._reply.refresh()

    def show_mail(self, mail_id: int) -> None:
        """One mail that came in."""
        self._reply.show_mail(mail_id)
        self.table.select(mail_id)

    def leave(self) -> None:
        """Show none; answers chosen in it stay until another one is shown."""
        self._reply.leave()

    def _go_on(self, incoming_id: int) -> None:
        """To the mail below the one that was settled, or the one above."""
        model = self.table.model
        row = model.find(incoming_id)
        if row is None:
            return
        following = model.id_at(row + 1)
        if following is None and row:
            following = model.id_at(row - 1)
        if following is not None:
            self.show_mail(following)


def _sender(row: IncomingRow) -> str:
    # a name that looks like an address would pass for the address
    name = row.from_address if "@" in row.from_name else row.from_name
    return row.practice or row.patient or name or row.from_address or row.from_name or tr("ohne Absender")


def _belongs(row: IncomingRow) -> str:
    parts = [f"PL-{row.reference}" if row.reference else ""]
    if row.sent_at is not None and row.received_at - row.sent_at > LATE:
        parts.append(tr("vom {day}").format(day=formats.day(formats.local(row.sent_at).date())))
    return " · ".join(part for part in parts if part)
