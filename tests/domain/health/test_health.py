"""The doctor's checks on a real database: what is sound is called so, and what was made unsound is named."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from domain.access import ROLES, group_role
from domain.casework.taking import look_before_by_hand
from domain.communication.account_models import MailAccount, MailboxState
from domain.database import Database
from domain.health.checks import CHECKS, database_findings
from domain.health.models import Finding, State
from domain.health.roles import SCHEMAS, granted, wanted
from domain.persons import ensure_login
from domain.values import Channel
from domain.worker_troubles import note_trouble
from tests.builders import add_search
from tests.conftest import PASSWORD, Office
from tests.domain.casework.steps import ask, mails
from tests.servers.pgbouncer import LOGIN as POOLER

# in tests a person's connection reports what the worker would (tests/conftest.py)
NOT_OF_TESTS = "REVOKE INSERT ON communication_service.email_attempt FROM test_jana, test_tom"
NOR_OF_TESTS = (
    "ALTER TABLE communication_service.contact_entry ENABLE TRIGGER not_ahead",
    # a copy of a database has none of its rights
    f"""DO $$ BEGIN
        EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO {", ".join(map(group_role, ROLES))}', current_database());
        IF to_regrole('{POOLER}') IS NOT NULL THEN
            EXECUTE format('GRANT CONNECT ON DATABASE %I TO {POOLER}', current_database());
        END IF;
    END $$""",
)


def look(database: Database, *, now: datetime | None = None) -> dict[str, Finding]:
    """All findings, by code."""
    with database.read() as session:
        return {found.code: found for found in database_findings(session, now=now or datetime.now(UTC))}


def as_owner(office: Office, *statements: str) -> None:
    """Something the owner, or somebody with that login, did past the program."""
    owner = office.database("owner")
    with owner.write() as session:
        for statement in statements:
            session.execute(text(statement))
    owner.close()


def test_the_matrix_it_compares_with_is_the_one_the_migrations_make(office: Office) -> None:
    """After a migration that gives rights, scripts/write_access_matrix.py writes it anew."""
    owner = office.database("owner")
    with owner.read() as session:
        assert granted(session) == wanted()
        own = session.scalars(
            text(
                "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN "
                "('information_schema', 'public', 'pooler') ORDER BY 1"
            )
        )
        assert list(own) == SCHEMAS
    owner.close()


def test_a_fresh_office_is_sound_but_for_what_it_does_not_have_yet(office: Office, database: Database) -> None:
    """No worker is connected and no account entered; everything else is well."""
    as_owner(office, NOT_OF_TESTS, *NOR_OF_TESTS)
    found = look(database)
    # the office of tests may be older than a worker leaves an entry without a link
    apart = {"backup", "audit_chain"}
    unsound = {code for code, one in found.items() if one.state is not State.OK and one.check not in apart}
    assert unsound == {"worker.gone", "accounts.none"}
    wanted = {"version", "schema", "tls.here", "clock", "jit", "sealing", "roles", "grants", "guards", "surroundings"}
    assert wanted <= set(found)


def test_a_worker_is_seen_while_it_is_connected(database: Database, worker_database: Database) -> None:
    """Whatever the one who looks may read of the worker's own tables."""
    with worker_database.read() as session:
        session.execute(text("SELECT 1"))
        assert look(database)["worker"].state is State.OK


def test_who_backs_up_may_pass_the_rules_of_rows(office: Office, database: Database) -> None:
    """That is what the role is for; anybody else who may is named."""
    owner = office.database("owner")
    with owner.write() as session:
        ensure_login(session, role_name="test_saver", password=PASSWORD, roles={"backup"})
    owner.close()
    assert look(database)["roles"].state is State.OK
    as_owner(office, "ALTER ROLE test_auditor BYPASSRLS")
    try:
        assert look(database)["roles.mighty"].params["who"] == "test_auditor"
    finally:
        as_owner(office, "ALTER ROLE test_auditor NOBYPASSRLS")


