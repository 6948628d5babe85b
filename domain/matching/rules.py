"""The hard rules of matching, each written once: an SQL expression that is true, false, or NULL for "unknown".

`s` is a row of SEARCH_FACTS, `t` one of THERAPIST_FACTS (facts.py); `:now` and `:today` are parameters.
The order is that of domain.md; the first broken rule names an excluded pair. Words for people: `ui.labels`.
"""

from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """Codes of the hard rules, in the order of domain.md."""

    SEARCH_ACTIVE = "search_active"
    CONSENT = "consent"
    THERAPIST_ACTIVE = "therapist_active"
    AGE = "age"
    METHOD = "method"
    SETTING = "setting"
    SEX = "sex"
    DISTANCE = "distance"
    EXCLUSION = "exclusion"
    DIAGNOSIS = "diagnosis"
    INSURANCE = "insurance"
    CONTACT_POINT = "contact_point"
    NEEDS = "needs"
    AVAILABILITY = "availability"
    ANSWERED_UNSUITABLE = "answered_unsuitable"


def _bits(*, ages: tuple[int, ...], settings: tuple[int, ...]) -> int:
    """Offer bits of all four methods for the given age and setting indexes (layout: migration 0001)."""
    return sum(1 << (9 * method + 3 * age + setting) for method in range(4) for age in ages for setting in settings)


ADULT, CHILD, ANY_AGE = ((0,), (1,), (0, 1, 2))
INDIVIDUAL, GROUP, ALL_SETTINGS = ((0,), (1,), (0, 1, 2))
ADULT_BITS = _bits(ages=ADULT, settings=ALL_SETTINGS)
CHILD_BITS = _bits(ages=CHILD, settings=ALL_SETTINGS)
UNKNOWN_AGE_BITS = _bits(ages=(2,), settings=ALL_SETTINGS)
INDIVIDUAL_BITS = _bits(ages=ANY_AGE, settings=INDIVIDUAL)
GROUP_BITS = _bits(ages=ANY_AGE, settings=GROUP)
UNKNOWN_SETTING_BITS = _bits(ages=ANY_AGE, settings=(2,))
ALL_BITS = _bits(ages=ANY_AGE, settings=ALL_SETTINGS)

# Facts of the search that rules 3–5 combine: bits of offers that would do for sure, and those that might.
SURE = "(s.method_bits & s.age_bits & s.setting_bits)"
MAYBE = f"(s.method_bits & (s.age_bits | {UNKNOWN_AGE_BITS}) & (s.setting_bits | {UNKNOWN_SETTING_BITS}))"

MINIMUM_SHARED_MINUTES = 50  # one session of psychotherapy lasts 50 minutes


@dataclass(frozen=True, slots=True)
class HardRule:
    """A rule and its SQL verdict: true fits, false excludes, NULL is unknown."""

    code: Rule
    verdict: str


RULES: tuple[HardRule, ...] = (
    HardRule(Rule.SEARCH_ACTIVE, "s.status = 'active'"),
    HardRule(Rule.CONSENT, "s.consent"),
    HardRule(Rule.THERAPIST_ACTIVE, "t.available"),
    HardRule(
        Rule.AGE,
        """CASE WHEN s.age IS NULL THEN
                CASE WHEN t.age_mask & 3 = 3 AND t.age_min = 0 AND t.age_max = 0 THEN true END
            WHEN s.age < t.age_min OR (t.age_max > 0 AND s.age > t.age_max) THEN false
            WHEN t.age_mask & s.age_mask <> 0 THEN true
            WHEN t.age_mask & 4 <> 0 THEN NULL
            ELSE false END""",
    ),
    HardRule(
        Rule.METHOD,
        f"""CASE WHEN t.offer_mask & {SURE} <> 0 THEN true
            WHEN t.offer_mask & {MAYBE} <> 0 THEN NULL
            WHEN t.offer_mask = 0 THEN CASE WHEN s.any_method THEN true END
            ELSE false END""",
    ),
    HardRule(
        Rule.SETTING,
        f"""CASE WHEN t.offer_mask & s.setting_bits <> 0 THEN true
            WHEN t.offer_mask = 0 OR t.offer_mask & {UNKNOWN_SETTING_BITS} <> 0 THEN NULL
            ELSE false END""",
    ),
    HardRule(
        Rule.SEX,
        "s.therapist_sex IN ('any', t.sex) AND t.patient_sex IN ('any', s.sex)",
    ),
    HardRule(Rule.DISTANCE, "public.distance_km(s.lat, s.lon, t.lat, t.lon) <= s.radius_km"),
    HardRule(
        Rule.EXCLUSION,
        "NOT (t.therapist_id = ANY (s.excluded_therapists) OR t.practice_id = ANY (s.excluded_practices))",
    ),
    HardRule(
        Rule.DIAGNOSIS,
        """CASE WHEN t.diagnoses_preferred = '{}' AND t.diagnoses_excluded = '{}' THEN true
            WHEN s.diagnoses = '{}' THEN NULL
            WHEN public.diagnoses_meet(s.diagnoses, t.diagnoses_excluded) THEN false
            ELSE t.diagnoses_preferred = '{}' OR public.diagnoses_meet(s.diagnoses, t.diagnoses_preferred) END""",
    ),
    HardRule(
        Rule.INSURANCE,
        """CASE WHEN t.seat = 'statutory' THEN true
            WHEN s.insurance_kind IN ('private', 'self_pay') THEN true
            WHEN t.seat = 'private' THEN
                CASE WHEN s.reimbursement_ok THEN true WHEN s.insurance_kind = 'statutory' THEN false END
            END""",
    ),
    HardRule(
        Rule.CONTACT_POINT,
        "t.open_inquiry_id IS NULL AND (t.cooling_until IS NULL OR t.cooling_until <= :now)",
    ),
    HardRule(
        Rule.NEEDS,
        """CASE WHEN s.accessibility_needed AND t.accessible = false THEN false
            WHEN s.languages <> '{}' AND t.languages <> '{}' AND NOT (s.languages <@ t.languages) THEN false
            WHEN s.accessibility_needed AND t.accessible IS NULL THEN NULL
            WHEN s.languages <> '{}' AND t.languages = '{}' THEN NULL
            ELSE true END""",
    ),
    HardRule(
        Rule.AVAILABILITY,
        f"""CASE WHEN s.availability IS NULL OR t.treatment_hours IS NULL THEN true
            ELSE public.shares_minutes(s.availability, t.treatment_hours, {MINIMUM_SHARED_MINUTES}) END""",
    ),
    HardRule(Rule.ANSWERED_UNSUITABLE, "NOT (t.therapist_id = ANY (s.unsuitable_therapists))"),
)
