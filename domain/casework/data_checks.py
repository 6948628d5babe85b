"""Angaben prüfen: whose record lacks something, or holds something doubtful, that work needs. Codes, no words.

Of patients what the checklist "bereit für die Suche" asks for, as long as something is to be done for them; a test
holds both together. Of therapists who were ever asked, or entered by hand: how they are reached, where they are, what
they offer. A directory's others are many, and whether they matter shows when a search meets them
(`matching/unknowns`). Of everybody: a word on places that is old, and suggestions from a web page that nobody decided.
A patient's paper kept before anybody was asked what it is waits for that, too.
"""

from domain.patients.checklist import ADULT_AGE, REQUIRED_SCOPES
from domain.therapists.capacity_age import STALE

_TODAY = "(cast(:now AS timestamptz) AT TIME ZONE 'Europe/Berlin')::date"
_AGE = f"extract(year FROM age({_TODAY}, p.birth_date))"
_GIVEN = """EXISTS (SELECT FROM patient_service.consent c WHERE c.patient_id = p.id AND c.scope = '{scope}'
                        AND c.withdrawn_on IS NULL{more})"""
_MINOR = f"coalesce({_AGE} < {ADULT_AGE}, false)"
OLDEST = 110  # years; a birth date before is a slip of the pen

# code of what is missing or doubtful -> when it is, in the order of the form
PATIENT_CHECKS: dict[str, str] = {
    "name": "p.first_name = '' OR p.last_name = ''",
    "birth_date": "p.birth_date IS NULL",
    "age": f"p.birth_date > {_TODAY} OR {_AGE} > {OLDEST}",
    "place": "p.lat IS NULL",
    "insurance": "p.insurance_kind = 'unknown'",
    "complaint": "coalesce(m.complaints = '{}' AND m.diagnoses = '{}' AND m.complaint_note = '', true)",
    **{f"consent_{scope}": f"NOT {_GIVEN.format(scope=scope, more='')}" for scope in REQUIRED_SCOPES},
    "guardian": f"{_MINOR} AND NOT EXISTS (SELECT FROM patient_service.guardian g WHERE g.patient_id = p.id)",
    "guardian_consent": f"{_MINOR} AND NOT "
    + _GIVEN.format(scope="pseudonymous_inquiry", more=" AND c.given_by = 'guardian'"),
    "papers": """EXISTS (SELECT FROM patient_service.patient_file f
                         WHERE f.patient_id = p.id AND NOT f.kind_confirmed AND f.erased_at IS NULL)""",
}
_WORKED_WITH = """(t.source = 'manual'
    OR EXISTS (SELECT FROM matching_service.inquiry q WHERE q.therapist_id = t.id))"""
THERAPIST_CHECKS: dict[str, str] = {
    "reach": f"t.email = '' AND t.phone = '' AND t.mobile = '' AND {_WORKED_WITH}",
    "place": f"st.lat IS NULL AND {_WORKED_WITH}",
    "offers": f"t.offers = '{{}}' AND {_WORKED_WITH}",
    "website": "EXISTS (SELECT FROM therapist_service.web_finding f WHERE f.therapist_id = t.id"
    " AND f.state = 'suggested')",
    "capacity": STALE,
}


def _codes(checks: dict[str, str]) -> str:
    """The codes that hold, with blanks between them."""
    return "concat_ws(' ', " + ", ".join(f"CASE WHEN {when} THEN '{code}' END" for code, when in checks.items()) + ")"


PATIENTS = f"""
    SELECT 'patients', k.id, k.name, k.codes, NULL::timestamptz FROM (
        SELECT p.id, trim(p.first_name || ' ' || p.last_name) AS name, {_codes(PATIENT_CHECKS)} AS codes
        FROM patient_service.patient p JOIN matching_service.patient_state v ON v.patient_id = p.id
        LEFT JOIN patient_service.medical_information m ON m.patient_id = p.id
        WHERE v.state IN ('intake', 'ready', 'searching', 'paused')
    ) AS k WHERE k.codes <> ''"""
THERAPISTS = f"""
    SELECT 'therapists', k.id, k.name, k.codes, NULL::timestamptz FROM (
        SELECT t.id, trim(t.first_name || ' ' || t.last_name) AS name, {_codes(THERAPIST_CHECKS)} AS codes
        FROM therapist_service.therapist t JOIN therapist_service.practice_site st ON st.id = t.site_id
        WHERE t.status = 'active' AND t.merged_into_id IS NULL
    ) AS k WHERE k.codes <> ''"""
