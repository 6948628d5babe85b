"""Practices, sites and contact points for therapists who are new: colleagues of one mailbox and address share them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ARRAY, Text, func, literal, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from domain.acquisition.records import TherapistRecord
from domain.acquisition.text import identity_key
from domain.therapists.at_once import among, insert_at_once
from domain.therapists.identity_models import TherapistAlias
from domain.therapists.models import ContactPoint, Practice, PracticeSite, Therapist

Place = tuple[str, str, str, str, str]


@dataclass(slots=True)
class NewTherapist:
    """Somebody to be entered: columns, the main site and further ones, and the record they came by first.

    `seat` is what the directory says of its practices (statutory, private or unknown).
    """

    values: dict[str, Any]
    site: dict[str, Any]
    record: TherapistRecord
    seat: str
    more_sites: list[dict[str, Any]] = field(default_factory=list)


def insert_all(session: Session, fresh: Sequence[NewTherapist]) -> list[int]:
    """Enter everybody; their ids in order."""
    if not fresh:
        return []
    mailboxes = contact_points(session, {new.values["email"] for new in fresh if new.values["email"]})
    shared = _shared_practices(session, mailboxes)
    owners: list[NewTherapist] = []
    for new in fresh:
        place = _address(new.values["email"], new.seat, new.site)
        if not new.values["email"] or place not in shared:
            owners.append(new)
            if new.values["email"]:
                shared[place] = (0, 0)  # filled below; the next person of this mailbox and address joins
    practices = insert_at_once(
        session, Practice, [{"name": _practice_name(new.values), "seat": new.seat} for new in owners]
    )
    sites = insert_at_once(
        session, PracticeSite, [new.site | {"practice_id": p} for new, p in zip(owners, practices, strict=True)]
    )
    homes = {id(new): (p, s) for new, p, s in zip(owners, practices, sites, strict=True)}
    for new in owners:
        if new.values["email"]:
            shared[_address(new.values["email"], new.seat, new.site)] = homes[id(new)]
    alone = [new for new in owners if not new.values["email"]]
    points = insert_at_once(session, ContactPoint, [{"practice_id": homes[id(new)][0]} for new in alone])
    own_point = {id(new): point for new, point in zip(alone, points, strict=True)}
    rows = []
    for new in fresh:
        practice, site = homes.get(id(new)) or shared[_address(new.values["email"], new.seat, new.site)]
        point = own_point.get(id(new)) or mailboxes[new.values["email"]]
        rows.append(new.values | {"practice_id": practice, "site_id": site, "contact_point_id": point})
    ids = insert_at_once(session, Therapist, rows)
    _further_sites(session, fresh, rows, ids)
    return ids


def _further_sites(
    session: Session, fresh: Sequence[NewTherapist], rows: Sequence[dict[str, Any]], ids: Sequence[int]
) -> None:
    """The other addresses one file named for somebody, each a key they are known by."""
    sites, aliases = [], []
    for new, row, therapist_id in zip(fresh, rows, ids, strict=True):
        for site in new.more_sites:
            sites.append(site | {"practice_id": row["practice_id"]})
            aliases.append({"therapist_id": therapist_id, "identity_key": site_key(row, site)} | names_of(row))
    insert_at_once(session, PracticeSite, sites)
    if aliases:
        session.execute(upsert(TherapistAlias).on_conflict_do_nothing(), aliases)


def names_of(values: dict[str, Any]) -> dict[str, Any]:
    """What an alias keeps of a person's columns."""
    return {name: values[name] for name in ("first_name", "last_name", "sex", "email")}


def site_key(values: dict[str, Any], site: dict[str, Any]) -> str:
    """The key of somebody at an address."""
    return identity_key(values["last_name"], site["plz"], site["house_number"])


def contact_points(session: Session, emails: set[str]) -> dict[str, int]:
    """The contact point of each address, made where it is new."""
    if not emails:
        return {}
    given = select(func.unnest(literal(sorted(emails), ARRAY(Text))))
    session.execute(
        upsert(ContactPoint)
        .from_select(["mailbox"], given, include_defaults=False)
        .on_conflict_do_nothing(index_elements=[ContactPoint.mailbox])
    )
    rows = session.execute(select(ContactPoint.mailbox, ContactPoint.id).where(among(ContactPoint.mailbox, emails)))
    return {mailbox: point for mailbox, point in rows if mailbox is not None}


def _practice_name(values: dict[str, Any]) -> str:
    name = " ".join(part for part in (values["title"], values["first_name"], values["last_name"]) if part)
    return name if values["is_institution"] else f"Praxis {name}"


def _address(email: str, seat: str, site: dict[str, Any]) -> Place:
    """What colleagues of a practice have in common: who comes from a directory of anybody shares no statutory seat."""
    return email, seat, site["plz"], site["street"].lower(), site["house_number"].lower()


def _shared_practices(session: Session, mailboxes: dict[str, int]) -> dict[Place, tuple[int, int]]:
    """Practice and site of those already known at a mailbox and address: colleagues share them."""
    if not mailboxes:
        return {}
    rows = session.execute(
        select(Therapist.email, Practice.seat, PracticeSite)
        .join(PracticeSite, PracticeSite.id == Therapist.site_id)
        .join(Practice, Practice.id == Therapist.practice_id)
        .where(among(Therapist.contact_point_id, mailboxes.values()), Therapist.merged_into_id.is_(None))
    )
    return {
        _address(email, seat, {"plz": site.plz, "street": site.street, "house_number": site.house_number}): (
            site.practice_id,
            site.id,
        )
        for email, seat, site in rows
    }
