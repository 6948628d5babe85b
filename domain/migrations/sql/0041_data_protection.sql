-- What patients are owed: reports on what is kept of them (Art. 15 and 20 GDPR), and an end to it (Art. 5 (1) e).

-- Whose record it is: who is responsible or deputy, somebody of its team, anybody while nobody is responsible; and who
-- leads the office. It goes by the login, which nobody can set.
CREATE FUNCTION patient_service.is_of_record(patient bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM patient_service.patient p
        LEFT JOIN platform.person me ON me.id = platform.current_person_id()
        WHERE p.id = patient AND p.erased_at IS NULL
          AND (pg_has_role(session_user, 'platzlotse_supervisor', 'USAGE')
               OR pg_has_role(session_user, 'platzlotse_caseworker', 'USAGE')
                  AND (p.responsible_id IS NULL OR me.id IN (p.responsible_id, p.deputy_id) OR me.team_id = p.team_id)))
$$;
REVOKE EXECUTE ON FUNCTION patient_service.is_of_record(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION patient_service.is_of_record(bigint) TO platzlotse_caseworker, platzlotse_supervisor;

-- That a report was made: of whom, by whom, when, and what it was by its hash. It keeps no copy.
CREATE TABLE patient_service.access_report (
    patient_id BIGINT NOT NULL,
    made_by BIGINT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    json_sha256 BYTEA NOT NULL,
    pdf_sha256 BYTEA NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_access_report PRIMARY KEY (id),
    CONSTRAINT ck_access_report_hashes CHECK (octet_length(json_sha256) = 32 AND octet_length(pdf_sha256) = 32),
    CONSTRAINT fk_access_report_patient_id FOREIGN KEY (patient_id) REFERENCES patient_service.patient (id),
    CONSTRAINT fk_access_report_made_by FOREIGN KEY (made_by) REFERENCES platform.person (id)
);
CREATE INDEX ix_access_report_patient_id ON patient_service.access_report (patient_id, made_at);
CREATE INDEX ix_access_report_made_by ON patient_service.access_report (made_by);
SELECT platform.protect('patient_service.access_report',
                        '{"caseworker": "SELECT, INSERT", "supervisor": "SELECT, INSERT"}');
SELECT platform.bound_moments('patient_service.access_report');
CREATE POLICY own_record ON patient_service.access_report AS RESTRICTIVE FOR INSERT
    TO platzlotse_caseworker, platzlotse_supervisor
    WITH CHECK (made_by = platform.current_person_id() AND patient_service.is_of_record(patient_id));

-- When what of a patient was read or changed, without contents and without who of the office it was. Caseworkers do not
-- read the audit; of the records that are theirs they may hand this on.
CREATE FUNCTION audit.accesses_of_patient(patient bigint)
    RETURNS TABLE (at timestamp with time zone, operation text, table_name text, columns text[])
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT patient_service.is_of_record(patient) THEN
        RAISE EXCEPTION 'not a record of this person' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN QUERY
    WITH searches AS (SELECT s.id FROM matching_service.place_search s WHERE s.patient_id = patient),
    items AS (SELECT i.id FROM matching_service.inquiry_item i JOIN searches s ON s.id = i.search_id),
    rows_of (named, number) AS (
        SELECT unnest(ARRAY['patient_service.patient', 'patient_service.medical_information', 'patient_service.wishes']), patient
        UNION ALL SELECT 'patient_service.guardian', g.id FROM patient_service.guardian g WHERE g.patient_id = patient
        UNION ALL SELECT 'patient_service.consent', c.id FROM patient_service.consent c WHERE c.patient_id = patient
        UNION ALL SELECT 'patient_service.patient_file', f.id FROM patient_service.patient_file f WHERE f.patient_id = patient
        UNION ALL SELECT 'patient_service.access_report', a.id FROM patient_service.access_report a WHERE a.patient_id = patient
        UNION ALL SELECT 'matching_service.place_search', s.id FROM searches s
        UNION ALL SELECT 'matching_service.inquiry_item', i.id FROM items i
        UNION ALL SELECT 'matching_service.answer', a.id FROM matching_service.answer a JOIN items i ON i.id = a.item_id
        UNION ALL SELECT 'matching_service.placement', p.id FROM matching_service.placement p JOIN searches s ON s.id = p.search_id
        UNION ALL SELECT 'matching_service.exclusion', e.id FROM matching_service.exclusion e
            WHERE e.patient_id = patient OR e.search_id IN (SELECT s.id FROM searches s)
        UNION ALL SELECT 'matching_service.reimbursement_case', r.id FROM matching_service.reimbursement_case r WHERE r.patient_id = patient
        UNION ALL SELECT 'communication_service.evidence_made', e.id FROM communication_service.evidence_made e WHERE e.patient_id = patient
        UNION ALL SELECT 'communication_service.contact_entry', c.id FROM communication_service.contact_entry c WHERE c.patient_id = patient
        UNION ALL SELECT 'communication_service.email', e.id FROM communication_service.email e WHERE e.patient_id = patient
        UNION ALL SELECT 'communication_service.incoming_email', e.id FROM communication_service.incoming_email e WHERE e.patient_id = patient
    )
    SELECT e.at, e.operation, e.table_name, e.columns
    FROM audit.entry e JOIN rows_of r ON r.named = e.table_name AND r.number = e.row_id
    ORDER BY e.at, e.id;
END $$;
REVOKE EXECUTE ON FUNCTION audit.accesses_of_patient(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.accesses_of_patient(bigint) TO platzlotse_caseworker, platzlotse_supervisor;

-- How long a record is kept after the end of a search: with a placement, in years after the end of that year; without, in
-- months.
ALTER TABLE platform.office
    ADD COLUMN retention_placed_years SMALLINT DEFAULT 3 NOT NULL,
    ADD COLUMN retention_other_months SMALLINT DEFAULT 6 NOT NULL,
    ADD CONSTRAINT ck_office_retention CHECK (
        retention_placed_years BETWEEN 1 AND 30 AND retention_other_months BETWEEN 1 AND 120);

-- A run that erases what is due: a person began it, its lines are done one by one, each in a transaction of its own. The
-- line is the report: whose number, since when it was due, and what came of it. Nothing of anybody stands here.
CREATE TABLE patient_service.retention_run (
    begun_by BIGINT NOT NULL,
    begun_at TIMESTAMP WITH TIME ZONE NOT NULL,
    placed_years SMALLINT NOT NULL,
    other_months SMALLINT NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_retention_run PRIMARY KEY (id),
    CONSTRAINT fk_retention_run_begun_by FOREIGN KEY (begun_by) REFERENCES platform.person (id)
);
CREATE INDEX ix_retention_run_begun_by ON patient_service.retention_run (begun_by);
CREATE TABLE patient_service.retention_line (
    run_id BIGINT NOT NULL,
    patient_id BIGINT NOT NULL,
    due_on DATE NOT NULL,
    status TEXT DEFAULT 'open' NOT NULL,
    done_at TIMESTAMP WITH TIME ZONE,
    kept_by TEXT DEFAULT '' NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_retention_line PRIMARY KEY (id),
    CONSTRAINT ck_retention_line_status CHECK (status IN ('open', 'erased', 'kept')),
    CONSTRAINT ck_retention_line_done CHECK ((status = 'open') = (done_at IS NULL)),
    CONSTRAINT ck_retention_line_kept CHECK ((status = 'kept') = (kept_by <> '')),
    CONSTRAINT ck_retention_line_kept_by CHECK (kept_by ~ '^[a-z_.]{0,60}$'),
    CONSTRAINT fk_retention_line_run_id FOREIGN KEY (run_id) REFERENCES patient_service.retention_run (id),
    CONSTRAINT fk_retention_line_patient_id FOREIGN KEY (patient_id) REFERENCES patient_service.patient (id)
);
CREATE UNIQUE INDEX uq_retention_line_run_id_patient_id ON patient_service.retention_line (run_id, patient_id);
CREATE INDEX ix_retention_line_patient_id ON patient_service.retention_line (patient_id);
CREATE INDEX ix_retention_line_open ON patient_service.retention_line (run_id, id) WHERE status = 'open';
SELECT platform.protect('patient_service.retention_run', '{"caseworker": "SELECT", "supervisor": "SELECT, INSERT"}');
SELECT platform.protect('patient_service.retention_line', '{"caseworker": "SELECT", "supervisor": "SELECT, INSERT"}');
GRANT UPDATE (status, done_at, kept_by) ON patient_service.retention_line TO platzlotse_supervisor;
SELECT platform.bound_moments('patient_service.retention_run');
SELECT platform.bound_moments('patient_service.retention_line');
CREATE POLICY own_name ON patient_service.retention_run AS RESTRICTIVE FOR INSERT TO platzlotse_supervisor
    WITH CHECK (begun_by = platform.current_person_id());
CREATE POLICY open_first ON patient_service.retention_line AS RESTRICTIVE FOR INSERT TO platzlotse_supervisor
    WITH CHECK (status = 'open');
-- what is done stays as it was; and nobody says of a record that it was erased while it is there
CREATE POLICY done_once ON patient_service.retention_line AS RESTRICTIVE FOR UPDATE TO platzlotse_supervisor
    USING (status = 'open')
    WITH CHECK (status <> 'erased' OR EXISTS (
        SELECT FROM patient_service.patient p WHERE p.id = patient_id AND p.erased_at IS NOT NULL));

-- Emptying a record for good (Art. 17 GDPR), once its contacts' words and its papers are: who it was, what it needed, whom
-- it excluded, and what was noted of its searches. That there was one, its numbers and states stay for the statistics, and
-- so do consents (Art. 7 (1)). Only who leads the office, never while a search is open or the record is restricted.
CREATE FUNCTION audit.erase_record(patient bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    searches bigint[];
    items bigint[];
BEGIN
    IF session_user <> current_user AND NOT pg_has_role(session_user, 'platzlotse_supervisor', 'USAGE') THEN
        RAISE EXCEPTION 'only who leads the office erases' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM FROM patient_service.patient p WHERE p.id = patient AND p.restricted_at IS NULL AND p.erased_at IS NULL FOR UPDATE;
    IF NOT FOUND OR EXISTS (SELECT FROM matching_service.place_search s WHERE s.patient_id = patient AND s.closed_at IS NULL)
       OR EXISTS (SELECT FROM patient_service.patient_file f WHERE f.patient_id = patient AND f.erased_at IS NULL) THEN
        RAISE EXCEPTION 'this record is not to be erased' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'ck_patient_erasable', TABLE = 'patient', SCHEMA = 'patient_service';
    END IF;
    searches := ARRAY(SELECT s.id FROM matching_service.place_search s WHERE s.patient_id = patient);
    items := ARRAY(SELECT i.id FROM matching_service.inquiry_item i WHERE i.search_id = ANY (searches));
    DELETE FROM audit.content c USING audit.entry e
        WHERE c.entry_id = e.id AND e.table_name = 'patient_service.guardian'
          AND (e.row_id IN (SELECT g.id FROM patient_service.guardian g WHERE g.patient_id = patient)
               -- and those taken off the record before
               OR (coalesce(c.before, c.after) ->> 'patient_id')::bigint = patient);
    DELETE FROM patient_service.guardian g WHERE g.patient_id = patient;
    DELETE FROM patient_service.medical_information m WHERE m.patient_id = patient;
    DELETE FROM patient_service.wishes w WHERE w.patient_id = patient;
    DELETE FROM matching_service.exclusion x WHERE x.patient_id = patient OR x.search_id = ANY (searches);
    DELETE FROM geocoding_service.place_request r WHERE r.patient_id = patient;
    DELETE FROM geocoding_service.travel_request r WHERE r.patient_id = patient;
    DELETE FROM geocoding_service.reach_request r WHERE r.patient_id = patient;
    UPDATE matching_service.place_search SET close_reason = '', reopen_reason = '' WHERE id = ANY (searches);
    UPDATE matching_service.reimbursement_case SET note = '' WHERE patient_id = patient AND note <> '';
    UPDATE patient_service.patient AS p SET
        first_name = '', last_name = 'gelöschte Akte', birth_date = NULL, sex = 'not_stated', street = '', house_number = '',
        plz = '', city = '', email = '', phone = '', insurer = '', insurance_kind = 'unknown', insurance_number = '',
        resubmission_on = NULL, resubmission_note = '', note = '', wants_status = false, lat = NULL, lon = NULL,
        geo_quality = 'none', geo_uncertainty_m = NULL, geo_source = NULL, geo_locked = false, erased_at = clock_timestamp()
        WHERE p.id = erase_record.patient;
    DELETE FROM geocoding_service.place_request r WHERE r.patient_id = patient;
    -- what the audit keeps of all this, the changes just made as well
    DELETE FROM audit.content c USING audit.entry e
        WHERE c.entry_id = e.id AND (
            e.row_id = patient AND e.table_name IN ('patient_service.patient', 'patient_service.medical_information',
                                                    'patient_service.wishes')
            OR e.row_id = ANY (searches) AND e.table_name = 'matching_service.place_search'
            OR e.row_id = ANY (items) AND e.table_name = 'matching_service.inquiry_item'
            OR e.table_name = 'patient_service.guardian' AND (c.before ->> 'patient_id')::bigint = patient
            OR e.table_name = 'matching_service.exclusion' AND (
                (coalesce(c.before, c.after) ->> 'patient_id')::bigint = patient
                OR (coalesce(c.before, c.after) ->> 'search_id')::bigint = ANY (searches))
            OR e.table_name = 'matching_service.reimbursement_case'
               AND e.row_id IN (SELECT r.id FROM matching_service.reimbursement_case r WHERE r.patient_id = patient));
END $$;
REVOKE EXECUTE ON FUNCTION audit.erase_record(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.erase_record(bigint) TO platzlotse_supervisor;

-- Whether a letter that asks a practice tells of somebody who took the consent to that back. What waits is stopped where it
-- is taken back; this is for what was forgotten there. The worker may ask it and reads no patient.
CREATE FUNCTION patient_service.asks_without_consent(mail bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM communication_service.email_item n
        JOIN matching_service.inquiry_item i ON i.id = n.item_id
        JOIN matching_service.place_search s ON s.id = i.search_id
        JOIN patient_service.consent c ON c.patient_id = s.patient_id
        -- a letter that names somebody withdrawn is written anew without them, or stopped for that
        WHERE n.email_id = mail AND i.status <> 'withdrawn' AND c.scope IN ('storage', 'pseudonymous_inquiry')
        GROUP BY s.patient_id, c.scope HAVING bool_and(c.withdrawn_on IS NOT NULL))
$$;
REVOKE EXECUTE ON FUNCTION patient_service.asks_without_consent(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION patient_service.asks_without_consent(bigint) TO platzlotse_caseworker, platzlotse_supervisor,
    platzlotse_worker;
