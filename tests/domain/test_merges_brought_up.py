"""Merges from before 0053: what they left at the record given up follows it, and comes back with it."""

from sqlalchemy import text

from domain.migrations import migrate
from tests.domain.earlier_office import OFFICE_OF_0012, office_at
from tests.servers.postgres import TestCluster

# Sommer is merged into Winter and that one into Herbst; of an excluded Sommer whoever merged saw nothing.
# Somebody wrote into a merge by hand what no merge moves
LEFT = """
INSERT INTO therapist_service.therapist (id, practice_id, site_id, contact_point_id, last_name)
    OVERRIDING SYSTEM VALUE VALUES (2, 1, 1, 1, 'Winter'), (3, 1, 1, 1, 'Herbst');
UPDATE therapist_service.therapist SET status = 'merged', merged_into_id = 2 WHERE id = 1;
UPDATE therapist_service.therapist SET status = 'merged', merged_into_id = 3 WHERE id = 2;
INSERT INTO therapist_service.therapist_merge
    (kept_id, dropped_id, merged_at, kept_before, kept_after, dropped_status, moved)
    VALUES (2, 1, now(), '{}', '{}', 'active', '[]'),
           (3, 2, now(), '{}', '{}', 'active', '[["therapist_service.practice", "version", 1]]');
UPDATE therapist_service.practice SET version = 3 WHERE id = 1;
INSERT INTO matching_service.exclusion (patient_id, therapist_id, reason) VALUES (1, 1, 'Wunsch');
"""
POINTING = """SELECT therapist_id FROM matching_service.exclusion UNION
    SELECT therapist_id FROM matching_service.inquiry UNION SELECT therapist_id FROM communication_service.phone_call"""
BACK = """UPDATE therapist_service.therapist SET status = 'active', merged_into_id = NULL WHERE id = :id;"""
UNDO = "UPDATE therapist_service.therapist_merge SET undone_at = now() WHERE dropped_id = :id"


def test_what_was_left_behind_goes_to_the_one_kept_and_comes_back(cluster: TestCluster) -> None:
    """Over two merges to the last one kept; each undone in its turn."""
    with office_at(cluster, "0049") as engine:
        with engine.begin() as connection:
            connection.execute(text(OFFICE_OF_0012))
            connection.exec_driver_sql(LEFT)
        assert migrate(engine)
        for dropped, pointed in ((None, 3), (2, 2), (1, 1)):
            with engine.begin() as connection:
                if dropped is not None:
                    connection.execute(text(BACK), {"id": dropped})
                    connection.execute(text(UNDO), {"id": dropped})
                assert connection.scalars(text(POINTING)).all() == [pointed]
                assert connection.scalar(text("SELECT version FROM therapist_service.practice WHERE id = 1")) == 3
