"""How looking up addresses and ways goes, in German: what waits, which server answers, what went with an old one."""

from collections.abc import Sequence

from domain.casework.map_office import MapOffice
from domain.outside import HostState
from ui import formats
from ui.errors import describe_code
from ui.translation import ntr, tr


def progress_words(seen: MapOffice) -> str:
    """What waits and was found; below it what hinders it."""
    placing = seen.placing
    lines = [
        " · ".join(
            (
                ntr(placing.waiting, "{n} Adresse wartet", "{n} Adressen warten"),
                tr("{n} gefunden").format(n=placing.placed),
                tr("{n} nicht gefunden").format(n=placing.not_found),
                ntr(seen.ways_waiting, "{n} Frage nach Wegen wartet", "{n} Fragen nach Wegen warten"),
            )
        )
    ]
    lines += [describe_code(cause, host=tr("(siehe unten)")) for cause in {placing.cause, seen.ways_cause} if cause]
    return "\n".join(lines)


def hosts_words(hosts: Sequence[HostState]) -> str:
    """Every server that was asked, a line each."""
    return "\n".join(map(_host_words, hosts)) or tr("Bisher wurde kein Dienst gefragt.")


def dropped_words(dropped: frozenset[str]) -> str:
    """What went with the server it was meant for, and what to do."""
    said = [tr("Gespeichert. Der Dienst steht jetzt auf einem anderen Rechner.")]
    if dropped - {"key"}:
        said.append(tr("Die Freigabe für Patienten galt dem alten und ist ausgeschaltet; setzen Sie den Haken neu."))
    if "key" in dropped:
        said.append(tr("Der Schlüssel galt dem alten und ist gelöscht; geben Sie den neuen ein."))
    return " ".join(said)


def _host_words(host: HostState) -> str:
    """A host as one line: whether it answers, since when, and what it said last."""
    name = host.host.removesuffix(":443").removesuffix(":80")
    when = formats.moment(host.last_success_at)
    last = tr("zuletzt geantwortet {when}").format(when=when) if when else tr("hat noch nie geantwortet")
    if host.state == "closed":
        return f"{name}: {tr('in Ordnung')}, {last}" if when else f"{name}: {last}"
    why = describe_code(host.last_error, host=name, status="").replace(" ()", "") if host.last_error else ""
    until = tr("wird bis {when} nicht gefragt").format(when=formats.moment(host.retry_at))
    return f"{name}: {tr('antwortet nicht')}, {until}, {last}. {why}"
