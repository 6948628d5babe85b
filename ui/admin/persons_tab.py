"""Persons of the office: made, locked, given roles and a team by an admin; never by oneself for oneself."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit

from domain.access import me
from domain.database import Session
from domain.person_admin import (
    NewPerson,
    PersonLine,
    add_team,
    change_details,
    create_person,
    list_persons,
    list_teams,
    lock_person,
    reset_password,
    set_roles,
    set_team,
)
from ui.admin.deputies_card import DeputiesCard
from ui.admin.list_form_tab import ListFormTab
from ui.admin.person_words import person_line
from ui.labels import labels
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.faults import be_content
from ui.widgets.forms import Card, Choice, EmptyState, Field, button, row
from ui.widgets.forms import label as words
from ui.widgets.record_form import grid

WHAT_FOR = {
    "caseworker": "Patienten des eigenen Teams, Praxen, Post, Anrufe",
    "supervisor": "das ganze Büro, Vorlagen und Postkonten",
    "auditor": "nur das Protokoll, ohne Inhalte",
    "admin": "Personen und Technik, keine Patienten",
}


class PersonsTab(ListFormTab[PersonLine]):
    """Who works here, with which roles; a first password is shown once."""

    def __init__(self, ui: UiContext) -> None:
        nothing = EmptyState("users", tr("Noch niemand"), tr("Legen Sie an, wer hier arbeitet."))
        super().__init__(ui, tr("Personen"), nothing)
        self._me = 0
        self._admin = False
        self._name, self._login, self._email, self._phone = (QLineEdit() for _ in range(4))
        self._new_team = QLineEdit()
        self._team = Choice({"": tr("ohne Team")}, tr("Team"))
        self._roles = {role: QCheckBox(f"{word}: {tr(WHAT_FOR[role])}") for role, word in labels("person_role").items()}
        self.fields = {
            "name": Field(tr("Name"), self._name),
            "login": Field(tr("Anmeldename (bleibt, wie er ist)"), self._login),
            "email": Field(tr("E-Mail"), self._email),
            "phone": Field(tr("Telefon"), self._phone),
            "team": Field(tr("Team"), self._team),
            "team_name": Field(tr("Neues Team"), self._new_team),
        }
        f = self.fields
        self._own = words(
            tr("Das sind Sie. Eigene Rollen, Team, Kennwort und Sperre ändert eine andere Verwaltung."), "muted"
        )
        self._barred = words(tr("Personen ändert, wer die Rolle Verwaltung hat. Sie können hier nachsehen."), "muted")
        self._state = words("", "muted")
        self._password = QLineEdit()
        self._password.setReadOnly(True)
        self._password.setAccessibleName(tr("Kennwort zum Übergeben"))
        self._handed = Card(tr("Kennwort zum Übergeben"))
        self._handed.add(self._password)
        self._handed.add(
            words(
                tr(
                    "Es wird nur jetzt gezeigt und nirgends aufgehoben. Geben Sie es der Person selbst, nicht per E-Mail."
                ),
                "muted",
            )
        )
        who, access = Card(tr("Person")), Card(tr("Rollen und Team"))
        who.add(grid((f["name"], f["login"]), (f["email"], f["phone"])))
        who.add(self._own)
        for check in self._roles.values():
            access.add(check)
        self._add_team = button(tr("Tea&m anlegen"), self._on_add_team, icon="plus")
        teams = row(f["team"], f["team_name"], self._add_team, stretch=(1, 1, 0))
        layout = teams.layout()
        assert layout is not None
        layout.setAlignment(self._add_team, Qt.AlignmentFlag.AlignBottom)
        access.add(teams)
        self._reset = button(tr("Neues Kennw&ort geben"), self._on_reset, icon="refresh-cw")
        self._lock = button(tr("&Sperren"), self._on_lock, role="danger")
        self._door = Card(tr("Zugang"))
        self._door.add(self._state)
        self._door.add(row(self._reset, self._lock))
        self._team_chosen = False
        self._team.activated.connect(lambda _: self._choose_team())
        self._deputies = DeputiesCard(ui)
        self._save = button(
            tr("Person spei&chern"), self._on_save, role="primary", icon="save", name=tr("Person speichern")
        )
        self._lay_out(
            tr("&Neue Person"), self._barred, self._handed, who, access, self._door, self._deputies,
            save=self._save, widths=(300, 780),
        )  # fmt: skip

    def refresh(self) -> None:
        """Read teams and who is asking, then the list."""
        self._ui.background.read(self, lambda s: (me(s).id, list_teams(s)), self._show_facts, key="facts")
        self._deputies.refresh()
        super().refresh()

    def _show_facts(self, found: tuple[int, tuple[tuple[int, str], ...]]) -> None:
        self._me, teams = found
        # what was chosen here and is not saved yet stays
        shown = self._shown
        chosen = self._team.code() if shown is None or self._team_chosen else str(shown.team_id or "")
        self._team.clear()
        for code, name in (("", tr("ohne Team")), *((str(number), name) for number, name in teams)):
            self._team.addItem(name, code)
        self._team.choose(chosen)
        self._told()

    def _choose_team(self) -> None:
        self._team_chosen = True

    def _load(self, session: Session) -> tuple[PersonLine, ...]:
        return list_persons(session)

    def _id(self, item: PersonLine) -> int | None:
        return item.id

    def _line(self, item: PersonLine) -> str:
        return person_line(item)

    def _fill(self, item: PersonLine | None) -> None:
        self._name.setText(item.display_name if item else "")
        self._login.setText(item.role_name if item else "")
        self._email.setText(item.email if item else "")
        self._phone.setText(item.phone if item else "")
        self._team_chosen = False
        self._team.choose(str(item.team_id or "") if item else "")
        for role, check in self._roles.items():
            check.setChecked(role in item.roles if item else role == "caseworker")
        self._password.clear()

    def _told(self) -> None:
        """What may be done with whom is shown."""
        item = self._shown
        own = item is not None and item.id == self._me
        self._admin = any(person.id == self._me and "admin" in person.roles for person in self._items)
        self._own.setVisible(own)
        self._barred.setVisible(bool(self._items) and not self._admin)
        self._handed.setVisible(bool(self._password.text()))
        self._door.setVisible(item is not None and not own)
        self._login.setReadOnly(item is not None)
        for control in (*self._roles.values(), self._team):
            control.setEnabled(self._admin and not own)
        for control in (self._new, self._save, self._reset, self._lock, self._add_team, self._new_team):
            control.setEnabled(self._admin)
        self._deputies.show_for(item, self._items)
        if item is None:
            return
        self._lock.setText(tr("&Sperren") if item.active else tr("Wieder &zulassen"))
        self._lock.setAccessibleName(tr("Sperren") if item.active else tr("Wieder zulassen"))
        given = tr("Das Kennwort ist vorläufig: Die Person hat noch kein eigenes gewählt.")
        shut = tr("Gesperrt: Eine Anmeldung wird abgelehnt; die Rollen bleiben vermerkt.")
        works = tr("Zugelassen. Eine Sperre gilt sofort, auch wo die Person gerade angemeldet ist.")
        self._state.setText(shut if not item.active else given if item.password_given else works)

    def _on_save(self) -> None:
        be_content(self.fields)
        shown, roles = self._shown, tuple(role for role, check in self._roles.items() if check.isChecked())
        name, login, email, phone = (w.text() for w in (self._name, self._login, self._email, self._phone))
        team = int(self._team.code()) if self._team.code() else None
        if shown is None:
            form = NewPerson(login.strip(), name, roles, email=email, phone=phone, team_id=team)
            self._ui.background.write(self, lambda s: create_person(s, form), self._created, self._refused)
            return
        own = shown.id == self._me

        def save(session: Session) -> int:
            change_details(session, shown.id, display_name=name, email=email, phone=phone)
            # only what was changed here: what somebody else changed meanwhile stays
            if not own and set(roles) != set(shown.roles):
                set_roles(session, shown.id, roles)
            if not own and team != shown.team_id:
                set_team(session, shown.id, team)
            return shown.id

        self._ui.background.write(self, save, self._saved, self._refused)

    def _saved(self, person_id: int) -> None:
        self._ui.messages.success(tr("Gespeichert."))
        self._after_save(person_id)

    def _created(self, made: tuple[int, str]) -> None:
        number, password = made
        self._ui.messages.success(tr("Angelegt. Das Kennwort steht oben, nur jetzt."))
        self._hand_over(number, password)

    def _hand_over(self, number: int, password: str) -> None:
        def show(items: tuple[PersonLine, ...]) -> None:
            self._open(next(item for item in items if item.id == number))
            self._password.setText(password)
            self._show(items)
            self._password.setFocus()
            self._password.selectAll()

        self._ui.background.read(self, self._load, show, key="handed")

    def _on_reset(self) -> None:
        if self._shown is None:
            return
        number = self._shown.id
        self._ui.background.write(
            self, lambda s: reset_password(s, number), lambda word: self._hand_over(number, word), self._refused
        )

    def _on_lock(self) -> None:
        if self._shown is None:
            return
        number, locked = self._shown.id, self._shown.active
        self._ui.background.write(
            self, lambda s: lock_person(s, number, locked=locked), lambda _: self._saved(number), self._refused
        )

    def _on_add_team(self) -> None:
        name = self._new_team.text()
        self._ui.background.write(self, lambda s: add_team(s, name), self._team_added, self._refused)

    def _team_added(self, number: int) -> None:
        self._new_team.clear()
        self._team.addItem(tr("neues Team"), str(number))
        self.refresh()
