-- What a patient wrote belongs to no inquiry: its history is the practice's and the other patients', too. Nor does it
-- become a stranger's, which an erasure would miss.
CREATE FUNCTION communication_service.keep_patient() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a mail of a patient stays with patients' USING ERRCODE = 'check_violation',
        CONSTRAINT = 'ck_incoming_email_of_patient', TABLE = TG_TABLE_NAME, SCHEMA = TG_TABLE_SCHEMA;
END $$;
CREATE TRIGGER keep_patient BEFORE UPDATE OF patient_id, inquiry_id ON communication_service.incoming_email FOR EACH ROW
    WHEN (OLD.patient_id IS NOT NULL AND (NEW.patient_id IS NULL OR NEW.inquiry_id IS NOT NULL))
    EXECUTE FUNCTION communication_service.keep_patient();

-- Art. 21: a practice that wants no more letters speaks for its mailbox, and so for whoever is reached there, also for who
-- comes later. `before` is what the others were, so that a lifted one gives back what it took.
CREATE TABLE therapist_service.mailbox_opt_out (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    contact_point_id BIGINT NOT NULL,
    therapist_id BIGINT NOT NULL,
    noted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    before JSONB DEFAULT '{}' NOT NULL,
    lifted_at TIMESTAMP WITH TIME ZONE,
    lifted_reason TEXT DEFAULT '' NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    CONSTRAINT pk_mailbox_opt_out PRIMARY KEY (id),
    CONSTRAINT ck_mailbox_opt_out_before CHECK (jsonb_typeof(before) = 'object'),
    CONSTRAINT ck_mailbox_opt_out_lifted CHECK ((lifted_at IS NULL) = (lifted_reason = '')),
    CONSTRAINT fk_mailbox_opt_out_contact_point_id FOREIGN KEY(contact_point_id) REFERENCES therapist_service.contact_point (id),
    CONSTRAINT fk_mailbox_opt_out_therapist_id FOREIGN KEY(therapist_id) REFERENCES therapist_service.therapist (id)
);
CREATE UNIQUE INDEX uq_mailbox_opt_out_contact_point_id ON therapist_service.mailbox_opt_out (contact_point_id);
CREATE INDEX ix_mailbox_opt_out_therapist_id ON therapist_service.mailbox_opt_out (therapist_id);
SELECT platform.bound_moments('therapist_service.mailbox_opt_out');
SELECT platform.protect('therapist_service.mailbox_opt_out', '{"caseworker": "SELECT, INSERT, UPDATE",
    "supervisor": "SELECT, INSERT, UPDATE", "worker": "SELECT"}');
SELECT platform.change_by_columns('therapist_service.mailbox_opt_out');

CREATE FUNCTION therapist_service.keep_opted_out() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- what they were before is kept the first time: lifted, it is given back
    UPDATE therapist_service.mailbox_opt_out o SET before = jsonb_build_object(NEW.id::text, NEW.status) || o.before
        WHERE o.contact_point_id = NEW.contact_point_id AND o.lifted_at IS NULL;
    IF FOUND THEN
        NEW.status := 'opted_out';
        NEW.blocked_reason := '';
        NEW.blocked_until := NULL;
    END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION therapist_service.keep_opted_out() FROM PUBLIC;
CREATE TRIGGER keep_opted_out BEFORE INSERT OR UPDATE OF status, contact_point_id ON therapist_service.therapist
    FOR EACH ROW WHEN (NEW.status NOT IN ('opted_out', 'merged')) EXECUTE FUNCTION therapist_service.keep_opted_out();
-- the contact point of an opt-out stays, also with nobody there
DROP POLICY only_empty ON therapist_service.contact_point;
CREATE POLICY only_empty ON therapist_service.contact_point AS RESTRICTIVE FOR DELETE
    TO platzlotse_caseworker, platzlotse_supervisor USING (NOT EXISTS (
        SELECT FROM therapist_service.therapist t WHERE t.contact_point_id = contact_point.id)
        AND NOT EXISTS (SELECT FROM therapist_service.mailbox_opt_out o WHERE o.contact_point_id = contact_point.id));

-- Where an inbox begins: mails of before that day are no work of today. Empty: everything, as accounts of before read it.
ALTER TABLE communication_service.mail_account ADD COLUMN reads_from DATE;
GRANT UPDATE (reads_from) ON communication_service.mail_account TO platzlotse_admin, platzlotse_supervisor;
-- What lay there at the first look (below this UID) is judged by the day it was written, too: a moved mailbox came today.
-- When it was last read to the end, and what hinders the folder of sent mails, which hinders nothing else.
ALTER TABLE communication_service.mailbox_state
    ADD COLUMN first_uidnext BIGINT DEFAULT 0 NOT NULL,
    ADD COLUMN read_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN sent_trouble TEXT DEFAULT '' NOT NULL;
GRANT UPDATE (first_uidnext, read_at, sent_trouble) ON communication_service.mailbox_state TO platzlotse_worker;
UPDATE communication_service.mailbox_state SET read_at = checked_at WHERE trouble = '';
DROP TRIGGER moment_insert ON communication_service.mail_account;
DROP TRIGGER moment_update ON communication_service.mail_account;
DROP TRIGGER moment_insert ON communication_service.mailbox_state;
DROP TRIGGER moment_update ON communication_service.mailbox_state;
SELECT platform.bound_moments('communication_service.mail_account');
SELECT platform.bound_moments('communication_service.mailbox_state');

