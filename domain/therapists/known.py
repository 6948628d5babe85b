"""Everybody one of a batch's records might speak of: by address, by mailbox, by every name directories know them under.

Who was merged stands for whom they were merged into.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sqlalchemy import and_, literal_column, or_, select
from sqlalchemy.orm import Session

from domain.acquisition.models import ImportFile
from domain.acquisition.records import TherapistRecord
from domain.therapists.at_once import among
from domain.therapists.identity import Identity, Register, key_of, numbers_of, streets_of
from domain.therapists.identity_models import TherapistAlias
from domain.therapists.models import ContactPoint, PracticeSite, Therapist


@dataclass(slots=True)
class Match:
    """Somebody known, where they mainly work, the sites of their practice, and the directory that told of them last."""

    therapist: Therapist
    main: PracticeSite
    sites: list[PracticeSite] = field(default_factory=list)
    source_key: str = ""
    alias_keys: set[str] = field(default_factory=set)


def load_known(session: Session, records: Iterable[TherapistRecord]) -> Register[Match]:
    """A register of everybody in the database one of the records might speak of."""
    batch = list(records)
    keys = {key_of(record) for record in batch}
    emails = {record.email for record in batch if record.email}
    # asked apart, so that the next query can use the indexes instead of reading everybody
    points = session.scalars(select(ContactPoint.id).where(among(ContactPoint.mailbox, emails))).all()
    named = set(
        session.scalars(
            select(TherapistAlias.therapist_id).where(
                or_(
                    among(TherapistAlias.identity_key, keys),
                    and_(TherapistAlias.email != literal_column("''"), among(TherapistAlias.email, emails)),
                )
            )
        )
    )
    found = session.scalars(
        select(Therapist)
        # the literal condition is the partial index's: without it every batch would read the whole table
        .where(
            or_(
                among(Therapist.identity_key, keys),
                and_(Therapist.edited_key != literal_column("''"), among(Therapist.edited_key, keys)),
                among(Therapist.contact_point_id, points),
                among(Therapist.id, named),
            )
        )
        .order_by(Therapist.id)
    ).all()
    people = {therapist.id: therapist for therapist in found}
    _add_kept(session, people)
    return _register(session, people)


def _add_kept(session: Session, people: dict[int, Therapist]) -> None:
    """Whom the merged ones were merged into, over as many steps as there are."""
    while missing := {t.merged_into_id for t in people.values() if t.merged_into_id is not None} - set(people):
        people.update({t.id: t for t in session.scalars(select(Therapist).where(among(Therapist.id, missing)))})


def _register(session: Session, people: dict[int, Therapist]) -> Register[Match]:
    sites: dict[int, list[PracticeSite]] = {}
    practices = {therapist.practice_id for therapist in people.values()}
    for site in session.scalars(
        select(PracticeSite).where(among(PracticeSite.practice_id, practices)).order_by(PracticeSite.id)
    ):
        sites.setdefault(site.practice_id, []).append(site)
    aliases: dict[int, list[TherapistAlias]] = {}
    for alias in session.scalars(select(TherapistAlias).where(among(TherapistAlias.therapist_id, people))):
        aliases.setdefault(alias.therapist_id, []).append(alias)
    files = {therapist.source_file_id for therapist in people.values()} - {None}
    of_files = select(ImportFile.id, ImportFile.source_key).where(among(ImportFile.id, files))
    directories = {row.id: row.source_key for row in session.execute(of_files)}
    matches: dict[int, Match] = {}
    known: Register[Match] = Register()
    # those who stand for themselves first: a record that fits both is theirs
    for therapist in sorted(people.values(), key=lambda t: (t.merged_into_id is not None, t.id)):
        kept = therapist
        while kept.merged_into_id is not None:
            kept = people[kept.merged_into_id]
        if kept.id not in matches:
            places = sites.get(kept.practice_id, [])
            main = next(site for site in places if site.id == kept.site_id)
            matches[kept.id] = Match(kept, main, places, directories.get(kept.source_file_id or 0, ""))
        match = matches[kept.id]
        # a directory may still write what was corrected by hand, or have caught up with it
        own = identity_of(therapist, sites.get(therapist.practice_id, []))
        if kept is not therapist:
            own = replace(own, alias=True)
        known.add({therapist.identity_key, therapist.edited_key} - {""}, own, match)
        for alias in aliases.get(therapist.id, ()):
            identity = replace(
                own,
                last_name=alias.last_name,
                first_name=alias.first_name,
                sex=alias.sex,
                email=alias.email,
                alias=True,
            )
            known.add({alias.identity_key}, identity, match)
            match.alias_keys.add(alias.identity_key)
    return known


def identity_of(therapist: Therapist, sites: Iterable[PracticeSite]) -> Identity:
    """What somebody is recognised by."""
    return Identity(
        therapist.last_name, therapist.first_name, therapist.sex, therapist.email, therapist.is_institution,
        numbers_of(therapist.phone, therapist.mobile), streets_of(site.street for site in sites),
        frozenset(therapist.locked_fields),
    )  # fmt: skip
