"""Databases of several sizes, made once per run: invented therapists, patients and searches all over the country."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from domain.database import Database
from tests.conftest import Office, office, prepare  # noqa: F401 - a fixture
from tests.servers.postgres import TestCluster

SIZES = ((1_000, 1_000), (5_000, 5_000), (10_000, 20_000), (40_000, 20_000))

# One INSERT … SELECT a table: the shapes of the sample data, drawn from the PLZ table with a fixed seed.
FILL = """
SELECT setseed(0.42);
CREATE TEMP TABLE spot AS SELECT row_number() OVER () - 1 AS n, * FROM geocoding_service.plz_place WHERE place = '';
INSERT INTO therapist_service.practice (name, seat) SELECT 'Praxis ' || i, 'statutory' FROM generate_series(1, :therapists) i;
INSERT INTO therapist_service.practice_site (practice_id, plz, city, lat, lon, geo_quality)
SELECT p.id, s.plz, s.district, s.lat, s.lon, 'plz' FROM therapist_service.practice p
JOIN spot s ON s.n = (p.id * 7919) % (SELECT count(*) FROM spot);
INSERT INTO therapist_service.contact_point (mailbox)
SELECT 'praxis' || id || '@praxis.example' FROM therapist_service.practice;
INSERT INTO therapist_service.therapist (practice_id, site_id, contact_point_id, first_name, last_name, sex, licence, offers, email, phone)
SELECT st.practice_id, st.id, c.id, (ARRAY['Anna', 'Jan', 'Petra', 'Sören'])[1 + st.id % 4], 'Name' || st.id,
       (ARRAY['female', 'female', 'male'])[1 + st.id % 3], 'psychological',
       CASE st.id % 3 WHEN 0 THEN ARRAY['cbt:adult:individual'] WHEN 1 THEN ARRAY['psychodynamic:adult:individual', 'psychodynamic:adult:group']
            ELSE ARRAY['systemic:adult:individual', 'cbt:child_youth:individual'] END,
       c.mailbox, CASE WHEN st.id % 3 < 2 THEN '+49241' || 100000 + st.id ELSE '' END
FROM therapist_service.practice_site st JOIN therapist_service.contact_point c ON c.mailbox = 'praxis' || st.practice_id || '@praxis.example';
INSERT INTO patient_service.patient (first_name, last_name, birth_date, sex, plz, city, lat, lon, geo_quality, insurance_kind, registered_on, ready_at)
SELECT 'Lea', 'Person' || i, date '1950-01-01' + (i * 37 % 20000), (ARRAY['female', 'male'])[1 + i % 2], s.plz, s.district, s.lat, s.lon, 'plz',
       'statutory', date '2026-11-01' - (i % 300), now()
FROM generate_series(1, :patients) i JOIN spot s ON s.n = (i * 104729) % (SELECT count(*) FROM spot);
INSERT INTO patient_service.medical_information (patient_id, complaints) SELECT id, ARRAY['Angst'] FROM patient_service.patient;
INSERT INTO patient_service.wishes (patient_id, radius_km, group_ok, therapist_sex, methods)
SELECT id, 10 + id % 40, id % 5 = 0, CASE WHEN id % 4 = 0 THEN 'female' ELSE 'any' END, CASE WHEN id % 3 = 0 THEN ARRAY['cbt'] ELSE '{}' END
FROM patient_service.patient;
INSERT INTO patient_service.consent (patient_id, scope, text_version, given_on, given_by)
SELECT id, 'pseudonymous_inquiry', '2026-01', registered_on, 'patient' FROM patient_service.patient;
INSERT INTO matching_service.place_search (patient_id, status, waiting_since) SELECT id, 'active', registered_on FROM patient_service.patient;
"""


@pytest.fixture(scope="session")
def cluster() -> Iterator[TestCluster]:
    """A server whose files are on a disk, as an office's are: the tests' own holds them in memory."""
    with TestCluster() as running:
        prepare(running)
        yield running


@pytest.fixture(scope="session", params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def filled(request: pytest.FixtureRequest, cluster: TestCluster) -> Iterator[Database]:
    """A database with that many therapists and searches, as the caseworker Jana."""
    therapists, patients = request.param
    name = cluster.clone("platzlotse_template")
    owner = Database(cluster.admin_url(name))
    script = FILL.replace(":therapists", str(therapists)).replace(":patients", str(patients))
    with owner.write() as session:
        session.connection().connection.cursor().execute(script)
    with owner.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    owner.close()
    database = Office(cluster, name).database("jana")
    yield database
    database.close()
    cluster.drop(name)