def test_rights_beyond_the_matrix_are_named(office: Office, database: Database) -> None:
    """A group that may more, a login that was given something by hand, a table whose rows are open to all."""
    as_owner(
        office,
        "GRANT DELETE ON patient_service.patient TO platzlotse_caseworker",
        "GRANT UPDATE (display_name) ON platform.person TO test_tom",
        "ALTER TABLE platform.office DISABLE ROW LEVEL SECURITY",
    )
    found = look(database)
    assert found["grants.other"].params["what"] == "patient_service.patient platzlotse_caseworker ra(w)d (ra(w))"
    assert "test_tom: platform.person" in str(found["grants.stray"].params["what"])
    assert found["grants.unguarded"].params["what"] == "platform.office"


def test_who_may_too_much_at_work_is_named(office: Office, database: Database) -> None:
    """A login of the office that may make roles; afterwards it may no longer."""
    as_owner(office, "ALTER ROLE test_tom CREATEROLE")
    try:
        assert look(database)["roles.mighty"].params["who"] == "test_tom"
    finally:
        as_owner(office, "ALTER ROLE test_tom NOCREATEROLE")
    owner = office.database("owner")
    assert "postgres" in str(look(owner)["roles.mighty"].params["who"])
    owner.close()


def test_an_older_and_a_newer_schema_are_told_apart(office: Office, database: Database) -> None:
    """And another program's matrix is not held against this database."""
    as_owner(office, "UPDATE platform.alembic_version SET version_num = '0001'")
    found = look(database)
    assert found["schema.older"].state is State.FAIL
    assert not {code for code in found if code.startswith("grants")}
    as_owner(office, "UPDATE platform.alembic_version SET version_num = '9999'")
    assert look(database)["schema.newer"].state is State.FAIL


def test_a_clock_that_differs_is_told_by_how_much(database: Database) -> None:
    """A little wants a look, minutes must be mended."""
    now = datetime.now(UTC)
    assert look(database, now=now - timedelta(seconds=60))["clock.differs"].state is State.WARN
    assert look(database, now=now + timedelta(hours=1))["clock.differs"].state is State.FAIL


def test_what_hinders_the_worker_and_the_accounts_is_told(
    database: Database, worker_database: Database, now: datetime
) -> None:
    """A round that fails, and a mailbox that was not to be read; both with their reason."""
    with database.write() as session:
        account = MailAccount(name="Büro", address="buero@praxis.example", imap_host="imap.example")
        session.add(account)
        session.flush()
        number = account.id
    with worker_database.write() as session:
        note_trouble(session, "place", "database.unreachable", now=now)
        session.add(MailboxState(account_id=number, folder="INBOX", trouble="mail.login_refused", checked_at=now))
    found = look(database)
    assert found["worker.trouble"].params["round"] == "place"
    assert (found["accounts.reading"].params["name"], found["accounts.reading"].params["why"]) == (
        "Büro",
        "mail.login_refused",
    )


def test_a_mail_that_waits_too_long_is_told_unless_somebody_has_it_outside(database: Database) -> None:
    """What a person sends with a program of their own keeps no queue waiting."""
    now = datetime.now(UTC)
    with database.write() as session:
        inquiry = ask(session, add_search(session), now=now, channel=Channel.EMAIL)
        (mail,) = mails(session, inquiry, "inquiry")
        number = mail.id
    tomorrow = now + timedelta(days=1)
    assert look(database, now=tomorrow)["queue.late"].params["n"] == 1
    with database.write() as session:
        assert look_before_by_hand(session, number, now=now) == ""
    assert "queue.late" not in look(database, now=tomorrow)


@pytest.mark.parametrize("role", ["auditor", "admin", "worker"])
def test_what_a_role_may_not_see_hinders_no_other_check(office: Office, role: str) -> None:
    """It is said, and the rest is looked at all the same."""
    other = office.database(role)
    found = look(other)
    with other.read() as session:
        checks = {one.check for one in database_findings(session, now=datetime.now(UTC))}
    other.close()
    assert found["not_for_this_role"].state is State.WARN
    assert checks >= set(CHECKS) - {"backup"}


