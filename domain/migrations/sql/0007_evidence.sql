-- Evidence: what a health insurer wants to see, and the chain that holds the contact log together.

-- What the office knows of a health insurer: how many failed attempts it wants, what it counts, which papers.
CREATE TABLE matching_service.insurer_profile (
    name TEXT NOT NULL,
    address TEXT DEFAULT '' NOT NULL,
    attempts_wanted SMALLINT DEFAULT 10 NOT NULL,
    count_by TEXT DEFAULT 'practice' NOT NULL,
    silence_counts BOOLEAN DEFAULT true NOT NULL,
    waiting_list_counts BOOLEAN DEFAULT true NOT NULL,
    papers TEXT[] DEFAULT '{ptv11,tss_proof,necessity,medical_report,cost_estimate}' NOT NULL,
    note TEXT DEFAULT '' NOT NULL,
    retired BOOLEAN DEFAULT false NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    CONSTRAINT pk_insurer_profile PRIMARY KEY (id),
    CONSTRAINT ck_insurer_profile_name CHECK (name <> ''),
    CONSTRAINT ck_insurer_profile_attempts_wanted CHECK (attempts_wanted BETWEEN 3 AND 10),
    CONSTRAINT ck_insurer_profile_count_by CHECK (count_by IN ('practice', 'attempt')),
    CONSTRAINT ck_insurer_profile_papers CHECK (papers <@ ARRAY['ptv11', 'tss_proof', 'necessity', 'medical_report', 'cost_estimate', 'licence'])
);

CREATE UNIQUE INDEX uq_insurer_profile_name ON matching_service.insurer_profile (lower(name)) WHERE NOT retired;

-- a case is of the search's own patient
CREATE UNIQUE INDEX uq_place_search_id_patient_id ON matching_service.place_search (id, patient_id);

-- One search on its way to reimbursement (§ 13 Abs. 3 SGB V): what was asked of whom, and when.
CREATE TABLE matching_service.reimbursement_case (
    search_id BIGINT NOT NULL,
    patient_id BIGINT NOT NULL,
    profile_id BIGINT,
    ptv11_on DATE,
    code_present BOOLEAN DEFAULT false NOT NULL,
    urgency TEXT DEFAULT '' NOT NULL,
    tss_asked_on DATE,
    tss_result TEXT DEFAULT '' NOT NULL,
    tss_result_on DATE,
    tss_appointment_on DATE,
    applied_on DATE,
    opinion_asked BOOLEAN DEFAULT false NOT NULL,
    opinion_told_on DATE,
    delay_told_on DATE,
    delay_until DATE,
    decision TEXT DEFAULT '' NOT NULL,
    decided_on DATE,
    tss_proof_on DATE,
    necessity_on DATE,
    medical_report_on DATE,
    cost_estimate_on DATE,
    licence_on DATE,
    note TEXT DEFAULT '' NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    CONSTRAINT pk_reimbursement_case PRIMARY KEY (id),
    CONSTRAINT ck_reimbursement_case_urgency CHECK (urgency IN ('', 'timely', 'acute')),
    CONSTRAINT ck_reimbursement_case_tss_result CHECK (tss_result IN ('', 'no_appointment', 'appointment', 'appointment_without_place')),
    CONSTRAINT ck_reimbursement_case_tss_order CHECK (tss_result_on >= tss_asked_on),
    CONSTRAINT ck_reimbursement_case_tss_answer CHECK ((tss_result = '') = (tss_result_on IS NULL) AND (tss_result = '' OR tss_asked_on IS NOT NULL)),
    CONSTRAINT ck_reimbursement_case_tss_appointment CHECK (tss_appointment_on IS NULL OR tss_result IN ('appointment', 'appointment_without_place')),
    CONSTRAINT ck_reimbursement_case_decision CHECK (decision IN ('', 'approved', 'partly', 'refused')),
    CONSTRAINT ck_reimbursement_case_decided CHECK ((decision = '') = (decided_on IS NULL)),
    CONSTRAINT ck_reimbursement_case_applied_first CHECK (applied_on IS NOT NULL OR (decided_on IS NULL AND delay_told_on IS NULL AND NOT opinion_asked)),
    CONSTRAINT ck_reimbursement_case_insurer_order CHECK (decided_on >= applied_on AND delay_told_on >= applied_on),
    CONSTRAINT ck_reimbursement_case_opinion_told CHECK (opinion_told_on IS NULL OR (opinion_asked AND opinion_told_on >= applied_on)),
    CONSTRAINT ck_reimbursement_case_delay_until CHECK (delay_until IS NULL OR (delay_told_on IS NOT NULL AND delay_until >= delay_told_on)),
    CONSTRAINT fk_reimbursement_case_search_id_patient_id FOREIGN KEY(search_id, patient_id) REFERENCES matching_service.place_search (id, patient_id),
    CONSTRAINT fk_reimbursement_case_profile_id FOREIGN KEY(profile_id) REFERENCES matching_service.insurer_profile (id)
);

