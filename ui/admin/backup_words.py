"""How the office's backups stand, in sentences, and how each line of their list reads."""

from domain.backups.office_backups import BackupShown, BackupState
from domain.backups.records import NO_ROOM
from domain.backups.set_aside import SetAside
from ui import formats
from ui.errors import describe_code
from ui.translation import tr
from ui.widgets.columns import Column

_KINDS = {"hourly": "stündlich", "manual": "von Hand", "safety": "vor dem Wiederherstellen"}
_STATES = {
    "wanted": ("angefordert", "info"),
    "running": ("wird angelegt", "info"),
    "made": ("ungeprüft", "neutral"),
    "verified": ("geprüft", "success"),
    "failed": ("misslungen", "danger"),
}


def state_words(state: BackupState) -> list[str]:
    """What can be relied on, line by line."""
    if state.verified is None:
        lines = [tr("Es gibt noch keine geprüfte Sicherung.")]
    else:
        lines = [tr("Letzte geprüfte Sicherung: {when}.").format(when=formats.moment(state.verified))]
    if state.late:
        lines.append(
            tr("Das ist zu lange her. Woran es liegt, steht in der Liste; „Jetzt sichern“ versucht es sofort.")
        )
    if not state.form.enabled:
        lines.append(tr("Ausgeschaltet: Gesichert wird nur, wenn jemand auf „Jetzt sichern“ drückt."))
    if state.running:
        lines.append(tr("Gerade wird gesichert."))
    elif state.waiting:
        lines.append(tr("Angefordert: Der Hintergrunddienst beginnt in wenigen Sekunden, sobald er läuft."))
    return lines


def key_words(state: BackupState, *, decides: bool) -> str:
    """Whether there is a key on paper, and which; `decides`: this person may make one, else who may is said."""
    if state.recovery_made_at is None:
        missing = tr(
            "Es gibt noch keinen Wiederherstellungsschlüssel. Geht der Rechner mit den Sicherungen verloren, kann "
            "niemand sie öffnen."
        )
        return missing if decides else f"{missing} {tr('Erstellen kann ihn die Leitung des Büros.')}"
    return tr(
        "Schlüssel vom {day}, Kennung {name}. Er steht nur auf Papier und wird nicht noch einmal gezeigt."
    ).format(day=formats.day(formats.local(state.recovery_made_at).date()), name=state.recovery_name)


def back_words() -> str:
    """How an office is brought back, for who sits at the machine."""
    return tr(
        "Auf dem Rechner, der sichert, wenn alle Fenster und der Hintergrunddienst geschlossen sind:\n"
        'main.py restore --at "29.11.2026 14:30" (ist die Datenbank beschädigt, zusätzlich --damaged).\n'
        "Schritt für Schritt, auch auf einem neuen Rechner mit dem Schlüssel auf Papier, steht es in docs/server.md."
    )


def aside_words(found: tuple[SetAside, ...]) -> str:
    """Each database a restore set aside, with its day and size, or left; and how to drop it."""
    lines = [
        tr("{name} – blieb von einem Zurückholen, das abgebrochen wurde").format(name=one.name)
        if one.is_left
        else tr("{name} – ersetzt {when}, {size}").format(
            name=one.name,
            when=formats.moment(one.at) if one.at is not None else tr("an unbekanntem Tag"),
            size=formats.size(one.size) if one.size is not None else tr("Größe unbekannt"),
        )
        for one in found
    ]
    if found:
        lines.append("")
        lines.append(
            tr("Endgültig entfernen, auf dem Rechner, der sichert:\n{command}").format(
                command=f"main.py restore --drop {found[0].name}"
            )
        )
    return "\n".join(lines)


def columns() -> tuple[Column, ...]:
    """Of the list."""
    return (
        Column(
            tr("Stand von"),
            0,
            text=lambda r: formats.moment(r.made_at or r.asked_at),
            second=lambda r: tr(_KINDS.get(r.kind, r.kind)),
        ),
        Column(tr("Größe"), 84, text=lambda r: formats.size(r.size) if r.size else "–", right=True),
        Column(tr("Zeilen"), 84, text=lambda r: formats.thousands(r.row_count) if r.row_count else "–", right=True),
        Column(tr("Zustand"), 170, chip=_state),
        Column(tr("Zweiter Ort"), 120, text=_second),
    )


def facts(shown: BackupShown) -> list[str]:
    """What is known of one: where it lies, when and with what result it was read back, what went wrong."""
    lines = []
    if shown.file_name:
        lines.append(tr("Datei {name} in {folder}").format(name=shown.file_name, folder=shown.folder))
    if shown.verified_at is not None:
        lines.append(
            tr(
                "Zurückgelesen {when}: {rows} Zeilen, Prüfsummen aller Tabellen, Regeln und jüngstes Ereignis ({event}) "
                "stimmen."
            ).format(
                when=formats.moment(shown.verified_at),
                rows=formats.thousands(shown.row_count),
                event=formats.thousands(shown.newest_event),
            )
        )
    if shown.trouble:
        lines.append(describe_code(shown.trouble, **shown.trouble_params))
    if shown.copied_at is not None:
        lines.append(tr("Am zweiten Ort seit {when}.").format(when=formats.moment(shown.copied_at)))
    elif shown.copy_trouble:
        lines.append(tr("Am zweiten Ort fehlt sie noch; es wird weiter versucht."))
    return lines


def _state(shown: BackupShown) -> tuple[str, str]:
    if shown.state == "made" and shown.trouble not in {"", NO_ROOM}:
        return tr("nicht lesbar"), "danger"
    words, kind = _STATES.get(shown.state, (shown.state, "neutral"))
    return tr(words), kind


def _second(shown: BackupShown) -> str:
    return tr("ja") if shown.copied_at is not None else tr("fehlt") if shown.copy_trouble else "–"
