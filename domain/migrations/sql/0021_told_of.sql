-- Of whom the contact log tells, what is taken back in it, whom a mail of one's own names, and what a password is for.

-- Of whom a mail of one's own tells, as it was handed over. `confirmed_by` said that it may name a patient about whom its
-- practice was never asked.
CREATE TABLE communication_service.email_patient (
    email_id BIGINT NOT NULL,
    patient_id BIGINT NOT NULL,
    confirmed_by BIGINT,
    confirmed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_email_patient PRIMARY KEY (email_id, patient_id),
    CONSTRAINT ck_email_patient_confirmed CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL)),
    CONSTRAINT fk_email_patient_email_id FOREIGN KEY (email_id)
        REFERENCES communication_service.email (id) ON DELETE CASCADE,
    CONSTRAINT fk_email_patient_patient_id FOREIGN KEY (patient_id) REFERENCES patient_service.patient (id),
    CONSTRAINT fk_email_patient_confirmed_by FOREIGN KEY (confirmed_by) REFERENCES platform.person (id)
);
CREATE INDEX ix_email_patient_patient_id ON communication_service.email_patient (patient_id);
CREATE INDEX ix_email_patient_confirmed_by ON communication_service.email_patient (confirmed_by);
SELECT platform.protect('communication_service.email_patient',
                        '{"caseworker": "SELECT, INSERT", "supervisor": "SELECT, INSERT"}');
SELECT platform.bound_moments('communication_service.email_patient');
-- only of one's own mail while it waits, and only in one's own name
CREATE POLICY own_waiting ON communication_service.email_patient AS RESTRICTIVE FOR INSERT
    TO platzlotse_caseworker, platzlotse_supervisor WITH CHECK (
        (confirmed_by IS NULL OR confirmed_by = platform.current_person_id())
        AND EXISTS (SELECT FROM communication_service.email e
                    WHERE e.id = email_id AND e.kind = 'own' AND e.status = 'queued'
                      AND e.created_by = platform.current_person_id()));