CREATE UNIQUE INDEX uq_reimbursement_case_search_id ON matching_service.reimbursement_case (search_id);
CREATE INDEX ix_reimbursement_case_patient_id ON matching_service.reimbursement_case (patient_id);
CREATE INDEX ix_reimbursement_case_profile_id ON matching_service.reimbursement_case (profile_id);

-- Every making of an evidence is an export of health data: who, when, and where the chain ended.
CREATE TABLE communication_service.evidence_made (
    patient_id BIGINT NOT NULL,
    made_by BIGINT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    attempts SMALLINT NOT NULL,
    links BIGINT NOT NULL,
    head BYTEA NOT NULL,
    pdf_sha256 BYTEA NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_evidence_made PRIMARY KEY (id),
    CONSTRAINT ck_evidence_made_hashes CHECK (octet_length(head) = 32 AND octet_length(pdf_sha256) = 32),
    CONSTRAINT fk_evidence_made_patient_id FOREIGN KEY(patient_id) REFERENCES patient_service.patient (id),
    CONSTRAINT fk_evidence_made_made_by FOREIGN KEY(made_by) REFERENCES platform.person (id)
);

CREATE INDEX ix_evidence_made_patient_id ON communication_service.evidence_made (patient_id, made_at);
CREATE INDEX ix_evidence_made_made_by ON communication_service.evidence_made (made_by);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON communication_service.evidence_made
    FOR EACH ROW EXECUTE FUNCTION platform.append_only();

-- The chain over the contact log. A link holds no content, only a salted hash of it; the salt lies apart and goes
-- with the content, so that what is erased can no longer be guessed from its hash.
CREATE TABLE audit.contact_link (
    number BIGINT NOT NULL,
    entry_id BIGINT NOT NULL,
    content_hash BYTEA NOT NULL,
    link_hash BYTEA NOT NULL,
    CONSTRAINT pk_contact_link PRIMARY KEY (number),
    CONSTRAINT ck_contact_link_number CHECK (number > 0),
    CONSTRAINT ck_contact_link_hashes CHECK (octet_length(content_hash) = 32 AND octet_length(link_hash) = 32)
);

CREATE UNIQUE INDEX uq_contact_link_entry_id ON audit.contact_link (entry_id);

CREATE TABLE audit.contact_salt (
    entry_id BIGINT NOT NULL,
    salt BYTEA NOT NULL,
    CONSTRAINT pk_contact_salt PRIMARY KEY (entry_id),
    CONSTRAINT ck_contact_salt_salt CHECK (octet_length(salt) = 16)
);

-- What is committed and not yet chained. A row comes in the entry's own transaction and is seen when that commits,
-- in whatever order: no late commit is skipped.
CREATE TABLE audit.contact_pending (
    entry_id BIGINT NOT NULL,
    content_hash BYTEA NOT NULL,
    since TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_contact_pending PRIMARY KEY (entry_id)
);

CREATE TABLE audit.contact_erasure (
    entry_id BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    actor TEXT DEFAULT session_user NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT pk_contact_erasure PRIMARY KEY (entry_id),
    CONSTRAINT ck_contact_erasure_reason CHECK (reason <> '')
);

