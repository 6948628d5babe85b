"""Everything the office asks outside, as Verwaltung shows it: what for, whether it answers, when it is asked next.

A service that is entered stands in the list before it was ever asked. Practices' own pages are many: those in trouble
are listed, the others counted.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from domain.acquisition.sources import list_sources
from domain.communication.accounts import accounts
from domain.geocoding.map_settings import read_maps
from domain.outside import HostState, host_states, key_of

PORTS = {"http": 80, "https": 443}
KINDS = ("geocoder", "router", "smtp", "imap", "source", "page")


@dataclass(frozen=True, slots=True)
class OutsideService:
    """One server and what it is asked for; `kind`: geocoder, router, source, smtp, imap or page.

    `names` are the office's own for it; `state` is None while it was never asked.
    """

    kind: str
    names: tuple[str, ...]
    host: str
    state: HostState | None

    @property
    def rests(self) -> bool:
        """Whether it is not asked at the moment."""
        return self.state is not None and self.state.state != "closed"


@dataclass(frozen=True, slots=True)
class OutsideServices:
    """What is listed, and how many practices' servers answer and are not."""

    listed: tuple[OutsideService, ...]
    pages_well: int


def outside_services(session: Session) -> OutsideServices:
    """Services in trouble first, then by what they are for and by name."""
    known = _entered(session)
    states = {state.host: state for state in host_states(session)}
    listed = [OutsideService(kind, tuple(names), host, states.get(host)) for (kind, host), names in known.items()]
    asked = {host for _, host in known}
    pages = [OutsideService("page", (), host, state) for host, state in states.items() if host not in asked]
    listed += [page for page in pages if page.rests]
    listed.sort(key=lambda service: (not service.rests, KINDS.index(service.kind), service.host))
    return OutsideServices(tuple(listed), len(pages) - sum(service.kind == "page" for service in listed))


def _entered(session: Session) -> dict[tuple[str, str], list[str]]:
    """What the office entered: kind and host, with its names."""
    found: dict[tuple[str, str], list[str]] = {}

    def add(kind: str, host: str, name: str) -> None:
        if host:
            names = found.setdefault((kind, host), [])
            if name and name not in names:
                names.append(name)

    form = read_maps(session).form
    if form.geocoder != "none":
        add("geocoder", _key(form.geocoder_url), form.geocoder)
    if form.router != "none":
        add("router", _key(form.router_url), form.router)
    for of in accounts(session, active_only=True):
        add("smtp", key_of(of.smtp_host, of.smtp_port) if of.smtp_host else "", of.name)
        add("imap", key_of(of.imap_host, of.imap_port) if of.imap_host else "", of.name)
    for source in list_sources(session):
        add("source", _key(source.form.address), source.form.name)
    return found


def _key(url: str) -> str:
    """The host of an address as it is kept; empty for what is none."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        return ""
    return key_of(parts.hostname, port) if parts.hostname and port else ""