-- Who writes from a guardian's address writes for the child.
CREATE OR REPLACE FUNCTION patient_service.patient_with_address(address text) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = patient_service, pg_temp AS $$
    SELECT p.id FROM patient p
    WHERE p.restricted_at IS NULL AND patient_service.is_seen(p.id) AND address <> '' AND (
        lower(p.email) = lower(address)
        OR EXISTS (SELECT FROM guardian g WHERE g.patient_id = p.id AND lower(g.email) = lower(address)))
    ORDER BY lower(p.email) = lower(address) DESC, p.updated_at DESC, p.id LIMIT 1
$$;

-- Where the first letter goes: to who has custody of a child and can be written to, else to the patient.
CREATE FUNCTION patient_service.first_letter_to(which bigint) RETURNS TABLE (address text, name text)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(g.email, p.email), coalesce(g.name, trim(p.first_name || ' ' || p.last_name))
    FROM patient_service.patient p
    LEFT JOIN LATERAL (SELECT g.email, g.name FROM patient_service.guardian g
                       WHERE g.patient_id = p.id AND g.email <> '' AND p.birth_date > platform.today() - interval '18 years'
                       ORDER BY g.id LIMIT 1) g ON true
    WHERE p.id = which
$$;
REVOKE EXECUTE ON FUNCTION patient_service.first_letter_to(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION patient_service.first_letter_to(bigint) TO platzlotse_caseworker, platzlotse_supervisor;

CREATE OR REPLACE FUNCTION patient_service.last_look(mail_id bigint) RETURNS TABLE (address text, hindrance text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = patient_service, pg_temp AS $$
    SELECT CASE WHEN k.why = '' THEN k.reached END, k.why
    FROM (
        SELECT CASE WHEN e.in_reply_to = '' THEN w.address ELSE e.to_address END AS reached,
               CASE WHEN p.erased_at IS NOT NULL THEN 'erased'
                    WHEN p.restricted_at IS NOT NULL THEN 'restricted'
                    WHEN e.kind IN ('first_letter', 'weekly_status') AND 'storage' = ANY (taken_back.scopes) THEN 'consent'
                    WHEN e.kind = 'weekly_status' AND 'pseudonymous_inquiry' = ANY (taken_back.scopes) THEN 'consent'
                    WHEN e.kind = 'weekly_status' AND NOT p.wants_status THEN 'unwanted'
                    WHEN e.in_reply_to = '' AND w.address = '' THEN 'no_address'
                    ELSE '' END AS why
        FROM communication_service.email e
        JOIN patient p ON p.id = e.patient_id
        CROSS JOIN LATERAL (SELECT CASE WHEN e.kind = 'first_letter'
            THEN (SELECT f.address FROM patient_service.first_letter_to(p.id) f) ELSE p.email END AS address) AS w
        CROSS JOIN LATERAL (
            SELECT array_agg(scope) AS scopes
            FROM (SELECT c.scope FROM consent c WHERE c.patient_id = p.id
                  GROUP BY c.scope HAVING bool_and(c.withdrawn_on IS NOT NULL)) AS gone
        ) AS taken_back
        WHERE e.id = mail_id AND e.status IN ('queued', 'retry_wait', 'failed', 'unclear')
          AND patient_service.is_seen(p.id)
    ) AS k
$$;

-- Erasing one mail nobody could put to anybody (Art. 17): no patient's erasure finds it. It stands as patient 0, nobody
-- known. One that belongs to somebody stands in histories, too, and goes with theirs.
CREATE FUNCTION audit.erase_incoming(mail bigint, why text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF session_user <> current_user AND NOT pg_has_role(session_user, 'platzlotse_supervisor', 'USAGE') THEN
        RAISE EXCEPTION 'only who leads the office erases' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM FROM communication_service.incoming_email e WHERE e.id = mail
        AND e.inquiry_id IS NULL AND e.therapist_id IS NULL AND e.patient_id IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'this mail stands in a history' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'ck_incoming_email_in_history', TABLE = 'incoming_email', SCHEMA = 'communication_service';
    END IF;
    INSERT INTO audit.word_erasure (table_name, row_id, patient_id, reason)
        VALUES ('communication_service.incoming_email', mail, 0, trim(why)) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    -- the hash of its source stays, else the mailbox would bring it again
    UPDATE communication_service.incoming_email e SET subject = '', body_text = '', remark = '', remark_params = '{}',
        from_address = '', from_name = '', to_address = '', message_id = '', answers = '{}' WHERE e.id = mail;
    DELETE FROM communication_service.incoming_attachment a WHERE a.incoming_id = mail;
    DELETE FROM audit.content c USING audit.entry e
        WHERE c.entry_id = e.id AND e.table_name = 'communication_service.incoming_email' AND e.row_id = mail;
    RETURN true;
END $$;
REVOKE EXECUTE ON FUNCTION audit.erase_incoming(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.erase_incoming(bigint, text) TO platzlotse_supervisor;

-- The same mail may come in twice, with a header line more.
CREATE INDEX ix_incoming_email_message_id ON communication_service.incoming_email (message_id) WHERE message_id <> '';