-- Words as names are compared: folded, umlauts written out, one space between.
CREATE FUNCTION communication_service.plain_words(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN trim(regexp_replace(
        public.fold(replace(replace(replace(replace(replace(replace(replace(normalize(value, NFC),
            'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'ß', 'ss'), 'Ä', 'Ae'), 'Ö', 'Oe'), 'Ü', 'Ue')),
        '[^[:alnum:]]+', ' ', 'g'));

-- Whom words name: by the code of a position, the reference of an inquiry, a mail address, or a name (first and last in
-- either order, an initial, or a title before the last one). `asked` says whether the practice they go to was ever asked
-- about that patient: it, a colleague there, or whoever reads the same mailbox. Without a `therapist` the practice is found
-- by the address. Who is greeted or signs is not meant, nor who is written to; among colleagues nothing is told.
CREATE FUNCTION communication_service.patients_named(words text, therapist bigint, address text)
    RETURNS TABLE (patient_id bigint, asked boolean)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH said AS MATERIALIZED (
        SELECT ' ' || communication_service.plain_words(regexp_replace(words,
                   '^[> ]*(sehr geehrte[rs]?|guten (tag|morgen|abend)|liebe[rs]?|hallo)\y[^\n,!]*[,!]?[ \r]*$', '', 'gin'))
                   || ' ' AS plain,
               lower(words) AS lowered,
               ARRAY(SELECT found[1] FROM regexp_matches(words, '\m[2-9A-Z]{4,12}\M', 'g') AS found) AS codes,
               ARRAY(SELECT found[1] FROM regexp_matches(words, '\mPL-([2-9A-Z]{4,12})\M', 'g') AS found) AS inquiries
    ), addressed AS MATERIALIZED (
        SELECT t.practice_id, t.contact_point_id FROM therapist_service.therapist t
        LEFT JOIN therapist_service.contact_point c ON c.id = t.contact_point_id
        WHERE CASE WHEN therapist IS NULL THEN lower(t.email) = lower(address) OR c.mailbox = lower(address)
                   ELSE t.id = therapist END
    ), practice AS MATERIALIZED (
        SELECT t.id, t.first_name, t.last_name FROM therapist_service.therapist t
        WHERE t.practice_id IN (SELECT a.practice_id FROM addressed a)
    ), readers AS MATERIALIZED (
        SELECT unnest(therapist_service.merged_ids(p.id)) AS id FROM practice p
    ), greeted AS MATERIALIZED (
        SELECT communication_service.plain_words(p.first_name) AS first, communication_service.plain_words(p.last_name) AS last
        FROM practice p
        UNION
        SELECT communication_service.plain_words(regexp_replace(o.display_name, '\S+\s*$', '')),
               communication_service.plain_words(substring(o.display_name FROM '\S+\s*$'))
        FROM platform.person o
    ), people AS MATERIALIZED (
        SELECT p.id, p.email, communication_service.plain_words(p.first_name) AS first,
               communication_service.plain_words(p.last_name) AS last
        FROM patient_service.patient p WHERE p.erased_at IS NULL
    ), named AS (
        SELECT p.id FROM people p CROSS JOIN said
        WHERE p.last <> '' AND strpos(said.plain, ' ' || p.last) > 0
          AND (EXISTS (
                   SELECT FROM unnest(ARRAY[p.first, split_part(p.first, ' ', 1)]) AS given
                   WHERE given <> '' AND (strpos(said.plain, ' ' || given || ' ' || p.last || ' ') > 0
                                          OR strpos(said.plain, ' ' || given || ' ' || p.last || 's ') > 0
                                          OR strpos(said.plain, ' ' || p.last || ' ' || given || ' ') > 0))
               AND NOT EXISTS (SELECT FROM greeted g WHERE g.first = p.first AND g.last = p.last)
               OR EXISTS (
                   SELECT FROM unnest(ARRAY['frau', 'herr', 'herrn', 'hr', 'fr', 'familie', 'patient', 'patientin', 'pat',
                                            'klient', 'klientin', nullif(left(p.first, 1), '')]) AS before
                   WHERE strpos(said.plain, ' ' || before || ' ' || p.last || ' ') > 0
                      OR strpos(said.plain, ' ' || before || ' ' || p.last || 's ') > 0)
               AND NOT EXISTS (SELECT FROM greeted g WHERE g.last = p.last))
        UNION
        SELECT p.id FROM people p CROSS JOIN said WHERE p.email <> '' AND strpos(said.lowered, lower(p.email)) > 0
        UNION
        SELECT s.patient_id FROM matching_service.inquiry_item i
        JOIN matching_service.place_search s ON s.id = i.search_id CROSS JOIN said
        WHERE i.reference_code = ANY (said.codes)
        UNION
        SELECT s.patient_id FROM matching_service.inquiry q
        JOIN matching_service.inquiry_item i ON i.inquiry_id = q.id
        JOIN matching_service.place_search s ON s.id = i.search_id CROSS JOIN said
        WHERE q.reference = ANY (said.inquiries)
    )
    SELECT p.id, EXISTS (
        SELECT FROM matching_service.place_search s
        JOIN matching_service.inquiry_item i ON i.search_id = s.id
        JOIN matching_service.inquiry q ON q.id = i.inquiry_id
        WHERE s.patient_id = p.id AND q.sent_at IS NOT NULL
          AND (q.therapist_id IN (SELECT r.id FROM readers r)
               OR q.contact_point_id IN (SELECT a.contact_point_id FROM addressed a)))
    FROM people p
    WHERE p.id IN (SELECT n.id FROM named n) AND lower(p.email) <> lower(address)
      AND NOT (therapist IS NULL AND (
          EXISTS (SELECT FROM platform.person o WHERE lower(o.email) = lower(address))
          OR EXISTS (SELECT FROM platform.office o WHERE lower(o.email) = lower(address))))
$$;

-- What the last look asks of a mail of one's own that waits: whether it names somebody its practice was never asked about,
-- and nobody said that it may. Whoever asks learns of no patient.
CREATE FUNCTION communication_service.names_unasked(mail_id bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM communication_service.email e
        CROSS JOIN LATERAL communication_service.patients_named(
            concat_ws(E'\n', e.subject, e.body_text, (
                SELECT string_agg(a.name, E'\n') FROM communication_service.email_attachment a WHERE a.email_id = e.id)),
            e.therapist_id, e.to_address) AS n
        WHERE e.id = mail_id AND e.kind = 'own' AND e.status IN ('queued', 'retry_wait', 'failed', 'unclear')
          AND NOT n.asked
          AND NOT EXISTS (SELECT FROM communication_service.email_patient c
                          WHERE c.email_id = e.id AND c.patient_id = n.patient_id AND c.confirmed_by IS NOT NULL))
$$;

REVOKE EXECUTE ON FUNCTION communication_service.plain_words(text),
    communication_service.patients_named(text, bigint, text), communication_service.names_unasked(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION communication_service.plain_words(text),
    communication_service.patients_named(text, bigint, text) TO platzlotse_caseworker, platzlotse_supervisor;
GRANT EXECUTE ON FUNCTION communication_service.names_unasked(bigint)
    TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker;

-- Of whom a letter or mail tells, at its entry of the log: nobody has to read codes out of its words any more.
CREATE TABLE communication_service.contact_patient (
    entry_id BIGINT NOT NULL,
    patient_id BIGINT NOT NULL,
    CONSTRAINT pk_contact_patient PRIMARY KEY (entry_id, patient_id),
    CONSTRAINT fk_contact_patient_entry_id FOREIGN KEY (entry_id) REFERENCES communication_service.contact_entry (id),
    CONSTRAINT fk_contact_patient_patient_id FOREIGN KEY (patient_id) REFERENCES patient_service.patient (id)
);
CREATE INDEX ix_contact_patient_patient_id ON communication_service.contact_patient (patient_id);
SELECT platform.protect('communication_service.contact_patient', '{"caseworker": "SELECT", "supervisor": "SELECT"}');

-- A letter that somebody said went out did not: a further entry says so, and of which one. Once.
ALTER TABLE communication_service.contact_entry ADD COLUMN takes_back BIGINT;
ALTER TABLE communication_service.contact_entry
    ADD CONSTRAINT fk_contact_entry_takes_back FOREIGN KEY (takes_back) REFERENCES communication_service.contact_entry (id),
    ADD CONSTRAINT ck_contact_entry_takes_back CHECK ((kind = 'letter_taken_back') = (takes_back IS NOT NULL));
CREATE UNIQUE INDEX uq_contact_entry_takes_back ON communication_service.contact_entry (takes_back);
GRANT INSERT (takes_back) ON communication_service.contact_entry
    TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker;
-- the worker names the column, as for every entry, and takes nothing back: it sends no letters on paper
CREATE POLICY takes_nothing_back ON communication_service.contact_entry AS RESTRICTIVE FOR INSERT
    TO platzlotse_worker WITH CHECK (takes_back IS NULL);

CREATE FUNCTION communication_service.takes_back_letter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM communication_service.contact_entry c
                   WHERE c.id = NEW.takes_back AND c.channel = 'letter' AND c.direction = 'out'
                     AND c.inquiry_id = NEW.inquiry_id AND c.therapist_id IS NOT DISTINCT FROM NEW.therapist_id) THEN
        RAISE EXCEPTION 'only a letter of the same inquiry is taken back' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'ck_contact_entry_takes_back_letter', TABLE = 'contact_entry', SCHEMA = 'communication_service';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER takes_back_letter BEFORE INSERT ON communication_service.contact_entry
    FOR EACH ROW WHEN (NEW.takes_back IS NOT NULL) EXECUTE FUNCTION communication_service.takes_back_letter();

-- What was printed stays printed, at the time it first was, until the log says that it was taken back.
DROP POLICY printed_once ON communication_service.printed_letter;
CREATE FUNCTION communication_service.keep_printed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.printed_at IS NULL OR NEW.printed_at IS NULL AND EXISTS (
            SELECT FROM communication_service.contact_entry c
            JOIN communication_service.contact_entry b ON b.takes_back = c.id
            WHERE c.inquiry_id = OLD.inquiry_id AND c.channel = 'letter' AND c.kind = OLD.kind AND c.at = OLD.printed_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a letter that was printed stays printed' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER keep_printed BEFORE UPDATE OF printed_at ON communication_service.printed_letter
    FOR EACH ROW WHEN (NEW.printed_at IS DISTINCT FROM OLD.printed_at) EXECUTE FUNCTION communication_service.keep_printed();

-- Of whom an entry tells. A mail: the positions kept with it, where the release before kept none the codes in its words; a
-- mail of one's own whom it names; a letter on paper its positions; what takes one back, those of that one.
CREATE FUNCTION communication_service.told_of(inquiry bigint, mail bigint, channel text, kind text,
    at timestamp with time zone, takes_back bigint) RETURNS SETOF bigint
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.patient_id
    FROM communication_service.email_item n
    JOIN matching_service.inquiry_item i ON i.id = n.item_id JOIN matching_service.place_search s ON s.id = i.search_id
    WHERE n.email_id = mail
    UNION
    SELECT s.patient_id
    FROM communication_service.email e JOIN matching_service.inquiry_item i ON i.inquiry_id = inquiry
    JOIN matching_service.place_search s ON s.id = i.search_id
    WHERE e.id = mail AND strpos(e.body_text, i.reference_code) > 0
      AND NOT EXISTS (SELECT FROM communication_service.email_item n WHERE n.email_id = mail)
    UNION
    SELECT s.patient_id
    FROM communication_service.email e
    CROSS JOIN LATERAL regexp_matches(e.subject || ' ' || e.body_text, '\m[2-9A-Z]{4,12}\M', 'g') AS found
    JOIN matching_service.inquiry_item i ON i.reference_code = found[1]
    JOIN matching_service.place_search s ON s.id = i.search_id
    WHERE e.id = mail AND e.kind = 'own'
    UNION
    SELECT n.patient_id FROM communication_service.email_patient n WHERE n.email_id = mail
    UNION
    SELECT s.patient_id
    FROM communication_service.printed_letter w
    JOIN communication_service.printed_letter_item n ON n.letter_id = w.id
    JOIN matching_service.inquiry_item i ON i.id = n.item_id JOIN matching_service.place_search s ON s.id = i.search_id
    WHERE channel = 'letter' AND w.inquiry_id = inquiry AND w.kind = told_of.kind AND w.printed_at = told_of.at
    UNION
    SELECT p.patient_id FROM communication_service.contact_patient p WHERE p.entry_id = takes_back
$$;

CREATE FUNCTION communication_service.note_told_of() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO communication_service.contact_patient (entry_id, patient_id)
    SELECT n.id, t.patient_id
    FROM new_rows n
    CROSS JOIN LATERAL communication_service.told_of(n.inquiry_id, n.email_id, n.channel, n.kind, n.at, n.takes_back)
        AS t(patient_id)
    WHERE n.patient_id IS NULL AND (n.email_id IS NOT NULL OR n.channel = 'letter');
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION communication_service.told_of(bigint, bigint, text, text, timestamp with time zone, bigint),
    communication_service.note_told_of(), communication_service.takes_back_letter(), communication_service.keep_printed()
    FROM PUBLIC;

-- what was noted before; nobody did anything now, so that the audit has nothing to tell
ALTER TABLE communication_service.contact_patient DISABLE TRIGGER USER;
INSERT INTO communication_service.contact_patient (entry_id, patient_id)
SELECT c.id, t.patient_id
FROM communication_service.contact_entry c
CROSS JOIN LATERAL communication_service.told_of(c.inquiry_id, c.email_id, c.channel, c.kind, c.at, NULL) AS t(patient_id)
WHERE c.patient_id IS NULL AND (c.email_id IS NOT NULL OR c.channel = 'letter');
ALTER TABLE communication_service.contact_patient ENABLE TRIGGER USER;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON communication_service.contact_patient
    FOR EACH ROW EXECUTE FUNCTION platform.append_only();
-- named so that it comes before queue_contacts: PostgreSQL goes by names
CREATE TRIGGER about_contacts AFTER INSERT ON communication_service.contact_entry
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION communication_service.note_told_of();

-- What of an entry is sealed from now on: of whom it tells and what it takes back, too. How an entry was sealed stands
-- beside its salt; those sealed before are checked as they were.
ALTER TABLE audit.contact_salt ADD COLUMN form SMALLINT DEFAULT 1 NOT NULL,
    ADD CONSTRAINT ck_contact_salt_form CHECK (form IN (1, 2));

CREATE FUNCTION audit.contact_hash(salt bytea, id bigint, at timestamp with time zone, channel text, direction text,
    patient_id bigint, therapist_id bigint, inquiry_id bigint, email_id bigint, call_id bigint, person_id bigint,
    kind text, counterpart text, body text, takes_back bigint, told_of bigint[]) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN sha256(salt || convert_to(jsonb_build_array(
        id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), channel, direction, patient_id, therapist_id,
        inquiry_id, email_id, call_id, person_id, kind, counterpart, body, takes_back, told_of)::text, 'UTF8'));
REVOKE EXECUTE ON FUNCTION audit.contact_hash(bytea, bigint, timestamp with time zone, text, text, bigint, bigint, bigint,
    bigint, bigint, bigint, text, text, text, bigint, bigint[]) FROM PUBLIC;

CREATE OR REPLACE FUNCTION audit.queue_contacts() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    WITH salted AS MATERIALIZED (
        SELECT n.*, uuid_send(gen_random_uuid()) AS salt,
               ARRAY(SELECT p.patient_id FROM communication_service.contact_patient p
                     WHERE p.entry_id = n.id ORDER BY p.patient_id) AS told_of
        FROM new_rows n
    ), salts AS (
        INSERT INTO audit.contact_salt (entry_id, salt, form) SELECT id, salt, 2 FROM salted
    )
    INSERT INTO audit.contact_pending (entry_id, content_hash)
    SELECT id, audit.contact_hash(salt, id, at, channel, direction, patient_id, therapist_id, inquiry_id, email_id,
                                  call_id, person_id, kind, counterpart, body, takes_back, told_of) FROM salted;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION audit.check_contacts(after bigint, many integer)
    RETURNS TABLE (number bigint, entry_id bigint, content_hash bytea, link_hash bytea, found_hash bytea,
                   there boolean, emptied boolean, erased boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT l.number, l.entry_id, l.content_hash, l.link_hash,
           CASE WHEN s.salt IS NULL OR e.id IS NULL THEN NULL
                WHEN s.form = 1 THEN audit.contact_hash(
                    s.salt, e.id, e.at, e.channel, e.direction, e.patient_id, e.therapist_id, e.inquiry_id, e.email_id,
                    e.call_id, e.person_id, e.kind, e.counterpart, e.body)
                ELSE audit.contact_hash(
                    s.salt, e.id, e.at, e.channel, e.direction, e.patient_id, e.therapist_id, e.inquiry_id, e.email_id,
                    e.call_id, e.person_id, e.kind, e.counterpart, e.body, e.takes_back,
                    ARRAY(SELECT p.patient_id FROM communication_service.contact_patient p
                          WHERE p.entry_id = e.id ORDER BY p.patient_id)) END,
           e.id IS NOT NULL, e.id IS NULL OR e.counterpart = '' AND e.body = '', x.entry_id IS NOT NULL
    FROM audit.contact_link l
    LEFT JOIN communication_service.contact_entry e ON e.id = l.entry_id
    LEFT JOIN audit.contact_salt s ON s.entry_id = l.entry_id
    LEFT JOIN audit.contact_erasure x ON x.entry_id = l.entry_id
    WHERE l.number > after AND l.number <= after + many
    ORDER BY l.number
$$;

-- As before; and what is of no inquiry but names this patient and nobody else (a mail of one's own) is theirs, too.
CREATE OR REPLACE FUNCTION audit.erase_contacts(patient bigint, why text) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    alone bigint[];
    entries bigint[];
    calls bigint[];
    answers bigint[];
BEGIN
    IF session_user <> current_user AND NOT pg_has_role(session_user, 'platzlotse_supervisor', 'USAGE') THEN
        RAISE EXCEPTION 'only who leads the office erases' USING ERRCODE = 'insufficient_privilege';
    END IF;
    alone := ARRAY(
        SELECT i.inquiry_id FROM matching_service.inquiry_item i
        JOIN matching_service.place_search s ON s.id = i.search_id
        WHERE s.patient_id = patient
        EXCEPT
        SELECT o.inquiry_id FROM matching_service.inquiry_item i
        JOIN matching_service.place_search s ON s.id = i.search_id
        JOIN matching_service.inquiry_item o ON o.inquiry_id = i.inquiry_id
        JOIN matching_service.place_search t ON t.id = o.search_id
        WHERE s.patient_id = patient AND t.patient_id <> patient);
    entries := ARRAY(
        SELECT found.id FROM (
            SELECT c.id FROM communication_service.contact_entry c WHERE c.patient_id = patient
            UNION
            SELECT c.id FROM communication_service.contact_entry c
            WHERE c.patient_id IS NULL AND c.inquiry_id = ANY (alone)
            UNION
            SELECT c.id FROM communication_service.contact_patient p
            JOIN communication_service.contact_entry c ON c.id = p.entry_id
            WHERE p.patient_id = patient AND c.patient_id IS NULL AND c.inquiry_id IS NULL
              AND NOT EXISTS (SELECT FROM communication_service.contact_patient o
                              WHERE o.entry_id = c.id AND o.patient_id <> patient)) found
        WHERE NOT EXISTS (SELECT FROM audit.contact_erasure x WHERE x.entry_id = found.id)
        ORDER BY found.id);
    INSERT INTO audit.contact_erasure (entry_id, reason) SELECT unnest(entries), trim(why);
    UPDATE communication_service.contact_entry SET counterpart = '', body = '' WHERE id = ANY (entries);
    DELETE FROM audit.contact_salt WHERE entry_id = ANY (entries);
    WITH emptied AS (
        UPDATE communication_service.phone_call SET outcome = '', note = ''
        WHERE (outcome <> '' OR note <> '') AND (inquiry_id = ANY (alone) OR inquiry_id IS NULL AND id IN (
            SELECT c.call_id FROM communication_service.contact_entry c WHERE c.id = ANY (entries)))
        RETURNING id)
    SELECT array_agg(id) INTO calls FROM emptied;
    WITH emptied AS (
        UPDATE matching_service.answer a SET note = ''
        FROM matching_service.inquiry_item i, matching_service.place_search s
        WHERE i.id = a.item_id AND s.id = i.search_id AND s.patient_id = patient AND a.note <> ''
          AND EXISTS (SELECT FROM communication_service.contact_entry c
                      WHERE c.id = ANY (entries) AND c.inquiry_id = i.inquiry_id AND c.patient_id = patient)
        RETURNING a.id)
    SELECT array_agg(id) INTO answers FROM emptied;
    DELETE FROM audit.content c USING audit.entry e
        WHERE c.entry_id = e.id AND e.table_name = 'communication_service.contact_entry' AND e.row_id = ANY (entries);
    DELETE FROM audit.content c USING audit.entry e
        WHERE c.entry_id = e.id AND e.table_name = 'communication_service.phone_call' AND e.row_id = ANY (calls);
    DELETE FROM audit.content c USING audit.entry e
        WHERE c.entry_id = e.id AND e.table_name = 'matching_service.answer' AND e.row_id = ANY (answers);
    RETURN cardinality(entries);
END $$;

-- A sealed password says what it is for (its servers and user, or a router), and the worker opens it for nothing else. Those
-- sealed before say nothing: they are opened only while nobody wrote them again since. False stands for such a row, and no
-- program sets it.
ALTER TABLE communication_service.mail_account ADD COLUMN password_bound BOOLEAN DEFAULT false NOT NULL;
ALTER TABLE communication_service.mail_account ALTER COLUMN password_bound SET DEFAULT true;
ALTER TABLE geocoding_service.map_settings ADD COLUMN router_key_bound BOOLEAN DEFAULT false NOT NULL;
ALTER TABLE geocoding_service.map_settings ALTER COLUMN router_key_bound SET DEFAULT true;

CREATE FUNCTION communication_service.bind_password() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.password_bound := TG_OP = 'INSERT' OR OLD.password_bound
        OR NEW.sealed_password IS DISTINCT FROM OLD.sealed_password;
    RETURN NEW;
END $$;
-- named so that it comes after forget_password, which may empty it
CREATE TRIGGER zz_bind_password BEFORE INSERT OR UPDATE ON communication_service.mail_account
    FOR EACH ROW EXECUTE FUNCTION communication_service.bind_password();
CREATE FUNCTION geocoding_service.bind_router_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.router_key_bound := TG_OP = 'INSERT' OR OLD.router_key_bound
        OR NEW.sealed_router_key IS DISTINCT FROM OLD.sealed_router_key;
    RETURN NEW;
END $$;
CREATE TRIGGER zz_bind_router_key BEFORE INSERT OR UPDATE ON geocoding_service.map_settings
    FOR EACH ROW EXECUTE FUNCTION geocoding_service.bind_router_key();
REVOKE EXECUTE ON FUNCTION communication_service.bind_password(), geocoding_service.bind_router_key() FROM PUBLIC;