-- What of an entry is sealed: all of it, as a JSON list, with its moment in UTC to the microsecond.
CREATE FUNCTION audit.contact_hash(salt bytea, id bigint, at timestamp with time zone, channel text, direction text,
    patient_id bigint, therapist_id bigint, inquiry_id bigint, email_id bigint, call_id bigint, person_id bigint,
    kind text, counterpart text, body text) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN sha256(salt || convert_to(jsonb_build_array(
        id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), channel, direction, patient_id, therapist_id,
        inquiry_id, email_id, call_id, person_id, kind, counterpart, body)::text, 'UTF8'));

CREATE FUNCTION audit.next_link(state bytea, head bytea, item bytea) RETURNS bytea
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN sha256(coalesce(state, head) || item);
END $$;

-- The running hash from a head on, as a window function over the links in their order.
CREATE AGGREGATE audit.chained(head bytea, item bytea) (SFUNC = audit.next_link, STYPE = bytea);

CREATE FUNCTION audit.queue_contacts() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    WITH salted AS MATERIALIZED (
        SELECT n.*, uuid_send(gen_random_uuid()) AS salt FROM new_rows n
    ), salts AS (
        INSERT INTO audit.contact_salt (entry_id, salt) SELECT id, salt FROM salted
    )
    INSERT INTO audit.contact_pending (entry_id, content_hash)
    SELECT id, audit.contact_hash(salt, id, at, channel, direction, patient_id, therapist_id, inquiry_id, email_id,
                                  call_id, person_id, kind, counterpart, body) FROM salted;
    RETURN NULL;
END $$;

