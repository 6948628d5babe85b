"""Mail accounts of the office: a list, a form, and what the worker last said of each mailbox."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QCheckBox, QLineEdit, QListWidget, QListWidgetItem, QSplitter, QVBoxLayout, QWidget

from domain.communication.account_states import AccountState, account_states
from domain.communication.accounts import SECURITY, Account, AccountForm, save_account
from domain.errors import PlatzlotseError
from ui import formats
from ui.admin.account_test import AccountTestCard
from ui.admin.labels import label
from ui.errors import describe, describe_code
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.forms import Card, Choice, Field, button, row, scrolled
from ui.widgets.forms import label as words
from ui.widgets.record_form import grid

LINES = ("name", "address", "sender_name", "smtp_host", "smtp_port", "imap_host", "imap_port", "username", "password",
         "inbox", "sent_folder", "mails_per_hour", "largest_mb")  # fmt: skip
LAID_OUT_MS = 60
NUMBERS = frozenset({"smtp_port", "imap_port", "mails_per_hour", "largest_mb"})


class AccountsTab(QWidget):
    """A password is sealed when it is saved: it can be replaced, never shown."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._states: tuple[AccountState, ...] = ()
        self._shown: Account | None = None
        self._list = QListWidget()
        self._list.setAccessibleName(tr("Postkonten"))
        self._list.currentRowChanged.connect(self._choose)
        self._lines = {name: QLineEdit() for name in LINES}
        self._lines["password"].setEchoMode(QLineEdit.EchoMode.Password)
        security = {code: label("security", code) for code in SECURITY}
        self._smtp = Choice(security, tr("Verschlüsselung beim Senden"))
        self._imap = Choice(security, tr("Verschlüsselung beim Empfangen"))
        self._default = QCheckBox(tr("&Standard für neue E-Mails"))
        self._active = QCheckBox(tr("&eingeschaltet"))
        self._trouble = words("", "error")
        self.test = AccountTestCard(ui)
        self.fields = {name: Field(label("account", name), line) for name, line in self._lines.items()}
        self.fields["smtp_security"] = Field(tr("Verschlüsselung"), self._smtp)
        self.fields["imap_security"] = Field(tr("Verschlüsselung"), self._imap)
        f = self.fields
        who, out, back = Card(tr("Konto")), Card(tr("Senden (SMTP)")), Card(tr("Empfangen (IMAP)"))
        who.add(grid((f["name"], f["address"], f["sender_name"]), (f["username"], f["password"])))
        out.add(grid((f["smtp_host"], f["smtp_port"], f["smtp_security"]), (f["mails_per_hour"], f["largest_mb"])))
        back.add(grid((f["imap_host"], f["imap_port"], f["imap_security"]), (f["inbox"], f["sent_folder"])))
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(8, 0, 8, 0)
        for widget in (self._trouble, who, out, back, row(self._default, self._active)):
            column.addWidget(widget)
        column.addWidget(row(button(tr("Konto &speichern"), self._on_save, role="primary", icon="save")))
        column.addWidget(self.test)
        column.addStretch(1)
        left = QWidget()
        side = QVBoxLayout(left)
        side.setContentsMargins(0, 0, 0, 0)
        side.addWidget(self._list, 1)
        side.addWidget(row(button(tr("&Neues Konto"), self._begin_new, icon="plus")))
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(left)
        self._area = scrolled(content)
        split.addWidget(self._area)
        self.test.answered.connect(self._show_test)
        split.setSizes([280, 800])
        split.setChildrenCollapsible(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 8, 0, 0)
        outer.addWidget(split)
        self._fill(None)

    def refresh(self) -> None:
        """Ask for the accounts and how they are."""
        self._ui.background.read(self, account_states, self._show, key="accounts")
        self.test.refresh()

    def _show_test(self) -> None:
        """Bring the answer into view, when its lines have found their height."""
        QTimer.singleShot(LAID_OUT_MS, self.test, lambda: self._area.ensureWidgetVisible(self.test))

    def _show(self, states: tuple[AccountState, ...]) -> None:
        self._states = states
        chosen = self._shown.id if self._shown is not None else None
        blocked = self._list.blockSignals(True)
        self._list.clear()
        for number, state in enumerate(states):
            self._list.addItem(QListWidgetItem(_line(state)))
            if state.account.id == chosen:
                self._list.setCurrentRow(number)
        self._list.blockSignals(blocked)
        self._tell()

    def _choose(self, number: int) -> None:
        if 0 <= number < len(self._states):
            self._fill(self._states[number].account)

    def _begin_new(self) -> None:
        self._list.setCurrentRow(-1)
        self._fill(None)
        self._lines["name"].setFocus()

    def _fill(self, account: Account | None) -> None:
        self._shown = account
        form = account or AccountForm(name="", address="", is_default=not self._states)
        for name, line in self._lines.items():
            value = getattr(form, name, "") if name != "password" else ""
            line.setText("" if value is None else str(value))
        kept = account is not None and account.sealed_password is not None
        self._lines["password"].setPlaceholderText(tr("gespeichert; zum Ändern neu eingeben") if kept else "")
        self._smtp.choose(form.smtp_security)
        self._imap.choose(form.imap_security)
        self._default.setChecked(form.is_default)
        self._active.setChecked(form.active)
        for field in self.fields.values():
            field.complain("")
        self._tell()

    def _tell(self) -> None:
        shown = self._shown.id if self._shown is not None else None
        state = next((s for s in self._states if s.account.id == shown), None)
        self._trouble.setText("\n".join(_troubles(state)) if state is not None else "")
        self._trouble.setVisible(bool(self._trouble.text()))
        self.test.show_account(shown, sends=state is not None and bool(state.account.smtp_host))

    def _on_save(self) -> None:
        for field in self.fields.values():
            field.complain("")
        values: dict[str, object] = {}
        for name, line in self._lines.items():
            text = line.text() if name == "password" else line.text().strip()
            try:
                values[name] = (int(text) if text else None) if name in NUMBERS else text
            except ValueError:
                self.fields[name].complain(tr("Bitte eine ganze Zahl eingeben."))
                return
        values["password"] = values["password"] or None
        values |= {"smtp_port": values["smtp_port"] or 0, "imap_port": values["imap_port"] or 0}
        form = AccountForm(
            **values,  # type: ignore[arg-type]
            smtp_security=self._smtp.code(), imap_security=self._imap.code(),
            is_default=self._default.isChecked(), active=self._active.isChecked(),
        )  # fmt: skip
        shown = self._shown
        number, version = (shown.id, shown.version) if shown is not None else (None, None)
        self._ui.background.write(
            self, lambda s: save_account(s, form, account_id=number, version=version), self._saved, self._refused
        )

    def _saved(self, account_id: int) -> None:
        self._ui.messages.success(tr("Gespeichert. Der Hintergrunddienst meldet sich gleich mit dem neuen Stand."))

        def show(states: tuple[AccountState, ...]) -> None:
            self._fill(next(s.account for s in states if s.account.id == account_id))
            self._show(states)

        # a key of its own: the news of the save asks for the accounts, too
        self._ui.background.read(self, account_states, show, key="saved")

    def _refused(self, error: Exception) -> None:
        if isinstance(error, PlatzlotseError) and error.field in self.fields:
            self.fields[error.field].complain(describe(error))
            return
        self._ui.messages.error(describe(error))


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
    return found


def _line(state: AccountState) -> str:
    account = state.account
    if not account.active:
        said = tr("abgeschaltet")
    elif state.trouble or state.sending_trouble:
        said = tr("gestört")
    elif state.checked_at is not None:
        said = tr("gelesen {when}").format(when=formats.moment(state.checked_at))
    else:
        said = tr("noch nicht gelesen") if account.imap_host else tr("sendet nur")
    return f"{account.name} · {account.address}\n{said}" + (f" · {tr('Standard')}" if account.is_default else "")
