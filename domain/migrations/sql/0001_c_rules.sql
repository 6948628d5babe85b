-- Who is meant by "me": the person behind the login, whatever a client sets.
CREATE FUNCTION platform.current_person_id() RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    RETURN (SELECT id FROM platform.person WHERE role_name = session_user AND active);

CREATE FUNCTION platform.stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_by := platform.current_person_id();
    IF TG_OP = 'UPDATE' THEN
        NEW.updated_at := clock_timestamp();
        NEW.created_at := OLD.created_at;
    END IF;
    RETURN NEW;
END $$;

-- One notification per topic and row; many rows of one statement are told as one (id 0: look again).
CREATE FUNCTION platform.notify_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told record;
BEGIN
    FOR told IN
        SELECT split_part(event_type, '.', 1) AS topic, max(id) AS last,
               CASE WHEN count(*) > 20 THEN '{0}'::bigint[] ELSE array_agg(DISTINCT coalesce(entity_id, 0)) END AS ids
        FROM new_rows GROUP BY 1
    LOOP
        FOR n IN 1 .. cardinality(told.ids) LOOP
            PERFORM pg_notify('platzlotse', format('{"topic": "%s", "id": %s, "event": %s}',
                                                   told.topic, told.ids[n], told.last));
        END LOOP;
    END LOOP;
    RETURN NULL;
END $$;

CREATE TRIGGER notify_event AFTER INSERT ON platform.event
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION platform.notify_event();

-- What was said stays said.
CREATE FUNCTION platform.append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON platform.event
    FOR EACH ROW EXECUTE FUNCTION platform.append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit.entry
    FOR EACH ROW EXECUTE FUNCTION platform.append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON matching_service.answer
    FOR EACH ROW EXECUTE FUNCTION platform.append_only();

-- Audit by statement: one INSERT … SELECT however many rows an import brings.
CREATE FUNCTION audit.record_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    key text := TG_ARGV[0];
    -- of a new or deleted row all columns, of a change only those that changed
    source text := CASE TG_OP
        WHEN 'INSERT' THEN $sql$SELECT (to_jsonb(n) ->> %1$L)::bigint AS row_id, '{}'::text[] AS columns, NULL::jsonb AS before,
                                  to_jsonb(n) - '{search_text,sort_name}'::text[] AS after FROM new_rows n$sql$
        WHEN 'DELETE' THEN $sql$SELECT (to_jsonb(o) ->> %1$L)::bigint AS row_id, '{}'::text[] AS columns,
                                  to_jsonb(o) - '{search_text,sort_name}'::text[] AS before, NULL::jsonb AS after FROM old_rows o$sql$
        ELSE $sql$SELECT (rows.after ->> %1$L)::bigint AS row_id, diff.columns, diff.before, diff.after
                  FROM (SELECT to_jsonb(o) AS before, to_jsonb(n) AS after
                        FROM old_rows o JOIN new_rows n USING (%1$I)) AS rows
                  CROSS JOIN LATERAL (
                      SELECT array_agg(e.key ORDER BY e.key) AS columns,
                             jsonb_object_agg(e.key, rows.before -> e.key) AS before, jsonb_object_agg(e.key, e.value) AS after
                      FROM jsonb_each(rows.after) AS e
                      WHERE e.key NOT IN ('search_text', 'sort_name') AND (rows.before -> e.key) IS DISTINCT FROM e.value) AS diff
                  WHERE diff.columns IS NOT NULL$sql$
        END;
BEGIN
    EXECUTE format($sql$
        WITH changed AS MATERIALIZED (
            SELECT nextval('audit.entry_id_seq') AS id, uuid_send(gen_random_uuid()) AS salt, source.*
            FROM ($sql$ || source || $sql$) AS source
        ), entries AS (
            INSERT INTO audit.entry (id, operation, table_name, row_id, columns, content_hash)
            OVERRIDING SYSTEM VALUE
            SELECT id, %2$L, %3$L, row_id, columns,
                   sha256(salt || convert_to(coalesce(before::text, '') || coalesce(after::text, ''), 'UTF8'))
            FROM changed
        )
        INSERT INTO audit.content (entry_id, salt, before, after) SELECT id, salt, before, after FROM changed
        $sql$, key, lower(TG_OP), TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME);
    RETURN NULL;
END $$;

