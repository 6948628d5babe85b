"""One timeline of every contact: of a patient, a therapist or an inquiry, newest first.

Reads across schemas: the history belongs to communication, the answers to matching, the names to patients and
therapists; a person at the phone needs them in one list.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework.history_words import Term, marks, named, questions, terms_of, words_of

PAGE = 100  # entries at a time; older ones are asked for


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One entry: when, by which channel, which way, what kind, who, about whom, and the words.

    About several people it names them all, in a patient's own history only that one. `marks` are the places in `body`
    where a word stands that was looked for.
    """

    at: datetime
    channel: str
    direction: str
    kind: str
    person: str | None
    patient: str | None
    practice: str | None
    inquiry_id: int | None
    counterpart: str
    body: str
    entry_id: int = 0
    marks: tuple[tuple[int, int], ...] = ()


_TIMELINE = """
SELECT c.at, c.channel, c.direction, c.kind, p.display_name AS person,
       coalesce(nullif(trim(pa.first_name || ' ' || pa.last_name), ''), (
           SELECT string_agg(trim(n.first_name || ' ' || n.last_name), ', ' ORDER BY n.last_name, n.first_name, n.id)
           FROM communication_service.contact_patient a JOIN patient_service.patient n ON n.id = a.patient_id
           WHERE a.entry_id = c.id{named})) AS patient,
       nullif(trim(coalesce(t.first_name, qt.first_name) || ' ' || coalesce(t.last_name, qt.last_name)), '') AS practice,
       c.inquiry_id, c.counterpart, c.body, c.id AS entry_id
FROM communication_service.contact_entry c
LEFT JOIN platform.person p ON p.id = c.person_id
LEFT JOIN patient_service.patient pa ON pa.id = c.patient_id
LEFT JOIN therapist_service.therapist t ON t.id = c.therapist_id
LEFT JOIN matching_service.inquiry q ON q.id = c.inquiry_id
LEFT JOIN therapist_service.therapist qt ON qt.id = q.therapist_id
WHERE {about}{search}{older} ORDER BY c.at DESC, c.id DESC LIMIT :limit
"""
# A letter or mail belongs to those of whom it tells (`contact_patient`). One of an inquiry of which that is not known
# (erased, or a wording of the office's own from before) stays with everybody of the inquiry.
# They are gathered first, each by its index: as one condition of three parts PostgreSQL reads the whole table.
_ABOUT_PATIENT = """c.id = ANY(ARRAY(
    SELECT o.id FROM communication_service.contact_entry o WHERE o.patient_id = :id
    UNION SELECT a.entry_id FROM communication_service.contact_patient a WHERE a.patient_id = :id
    UNION SELECT o.id FROM matching_service.place_search s
    JOIN matching_service.inquiry_item i ON i.search_id = s.id
    JOIN communication_service.contact_entry o ON o.inquiry_id = i.inquiry_id
    WHERE s.patient_id = :id AND o.patient_id IS NULL
      AND NOT EXISTS (SELECT FROM communication_service.contact_patient a WHERE a.entry_id = o.id)))"""
# everybody of the practice, since a colleague answers as well
_ABOUT_PAIR = f"""{_ABOUT_PATIENT} AND coalesce(c.therapist_id, q.therapist_id) IN (
    SELECT unnest(therapist_service.merged_ids(colleague.id)) FROM therapist_service.therapist asked
    JOIN therapist_service.therapist colleague ON colleague.practice_id = asked.practice_id WHERE asked.id = :other)"""
# with whoever was merged into them: what is written for good stays where it was written
_ABOUT_THERAPIST = """(c.therapist_id = ANY(therapist_service.merged_ids(:id))
    OR (c.therapist_id IS NULL AND q.therapist_id = ANY(therapist_service.merged_ids(:id))))"""
_COLLEAGUES = """ARRAY(SELECT unnest(therapist_service.merged_ids(colleague.id)) FROM therapist_service.therapist asked
    JOIN therapist_service.therapist colleague ON colleague.practice_id = asked.practice_id WHERE asked.id = :id)"""
_ABOUT_PRACTICE = f"""(c.therapist_id = ANY({_COLLEAGUES})
    OR (c.therapist_id IS NULL AND q.therapist_id = ANY({_COLLEAGUES})))"""
