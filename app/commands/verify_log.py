"""`main.py verify-log`: checks the chains over the contact log and over the audit, and says where and how one broke.

Exit code 1 when something is wrong. No content is read: an auditor may run it.
"""

import argparse
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from nacl.public import PrivateKey

from app.backups.keeping import FOLDER
from app.backups.keys import machine_key
from app.backups.known_heads import known_heads, of_log
from app.cli import DONE, REFUSED, say, tell
from app.commands.desktop import sample_profile
from app.commands.own_login import opened_seat
from app.paths import Profile
from app.settings import load
from domain.audit_check import AuditChecked, verify_audit
from domain.backups.chain_heads import AUDIT, CONTACTS
from domain.backups.office_backups import BackupForm, read_state
from domain.chain_walk import Fault, Finding, Restore
from domain.communication.evidence.verify import Checked, verify
from domain.database import Database
from domain.errors import Forbidden, Invalid
from ui.formats import moment
from ui.translation import ntr, tr

_WORDS = {
    Fault.CONTENT_CHANGED: "Glied {number}: Der Inhalt von Eintrag {entry} wurde nachträglich geändert.",
    Fault.ENTRY_CHANGED: "Glied {number}: Eintrag {entry} wurde nachträglich geändert.",
    Fault.ENTRY_GONE: "Glied {number}: Eintrag {entry} fehlt ohne vermerkte Löschung.",
    Fault.SALT_GONE: "Glied {number}: Zu Eintrag {entry} fehlt das Salz der Prüfsumme ohne vermerkte Löschung.",
    Fault.ERASED_BY_HALF: "Glied {number}: Eintrag {entry} ist als gelöscht vermerkt, sein Inhalt ist aber noch da.",
    Fault.LINK_CHANGED: "Glied {number}: Das Glied wurde geändert oder ersetzt (Eintrag {entry}).",
    Fault.LINKS_GONE: "Glied {number} bis {other}: Diese Glieder wurden entfernt.",
    Fault.LINK_MOVED: "Glied {number}: Das Glied wurde umgestellt; es gehört an Stelle {other} (Eintrag {entry}).",
    Fault.NEVER_CHAINED: "Eintrag {entry} steht im Protokoll, wurde aber nie verkettet oder sein Glied wurde entfernt.",
    Fault.WAITS_TOO_LONG: "Eintrag {entry} wartet seit {since} auf sein Glied. Läuft der Hintergrunddienst?",
    Fault.CONTENT_GONE: "Glied {number}: Der Inhalt von Eintrag {entry} fehlt ohne vermerkte Löschung.",
    Fault.KEPT_HEAD_GONE: (
        "Die Prüfsumme aus der Sicherung vom {since} (Glied {number}) kommt in der Kette nicht mehr vor: Glieder wurden"
        " entfernt oder ersetzt, und keine Wiederherstellung ist dazu vermerkt."
    ),
    Fault.ALL_GONE: "Das Protokoll ist leer, obwohl schon {number} Einträge geschrieben wurden.",
    Fault.HEAD_GONE: "Die Prüfsumme des Nachweises vom {since} (Glied {number}) kommt in der Kette nicht mehr vor.",
}


def run(options: argparse.Namespace, profile: Profile | None) -> int:
    """Check everything in one snapshot."""
    head = _head(options.head)
    profile = sample_profile(profile) if options.sample else profile or Profile.default()
    if not (profile.settings.exists() or profile.postgres.exists()):
        # an empty database made now would be found sound
        raise Invalid("seat.not_set_up", path=str(profile.home))
    with opened_seat(profile, load(profile.settings)) as seat:
        database = Database(seat.person_url)
        try:
            heads = known_heads(_places(options, profile, database), _keys(profile))
            with database.read() as session:
                checked = verify(
                    session, now=datetime.now(UTC), allowed=timedelta(hours=options.allowed_hours), head=head,
                    known=of_log(heads, CONTACTS), progress=_tell_progress if sys.stderr.isatty() else lambda _: None,
                )  # fmt: skip
                audit = verify_audit(
                    session, now=datetime.now(UTC), allowed=timedelta(hours=options.allowed_hours),
                    known=of_log(heads, AUDIT),
                )  # fmt: skip
        finally:
            database.close()
    if options.json:
        say(
            _answer(checked)
            | {"ok": checked.sound and audit.sound, "audit": _audit_answer(audit)}
            | {"kept_heads": len(heads)}
        )
    else:
        _tell(checked)
        _tell_audit(audit)
        _tell_heads(len(heads))
    return DONE if checked.sound and audit.sound else REFUSED


