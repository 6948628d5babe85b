"""A service outside in German: what it is for, how it is, since when, its last error, and when it is asked next."""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from domain.casework.outside_services import OutsideService
from ui import formats
from ui.admin.labels import label
from ui.errors import describe_code
from ui.map.tile_setting import TILES
from ui.translation import ntr, tr
from ui.widgets.columns import Column


def columns() -> tuple[Column, ...]:
    """As the list shows them."""
    return (
        Column(tr("Dienst"), 200, text=_name, second=lambda s: s.host),
        Column(tr("Zustand"), 185, chip=_state),
        Column(tr("Seit"), 135, text=_since),
        Column(tr("Letzter Fehler"), 0, text=_error, second=_error_at, tooltip=said_words),
        Column(tr("Nächster Versuch"), 150, text=_next),
        Column(tr("Zuletzt geantwortet"), 165, text=_success),
    )


def pages_words(many: int) -> str:
    """How many practices' servers are not listed because they are well."""
    if not many:
        return ""
    return ntr(many, "Dazu {n} Webserver einer Praxis ohne Störung.", "Dazu {n} Webserver von Praxen ohne Störung.")


def said_words(service: OutsideService) -> str:
    """The last error as a whole sentence; empty where there was none."""
    state = service.state
    if state is None or not state.last_error:
        return ""
    host, _, port = service.host.rpartition(":")
    return describe_code(state.last_error, host=host, port=port, status="").replace(" ()", "")


def tiles_words(home: Path) -> str:
    """Map pictures are asked for by each desk itself: how that goes here; empty where no map was opened."""
    known = sys.modules.get("ui.map.tiles")  # it brings the network, which a seat without a map need not
    tiles = known.tiles_in(home / TILES) if known is not None else None
    if tiles is None or not tiles.asked_host:
        return ""
    if tiles.rest:
        at = formats.moment(datetime.fromtimestamp(time.time() + tiles.rest, UTC))
        return tr(
            "Kartenbilder (fragt jeder Arbeitsplatz selbst): {host} antwortet nicht, wieder gefragt ab {at}; "
            "sofort mit „Testen“ unter „Karten und Wege“."
        ).format(host=tiles.asked_host, at=at)
    if tiles.last_picture is None:
        return tr("Kartenbilder (fragt jeder Arbeitsplatz selbst): von {host} kam noch keins.").format(
            host=tiles.asked_host
        )
    at = formats.moment(datetime.fromtimestamp(tiles.last_picture, UTC))
    return tr("Kartenbilder (fragt jeder Arbeitsplatz selbst): {host} in Ordnung, zuletzt {at}.").format(
        host=tiles.asked_host, at=at
    )


def _name(service: OutsideService) -> str:
    kind = label("service", service.kind)
    own = service.kind in {"geocoder", "router"}
    names = ", ".join(label("server", name) if own else name for name in service.names)
    return f"{kind}: {names}" if names else kind


def _state(service: OutsideService) -> tuple[str, str]:
    state = service.state
    if state is None:
        return tr("noch nicht gefragt"), "neutral"
    if state.state == "half_open":
        return tr("wird gerade versucht"), "warning"
    if state.state == "open":
        refused = state.last_error in {"outside.refused", "smtp.login"}
        return (tr("lehnt ab") if refused else tr("antwortet nicht")), "danger"
    if state.last_success_at is None:
        return (tr("hat noch nie geantwortet"), "warning") if state.last_error else (tr("wird gefragt"), "neutral")
    failed_since = state.last_error_at is not None and state.last_error_at > state.last_success_at
    return (tr("zuletzt gestört"), "warning") if failed_since else (tr("in Ordnung"), "success")


def _since(service: OutsideService) -> str:
    return formats.moment(service.state.since) if service.state is not None else ""


def _error(service: OutsideService) -> str:
    return said_words(service)


def _error_at(service: OutsideService) -> str:
    return formats.moment(service.state.last_error_at) if service.state is not None else ""


def _next(service: OutsideService) -> str:
    return formats.moment(service.state.retry_at) if service.state is not None else ""


def _success(service: OutsideService) -> str:
    return formats.moment(service.state.last_success_at) if service.state is not None else ""