# Beginnings of words are more frequent than PostgreSQL expects: it would read a hundred thousand entries of everybody
# by the words' index. Where somebody's own entries are few, an expression keeps it from that.
_WORDS, _WORDS_OF_FEW = "c.words", "(c.words || ''::tsvector)"
FEW = 20_000
_ARE_FEW = """
SELECT count(*) <= :few FROM (
    SELECT FROM communication_service.contact_entry c LEFT JOIN matching_service.inquiry q ON q.id = c.inquiry_id
    WHERE {about} LIMIT :few + 1) AS own
"""
STEMS = "SELECT word, (ts_lexize('pg_catalog.german_stem', word))[1] FROM unnest(cast(:words AS text[])) AS word"
_OLDER = " AND (c.at, c.id) < (SELECT o.at, o.id FROM communication_service.contact_entry o WHERE o.id = :before)"
_ABOUT_INQUIRY = "c.inquiry_id = :id"
# who else a letter names is nothing for a patient's history
_NAMED_ONLY = {_ABOUT_PATIENT: " AND a.patient_id = :id", _ABOUT_PAIR: " AND a.patient_id = :id"}


def patient_history(
    session: Session,
    patient_id: int,
    *,
    words: str = "",
    called: Mapping[str, str] | None = None,
    before: int | None = None,
    limit: int = PAGE,
) -> tuple[TimelineEntry, ...]:
    """Everything that happened with or for a patient; with `words` what holds all of them, in any German form.

    The newest `limit` entries; `before` is the id of the entry after which older ones go on. `called` are the names
    people read for kinds and channels, by code: they are found as well.
    """
    return _timeline(session, _ABOUT_PATIENT, patient_id, limit, words=words, called=called, before=before)


def pair_history(
    session: Session, patient_id: int, therapist_id: int, *, limit: int = PAGE
) -> tuple[TimelineEntry, ...]:
    """Everything that happened between a patient and a therapist's practice."""
    return _timeline(session, _ABOUT_PAIR, patient_id, limit, other=therapist_id)


def therapist_history(
    session: Session,
    therapist_id: int,
    *,
    words: str = "",
    whole_practice: bool = False,
    called: Mapping[str, str] | None = None,
    before: int | None = None,
    limit: int = PAGE,
) -> tuple[TimelineEntry, ...]:
    """Everything that happened with a therapist, or with everybody of the practice; the rest as for a patient."""
    about = _ABOUT_PRACTICE if whole_practice else _ABOUT_THERAPIST
    return _timeline(session, about, therapist_id, limit, words=words, called=called, before=before)


def inquiry_history(session: Session, inquiry_id: int, *, limit: int = PAGE) -> tuple[TimelineEntry, ...]:
    """Everything that happened in one inquiry."""
    return _timeline(session, _ABOUT_INQUIRY, inquiry_id, limit)


def _timeline(
    session: Session,
    about: str,
    row_id: int,
    limit: int,
    *,
    other: int | None = None,
    words: str = "",
    called: Mapping[str, str] | None = None,
    before: int | None = None,
) -> tuple[TimelineEntry, ...]:
    terms = terms_of(words)
    stems: dict[str, str | None] = {}
    if terms:
        stems = {row[0]: row[1] for row in session.execute(text(STEMS), {"words": words_of(terms)})}
    values: dict[str, object] = {"id": row_id, "limit": limit, "other": other, "before": before, "few": FEW}
    search = ""
    if asked := questions(terms, stems):
        few = session.scalar(text(_ARE_FEW.format(about=about)), values)
        search = _condition(asked, called or {}, _WORDS_OF_FEW if few else _WORDS, values)
    older, named_only = "" if before is None else _OLDER, _NAMED_ONLY.get(about, "")
    query = _TIMELINE.format(about=about, search=search, older=older, named=named_only)
    rows = session.execute(text(query), values)
    return tuple(TimelineEntry(**row, marks=marks(row["body"], terms, stems)) for row in rows.mappings())


def _condition(
    asked: Sequence[tuple[Term, str]], called: Mapping[str, str], column: str, values: dict[str, object]
) -> str:
    """Each term in the words of an entry, or in the name of its kind or channel; fills in `values`."""
    parts = []
    for number, (term, query) in enumerate(asked):
        values[f"q{number}"] = query
        part = f"{column} @@ cast(:q{number} AS tsquery)"
        if codes := named(term, called):
            values[f"k{number}"] = codes
            of_kind = f"(c.kind = ANY(:k{number}) OR c.channel = ANY(:k{number}))"
            part = f"({part} AND NOT {of_kind})" if term.without else f"({part} OR {of_kind})"
        parts.append(f" AND {part}")
    return "".join(parts)
