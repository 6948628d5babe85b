"""Taking over a directory: many therapists at once, each recognised if it is known already.

Who is the same person says `identity`; homonyms stay apart, and an address that contradicts the known one is left to
a person. What a file does not know never erases what is known; fields a caseworker locked are not
touched. A second import of the same file changes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, insert, literal_column, or_, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from domain.acquisition.records import TherapistRecord
from domain.acquisition.text import identity_key
from domain.therapists.identity import Identity, Register, key_of
from domain.therapists.models import ContactPoint, Practice, PracticeSite, Therapist
from domain.therapists.sites import ADDRESS
from domain.values import Coordinate
from domain.weektime import from_multirange, to_multirange

Located = tuple[TherapistRecord, Coordinate | None]


@dataclass(frozen=True, slots=True)
class FileSource:
    """Where records come from: the import's id, the kind of file, and the day it is as of."""

    import_id: int
    kind: str
    as_of: date


@dataclass(slots=True)
class BulkResult:
    """Ids by what became of them; together they are all records applied."""

    imported: list[int] = field(default_factory=list)
    updated: list[int] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _New:
    values: dict[str, Any]
    site: dict[str, Any]
    records: list[str]  # what became of each record of this person: imported, then unchanged or updated


def apply_records(session: Session, batch: Sequence[Located], source: FileSource, *, now: datetime) -> BulkResult:
    """Insert or update a batch (about 1,000 records) inside the caller's transaction."""
    known = _known(session, batch)
    fresh: Register[_New] = Register()
    news: list[_New] = []
    result = BulkResult()
    for record, place in batch:
        values, site_values = _columns(record, source, now), _site_columns(record, place)
        match = known.find(record)
        if match is not None:
            changed = _update(session, match, values, site_values, key=key_of(record))
            (result.updated if changed else result.unchanged).append(match[0].id)
            continue
        pending = fresh.find(record)
        if pending is None:
            key = key_of(record)
            made = _New(values | {"identity_key": key}, site_values, ["imported"])
            news.append(made)
            fresh.add({key}, _identity(values), made)
        else:
            better = _fill(pending.values, values)
            if _same_place(pending.site, site_values):
                better |= _fill(pending.site, site_values)
                pending.values["identity_key"] = _key(pending.values, pending.site)
            pending.records.append("updated" if better else "unchanged")
    _insert(session, news, result)
    session.flush()
    return result


def _known(session: Session, batch: Sequence[Located]) -> Register[tuple[Therapist, PracticeSite]]:
    """Everybody in the database one of the batch's records might speak of."""
    keys = {key_of(record) for record, _ in batch}
    emails = {record.email for record, _ in batch if record.email}
    # asked apart, so that the next query can use the indexes instead of reading everybody
    points = session.scalars(select(ContactPoint.id).where(ContactPoint.mailbox.in_(emails))).all()
    rows = session.execute(
        select(Therapist, PracticeSite)
        .join(PracticeSite, PracticeSite.id == Therapist.site_id)
        # the literal condition is the partial index's: without it every batch would read the whole table
        .where(
            or_(
                Therapist.identity_key.in_(keys),
                and_(Therapist.edited_key != literal_column("''"), Therapist.edited_key.in_(keys)),
                Therapist.contact_point_id.in_(points),
            )
        )
        .order_by(Therapist.id)
    )
    known: Register[tuple[Therapist, PracticeSite]] = Register()
    for therapist, site in rows:
        # a directory may still write what was corrected by hand, or have caught up with it
        identity = Identity(
            therapist.last_name, therapist.first_name, therapist.sex, therapist.email, therapist.is_institution
        )
        known.add({therapist.identity_key, therapist.edited_key}, identity, (therapist, site))
    return known


def _identity(values: dict[str, Any]) -> Identity:
    return Identity(*(values[name] for name in ("last_name", "first_name", "sex", "email", "is_institution")))


def _key(values: dict[str, Any], site: dict[str, Any]) -> str:
    return identity_key(values["last_name"], site["plz"], site["house_number"])


