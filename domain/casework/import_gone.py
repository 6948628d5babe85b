"""Who a directory named before and does not name any more: told, and set inactive only when a person says so."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.acquisition.reading import Source
from domain.casework.availability import change_status, consequences
from domain.therapists.changes import Became, Choice, FieldChange, RecordChange
from domain.therapists.identity_models import ImportChange
from domain.therapists.models import Therapist

_MISSING = """
SELECT t.id, trim(t.title || ' ' || t.first_name || ' ' || t.last_name) AS name, trim(st.plz || ' ' || st.city) AS place
FROM therapist_service.therapist t JOIN therapist_service.practice_site st ON st.id = t.site_id
JOIN scraping_service.import_file f ON f.id = t.source_file_id
WHERE f.source_key = :key AND t.source_as_of < :as_of AND t.merged_into_id IS NULL AND t.status = 'active'
  AND st.plz = ANY(:plz) ORDER BY t.sort_name COLLATE "C", t.id
"""


def find_gone(
    session: Session, source: Source, plz: Collection[str], seen: Collection[int], *, choice: Choice
) -> list[RecordChange]:
    """Active therapists of the same directory, in the PLZ this one covers, whom it does not name.

    A PLZ is covered where the file names anybody in it; where a search's circle cuts one, somebody may be missed,
    which is why nothing happens by itself.
    """
    rows = session.execute(text(_MISSING), {"key": source.key, "as_of": source.as_of, "plz": sorted(plz)})
    known = set(seen)
    change = (FieldChange("status", "active", "inactive"),)
    return [
        RecordChange(0, Became.GONE, row.id, row.name, row.place, change, accepted=row.id in choice.gone)
        for row in rows
        if row.id not in known
    ]


def retire(session: Session, import_id: int, gone: Collection[RecordChange], *, now: datetime) -> None:
    """Set those who are accepted as gone inactive, with all that follows from it, journalled for undoing."""
    for change in gone:
        if change.accepted:
            before = consequences(session, change.therapist_id)
            change_status(session, change.therapist_id, "inactive", now=now)
            session.flush()
            left = consequences(session, change.therapist_id)
            # what ended with it does not begin again with the undoing, which tells so
            ended = {"inquiries": before.unsent - left.unsent, "calls": before.calls - left.calls}
            session.add(
                ImportChange(
                    import_file_id=import_id, row=0, therapist_id=change.therapist_id, became=Became.GONE,
                    version=session.get_one(Therapist, change.therapist_id).version,
                    before={"therapist": {"status": "active"}},
                    after={"therapist": {"status": "inactive"}, "ended": ended},
                )
            )  # fmt: skip
    session.flush()
