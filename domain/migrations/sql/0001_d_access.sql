-- Group roles; persons are members. They belong to the cluster, so another database may have made them.
DO $$
DECLARE
    role text;
BEGIN
    FOREACH role IN ARRAY ARRAY['caseworker', 'supervisor', 'auditor', 'admin', 'worker', 'backup'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'platzlotse_' || role) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', 'platzlotse_' || role);
        END IF;
    END LOOP;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO platzlotse_caseworker, platzlotse_supervisor,'
        ' platzlotse_auditor, platzlotse_admin, platzlotse_worker, platzlotse_backup', current_database());
    -- a nine-rule pass over 40,000 rows takes ten times longer when compiled first
    EXECUTE format('ALTER DATABASE %I SET jit = off', current_database());
END $$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA platform, audit FROM PUBLIC;

GRANT USAGE ON SCHEMA public, platform, audit TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_auditor,
    platzlotse_admin, platzlotse_worker, platzlotse_backup;
GRANT USAGE ON SCHEMA patient_service, therapist_service, matching_service, communication_service,
    geocoding_service, scraping_service TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker, platzlotse_backup;

GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA patient_service, therapist_service, matching_service,
    communication_service, scraping_service TO platzlotse_caseworker, platzlotse_supervisor;
REVOKE UPDATE ON matching_service.answer, communication_service.contact_entry, scraping_service.rejected_row
    FROM platzlotse_caseworker, platzlotse_supervisor;
REVOKE INSERT, UPDATE ON matching_service.inquiry_overview, matching_service.occupancy, matching_service.patient_state
    FROM platzlotse_caseworker, platzlotse_supervisor;
GRANT DELETE ON patient_service.guardian, matching_service.exclusion TO platzlotse_caseworker, platzlotse_supervisor;
GRANT SELECT ON geocoding_service.plz_place TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker;

GRANT SELECT ON platform.person, platform.team, platform.office, platform.alembic_version TO platzlotse_caseworker,
    platzlotse_supervisor, platzlotse_auditor, platzlotse_admin, platzlotse_worker;
GRANT SELECT, INSERT ON platform.event TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker, platzlotse_admin;
GRANT UPDATE ON platform.office TO platzlotse_supervisor, platzlotse_admin;
GRANT INSERT, UPDATE ON platform.person, platform.team TO platzlotse_admin;
GRANT EXECUTE ON FUNCTION platform.current_person_id(), platform.stamp(), platform.notify_event(), platform.append_only()
    TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_auditor, platzlotse_admin, platzlotse_worker;
GRANT EXECUTE ON FUNCTION platform.defer_send_email(bigint) TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker;
GRANT EXECUTE ON FUNCTION audit.record_reading(text, bigint) TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker;
GRANT SELECT ON audit.entry TO platzlotse_auditor, platzlotse_supervisor;

-- The worker sends what is queued and lets clocks run; it sees no patient's profile and no health data.
GRANT SELECT, UPDATE ON communication_service.email, communication_service.phone_call, matching_service.inquiry,
    matching_service.inquiry_item, matching_service.place_search TO platzlotse_worker;
GRANT SELECT, INSERT ON communication_service.contact_entry, communication_service.phone_call,
    matching_service.cooling_period, matching_service.answer TO platzlotse_worker;
GRANT SELECT ON matching_service.inquiry_overview, matching_service.occupancy, therapist_service.therapist,
    therapist_service.contact_point TO platzlotse_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON platform.procrastinate_workers, platform.procrastinate_jobs,
    platform.procrastinate_periodic_defers, platform.procrastinate_events TO platzlotse_worker;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA platform TO platzlotse_worker;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA platform TO platzlotse_worker;

GRANT SELECT ON ALL TABLES IN SCHEMA platform, audit, patient_service, therapist_service, matching_service,
    communication_service, geocoding_service, scraping_service TO platzlotse_backup;

-- Row-level security from the first day: what has no policy is closed. Policies between teams come on top.
DO $$
DECLARE
    secured text;
BEGIN
    FOR secured IN
        SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables
        WHERE table_type = 'BASE TABLE' AND table_name NOT LIKE 'procrastinate%' AND table_name <> 'alembic_version'
          AND table_schema IN ('platform', 'audit', 'patient_service', 'therapist_service', 'matching_service',
                               'communication_service', 'geocoding_service', 'scraping_service')
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', secured);
        EXECUTE format('CREATE POLICY backup ON %s FOR SELECT TO platzlotse_backup USING (true)', secured);
        IF secured LIKE 'audit.%' THEN
            CONTINUE;
        END IF;
        -- grants say which verbs; the rows are the office's
        EXECUTE format('CREATE POLICY office ON %s TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker'
            ' USING (true) WITH CHECK (true)', secured);
        IF secured LIKE 'platform.%' THEN
            EXECUTE format('CREATE POLICY administration ON %s TO platzlotse_admin, platzlotse_auditor'
                ' USING (true) WITH CHECK (true)', secured);
        END IF;
    END LOOP;
END $$;

CREATE POLICY auditing ON audit.entry FOR SELECT TO platzlotse_auditor, platzlotse_supervisor USING (true);
