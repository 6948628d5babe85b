"""What the rules look at: one flat row per search and one per therapist.

These are the read-only queries across schemas that matching needs (ARCHITECTURE.md argues them); parameters
are `:now` (aware datetime) and `:today` (date of the office).
"""

from domain.matching.rules import (
    ADULT_BITS,
    ALL_BITS,
    CHILD_BITS,
    GROUP_BITS,
    INDIVIDUAL_BITS,
)
from domain.therapists.asking import asked_where

# Age groups (rule 3): children and youth under 21, adults from 18; between 18 and 20 both.
AGE = "extract(year FROM age(:today, p.birth_date))::int"

SEARCH_FACTS = f"""
SELECT ps.id AS search_id, ps.patient_id, ps.status, ps.urgency, ps.waiting_since,
       p.first_name, p.last_name, p.sort_name, p.city, p.lat, p.lon, p.sex, p.insurance_kind, {AGE} AS age,
       CASE WHEN p.birth_date IS NULL THEN 3 WHEN {AGE} < 18 THEN 2 WHEN {AGE} < 21 THEN 3 ELSE 1 END AS age_mask,
       CASE WHEN p.birth_date IS NULL THEN {ADULT_BITS | CHILD_BITS} WHEN {AGE} < 18 THEN {CHILD_BITS}
            WHEN {AGE} < 21 THEN {ADULT_BITS | CHILD_BITS} ELSE {ADULT_BITS} END AS age_bits,
       CASE WHEN w.group_ok THEN {INDIVIDUAL_BITS | GROUP_BITS} ELSE {INDIVIDUAL_BITS} END AS setting_bits,
       CASE WHEN coalesce(w.method_mask, 0) = 0 THEN {ALL_BITS} ELSE w.method_mask END AS method_bits,
       coalesce(w.method_mask, 0) = 0 AS any_method,
       coalesce(w.therapist_sex, 'any') AS therapist_sex,
       coalesce(w.radius_km, o.radius_km) AS radius_km,
       coalesce(w.languages, '{{}}') AS languages,
       coalesce(w.accessibility_needed, false) AS accessibility_needed,
       coalesce(w.reimbursement_ok, false) AS reimbursement_ok,
       w.availability,
       coalesce(m.diagnoses, '{{}}') AS diagnoses,
       -- a minor's guardians consent; where nobody noted who gave it, the answer is unknown
       CASE WHEN p.restricted_at IS NOT NULL OR c.id IS NULL THEN false
            WHEN {AGE} >= 18 OR c.given_by = 'guardian' THEN true
            WHEN c.given_by = 'patient' AND {AGE} < 18 THEN false END AS consent,
       ARRAY(SELECT e.therapist_id FROM matching_service.exclusion e
             WHERE e.patient_id = ps.patient_id AND e.therapist_id IS NOT NULL
               AND (e.search_id IS NULL OR e.search_id = ps.id) AND (e.ends_on IS NULL OR e.ends_on > :today)
       ) AS excluded_therapists,
       ARRAY(SELECT e.practice_id FROM matching_service.exclusion e
             WHERE e.patient_id = ps.patient_id AND e.practice_id IS NOT NULL
               AND (e.search_id IS NULL OR e.search_id = ps.id) AND (e.ends_on IS NULL OR e.ends_on > :today)
       ) AS excluded_practices,
       ARRAY(SELECT q.therapist_id FROM matching_service.inquiry_item i
             JOIN matching_service.inquiry q ON q.id = i.inquiry_id
             JOIN matching_service.place_search other ON other.id = i.search_id
             WHERE other.patient_id = ps.patient_id AND i.status = 'rejection_unsuitable'
       ) AS unsuitable_therapists
FROM matching_service.place_search ps
JOIN patient_service.patient p ON p.id = ps.patient_id
JOIN platform.office o ON o.id = 1
LEFT JOIN patient_service.wishes w ON w.patient_id = p.id
LEFT JOIN patient_service.medical_information m ON m.patient_id = p.id
LEFT JOIN patient_service.consent c
       ON c.patient_id = p.id AND c.scope = 'pseudonymous_inquiry' AND c.withdrawn_on IS NULL
"""

THERAPIST_FACTS = f"""
SELECT th.id AS therapist_id, th.practice_id, th.contact_point_id, th.title, th.first_name, th.last_name, th.sort_name,
       th.sex, th.licence, th.offers, th.offer_mask, th.age_mask, th.age_min, th.age_max, th.patient_sex,
       th.languages, th.diagnoses_preferred, th.diagnoses_excluded, th.treatment_hours, th.phone_hours,
       th.phone, th.email, th.capacity, th.capacity_from, th.capacity_note, th.capacity_as_of,
       pr.name AS practice_name, pr.seat, st.accessible, st.lat, st.lon, st.geo_quality, st.plz, st.city,
       st.street, st.house_number,
       (SELECT q.id FROM matching_service.inquiry q
        WHERE q.contact_point_id = th.contact_point_id AND q.closed_at IS NULL) AS open_inquiry_id,
       (SELECT max(k.ends_at) FROM matching_service.cooling_period k
        WHERE k.contact_point_id = th.contact_point_id) AS cooling_until,
       {asked_where("th", ":today")} AS available
FROM therapist_service.therapist th
JOIN therapist_service.practice pr ON pr.id = th.practice_id
JOIN therapist_service.practice_site st ON st.id = th.site_id
"""
