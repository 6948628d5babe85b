"""`main.py candidates`: who fits a patient, who does not and why, and what is not known yet."""

import argparse
from datetime import UTC, datetime
from typing import Any

from app.cli import DONE, say, tell
from app.commands.own_login import opened_seat
from app.paths import Profile
from app.settings import load
from domain.database import Database
from domain.errors import NotFound
from domain.matching.candidates import Candidates, PracticeCandidate, RuleGroup, candidates_for_search
from domain.matching.listing import open_search_of
from ui.labels import rule_reason
from ui.translation import tr


def run(options: argparse.Namespace, profile: Profile | None) -> int:
    """Judge every therapist for the patient's open search."""
    profile = profile or Profile.default()
    with opened_seat(profile, load(profile.settings)) as seat:
        database = Database(seat.person_url)
        with database.read() as session:
            search_id = open_search_of(session, options.patient)
            if search_id is None:
                raise NotFound("place_search.not_found", patient_id=options.patient)
            found = candidates_for_search(session, search_id, now=datetime.now(UTC))
        database.close()
    if options.json:
        say(
            {
                "search": found.search_id,
                "fit_total": found.fit_total,
                "fit": [_practice(candidate) for candidate in found.fit],
                "excluded": [_group(group, unknown=False) for group in found.excluded],
                "unknown": [_group(group, unknown=True) for group in found.unknown],
            }
        )
    else:
        _tell(found)
    return DONE


def _practice(candidate: PracticeCandidate) -> dict[str, Any]:
    return {
        "therapist": candidate.therapist_id,
        "name": candidate.name,
        "plz": candidate.plz,
        "city": candidate.city,
        "distance_km": None if candidate.distance_km is None else round(candidate.distance_km, 2),
        "expected_answer": None if candidate.expected is None else round(candidate.expected.chance.mean, 3),
    }


def _group(group: RuleGroup, *, unknown: bool) -> dict[str, Any]:
    return {
        "rule": group.rule.value,
        "reason": rule_reason(group.rule, unknown=unknown),
        "count": group.count,
        "therapists": [candidate.therapist_id for candidate in group.nearest],
    }


def _tell(found: Candidates) -> None:
    tell(tr("Passend: {n}").format(n=found.fit_total))
    for candidate in found.fit[:20]:
        distance = "" if candidate.distance_km is None else f"{candidate.distance_km:.1f} km".replace(".", ",")
        tell(f"  {candidate.therapist_id:>6}  {candidate.name}, {candidate.city}  {distance}")
    for group in found.excluded:
        tell(f"{rule_reason(group.rule)}: {group.count}")
    for group in found.unknown:
        tell(f"{rule_reason(group.rule, unknown=True)}: {group.count}")
