-- What one person's SQL, or one bad row, must not do to everybody else.

-- A moment nobody can have meant breaks whatever reads it. A table's rows are looked at when they are written, each
-- column only when it changes: what stands there from before hinders no later change of its row. Call it for every
-- table with a date or a time (tests/domain/test_hardening.py keeps the list).
CREATE FUNCTION platform.refuse_moment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a date or time in % is out of any calendar', TG_TABLE_NAME USING ERRCODE = 'check_violation',
        CONSTRAINT = 'ck_moment', TABLE = TG_TABLE_NAME, SCHEMA = TG_TABLE_SCHEMA;
END $$;

CREATE FUNCTION platform.bound_moments(which regclass) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    added text;
    changed text;
BEGIN
    SELECT string_agg(format('(NEW.%1$I < %2$s OR NEW.%1$I >= %3$s)', a.attname, first, last), ' OR '),
           string_agg(format('(NEW.%1$I IS DISTINCT FROM OLD.%1$I AND (NEW.%1$I < %2$s OR NEW.%1$I >= %3$s))',
                             a.attname, first, last), ' OR ')
        INTO added, changed
        FROM pg_attribute a
        CROSS JOIN LATERAL (SELECT
            CASE a.atttypid WHEN 'date'::regtype THEN 'date ''1800-01-01''' ELSE 'timestamptz ''1800-01-01 00:00+00''' END AS first,
            CASE a.atttypid WHEN 'date'::regtype THEN 'date ''2200-01-01''' ELSE 'timestamptz ''2200-01-01 00:00+00''' END AS last) AS bounds
        WHERE a.attrelid = which AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
          AND a.atttypid IN ('date'::regtype, 'timestamptz'::regtype);
    IF added IS NOT NULL THEN
        EXECUTE format('CREATE TRIGGER moment_insert BEFORE INSERT ON %s FOR EACH ROW WHEN (%s)'
            ' EXECUTE FUNCTION platform.refuse_moment()', which, added);
        EXECUTE format('CREATE TRIGGER moment_update BEFORE UPDATE ON %s FOR EACH ROW WHEN (%s)'
            ' EXECUTE FUNCTION platform.refuse_moment()', which, changed);
    END IF;
END $$;
REVOKE EXECUTE ON FUNCTION platform.bound_moments(regclass) FROM PUBLIC;

DO $$
DECLARE
    found regclass;
BEGIN
    FOR found IN
        SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND c.relname NOT LIKE 'procrastinate%'
          AND n.nspname IN ('platform', 'patient_service', 'therapist_service', 'matching_service',
                            'communication_service', 'geocoding_service', 'scraping_service')
          -- these have narrower bounds of their own
          AND c.relname NOT IN ('contact_entry', 'evidence_made')
        ORDER BY c.oid
    LOOP
        PERFORM platform.bound_moments(found);
    END LOOP;
END $$;

-- By attempts the limits of an hour are counted: only who sends writes them.
REVOKE INSERT ON communication_service.email_attempt FROM platzlotse_caseworker, platzlotse_supervisor;

-- The worker says what became of a mail, not whose it is nor what it says: who turned a mail into a patient's could ask
-- for that patient's address (patient_service.last_look).
REVOKE UPDATE ON communication_service.email FROM platzlotse_worker;
GRANT UPDATE (status, to_address, account_id, not_before, deferred_at, lease_until, attempt, sent_at, copied_at,
              server_reply, failure, failure_cause, failure_params, stop_seen_at, version)
    ON communication_service.email TO platzlotse_worker;

-- What left the office, or may have, stays what it was; and so does what came in.
CREATE FUNCTION communication_service.keep_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a mail that was sent or received keeps its words' USING ERRCODE = 'check_violation',
        CONSTRAINT = 'ck_' || TG_TABLE_NAME || '_words', TABLE = TG_TABLE_NAME, SCHEMA = 'communication_service';
END $$;
CREATE TRIGGER keep_words BEFORE UPDATE ON communication_service.email FOR EACH ROW
    WHEN (OLD.status IN ('sending', 'sent', 'unclear', 'bounced_hard', 'bounced_soft', 'replied')
          AND (NEW.subject, NEW.body_text, NEW.body_html, NEW.to_address, NEW.to_name, NEW.message_id, NEW.in_reply_to,
               NEW.kind, NEW.created_by, NEW.created_at, NEW.inquiry_id, NEW.patient_id, NEW.template_version_id)
              IS DISTINCT FROM
              (OLD.subject, OLD.body_text, OLD.body_html, OLD.to_address, OLD.to_name, OLD.message_id, OLD.in_reply_to,
               OLD.kind, OLD.created_by, OLD.created_at, OLD.inquiry_id, OLD.patient_id, OLD.template_version_id))
    EXECUTE FUNCTION communication_service.keep_words();