CREATE FUNCTION audit.record_reading(what text, which bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        INSERT INTO audit.entry (operation, table_name, row_id, columns) VALUES ('read', what, which, '{}');
    END;

-- Tables with personal data are audited; everything people edit is stamped.
DO $$
DECLARE
    audited text;
    key text;
BEGIN
    FOR audited IN
        SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables
        WHERE table_type = 'BASE TABLE'
          AND (table_schema IN ('patient_service', 'therapist_service', 'matching_service', 'communication_service')
               OR (table_schema = 'platform' AND table_name IN ('person', 'team', 'office')))
        ORDER BY 1
    LOOP
        SELECT a.attname INTO key FROM pg_index i
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
            WHERE i.indrelid = audited::regclass AND i.indisprimary;
        EXECUTE format('CREATE TRIGGER audit_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(%L)', audited, key);
        EXECUTE format('CREATE TRIGGER audit_update AFTER UPDATE ON %s'
            ' REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(%L)', audited, key);
        EXECUTE format('CREATE TRIGGER audit_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(%L)', audited, key);
    END LOOP;
    FOR audited IN
        SELECT format('%I.%I', table_schema, table_name) FROM information_schema.columns
        WHERE column_name = 'updated_by' ORDER BY 1
    LOOP
        EXECUTE format('CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON %s'
            ' FOR EACH ROW EXECUTE FUNCTION platform.stamp()', audited);
    END LOOP;
END $$;

-- The state people read, derived from what is stored (domain.md: never stored twice).
CREATE VIEW matching_service.inquiry_overview WITH (security_invoker = true) AS
SELECT q.id AS inquiry_id,
       CASE WHEN q.stage = 'sent' AND i.answered > 0 THEN 'partly_answered'
            WHEN q.stage = 'sent' AND q.reminders > 0 THEN 'reminded'
            ELSE q.stage END AS state,
       coalesce(i.items, 0) AS items, coalesce(i.answered, 0) AS answered, coalesce(i.accepted, 0) AS accepted
FROM matching_service.inquiry q
LEFT JOIN (
    SELECT inquiry_id, count(*) AS items,
           count(*) FILTER (WHERE status NOT IN ('pending', 'no_response', 'withdrawn', 'matched_elsewhere')) AS answered,
           count(*) FILTER (WHERE status IN ('accepted', 'accepted_surplus', 'in_trial_sessions', 'in_therapy')) AS accepted
    FROM matching_service.inquiry_item GROUP BY inquiry_id) i ON i.inquiry_id = q.id;

CREATE VIEW matching_service.patient_state WITH (security_invoker = true) AS
SELECT p.id AS patient_id, s.id AS search_id,
       CASE WHEN p.erased_at IS NOT NULL THEN 'erased'
            WHEN p.restricted_at IS NOT NULL THEN 'restricted'
            WHEN p.closed_outcome IS NOT NULL THEN p.closed_outcome
            WHEN s.status = 'active' THEN 'searching'
            WHEN s.status = 'paused' THEN 'paused'
            WHEN s.status = 'tentative' THEN CASE WHEN trial.search_id IS NULL THEN 'offered' ELSE 'in_trial_sessions' END
            WHEN place.patient_id IS NOT NULL THEN 'in_therapy'
            WHEN p.ready_at IS NOT NULL THEN 'ready'
            ELSE 'intake' END AS state
FROM patient_service.patient p
LEFT JOIN matching_service.place_search s ON s.patient_id = p.id AND s.closed_at IS NULL
LEFT JOIN matching_service.inquiry_item trial ON trial.search_id = s.id AND trial.status = 'in_trial_sessions'
LEFT JOIN (SELECT DISTINCT ps.patient_id FROM matching_service.placement pl
           JOIN matching_service.place_search ps ON ps.id = pl.search_id WHERE pl.ended_on IS NULL) place
       ON place.patient_id = p.id;

-- Who may not be asked now: an open inquiry, or left in peace until. No patient in it.
CREATE VIEW matching_service.occupancy WITH (security_invoker = true) AS
SELECT c.id AS contact_point_id, q.id AS open_inquiry_id, k.cooling_until
FROM therapist_service.contact_point c
LEFT JOIN matching_service.inquiry q ON q.contact_point_id = c.id AND q.closed_at IS NULL
LEFT JOIN (SELECT contact_point_id, max(ends_at) AS cooling_until
           FROM matching_service.cooling_period GROUP BY contact_point_id) k ON k.contact_point_id = c.id;

-- Jobs: an ordinary role cannot defer by INSERT rights alone, so one function per task checks its caller.
CREATE FUNCTION platform.defer_send_email(mail_id bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = platform, pg_temp AS $$
BEGIN
    IF NOT (pg_has_role(session_user, 'platzlotse_caseworker', 'MEMBER')
            OR pg_has_role(session_user, 'platzlotse_supervisor', 'MEMBER')
            OR pg_has_role(session_user, 'platzlotse_worker', 'MEMBER')) THEN
        RAISE EXCEPTION 'not allowed to send mail' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT EXISTS (SELECT FROM communication_service.email WHERE id = mail_id AND status = 'queued') THEN
        RAISE EXCEPTION 'mail % is not queued', mail_id USING ERRCODE = 'check_violation', CONSTRAINT = 'email_not_queued';
    END IF;
    PERFORM procrastinate_defer_jobs_v1(ARRAY[ROW('mail', 'send_email', 0, NULL, 'email:' || mail_id,
                                                   jsonb_build_object('email_id', mail_id), NULL)::procrastinate_job_to_defer_v1]);
EXCEPTION WHEN unique_violation THEN
    -- a job for this mail waits already
    NULL;
END $$;
