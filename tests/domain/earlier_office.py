"""Databases as an earlier revision left them, and what its release wrote there."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, text

from tests.servers.postgres import TestCluster

# rows as the release of 0012 wrote them: today's models know columns that are not there yet
OFFICE_OF_0012 = """
INSERT INTO platform.person (role_name, display_name) VALUES (session_user, 'Leitung');
INSERT INTO therapist_service.practice (id, name) OVERRIDING SYSTEM VALUE VALUES (1, 'Praxis');
INSERT INTO therapist_service.practice_site (id, practice_id) OVERRIDING SYSTEM VALUE VALUES (1, 1);
INSERT INTO therapist_service.contact_point (id, practice_id) OVERRIDING SYSTEM VALUE VALUES (1, 1);
INSERT INTO therapist_service.therapist (id, practice_id, site_id, contact_point_id, last_name)
    OVERRIDING SYSTEM VALUE VALUES (1, 1, 1, 1, 'Sommer');
INSERT INTO patient_service.patient (id, last_name, registered_on)
    OVERRIDING SYSTEM VALUE VALUES (1, 'Berger', '2026-01-01');
INSERT INTO matching_service.place_search (id, patient_id, status, waiting_since)
    OVERRIDING SYSTEM VALUE VALUES (1, 1, 'active', '2026-01-01');
INSERT INTO matching_service.inquiry (id, contact_point_id, therapist_id, reference, channel, stage, approved_at)
    OVERRIDING SYSTEM VALUE VALUES (1, 1, 1, 'PL-ABCDEF', 'phone', 'approved', now());
INSERT INTO matching_service.inquiry_item (id, inquiry_id, search_id, position, reference_code)
    OVERRIDING SYSTEM VALUE VALUES (1, 1, 1, 1, 'ABCDE');
INSERT INTO communication_service.phone_call (therapist_id, inquiry_id, person_id, planned_at, status, started_at)
    SELECT 1, 1, id, now(), 'in_progress', now() FROM platform.person;
"""


@contextmanager
def office_at(cluster: TestCluster, revision: str) -> Iterator[Engine]:
    """A database as an earlier revision left it, gone afterwards."""
    name = cluster.clone("template0")
    engine = create_engine(cluster.admin_url(name))
    config = Config()
    config.set_main_option("script_location", "domain:migrations")
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA platform"))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    try:
        yield engine
    finally:
        engine.dispose()
        cluster.drop(name)
