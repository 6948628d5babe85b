-- Mails that something hinders: the worker looks twice a second whether it is over.
CREATE INDEX ix_email_hindered ON communication_service.email (account_id)
    WHERE status IN ('queued', 'retry_wait') AND failure_cause <> '';

-- When somebody last said no, or took it back: asked each minute, so that a restore knows it.
CREATE INDEX ix_entry_refusal ON audit.entry (table_name, row_id, at)
    WHERE table_name = 'patient_service.patient' AND columns @> '{restricted_at}'::text[]
       OR table_name = 'patient_service.patient' AND columns @> '{wants_status}'::text[]
       OR table_name = 'therapist_service.therapist' AND columns @> '{status}'::text[];

-- Why a letter that asks a practice, or offers it somebody, may not go: whom it tells of took the consent back, or has the
-- processing restricted. What waits is stopped where that is noted; this is for what was forgotten there, or came back
-- with a backup. The worker may ask it and reads no patient.
CREATE FUNCTION patient_service.why_not_asked(mail bigint) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    RETURN CASE WHEN EXISTS (
        SELECT FROM communication_service.email_item n
        JOIN matching_service.inquiry_item i ON i.id = n.item_id
        JOIN matching_service.place_search s ON s.id = i.search_id
        JOIN patient_service.patient p ON p.id = s.patient_id
        WHERE n.email_id = mail AND i.status <> 'withdrawn' AND p.restricted_at IS NOT NULL) THEN 'restricted'
    WHEN patient_service.asks_without_consent(mail) THEN 'consent' ELSE '' END;
REVOKE EXECUTE ON FUNCTION patient_service.why_not_asked(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION patient_service.why_not_asked(bigint) TO platzlotse_caseworker, platzlotse_supervisor,
    platzlotse_worker;

-- What a restore set aside, for who answers for the machine. Dropping one is the owner's, with a command: no function can.
CREATE FUNCTION platform.databases_set_aside() RETURNS TABLE (name text, size bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT d.datname::text, CASE WHEN has_database_privilege(d.oid, 'CONNECT') THEN pg_database_size(d.oid) END
    FROM pg_database d WHERE starts_with(d.datname::text, current_database() || '_before_') ORDER BY 1
$$;
REVOKE EXECUTE ON FUNCTION platform.databases_set_aside() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.databases_set_aside() TO platzlotse_supervisor, platzlotse_admin;

-- Whose patients one sees, as numbers: found by the team's index, so that a list of searches asks once and not for each
-- row, and is planned as for somebody who sees everything. It says no more than the rule of patients itself. Tables that
-- are looked at row by row keep the question by the row's own patient, which is cheaper there.
CREATE INDEX ix_patient_team_id ON patient_service.patient (team_id) INCLUDE (id);
CREATE FUNCTION patient_service.seen_patients() RETURNS SETOF bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER COST 10 ROWS 1000 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    teams bigint[] := platform.seen_teams();
BEGIN
    RETURN QUERY SELECT p.id FROM patient_service.patient p WHERE p.team_id IS NULL;
    RETURN QUERY SELECT p.id FROM patient_service.patient p WHERE p.team_id = ANY (teams);
END $$;
REVOKE EXECUTE ON FUNCTION patient_service.seen_patients() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION patient_service.seen_patients() TO platzlotse_caseworker, platzlotse_supervisor;
DO $$
DECLARE
    which text;
BEGIN
    FOREACH which IN ARRAY ARRAY['patient_service.consent', 'patient_service.medical_information', 'patient_service.wishes',
        'matching_service.place_search']
    LOOP
        EXECUTE format('ALTER POLICY own_team ON %s USING ((SELECT platform.sees_all_teams())'
            ' OR patient_id IN (SELECT s.id FROM patient_service.seen_patients() AS s (id)))', which);
    END LOOP;
END $$;