CREATE TRIGGER keep_words BEFORE UPDATE ON communication_service.incoming_email FOR EACH ROW
    WHEN ((NEW.account_id, NEW.sha256, NEW.size, NEW.message_id, NEW.answers, NEW.from_address, NEW.from_name,
           NEW.to_address, NEW.subject, NEW.sent_at, NEW.received_at, NEW.automatic, NEW.body_text)
          IS DISTINCT FROM
          (OLD.account_id, OLD.sha256, OLD.size, OLD.message_id, OLD.answers, OLD.from_address, OLD.from_name,
           OLD.to_address, OLD.subject, OLD.sent_at, OLD.received_at, OLD.automatic, OLD.body_text))
    EXECUTE FUNCTION communication_service.keep_words();

-- A password is typed for one server, one user and one degree of safety. Whoever points the account elsewhere has to
-- know it, by whatever program; else the worker would tell it to the new server. Emptying a host tells nobody anything.
CREATE FUNCTION communication_service.forget_password() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    safety CONSTANT text[] := ARRAY['none', 'starttls', 'tls'];
BEGIN
    IF NEW.sealed_password IS NOT DISTINCT FROM OLD.sealed_password
       AND (NEW.username <> OLD.username
            OR NEW.smtp_host <> '' AND (
                NEW.smtp_host <> OLD.smtp_host OR NEW.smtp_port <> OLD.smtp_port
                OR array_position(safety, NEW.smtp_security) < array_position(safety, OLD.smtp_security))
            OR NEW.imap_host <> '' AND (
                NEW.imap_host <> OLD.imap_host OR NEW.imap_port <> OLD.imap_port
                OR array_position(safety, NEW.imap_security) < array_position(safety, OLD.imap_security))) THEN
        NEW.sealed_password := NULL;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER forget_password BEFORE UPDATE ON communication_service.mail_account
    FOR EACH ROW WHEN (OLD.sealed_password IS NOT NULL) EXECUTE FUNCTION communication_service.forget_password();

-- Nor is one account's password taken over by another, which a copy of its sealed form would do.
CREATE FUNCTION communication_service.own_password() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM communication_service.mail_account a
               WHERE a.id <> NEW.id AND a.sealed_password = NEW.sealed_password) THEN
        RAISE EXCEPTION 'the sealed password of another account' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'ck_mail_account_own_password', TABLE = 'mail_account', SCHEMA = 'communication_service';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER own_password BEFORE INSERT OR UPDATE OF sealed_password ON communication_service.mail_account
    FOR EACH ROW WHEN (NEW.sealed_password IS NOT NULL) EXECUTE FUNCTION communication_service.own_password();
REVOKE EXECUTE ON FUNCTION communication_service.own_password() FROM PUBLIC;

-- Whose turn it is to link. An advisory lock is anybody's to hold; this row is the owner's.
CREATE TABLE audit.chain_turn (
    id SMALLINT NOT NULL,
    CONSTRAINT pk_chain_turn PRIMARY KEY (id),
    CONSTRAINT ck_chain_turn_one_row CHECK (id = 1)
);
INSERT INTO audit.chain_turn VALUES (1);
ALTER TABLE audit.chain_turn ENABLE ROW LEVEL SECURITY;
CREATE POLICY backup ON audit.chain_turn FOR SELECT TO platzlotse_backup USING (true);
GRANT SELECT ON audit.chain_turn TO platzlotse_backup;

CREATE OR REPLACE FUNCTION audit.chain_contacts(many integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    last_number bigint;
    head bytea;
    linked integer;
BEGIN
    IF NOT EXISTS (SELECT FROM audit.contact_pending) THEN
        RETURN 0;
    END IF;
    PERFORM FROM audit.chain_turn FOR UPDATE;
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

-- What hinders a round of the worker that should run by itself: a code, or an error's name; never its words, which may
-- name somebody. A row is there as long as the trouble is.
CREATE TABLE platform.worker_trouble (
    round TEXT NOT NULL,
    trouble TEXT NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    last_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_worker_trouble PRIMARY KEY (round),
    CONSTRAINT ck_worker_trouble_length CHECK (char_length(round) <= 100 AND char_length(trouble) <= 200)
);
SELECT platform.protect('platform.worker_trouble', '{"caseworker": "SELECT", "supervisor": "SELECT", "admin": "SELECT",
    "worker": "SELECT, INSERT, UPDATE, DELETE"}', audited => false);
SELECT platform.bound_moments('platform.worker_trouble');
