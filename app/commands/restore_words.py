"""What a restore says when it is through: where what was before lies, what was done, what could not be asked."""

import argparse
from dataclasses import asdict
from pathlib import Path

from app.backups.asking import OWN, PEOPLE
from app.backups.restoring import Restored
from app.cli import say, tell
from ui.translation import ntr, tr

_UNASKED = {
    "erased.record": "welche Akten seither ganz gelöscht wurden",
    "erased.patient": "bei welchen Patienten seither alle Texte gelöscht wurden",
    "erased.contact": "welche Kontakte seither gelöscht wurden",
    "erased.paper": "welche Unterlagen seither gelöscht wurden",
    "erased.mail": "welche einzelnen E-Mails seither gelöscht wurden",
    "refused.restricted": "für wen die Verarbeitung seither eingeschränkt wurde",
    "refused.opted_out": "welche Praxis seither widersprach",
    "refused.mailbox": "welches Postfach seither widersprach",
    "refused.no_status": "wer seither keinen Wochenstand mehr möchte",
    "refused.withdrawn": "wer seither eine Einwilligung widerrief",
    OWN: "Ordner, zweiter Ort und Schlüssel der Sicherungen (es gelten die von damals)",
    PEOPLE: "wer seither dazukam, gesperrt oder vertreten wurde (es gelten die Anmeldungen des Servers)",
}


def tell_restored(options: argparse.Namespace, path: Path, done: Restored) -> None:
    """Say it in sentences, or as JSON."""
    if options.json:
        say(
            {
                "restored": str(path),
                "safety_copy": None if done.safety is None else str(done.safety.path),
                "kept": done.before,
                "newcomers": done.newcomers,
                **asdict(done.done),
                "unasked": done.unasked,
                "second_place_read": done.silent is None,
            }
        )
        return
    tell(tr("Wiederhergestellt: {file}.").format(file=path.name))
    if done.safety is not None:
        tell(tr("Der Stand von eben liegt als Sicherung in {file}.").format(file=done.safety.path))
    else:
        tell(tr("Vom Stand eben war keine Sicherung möglich, er ist beschädigt; er liegt unverändert beiseite."))
    tell(
        tr("Die Datenbank von eben liegt beiseite; ist alles gut, entfernen Sie sie: {command}").format(
            command=f"main.py restore --drop {done.before}"
        )
    )
    for sentence in _counted(done):
        tell(sentence)
    if done.newcomers:
        tell(tr("Neu angelegt, noch ohne Kennwort: {names}.").format(names=", ".join(done.newcomers)))
    if done.silent is not None:
        tell(
            tr(
                "Der zweite Ort „{path}“ war nicht oder nicht ganz lesbar. War es die Datenbank von eben, fehlt "
                "dadurch nichts; sonst sehen Sie nach, ob dort Löschungen oder Widersprüche stehen."
            ).format(path=done.silent)
        )
    if done.unasked:
        tell(tr("Nicht mehr lesbar war (gefragt wurden noch die Listen neben den Sicherungen und andere Sicherungen):"))
        for part in done.unasked:
            tell(f"  – {tr(_UNASKED[part])}")
        tell(tr("Was Sie davon wissen, holen Sie bitte nach, bevor jemand weiterarbeitet."))


def _counted(done: Restored) -> list[str]:
    counts, said = done.done, []
    for n, one, many in (
        (
            counts.erased_again,
            "Was seither gelöscht wurde, ist wieder gelöscht: {n} Eintrag.",
            "Was seither gelöscht wurde, ist wieder gelöscht: {n} Einträge.",
        ),
        (
            counts.refused_again,
            "Widerspruch, Widerruf oder Einschränkung von seither gilt wieder: {n} Angabe.",
            "Widerspruch, Widerruf oder Einschränkung von seither gilt wieder: {n} Angaben.",
        ),
        (
            counts.held_mails,
            "{n} E-Mail wartete damals; ob sie seither ging, entscheiden Sie auf der Seite „Post“.",
            "{n} E-Mails warteten damals; ob sie seither gingen, entscheiden Sie auf der Seite „Post“.",
        ),
        (
            counts.paused_batches,
            "{n} Stapel lief damals und ist angehalten; was er seither schrieb, entscheidet, ob er weitergeht.",
            "{n} Stapel liefen damals und sind angehalten; was sie seither schrieben, entscheidet, ob sie weitergehen.",
        ),
        (
            counts.people_followed,
            "Personen, Rollen, Sperren und Vertretungen sind wie eben, nicht wie damals: {n} Angabe.",
            "Personen, Rollen, Sperren und Vertretungen sind wie eben, nicht wie damals: {n} Angaben.",
        ),
    ):
        if n:
            said.append(ntr(n, one, many))
    return said