def _places(options: argparse.Namespace, profile: Profile, database: Database) -> tuple[Path, ...]:
    """Where backups lie; an auditor may not ask where, and names the folder."""
    if options.heads is not None:
        return (options.heads,)
    form = BackupForm()
    with suppress(Forbidden), database.read() as session:
        form = read_state(session, now=datetime.now(UTC)).form
    first = Path(form.folder) if form.folder else profile.home / FOLDER
    return (first, Path(form.second_folder)) if form.second_folder else (first,)


def _keys(profile: Profile) -> list[PrivateKey]:
    """The machine's own, where it has one; none is made for this."""
    return [machine_key(profile)] if (profile.home / "backup.key").exists() else []


def _head(given: str | None) -> bytes | None:
    """What was typed off a paper: upper or lower case, with spaces or without."""
    if given is None:
        return None
    try:
        head = bytes.fromhex(given)
    except ValueError:
        head = b""
    if len(head) != 32:
        raise Invalid("evidence.head", field="head")
    return head


def _answer(checked: Checked) -> dict[str, Any]:
    return {
        "ok": checked.sound,
        "links": checked.links,
        "head": checked.head.link_hash.hex(),
        "erased": checked.erased,
        "waiting": checked.waiting,
        "printed_heads": checked.printed_heads,
        "head_at": checked.head_at,
        "faults": checked.faults,
        "findings": _found(checked.findings),
    }


def _audit_answer(checked: AuditChecked) -> dict[str, Any]:
    return {
        "ok": checked.sound,
        "links": checked.links,
        "head": checked.head.link_hash.hex(),
        "bare": checked.bare,
        "waiting": checked.waiting,
        "restores": checked.restored,
        "left_behind": [{"at": one.at, "first": one.after + 1, "last": one.before} for one in checked.restores],
        "faults": checked.faults,
        "findings": _found(checked.findings),
    }


