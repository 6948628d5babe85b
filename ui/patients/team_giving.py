"""Giving patients to another team: what they belong to now, which team may be chosen, and what follows."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from domain.patients.teams import TeamsNow, put_into_team, read_teams
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.reason import ReasonDialog

NONE = "none"  # an empty code would mean that nothing was chosen yet


class TeamGiving(QObject):
    """Asks for the team and writes; what is refused is said and changes nothing."""

    def __init__(self, ui: UiContext, over: QWidget) -> None:
        super().__init__(over)
        self._ui, self._over = ui, over

    def begin(self, patient_ids: tuple[int, ...]) -> None:
        """Read where they are, then ask."""
        self._ui.background.read(self, lambda s: read_teams(s, patient_ids), self._ask, key="teams")

    def _ask(self, now: TeamsNow) -> None:
        if not now.seen:
            return  # gone meanwhile; the list tells
        if not now.open_to_me:
            self._ui.messages.info(
                tr("In ein anderes Team gibt nur die Leitung jemanden. Teams legt die Verwaltung unter Personen an.")
            )
            return
        choices = {"": tr("Bitte wählen"), **{str(number): name for number, name in now.open_to_me}}
        choices[NONE] = tr("ohne Team")
        dialog = ReasonDialog(
            self._over, tr("Team zuweisen"), _consequence(now), reason="", choices=choices, what=tr("Team")
        )
        dialog.ask(lambda asked: self._write(now, asked.kind(), choices[asked.kind()]))

    def _write(self, now: TeamsNow, code: str, name: str) -> None:
        team_id = None if code == NONE else int(code)

        def done(moved: int) -> None:
            if not moved:
                self._ui.messages.info(tr("Das war schon so; es wurde nichts geändert."))
            elif team_id is None:
                said = ntr(
                    moved, "{n} Patient gehört jetzt zu keinem Team.", "{n} Patienten gehören jetzt zu keinem Team."
                )
                self._ui.messages.success(said)
            else:
                said = ntr(
                    moved,
                    "{n} Patient gehört jetzt zum Team {{team}}.",
                    "{n} Patienten gehören jetzt zum Team {{team}}.",
                )
                self._ui.messages.success(said.replace("{team}", name))

        self._ui.background.write(self, lambda s: put_into_team(s, now.seen, team_id), done)


def _consequence(now: TeamsNow) -> str:
    where = ", ".join(
        f"{count} {tr('ohne Team') if team is None else team}"
        for team, count in sorted(now.among.items(), key=lambda item: (item[0] is None, item[0] or ""))
    )
    if len(now.seen) == 1:
        (team,) = now.among
        where = tr("ohne Team") if team is None else team
        said = tr("Bisher: {where}.").format(where=where)
    else:
        said = tr("{n} Patienten, bisher: {where}.").format(n=len(now.seen), where=where)
    follows = tr(
        "Danach sehen die Akte nur noch das gewählte Team, wer jemanden daraus vertritt, und die Leitung; ohne Team sehen"
        " sie alle, die vermitteln. Suche, Anfragen und Verlauf gehen mit. Wer verantwortlich ist oder vertritt und das"
        " gewählte Team nicht sieht, wird ausgetragen."
    )
    return f"{said} {follows}"
