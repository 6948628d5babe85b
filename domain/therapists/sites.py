"""Where a practice works: its sites, and which of them is a therapist's main one.

Distances are measured to the main site only. An address changed by hand is locked against imports for everybody
who works there, since a directory names it once for each of them.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import events
from domain.acquisition.text import identity_key
from domain.editing import load_for_edit
from domain.errors import Invalid
from domain.geocoding.lookup import locate, whole_plz
from domain.therapists.addresses import ADDRESS
from domain.therapists.models import PracticeSite, Therapist

SITE_FIELDS = (*ADDRESS, "addition", "accessible")


@dataclass(frozen=True, slots=True)
class SiteForm:
    """An address as a caseworker enters it; `accessible` None where nobody told, `addition` "2. OG" or "c/o Weiß"."""

    street: str
    house_number: str
    plz: str
    city: str
    accessible: bool | None
    addition: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """One site of a practice; `main` for the therapist asked about, `persons` who have it as theirs."""

    site_id: int
    version: int
    form: SiteForm
    geo_quality: str
    geo_locked: bool
    main: bool
    persons: tuple[str, ...]


def sites_of(session: Session, therapist_id: int) -> tuple[Site, ...]:
    """All sites of a therapist's practice, their main one first."""
    therapist = session.get_one(Therapist, therapist_id)
    rows = session.scalars(
        select(PracticeSite).where(PracticeSite.practice_id == therapist.practice_id).order_by(PracticeSite.id)
    ).all()
    persons: dict[int, list[str]] = {row.id: [] for row in rows}
    for site_id, first, last in session.execute(
        select(Therapist.site_id, Therapist.first_name, Therapist.last_name)
        .where(Therapist.site_id.in_(persons))
        .order_by(Therapist.id)
    ):
        persons[site_id].append(f"{first} {last}".strip())
    sites = [
        Site(
            row.id,
            row.version,
            SiteForm(row.street, row.house_number, row.plz, row.city, row.accessible, row.addition),
            row.geo_quality,
            row.geo_locked,
            row.id == therapist.site_id,
            tuple(persons[row.id]),
        )
        for row in rows
    ]
    return tuple(sorted(sites, key=lambda site: not site.main))


def add_site(session: Session, therapist_id: int, form: SiteForm) -> int:
    """Another site of a therapist's practice; returns its id."""
    therapist = session.get_one(Therapist, therapist_id)
    site = PracticeSite(practice_id=therapist.practice_id)
    change_address(session, site, form)
    session.add(site)
    session.flush()
    events.record(session, "therapist.site_added", therapist_id, site_id=site.id)
    return site.id


def update_site(session: Session, site_id: int, version: int, form: SiteForm) -> None:
    """Save a site's address. Raises Conflict (who, when) and Invalid (field)."""
    site = load_for_edit(session, PracticeSite, site_id, version)
    changed = change_address(session, site, form)
    session.flush()
    lock_for_all(session, site, changed)


def choose_main_site(session: Session, therapist_id: int, site_id: int, version: int) -> None:
    """Where a therapist works mainly; locked against imports. Raises Conflict, Invalid for another practice's site."""
    therapist = load_for_edit(session, Therapist, therapist_id, version)
    site = load_for_edit(session, PracticeSite, site_id)
    if site.practice_id != therapist.practice_id:
        raise Invalid("practice_site.other_practice")
    therapist.site_id = site_id
    therapist.locked_fields = sorted({*therapist.locked_fields, *ADDRESS})
    renew_key(therapist, site)
    events.record(session, "therapist.site_chosen", therapist_id, site_id=site_id)


def change_address(session: Session, site: PracticeSite, form: SiteForm) -> set[str]:
    """Take an address over and look its place up; returns the names of changed fields."""
    form = replace(form, plz=whole_plz(session, form.plz, form.city))
    changed = {name for name in SITE_FIELDS if getattr(site, name) != getattr(form, name)}
    for name in changed:
        setattr(site, name, getattr(form, name))
    if changed.intersection(ADDRESS):
        # a coordinate of the old house says nothing about the new one
        found = locate(session, site.plz, site.city) if site.plz else None
        site.lat, site.lon = (found.lat, found.lon) if found else (None, None)
        site.geo_quality = found.quality if found else "none"
        site.geo_uncertainty_m = found.uncertainty_m if found else None
        site.geo_source = found.source if found else None
    return changed


def lock_for_all(session: Session, site: PracticeSite, changed: Collection[str]) -> None:
    """Lock changed fields of a site for everybody who works there."""
    if not changed:
        return
    for therapist in working_at(session, site.id):
        therapist.locked_fields = sorted({*therapist.locked_fields, *changed})
        renew_key(therapist, site)
        events.record(session, "therapist.updated", therapist.id)


def working_at(session: Session, site_id: int) -> list[Therapist]:
    """Everybody whose main site it is, locked until the transaction ends."""
    return list(
        session.scalars(select(Therapist).where(Therapist.site_id == site_id).order_by(Therapist.id).with_for_update())
    )


def renew_key(therapist: Therapist, site: PracticeSite) -> None:
    """Keep somebody recognisable: by the key a directory knows, and by the one after editing by hand."""
    key = identity_key(therapist.last_name, site.plz, site.house_number)
    if therapist.source in {None, "manual"}:  # not flushed yet: the column's default comes with the INSERT
        therapist.identity_key = key
    else:
        therapist.edited_key = "" if key == therapist.identity_key else key