def _found(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    return [
        {
            "fault": f.fault.value, "link": f.number, "entry": f.entry_id, "other": f.other,
            "since": f.since, "text": words(f),
        }
        for f in findings
    ]  # fmt: skip


def words(finding: Finding) -> str:
    """A fault in a sentence."""
    if finding.fault is Fault.HEAD_GONE and finding.number is None:
        return tr("Die angegebene Prüfsumme kommt in der Kette nicht vor.")
    if finding.fault is Fault.LINKS_GONE and finding.other == finding.number:
        return tr("Glied {number}: Dieses Glied wurde entfernt.").format(number=finding.number)
    return tr(_WORDS[finding.fault]).format(
        number=finding.number, entry=finding.entry_id, other=finding.other, since=moment(finding.since)
    )


def _tell(checked: Checked) -> None:
    tell(
        tr("Geprüft: {links} vom ersten bis zum letzten, jedes mit seinem Eintrag; {heads}.").format(
            links=ntr(checked.links, "{n} Glied", "{n} Glieder"),
            heads=ntr(checked.printed_heads, "{n} Prüfsumme eines Nachweises", "{n} Prüfsummen von Nachweisen"),
        )
    )
    if checked.erased:
        tell(
            ntr(
                checked.erased,
                "{n} Eintrag wurde mit Vermerk gelöscht (Art. 17 DSGVO); sein Glied stimmt.",
                "{n} Einträge wurden mit Vermerk gelöscht (Art. 17 DSGVO); ihre Glieder stimmen.",
            )
        )
    if checked.waiting:
        tell(ntr(checked.waiting, "{n} Eintrag wartet noch auf sein Glied.", "{n} Einträge warten noch auf ihr Glied."))
    if checked.head_at is not None:
        tell(tr("Die angegebene Prüfsumme ist die von Glied {n}.").format(n=checked.head_at))
    _tell_faults(checked)
    tell(
        tr("✓ Die Kette ist unversehrt.")
        if checked.sound
        else ntr(
            checked.faults, "✗ Die Kette ist an {n} Stelle gebrochen.", "✗ Die Kette ist an {n} Stellen gebrochen."
        )
    )


def _tell_faults(checked: Checked | AuditChecked) -> None:
    for finding in checked.findings:
        tell("✗ " + words(finding))
    if checked.faults > len(checked.findings):
        tell(tr("… und {n} weitere").format(n=checked.faults - len(checked.findings)))
    if checked.links:
        tell(tr("Letzte Prüfsumme: {head}").format(head=checked.head.link_hash.hex()))


def _tell_audit(checked: AuditChecked) -> None:
    tell(
        tr("Änderungsprotokoll: {links} geprüft, jedes mit seinem Eintrag und dessen Inhalt.").format(
            links=ntr(checked.links, "{n} Glied", "{n} Glieder")
        )
    )
    if checked.bare:
        tell(
            ntr(
                checked.bare,
                "{n} Eintrag hat keinen Inhalt: gelesen wurde etwas, oder der Inhalt wurde gelöscht.",
                "{n} Einträge haben keinen Inhalt: gelesen wurde etwas, oder der Inhalt wurde gelöscht.",
            )
        )
    if checked.waiting:
        tell(ntr(checked.waiting, "{n} Eintrag wartet noch auf sein Glied.", "{n} Einträge warten noch auf ihr Glied."))
    if checked.restored:
        tell(
            ntr(
                checked.restored,
                "{n} Wiederherstellung ist vermerkt; was danach neu begann, zählt nicht als fehlend.",
                "{n} Wiederherstellungen sind vermerkt; was danach neu begann, zählt nicht als fehlend.",
            )
        )
        for one in checked.restores:
            tell("  – " + _left_behind(one))
    _tell_faults(checked)
    tell(
        tr("✓ Die Kette des Änderungsprotokolls ist unversehrt.")
        if checked.sound
        else ntr(
            checked.faults,
            "✗ Die Kette des Änderungsprotokolls ist an {n} Stelle gebrochen.",
            "✗ Die Kette des Änderungsprotokolls ist an {n} Stellen gebrochen.",
        )
    )


def _left_behind(restore: Restore) -> str:
    """Which links no longer count: whoever reads it knows whether anybody restored anything that day."""
    if restore.before <= restore.after:
        return tr("{at}: Kein Glied entfiel.").format(at=moment(restore.at))
    if restore.before == restore.after + 1:
        return tr("{at}: Glied {number} entfiel.").format(at=moment(restore.at), number=restore.before)
    return tr("{at}: Glied {number} bis {other} entfielen.").format(
        at=moment(restore.at), number=restore.after + 1, other=restore.before
    )


def _tell_heads(many: int) -> None:
    """How far a cut end would be missed."""
    if many:
        tell(
            ntr(many, "Verglichen mit {n} Prüfsumme aus Sicherungen.", "Verglichen mit {n} Prüfsummen aus Sicherungen.")
        )
    else:
        tell(
            tr(
                "Hier liegen keine Prüfsummen aus Sicherungen: Ob am Ende Glieder fehlen, lässt sich nicht sagen."
                " Nennen Sie mit --heads den Ordner der Sicherungen oder eine Kopie davon."
            )
        )


def _tell_progress(links: int) -> None:
    sys.stderr.write(f"\r{links}")
    sys.stderr.flush()
