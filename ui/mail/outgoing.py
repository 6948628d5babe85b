"""Mails that go out: a list of one box and one mail in full."""

from domain.communication.queries import list_mails
from ui import formats
from ui.labels import label
from ui.mail import mail_words
from ui.mail.detail import MailDetailView
from ui.mail.pane import MailPane
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.columns import Column
from ui.widgets.paged_table import PagedTable


class OutgoingPane(MailPane):
    """Outbox, sent, trouble and cancelled share one list."""

    def __init__(self, ui: UiContext) -> None:
        table = PagedTable(
            name="mails",
            title=tr("E-Mails"),
            background=ui.background,
            fetch=lambda session, query: list_mails(session, query, now=ui.now()),
            columns=(
                Column(
                    tr("An"),
                    0,
                    text=mail_words.recipient,
                    second=mail_words.subject,
                    sort="to",
                    tooltip=lambda r: r.to_address,
                ),
                Column(
                    tr("Stand"),
                    172,
                    chip=mail_words.chip,
                    tooltip=lambda r: mail_words.waits_of(r, ui.now()),
                    sort="status",
                ),
                Column(
                    tr("Zeit"),
                    138,
                    text=lambda r: (
                        mail_words.waits_until(r.waiting, ui.now()) or formats.moment(r.sent_at or r.created_at)
                    ),
                    second=lambda r: mail_words.waits_for(r.waiting) or label("email_kind_short", r.kind),
                    tooltip=lambda r: mail_words.waits_of(r, ui.now()) or label("email_kind", r.kind),
                    sort="created",
                ),
                Column(tr("Betreff"), 240, text=mail_words.subject, sort="subject", spare=True),
            ),
            row_id=lambda record: record.email_id,
            empty=tr("Hier liegt nichts."),
            state=ui.state,
            sort=("created", True),
        )
        self._detail = MailDetailView(ui)
        super().__init__(ui, table, self._detail, name="mail", box="outbox", sort="created", widths=(600, 540))
        table.selected.connect(self._detail.show_mail)

    def refresh(self) -> None:
        """List and open mail again."""
        self.table.refresh()
        self._detail.refresh()

    def show_mail(self, mail_id: int) -> None:
        """One mail of ours."""
        self._detail.show_mail(mail_id)
        self.table.select(mail_id)

    def leave(self) -> None:
        """Show none."""
        self._detail.clear()