def test_a_backup_is_judged_by_the_office_s_own_limit(office: Office, database: Database) -> None:
    """As soon as the tables of backups are there."""
    as_owner(office, "DROP TABLE IF EXISTS platform.backup, platform.backup_settings CASCADE")
    assert not {code for code in look(database) if code.startswith("backup")}
    as_owner(
        office,
        "CREATE TABLE platform.backup (verified_at timestamptz)",
        "CREATE TABLE platform.backup_settings (limit_days int, since timestamptz DEFAULT now(), recovery_key bytea,"
        " second_folder text DEFAULT '')",
        "INSERT INTO platform.backup_settings VALUES (2)",
        "GRANT SELECT ON platform.backup, platform.backup_settings TO platzlotse_caseworker",
    )
    assert look(database)["backup.none"].state is State.WARN
    as_owner(office, "INSERT INTO platform.backup VALUES (now() - interval '3 days')")
    assert look(database)["backup.old"].state is State.FAIL
    as_owner(office, "INSERT INTO platform.backup VALUES (now())")
    assert look(database)["backup"].state is State.OK
    assert {"backup.no_paper", "backup.one_place"} <= set(look(database))
    as_owner(office, "UPDATE platform.backup_settings SET recovery_key = 'x', second_folder = '/srv/kopie'")
    assert not {"backup.no_paper", "backup.one_place"} & set(look(database))


OF_OWNER = "RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp"
OTHER_VIEW = """DO $$ BEGIN EXECUTE format(
    'CREATE OR REPLACE VIEW %1$s WITH (security_invoker = true) AS SELECT * FROM (%2$s) AS v LIMIT 5',
    'matching_service.occupancy', rtrim(pg_get_viewdef('matching_service.occupancy'::regclass), ';')); END $$"""
ONLY_OWN = "only_own BEFORE UPDATE ON matching_service.inquiry FOR EACH ROW"


@pytest.mark.parametrize(
    ("statement", "code", "named"),
    [
        ("CREATE POLICY helfer ON patient_service.patient FOR SELECT TO platzlotse_caseworker USING (true)",
         "guards.policy", "+ patient_service.patient:helfer"),
        ("ALTER POLICY own_name ON communication_service.account_test WITH CHECK (true)",
         "guards.policy", "≠ communication_service.account_test:own_name"),
        ("GRANT EXECUTE ON FUNCTION audit.erase_contact(bigint, text) TO PUBLIC",
         "guards.function", "≠ audit.erase_contact"),
        ("GRANT EXECUTE ON FUNCTION audit.erase_contact(bigint, text) TO test_tom",
         "guards.function", "≠ audit.erase_contact"),
        ("CREATE FUNCTION platform.helfer() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
         "guards.function", "+ platform.helfer"),
        ("CREATE OR REPLACE FUNCTION platform.stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
         "guards.function", "≠ platform.stamp"),
        (f"CREATE OR REPLACE FUNCTION matching_service.sees_inquiry(which bigint) {OF_OWNER} RETURN true",
         "guards.function", "≠ matching_service.sees_inquiry"),
        (f"CREATE OR REPLACE TRIGGER {ONLY_OWN} WHEN (false) EXECUTE FUNCTION matching_service.only_own_inquiry()",
         "guards.trigger", "≠ matching_service.inquiry:only_own"),
        ("ALTER TABLE patient_service.patient DISABLE TRIGGER audit_update",
         "guards.trigger", "≠ patient_service.patient:audit_update"),
        ("DROP TRIGGER audit_delete ON patient_service.patient",
         "guards.trigger", "− patient_service.patient:audit_delete"),
        ("GRANT UPDATE (role_name) ON platform.person TO platzlotse_admin",
         "guards.column", "+ platform.person.role_name"),
        ("GRANT USAGE ON ALL SEQUENCES IN SCHEMA audit TO platzlotse_caseworker", "guards.sequence", "≠ audit."),
        ("ALTER VIEW matching_service.inquiry_overview RESET (security_invoker)",
         "guards.view", "≠ matching_service.inquiry_overview"),
        (OTHER_VIEW, "guards.view", "≠ matching_service.occupancy"),
        ("GRANT USAGE ON SCHEMA patient_service TO platzlotse_admin", "guards.schema", "≠ patient_service"),
        ("ALTER TABLE platform.office DROP CONSTRAINT ck_office_retention",
         "guards.constraint", "− platform.office:ck_office_retention"),
        ("ALTER TABLE communication_service.email_patient DISABLE TRIGGER ALL",
         "guards.constraint", "≠ communication_service.email_patient:fk_"),
        ("ALTER TABLE patient_service.patient ALTER last_name DROP NOT NULL",
         "guards.field", "≠ patient_service.patient.last_name"),
        ("ALTER TABLE patient_service.patient ALTER version SET DEFAULT 7",
         "guards.field", "≠ patient_service.patient.version"),
        ("DROP INDEX matching_service.uq_inquiry_open_contact_point",
         "guards.unique", "− matching_service.uq_inquiry_open_contact_point"),
        ("GRANT CREATE ON SCHEMA public TO PUBLIC", "surroundings.open", "CREATE public: PUBLIC"),
        ('GRANT TEMP ON DATABASE "{name}" TO PUBLIC', "surroundings.open", "TEMPORARY"),
        ('GRANT CREATE ON DATABASE "{name}" TO platzlotse_caseworker', "surroundings.open", "platzlotse_caseworker"),
        ("ALTER TABLE patient_service.patient OWNER TO pg_read_all_data",
         "surroundings.owner", "patient_service.patient"),
    ],
)  # fmt: skip
def test_what_guards_the_rows_is_compared_too(
    office: Office, database: Database, statement: str, code: str, named: str
) -> None:
    """Each loosened screw is named, in a finding that must be mended."""
    as_owner(office, *NOR_OF_TESTS)
    assert not {found for found in look(database) if found.startswith(("guards.", "surroundings."))}
    as_owner(office, statement.replace("{name}", office.name))
    found = look(database)[code]
    assert found.state is State.FAIL
    assert named in str(found.params["what"])


