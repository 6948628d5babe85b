"""Who might be entered twice: pairs to look at, most likely first, without those a person has called different."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain import events
from domain.access import me
from domain.errors import Invalid
from domain.therapists.duplicates.blocking import candidate_pairs
from domain.therapists.duplicates.evidence import Known
from domain.therapists.duplicates.scoring import WORTH_SHOWING, Rarity, compare
from domain.therapists.identity_models import DistinctPair

MOST = 500  # pairs shown at once; after those are settled the next are asked for


@dataclass(frozen=True, slots=True)
class Side:
    """One record of a pair, as a list shows it."""

    therapist_id: int
    name: str
    place: str
    source: str
    known: Known


@dataclass(frozen=True, slots=True)
class Suspect:
    """Two records that may be one person: how likely (0 to 1), and what speaks for and against (codes).

    Words for the codes: `ui.labels`, kind ``identity_reason``.
    """

    first: Side
    second: Side
    score: float
    reasons_for: tuple[str, ...]
    reasons_against: tuple[str, ...]


_EVERYBODY = """
SELECT t.id, t.last_name, t.first_name, t.is_institution AS institution, t.sex, t.licence, st.street, st.house_number,
       st.plz, t.email, t.phone, t.mobile, t.web, t.source, trim(t.title || ' ' || t.first_name || ' ' || t.last_name) AS name,
       trim(st.plz || ' ' || st.city) AS place
FROM therapist_service.therapist t JOIN therapist_service.practice_site st ON st.id = t.site_id
WHERE t.merged_into_id IS NULL
"""


def suspected_duplicates(
    session: Session,
    *,
    about: Collection[int] | None = None,
    beside_others: bool = False,
    at_least: float = WORTH_SHOWING,
    limit: int = MOST,
) -> tuple[Suspect, ...]:
    """Pairs that may be one person, most likely first; with `about` only those one of these therapists is in.

    `beside_others` leaves out pairs of two of these.
    Reads every therapist's name and address (some seconds at 40,000): in the background.
    """
    sides: dict[int, Side] = {}
    for row in session.execute(text(_EVERYBODY)):
        known = Known(
            row.last_name, row.first_name, row.institution, row.sex, row.licence, row.street, row.house_number, row.plz,
            row.email, row.phone, row.mobile, row.web,
        )  # fmt: skip
        sides[row.id] = Side(row.id, row.name, row.place, row.source, known)
    people = {number: side.known for number, side in sides.items()}
    rarity = Rarity.of(people.values())
    settled = {(pair.first_id, pair.second_id) for pair in session.scalars(select(DistinctPair))}
    wanted = None if about is None else set(about)
    found: list[Suspect] = []
    for pair in candidate_pairs(people, about=wanted, beside_others=beside_others):
        if pair in settled:
            continue
        said = compare(people[pair[0]], people[pair[1]], rarity)
        if said.score >= at_least:
            found.append(Suspect(sides[pair[0]], sides[pair[1]], said.score, said.reasons_for, said.reasons_against))
    found.sort(key=lambda suspect: (-suspect.score, suspect.first.therapist_id, suspect.second.therapist_id))
    return tuple(found[:limit])


def call_distinct(session: Session, one: int, other: int, *, now: datetime) -> None:
    """Two records are two persons: kept for good, the pair is never proposed again. Raises Invalid for one record."""
    if one == other:
        raise Invalid("merge.one_record")
    first, second = sorted((one, other))
    session.execute(
        insert(DistinctPair)
        .values(first_id=first, second_id=second, decided_by=me(session).id, decided_at=now)
        .on_conflict_do_nothing()
    )
    events.record(session, "therapist.called_distinct", first, other_id=second)