-- Links up to `many` waiting entries; returns how many. Whoever comes second waits and goes on from there.
CREATE FUNCTION audit.chain_contacts(many integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    last_number bigint;
    head bytea;
    linked integer;
BEGIN
    IF NOT EXISTS (SELECT FROM audit.contact_pending) THEN
        RETURN 0;
    END IF;
    PERFORM pg_advisory_xact_lock(7235007);
    SELECT l.number, l.link_hash INTO last_number, head FROM audit.contact_link l ORDER BY l.number DESC LIMIT 1;
    WITH taken AS (
        DELETE FROM audit.contact_pending WHERE entry_id IN (
            SELECT p.entry_id FROM audit.contact_pending p ORDER BY p.entry_id LIMIT many)
        RETURNING entry_id, content_hash
    ), numbered AS (
        SELECT coalesce(last_number, 0) + row_number() OVER (ORDER BY t.entry_id) AS number, t.entry_id, t.content_hash
        FROM taken t
    )
    INSERT INTO audit.contact_link (number, entry_id, content_hash, link_hash)
    SELECT n.number, n.entry_id, n.content_hash,
           audit.chained(coalesce(head, decode(repeat('00', 32), 'hex')),
                         int8send(n.number) || int8send(n.entry_id) || n.content_hash) OVER (ORDER BY n.number)
    FROM numbered n;
    GET DIAGNOSTICS linked = ROW_COUNT;
    RETURN linked;
END $$;

-- What a check needs of `many` numbers after one, without any content: the hash as the log has it now. A range and no
-- LIMIT: for a limit it does not know the planner reads whole tables.
CREATE FUNCTION audit.check_contacts(after bigint, many integer)
    RETURNS TABLE (number bigint, entry_id bigint, content_hash bytea, link_hash bytea, found_hash bytea,
                   there boolean, emptied boolean, erased boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT l.number, l.entry_id, l.content_hash, l.link_hash,
           CASE WHEN s.salt IS NOT NULL AND e.id IS NOT NULL THEN audit.contact_hash(
               s.salt, e.id, e.at, e.channel, e.direction, e.patient_id, e.therapist_id, e.inquiry_id, e.email_id,
               e.call_id, e.person_id, e.kind, e.counterpart, e.body) END,
           e.id IS NOT NULL, e.id IS NULL OR e.counterpart = '' AND e.body = '', x.entry_id IS NOT NULL
    FROM audit.contact_link l
    LEFT JOIN communication_service.contact_entry e ON e.id = l.entry_id
    LEFT JOIN audit.contact_salt s ON s.entry_id = l.entry_id
    LEFT JOIN audit.contact_erasure x ON x.entry_id = l.entry_id
    WHERE l.number > after AND l.number <= after + many
    ORDER BY l.number
$$;

-- Entries without a link: those that wait (since when) and those that nothing waits for.
CREATE FUNCTION audit.unchained_contacts() RETURNS TABLE (entry_id bigint, since timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(e.id, p.entry_id), p.since
    FROM (SELECT c.id FROM communication_service.contact_entry c
          WHERE NOT EXISTS (SELECT FROM audit.contact_link l WHERE l.entry_id = c.id)) e
    FULL JOIN audit.contact_pending p ON p.entry_id = e.id
    ORDER BY 1
$$;

-- The heads that were printed, to be found again in the chain.
CREATE FUNCTION audit.printed_heads() RETURNS TABLE (number bigint, head bytea, made_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT links, head, made_at FROM communication_service.evidence_made ORDER BY id
$$;

-- Erasing what an entry says (Art. 17 GDPR): the words, the salt and the audit's copy go, that it was there stays.
-- Nobody's but the owner's, until there is a way for persons to decide about it.
CREATE FUNCTION audit.erase_contact(which bigint, why text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO audit.contact_erasure (entry_id, reason) VALUES (which, why);
    UPDATE communication_service.contact_entry SET counterpart = '', body = '' WHERE id = which;
    DELETE FROM audit.contact_salt WHERE entry_id = which;
    DELETE FROM audit.content c USING audit.entry e
        WHERE c.entry_id = e.id AND e.table_name = 'communication_service.contact_entry' AND e.row_id = which;
END $$;

-- What was noted stays noted; only an erasure that is on record empties its words.
CREATE FUNCTION communication_service.keep_contact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.counterpart = '' AND NEW.body = '' AND to_jsonb(NEW) - '{counterpart,body,words}'::text[]
            = to_jsonb(OLD) - '{counterpart,body,words}'::text[]
            AND EXISTS (SELECT FROM audit.contact_erasure WHERE entry_id = NEW.id) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'contact_entry is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON communication_service.contact_entry
    FOR EACH ROW EXECUTE FUNCTION communication_service.keep_contact();

CREATE FUNCTION audit.forgets_with_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (SELECT FROM audit.contact_erasure WHERE entry_id = OLD.entry_id) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'contact_salt is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit.contact_salt
    FOR EACH ROW EXECUTE FUNCTION audit.forgets_with_erasure();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit.contact_link
    FOR EACH ROW EXECUTE FUNCTION platform.append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit.contact_erasure
    FOR EACH ROW EXECUTE FUNCTION platform.append_only();
CREATE TRIGGER no_truncation BEFORE TRUNCATE ON audit.contact_link
    FOR EACH STATEMENT EXECUTE FUNCTION platform.append_only();

-- what was noted before there was a chain is chained first
WITH salted AS MATERIALIZED (
    SELECT c.*, uuid_send(gen_random_uuid()) AS salt FROM communication_service.contact_entry c
), salts AS (
    INSERT INTO audit.contact_salt (entry_id, salt) SELECT id, salt FROM salted
)
INSERT INTO audit.contact_pending (entry_id, content_hash)
SELECT id, audit.contact_hash(salt, id, at, channel, direction, patient_id, therapist_id, inquiry_id, email_id,
                              call_id, person_id, kind, counterpart, body) FROM salted;

CREATE TRIGGER queue_contacts AFTER INSERT ON communication_service.contact_entry
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit.queue_contacts();

DO $$
DECLARE
    added text;
BEGIN
    FOREACH added IN ARRAY ARRAY['matching_service.insurer_profile', 'matching_service.reimbursement_case',
        'communication_service.evidence_made'] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', added);
        EXECUTE format('CREATE POLICY backup ON %s FOR SELECT TO platzlotse_backup USING (true)', added);
        EXECUTE format('CREATE POLICY office ON %s TO platzlotse_caseworker, platzlotse_supervisor'
            ' USING (true) WITH CHECK (true)', added);
        EXECUTE format('GRANT SELECT ON %s TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_backup', added);
        EXECUTE format('CREATE TRIGGER audit_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(''id'')', added);
        EXECUTE format('CREATE TRIGGER audit_update AFTER UPDATE ON %s'
            ' REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(''id'')', added);
        EXECUTE format('CREATE TRIGGER audit_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(''id'')', added);
    END LOOP;
    FOREACH added IN ARRAY ARRAY['matching_service.insurer_profile', 'matching_service.reimbursement_case'] LOOP
        EXECUTE format('CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON %s'
            ' FOR EACH ROW EXECUTE FUNCTION platform.stamp()', added);
    END LOOP;
    FOREACH added IN ARRAY ARRAY['audit.contact_link', 'audit.contact_salt', 'audit.contact_pending',
        'audit.contact_erasure'] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', added);
        EXECUTE format('CREATE POLICY backup ON %s FOR SELECT TO platzlotse_backup USING (true)', added);
        EXECUTE format('GRANT SELECT ON %s TO platzlotse_backup', added);
        -- a salt and its hash together are the content to whoever can guess it
        CONTINUE WHEN added = 'audit.contact_salt';
        EXECUTE format('CREATE POLICY auditing ON %s FOR SELECT'
            ' TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_auditor USING (true)', added);
        EXECUTE format('GRANT SELECT ON %s TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_auditor', added);
    END LOOP;
END $$;

GRANT INSERT, UPDATE ON matching_service.insurer_profile TO platzlotse_supervisor;
GRANT INSERT, UPDATE ON matching_service.reimbursement_case TO platzlotse_caseworker, platzlotse_supervisor;
GRANT INSERT ON communication_service.evidence_made TO platzlotse_caseworker, platzlotse_supervisor;

-- Whoever makes an evidence says so in their own name.
CREATE POLICY own_name ON communication_service.evidence_made AS RESTRICTIVE FOR INSERT
    TO platzlotse_caseworker, platzlotse_supervisor WITH CHECK (made_by = platform.current_person_id());

-- Nothing is added to a record whose processing is restricted (Art. 18 GDPR), changed in it or taken out of the office,
-- by whatever program. A change is refused aloud and not left undone in silence: every row may be tried.
CREATE POLICY unrestricted ON matching_service.reimbursement_case AS RESTRICTIVE FOR INSERT
    TO platzlotse_caseworker, platzlotse_supervisor WITH CHECK (EXISTS (
        SELECT FROM patient_service.patient p
        WHERE p.id = patient_id AND p.restricted_at IS NULL AND p.erased_at IS NULL));
CREATE POLICY unrestricted_change ON matching_service.reimbursement_case AS RESTRICTIVE FOR UPDATE
    TO platzlotse_caseworker, platzlotse_supervisor USING (true) WITH CHECK (EXISTS (
        SELECT FROM patient_service.patient p
        WHERE p.id = patient_id AND p.restricted_at IS NULL AND p.erased_at IS NULL));
CREATE POLICY unrestricted ON communication_service.evidence_made AS RESTRICTIVE FOR INSERT
    TO platzlotse_caseworker, platzlotse_supervisor WITH CHECK (EXISTS (
        SELECT FROM patient_service.patient p
        WHERE p.id = patient_id AND p.restricted_at IS NULL AND p.erased_at IS NULL));

REVOKE EXECUTE ON FUNCTION audit.contact_hash, audit.next_link(bytea, bytea, bytea),
    audit.chained(bytea, bytea), audit.queue_contacts(), audit.chain_contacts(integer),
    audit.check_contacts(bigint, integer), audit.unchained_contacts(), audit.printed_heads(),
    audit.erase_contact(bigint, text), audit.forgets_with_erasure(), communication_service.keep_contact() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.chain_contacts(integer)
    TO platzlotse_worker, platzlotse_caseworker, platzlotse_supervisor;
GRANT EXECUTE ON FUNCTION audit.check_contacts(bigint, integer), audit.unchained_contacts(), audit.printed_heads()
    TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_auditor;