def test_an_index_of_the_office_s_own_only_wants_a_look(office: Office, database: Database) -> None:
    """It changes how fast something is, not what is right."""
    as_owner(office, *NOR_OF_TESTS, "CREATE INDEX schneller ON patient_service.patient (city)")
    found = look(database)["guards.index"]
    assert (found.state, found.params["what"]) == (State.WARN, "+ patient_service.schneller")


@pytest.mark.parametrize(
    ("statement", "undone", "named"),
    [
        (
            "ALTER ROLE test_tom SET session_replication_role = replica",
            "ALTER ROLE test_tom RESET session_replication_role",
            "test_tom: ses",
        ),
        (
            "GRANT SET ON PARAMETER session_replication_role TO test_tom",
            "REVOKE SET ON PARAMETER session_replication_role FROM test_tom",
            "test_tom: ses",
        ),
        (
            "CREATE RULE lost AS ON INSERT TO audit.entry DO INSTEAD NOTHING",
            "DROP RULE lost ON audit.entry",
            "audit.entry: lost",
        ),
    ],
)
def test_what_silences_triggers_or_the_audit_is_named(
    office: Office, database: Database, statement: str, undone: str, named: str
) -> None:
    """A login or a grant by which no trigger fires, a rule that swallows what is written."""
    as_owner(office, statement)
    try:
        assert named in str(look(database)["surroundings.silenced"].params["what"])
    finally:
        as_owner(office, undone)
    assert "surroundings.silenced" not in look(database)


def test_a_role_given_past_the_office_is_named(office: Office, database: Database) -> None:
    """Granted on the server, in no person's record; what the office gave is no news."""
    as_owner(office, "GRANT platzlotse_auditor TO test_tom")
    try:
        assert look(database)["roles.ungiven"].params["who"] == "test_tom: platzlotse_auditor"
    finally:
        as_owner(office, "REVOKE platzlotse_auditor FROM test_tom")
    assert "roles.ungiven" not in look(database)


def test_who_reads_everything_by_a_role_of_the_server_is_named(office: Office, database: Database) -> None:
    """A role PostgreSQL brings along passes our rights by."""
    as_owner(office, "GRANT pg_read_server_files TO test_tom")
    try:
        assert "test_tom: pg_read_server_files" in str(look(database)["surroundings.beyond"].params["what"])
    finally:
        as_owner(office, "REVOKE pg_read_server_files FROM test_tom")
    assert "surroundings.beyond" not in look(database)