def _same_place(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether an address completes the other instead of contradicting it: a second site is not a correction."""
    return not old["plz"] or not new["plz"] or old["plz"] == new["plz"]


def _columns(record: TherapistRecord, source: FileSource, now: datetime) -> dict[str, Any]:
    return {
        "is_institution": record.is_institution,
        "salutation": record.salutation,
        "title": record.title,
        "first_name": record.first_name,
        "last_name": record.last_name,
        "sex": record.sex.value,
        "licence": record.licence.value,
        "offers": sorted(offer.code for offer in record.offers),
        "offers_source": record.offers_source,
        "languages": sorted(record.languages),
        "email": record.email,
        "phone": record.phone,
        "mobile": record.mobile,
        "fax": record.fax,
        "web": record.web,
        "phone_hours": to_multirange(record.phone_hours),
        "office_hours": to_multirange(record.office_hours),
        "hours_as_of": record.hours_as_of,
        "source": source.kind,
        "source_file_id": source.import_id,
        "source_as_of": source.as_of,
        "source_seen_at": now,
    }


def _site_columns(record: TherapistRecord, place: Coordinate | None) -> dict[str, Any]:
    values: dict[str, Any] = {
        "street": record.street,
        "house_number": record.house_number,
        "plz": record.plz,
        "city": record.city,
        "accessible": record.accessible,
    }
    if place is not None:
        values |= {
            "lat": place.lat,
            "lon": place.lon,
            "geo_quality": place.quality.value,
            "geo_uncertainty_m": place.uncertainty_m,
            "geo_source": place.source,
        }
    return values


# What a file says about itself changes with every file and is no change of the person.
_PROVENANCE = frozenset({"source", "source_file_id", "source_as_of", "source_seen_at"})
_UNKNOWN = frozenset({"", "unknown", "not_stated", "none"})
_GEO = ("lat", "lon", "geo_quality", "geo_uncertainty_m", "geo_source")
_PRECISION = {"house": 0, "street": 1, "ort": 2, "plz": 3, "none": 4}


def _is_unknown(value: object) -> bool:
    return value is None or value == [] or (isinstance(value, str) and value in _UNKNOWN) or value is False


def _better(name: str, old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether a file's value replaces the stored one."""
    value = new[name]
    if _is_unknown(value) or value == old[name]:
        return False
    if name in {"offers", "offers_source"}:
        # an approval a directory names beats one concluded from the licence
        return not (
            new["offers_source"] == "licence" and old["offers_source"] in {"directory", "manual"} and old["offers"]
        )
    if name in {"phone_hours", "office_hours", "hours_as_of"} and old["hours_as_of"] is not None:
        # hours of an older week say nothing new; those of the same week complete each other (_fill)
        return new["hours_as_of"] is not None and new["hours_as_of"] >= old["hours_as_of"]
    if name in _GEO:
        return _PRECISION[new["geo_quality"]] <= _PRECISION[old.get("geo_quality") or "none"]
    return True


def _fill(old: dict[str, Any], new: dict[str, Any], locked: Iterable[str] = ()) -> set[str]:
    """Take better values over into `old`; returns the names that changed."""
    complete = {name: old.get(name) for name in new} | old
    if "hours_as_of" in new and new["hours_as_of"] == complete["hours_as_of"]:
        new = new | {name: _united(complete[name], new[name]) for name in ("phone_hours", "office_hours")}
    changed = {name for name in new if name not in _PROVENANCE and name not in locked and _better(name, complete, new)}
    old.update({name: new[name] for name in changed})
    return changed


def _united(old: list[Range[int]] | None, new: list[Range[int]] | None) -> list[Range[int]] | None:
    return to_multirange([*(from_multirange(old) or ()), *(from_multirange(new) or ())]) or None


def _update(
    session: Session,
    match: tuple[Therapist, PracticeSite],
    values: dict[str, Any],
    site_values: dict[str, Any],
    *,
    key: str,
) -> bool:
    therapist, site = match
    changed = False
    had_place = bool(site.plz)
    locked = set(therapist.locked_fields)
    if locked.intersection(ADDRESS):
        locked.update(_GEO)  # the file's coordinate is that of the file's address
    here = _same_place({"plz": site.plz}, site_values)
    for row, new in ((therapist, values), (site, site_values if here else {})):
        stored = {name: _plain(getattr(row, name)) for name in new}
        names = _fill(stored, new, locked)
        for name in names:
            setattr(row, name, stored[name])
        changed = changed or bool(names)
        if row is therapist and "email" in names:
            therapist.contact_point_id = _mailboxes(session, {therapist.email})[therapist.email]
    if site.plz and not had_place:
        therapist.identity_key = key  # known by the mailbox until now; from here on by the address, too
    if changed:
        for name in _PROVENANCE:
            setattr(therapist, name, values[name])
    return changed


def _plain(value: Any) -> Any:
    """Stored multiranges come as a list of their own kind; compare them as plain lists."""
    return list(value) if isinstance(value, list) else value


def _insert(session: Session, fresh: list[_New], result: BulkResult) -> None:
    if not fresh:
        return
    mailboxes = _mailboxes(session, {new.values["email"] for new in fresh if new.values["email"]})
    shared = _shared_practices(session, mailboxes)
    owners: list[_New] = []
    for new in fresh:
        place = _address(new.values["email"], new.site)
        if not new.values["email"] or place not in shared:
            owners.append(new)
            if new.values["email"]:
                shared[place] = (0, 0)  # filled below; the next person of this mailbox and address joins
    practices = _returning(
        session, Practice, [{"name": _practice_name(new.values), "seat": "statutory"} for new in owners]
    )
    sites = _returning(
        session, PracticeSite, [new.site | {"practice_id": p} for new, p in zip(owners, practices, strict=True)]
    )
    homes = {id(new): (p, s) for new, p, s in zip(owners, practices, sites, strict=True)}
    for new in owners:
        if new.values["email"]:
            shared[_address(new.values["email"], new.site)] = homes[id(new)]
    alone = [new for new in owners if not new.values["email"]]
    points = _returning(session, ContactPoint, [{"practice_id": homes[id(new)][0]} for new in alone])
    own_point = {id(new): point for new, point in zip(alone, points, strict=True)}
    rows = []
    for new in fresh:
        practice, site = homes.get(id(new)) or shared[_address(new.values["email"], new.site)]
        point = own_point.get(id(new)) or mailboxes[new.values["email"]]
        rows.append(new.values | {"practice_id": practice, "site_id": site, "contact_point_id": point})
    for new, therapist_id in zip(fresh, _returning(session, Therapist, rows), strict=True):
        for became in new.records:
            getattr(result, became).append(therapist_id)


def _practice_name(values: dict[str, Any]) -> str:
    name = " ".join(part for part in (values["title"], values["first_name"], values["last_name"]) if part)
    return name if values["is_institution"] else f"Praxis {name}"


def _address(email: str, site: dict[str, Any]) -> tuple[str, str, str, str]:
    return email, site["plz"], site["street"].lower(), site["house_number"].lower()


def _mailboxes(session: Session, emails: set[str]) -> dict[str, int]:
    """The contact point of each address, made where it is new."""
    if not emails:
        return {}
    session.execute(
        upsert(ContactPoint).on_conflict_do_nothing(index_elements=[ContactPoint.mailbox]),
        [{"mailbox": email} for email in sorted(emails)],
    )
    rows = session.execute(select(ContactPoint.mailbox, ContactPoint.id).where(ContactPoint.mailbox.in_(emails)))
    return {mailbox: point for mailbox, point in rows if mailbox is not None}


def _shared_practices(session: Session, mailboxes: dict[str, int]) -> dict[tuple[str, str, str, str], tuple[int, int]]:
    """Practice and site of those already known at a mailbox and address: colleagues share them."""
    if not mailboxes:
        return {}
    rows = session.execute(
        select(Therapist.email, PracticeSite, Therapist.practice_id)
        .join(PracticeSite, PracticeSite.id == Therapist.site_id)
        .where(Therapist.contact_point_id.in_(mailboxes.values()))
    )
    return {
        _address(email, {"plz": site.plz, "street": site.street, "house_number": site.house_number}): (
            practice,
            site.id,
        )
        for email, site, practice in rows
    }


def _returning(session: Session, model: Any, rows: list[dict[str, Any]]) -> list[int]:
    if not rows:
        return []
    # every row names the same columns, so that one statement serves them all
    names = {name for row in rows for name in row}
    empty = {name: "none" if name == "geo_quality" else None for name in names}
    statement = insert(model).returning(model.id, sort_by_parameter_order=True)
    return list(session.scalars(statement, [empty | row for row in rows]))
