"""Mail accounts of the office: a list, a form, and what the worker last said of each mailbox."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QCheckBox, QLineEdit

from domain.communication.account_states import AccountState, account_states
from domain.communication.accounts import (
    SECURITY,
    AccountForm,
    account_faults,
    confirm_account,
    forgets_password,
    save_account,
    servers_of,
)
from domain.database import Session
from ui import formats
from ui.admin.account_test import AccountTestCard
from ui.admin.labels import label
from ui.admin.list_form_tab import ListFormTab
from ui.errors import describe, describe_code
from ui.ports import UiContext
from ui.translation import tr
from ui.typed import Unreadable
from ui.widgets.faults import be_content, show_fault
from ui.widgets.forms import Card, Choice, DateField, EmptyState, Field, button, row
from ui.widgets.forms import label as words
from ui.widgets.record_form import grid

LINES = ("name", "address", "sender_name", "smtp_host", "smtp_port", "imap_host", "imap_port", "username", "password",
         "inbox", "sent_folder", "mails_per_hour", "largest_mb")  # fmt: skip
LAID_OUT_MS = 60
NUMBERS = frozenset({"smtp_port", "imap_port", "mails_per_hour", "largest_mb"})


class AccountsTab(ListFormTab[AccountState]):
    """A password is sealed when it is saved: it can be replaced, never shown."""

    def __init__(self, ui: UiContext) -> None:
        nothing = EmptyState(
            "mail",
            tr("Noch kein Postkonto"),
            tr(
                "Ohne Postkonto sendet nur ein eigener Mailserver des Hintergrunddienstes; Antworten liest nur ein Konto."
            ),
        )
        super().__init__(ui, tr("Postkonten"), nothing)
        self._lines = {name: QLineEdit() for name in LINES}
        self._lines["password"].setEchoMode(QLineEdit.EchoMode.Password)
        security = {code: label("security", code) for code in SECURITY}
        self._smtp = Choice(security, tr("Verschlüsselung beim Senden"))
        self._imap = Choice(security, tr("Verschlüsselung beim Empfangen"))
        self._default = QCheckBox(tr("&Standard für neue E-Mails"))
        self._active = QCheckBox(tr("&eingeschaltet"))
        self._trouble = words("", "error")
        self._waits = words("", "error")
        self.confirm = button(tr("Server &bestätigen"), self._on_confirm, role="primary", icon="circle-check")
        self.confirming = row(self._waits, self.confirm, stretch=(1, 0))
        self._dropped: int | None = None  # the account whose password the last saving dropped
        self.test = AccountTestCard(ui)
        self.fields = {name: Field(label("account", name), line) for name, line in self._lines.items()}
        self.fields["smtp_security"] = Field(tr("Verschlüsselung"), self._smtp)
        self.fields["imap_security"] = Field(tr("Verschlüsselung"), self._imap)
        self._from = DateField(label("account", "reads_from"))
        self.fields["reads_from"] = Field(label("account", "reads_from"), self._from)
        f = self.fields
        who, out, back = Card(tr("Konto")), Card(tr("Senden (SMTP)")), Card(tr("Empfangen (IMAP)"))
        who.add(grid((f["name"], f["address"], f["sender_name"]), (f["username"], f["password"])))
        out.add(grid((f["smtp_host"], f["smtp_port"], f["smtp_security"]), (f["mails_per_hour"], f["largest_mb"])))
        back.add(
            grid(
                (f["imap_host"], f["imap_port"], f["imap_security"]), (f["inbox"], f["sent_folder"]), (f["reads_from"],)
            )
        )
        begins = words(
            tr(
                "Was vor diesem Tag kam, bleibt im Postfach und wird hier keine Aufgabe; leer heißt alles. Gewählt wird der Tag beim Anlegen des Kontos."
            ),
            "muted",
        )
        begins.setWordWrap(True)
        back.add(begins)
        self._lay_out(
            tr("&Neues Konto"),
            self.confirming, self._trouble, who, out, back, row(self._default, self._active), self.test,
            save=button(tr("Konto &speichern"), self._on_save, role="primary", icon="save"),
            widths=(280, 800),
        )  # fmt: skip
        self.test.answered.connect(self._show_test)

    def _load(self, session: Session) -> tuple[AccountState, ...]:
        return account_states(session)

    def _id(self, item: AccountState) -> int:
        return item.account.id

    def _line(self, item: AccountState) -> str:
        return _line(item)

    def refresh(self) -> None:
        """Ask for the accounts, how they are, and whether the worker has answered."""
        super().refresh()
        self.test.refresh()

    def _show_test(self) -> None:
        """Bring the answer into view, when its lines have found their height."""
        QTimer.singleShot(LAID_OUT_MS, self.test, lambda: self._area.ensureWidgetVisible(self.test))

    def _fill(self, item: AccountState | None) -> None:
        account = item.account if item is not None else None
        form = account or AccountForm(name="", address="", is_default=not self._items)
        for name, line in self._lines.items():
            value = getattr(form, name, "") if name != "password" else ""
            line.setText("" if value is None else str(value))
        self._from.show_date(account.reads_from if account is not None else self._ui.today())
        self._from.setEnabled(account is None)
        kept = account is not None and account.sealed_password is not None
        dropped = account is not None and account.id == self._dropped
        self._lines["password"].setPlaceholderText(
            tr("gespeichert; zum Ändern neu eingeben") if kept else tr("verworfen; neu eingeben") if dropped else ""
        )
        self._smtp.choose(form.smtp_security)
        self._imap.choose(form.imap_security)
        self._default.setChecked(form.is_default)
        self._active.setChecked(form.active)

    def _told(self) -> None:
        shown = self._id(self._shown) if self._shown is not None else None
        state = next((s for s in self._items if s.account.id == shown), self._shown)
        self._trouble.setText("\n".join(_troubles(state)) if state is not None else "")
        self._trouble.setVisible(bool(self._trouble.text()))
        waits = state is not None and not state.account.confirmed
        self.confirming.setVisible(waits)
        decides = "supervisor" in self._ui.roles
        self.confirm.setVisible(decides)
        self._waits.setText(_waiting(state, decides=decides) if state is not None and waits else "")
        if shown is not None and shown == self._dropped:
            self.fields["password"].complain(
                tr("Das Kennwort galt für andere Angaben und wurde verworfen. Geben Sie es neu ein und speichern Sie.")
            )
        self.test.show_account(shown, sends=state is not None and bool(state.account.smtp_host))

    def _on_confirm(self) -> None:
        """What is shown is what is agreed to: not what somebody typed meanwhile, or another saved."""
        if self._shown is None:
            return
        seen = next((s.account for s in self._items if s.account.id == self._id(self._shown)), self._shown.account)

        def confirmed(_: object) -> None:
            self._ui.messages.success(tr("Bestätigt. Wartende E-Mails gehen in der nächsten Minute hinaus."))
            self.refresh()

        self._ui.background.write(self, lambda s: confirm_account(s, seen), confirmed, self._refused)

    def _on_save(self) -> None:
        be_content(self.fields)
        values: dict[str, object] = {}
        for name, line in self._lines.items():
            text = line.text() if name == "password" else line.text().strip()
            try:
                values[name] = (int(text) if text else None) if name in NUMBERS else text
            except ValueError:
                values[name] = None
                self.fields[name].complain(tr("Bitte eine ganze Zahl eingeben."))
        values["password"] = values["password"] or None
        try:
            values["reads_from"] = begins = self._from.date()
        except Unreadable as wrong:
            self.fields["reads_from"].complain(str(wrong))
        else:
            if self._shown is None and begins is not None and begins > self._ui.today():
                self.fields["reads_from"].complain(tr("Bitte heute oder einen früheren Tag eingeben."))
        values |= {"smtp_port": values["smtp_port"] or 0, "imap_port": values["imap_port"] or 0}
        form = AccountForm(
            **values,  # type: ignore[arg-type]
            smtp_security=self._smtp.code(), imap_security=self._imap.code(),
            is_default=self._default.isChecked(), active=self._active.isChecked(),
        )  # fmt: skip
        for fault in account_faults(form):
            about = self.fields.get(fault.field or "")
            if about is not None and not about.fault:
                about.complain(describe(fault))
        if show_fault(self.fields, self._ui.messages):
            return
        shown = self._shown.account if self._shown is not None else None
        number, version = (shown.id, shown.version) if shown is not None else (None, None)
        drops = shown is not None and shown.sealed_password is not None and not form.password
        dropped = number if shown is not None and drops and forgets_password(shown, form) else None
        self._ui.background.write(
            self,
            lambda s: save_account(s, form, account_id=number, version=version),
            lambda account_id: self._saved(account_id, dropped),
            self._refused,
        )

    def _saved(self, account_id: int, dropped: int | None) -> None:
        # Known only now: a refresh while the write was under way must not tell of what has not happened yet.
        self._dropped = dropped
        self._ui.messages.success(tr("Gespeichert. Der Hintergrunddienst meldet sich gleich mit dem neuen Stand."))
        self._after_save(account_id)


def _troubles(state: AccountState) -> list[str]:
    """What hinders sending and receiving, a sentence each."""
    of = state.account
    found = []
    if state.sending_trouble:
        said = describe_code(state.sending_trouble, host=of.smtp_host, port=of.smtp_port)
        found.append(tr("Senden: {said}").format(said=said))
    if state.trouble:
        said = describe_code(state.trouble, host=of.imap_host, port=of.imap_port)
        found.append(tr("Empfangen: {said}").format(said=said))
    if state.sent_trouble:
        said = describe_code(state.sent_trouble, host=of.imap_host, port=of.imap_port)
        found.append(tr("Ordner für Kopien: {said}").format(said=said))
    return found


def _waiting(state: AccountState, *, decides: bool) -> str:
    """What a supervisor decides about; an admin reads whom to ask."""
    of = state.account
    said = tr("Die Verwaltung hat dieses Konto geändert. Es führt jetzt als {address} zu {servers}.").format(
        address=of.address, servers=servers_of(of) or tr("keinem Server")
    )
    if decides:
        return f"{said} {tr('Bis Sie das bestätigen, sendet und liest es nichts; E-Mails warten.')}"
    return f"{said} {tr('Bis jemand von der Leitung das bestätigt, sendet und liest es nichts; E-Mails warten.')}"


def _line(state: AccountState) -> str:
    account = state.account
    if not account.active:
        said = tr("abgeschaltet")
    elif not account.confirmed:
        said = tr("wartet auf Bestätigung")
    elif state.trouble or state.sending_trouble or state.sent_trouble:
        said = tr("gestört")
    elif state.checked_at is not None:
        said = tr("gelesen {when}").format(when=formats.moment(state.checked_at))
    else:
        said = tr("noch nicht gelesen") if account.imap_host else tr("sendet nur")
    return f"{account.name} · {account.address}\n{said}" + (f" · {tr('Standard')}" if account.is_default else "")
