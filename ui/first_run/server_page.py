"""Where the office's server is. Saving is possible only for exactly what was tested.

Knows no driver: `test` and `chosen` ask the window, `show_answer` and `show_refusal` bring back what was found.
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QFileDialog, QLineEdit, QVBoxLayout, QWidget

from ui.first_run.notice import Notice
from ui.first_run.ports import ServerAddress, ServerAnswer
from ui.theme import SPACE
from ui.translation import tr
from ui.widgets.choosing_files import documents
from ui.widgets.forms import Card, Field, button, label, row

DEFAULT_PORT = 5432
DEFAULT_DATABASE = "platzlotse"
HIGHEST_PORT = 65535

Asked = tuple[ServerAddress, str]


class ServerPage(QWidget):
    """The form with its test; Enter tests first and saves then."""

    back = Signal()
    test = Signal(object, str)
    chosen = Signal(object, str)

    def __init__(self, *, keeps_passwords: bool) -> None:
        super().__init__()
        self.setAccessibleName(tr("Büro-Server"))
        self._tested: Asked | None = None
        self._testing: Asked | None = None
        self._host, self._port, self._database = QLineEdit(), QLineEdit(str(DEFAULT_PORT)), QLineEdit(DEFAULT_DATABASE)
        self._user, self._password, self._ca_file = QLineEdit(), QLineEdit(), QLineEdit()
        self._port.setValidator(QIntValidator(1, HIGHEST_PORT, self))
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self._host.setPlaceholderText("datenbank.ihre-stelle.example")
        self._ca_file.setPlaceholderText(tr("leer: Zertifikate dieses Rechners"))
        self._fields = {
            "host": Field(tr("&Rechner"), self._host),
            "port": Field(tr("P&ort"), self._port),
            "database": Field(tr("&Datenbank"), self._database),
            "user": Field(tr("Ben&utzername"), self._user),
            "password": Field(tr("&Kennwort"), self._password),
            "ca_file": Field(tr("Zertifikatsdatei (&CA), freiwillig"), self._ca_file),
        }
        browse = button(tr("Durch&suchen…"), self._browse)
        self._back = button(tr("&Zurück"), self.back.emit)
        self._test = button(tr("Verbindung &testen"), self._ask_test)
        self._save = button(tr("Speichern und ö&ffnen"), self._choose, role="primary")
        for act in (browse, self._back, self._test, self._save):
            act.setAutoDefault(True)
        self._save.setEnabled(False)
        self.notice = Notice(tr("Ergebnis der Prüfung"))
        self._lay_out(browse, keeps_passwords=keeps_passwords)
        for field in self._fields.values():
            assert isinstance(field.control, QLineEdit)
            field.control.textChanged.connect(self._changed)
            field.control.returnPressed.connect(self._enter)

    def _lay_out(self, browse: QWidget, *, keeps_passwords: bool) -> None:
        kept = (
            tr("Das Kennwort kommt in den Schlüsselbund dieses Rechners, nie in eine Datei.")
            if keeps_passwords
            else tr(
                "Dieser Rechner hat keinen Schlüsselbund: Das Kennwort wird bei jedem Start gefragt, nie gespeichert."
            )
        )
        fields = self._fields
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE)
        column.addWidget(label(tr("Mit dem Büro-Server verbinden"), "title"))
        column.addWidget(
            label(tr("Die Angaben bekommen Sie von Ihrer Verwaltung. Geprüft wird vor dem Speichern."), "muted")
        )
        card = Card()
        card.add(row(fields["host"], fields["port"], stretch=(3, 1)))
        card.add(
            label(
                tr("Wechselt der Server zwischen mehreren Rechnern, tragen Sie alle ein, durch Komma getrennt."),
                "muted",
            )
        )
        card.add(fields["database"])
        card.add(row(fields["user"], fields["password"], stretch=(1, 1)))
        card.add(label(kept, "muted"))
        file_row = row(fields["ca_file"], browse, stretch=(1, 0))
        layout = file_row.layout()
        assert layout is not None
        layout.setAlignment(browse, Qt.AlignmentFlag.AlignBottom)
        card.add(file_row)
        card.add(
            label(
                tr(
                    "Die Verbindung ist immer verschlüsselt (TLS), das Zertifikat wird geprüft; ausgenommen ist ein Server auf diesem Rechner selbst."
                ),
                "muted",
            )
        )
        column.addWidget(card)
        column.addWidget(self.notice)
        column.addWidget(row(self._back, QWidget(), self._test, self._save, stretch=(0, 1, 0, 0)))
        column.addStretch(1)

    def begin(self, known: ServerAddress | None = None) -> None:
        """Be ready for the keyboard; a known server is shown to be changed."""
        if known is not None:
            for name in self._fields:
                if name != "password":
                    self.control(name).setText(str(getattr(known, name)))
        (self._password if known is not None else self._host).setFocus()

    def show_answer(self, answer: ServerAnswer) -> None:
        """What the test found; stale if anything was typed meanwhile."""
        if not self._came_in_time():
            return
        self._tested = self._asked()
        words = (
            tr("Verbindung steht, verschlüsselt. Sie arbeiten als {person} (PostgreSQL {version}).")
            if answer.encrypted
            else tr("Verbindung steht. Sie arbeiten als {person} (PostgreSQL {version}).")
        )
        self.notice.say("success", words.format(person=answer.person, version=answer.version))
        self._save.setEnabled(True)
        self._save.setFocus()

    def show_refusal(self, sentence: str, field: str = "") -> None:
        """Why it did not work; what was typed stays. `field` gets the cursor."""
        if not self._came_in_time():
            return
        self._tested = None
        self._save.setEnabled(False)
        self.notice.say("error", sentence)
        (self.control(field) if field in self._fields else self._test).setFocus()

    def _came_in_time(self) -> bool:
        asked, self._testing = self._testing, None
        self._test.setEnabled(True)
        return asked is None or asked == self._asked()

    def control(self, name: str) -> QLineEdit:
        """The line of a part of the address."""
        control = self._fields[name].control
        assert isinstance(control, QLineEdit)
        return control

    def _asked(self) -> Asked:
        return self.address(), self._password.text()

    def address(self) -> ServerAddress:
        """The server as it is written down now."""
        return ServerAddress(
            host=self._host.text().strip(),
            port=int(self._port.text() or 0),
            database=self._database.text().strip(),
            user=self._user.text().strip(),
            ca_file=self._ca_file.text().strip(),
        )

    def _changed(self) -> None:
        self._tested = None
        self._save.setEnabled(False)
        self.notice.hide()
        for field in self._fields.values():
            field.complain("")

    def _enter(self) -> None:
        if self._tested is None:
            self._ask_test()
        else:
            self._choose()

    def _ask_test(self) -> None:
        if self._testing is not None or not self._is_complete():
            return
        self._testing = self._asked()
        self._test.setEnabled(False)
        self.notice.say("info", tr("Die Verbindung wird geprüft…"))
        self.test.emit(*self._testing)

    def _is_complete(self) -> bool:
        missing = {
            "host": tr("Wie heißt der Rechner?"),
            "database": tr("Wie heißt die Datenbank?"),
            "user": tr("Mit welchem Namen melden Sie sich an?"),
            "password": tr("Das Kennwort fehlt."),
        }
        faults = {name: words for name, words in missing.items() if not self.control(name).text().strip()}
        if not 1 <= self.address().port <= HIGHEST_PORT:
            faults["port"] = tr("1 bis 65535")
        for name, field in self._fields.items():
            field.complain(faults.get(name, ""))
        first = next((name for name in self._fields if name in faults), None)
        if first is not None:
            self.control(first).setFocus()
        return first is None

    def _choose(self) -> None:
        if self._tested is not None:
            self.chosen.emit(*self._tested)

    def _browse(self) -> None:
        dialog = QFileDialog(self, tr("Zertifikatsdatei wählen"), str(documents()))
        dialog.setNameFilters([tr("Zertifikate (*.pem *.crt *.cer)"), tr("Alle Dateien (*)")])
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._ca_file.setText)
        dialog.open()
