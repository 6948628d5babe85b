-- Erasing a person's words (Art. 17 GDPR) takes those of mails and letters, too: what was sent, came in or was printed.

-- That what a row says of a patient was erased, by whom, when and why. One row a patient: what is about several people is
-- emptied when this stands here for each of them; before that only what points to that patient is taken out of its words.
CREATE TABLE audit.word_erasure (
    table_name TEXT NOT NULL,
    row_id BIGINT NOT NULL,
    patient_id BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    actor TEXT DEFAULT session_user NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT pk_word_erasure PRIMARY KEY (table_name, row_id, patient_id),
    CONSTRAINT ck_word_erasure_reason CHECK (reason <> '')
);
CREATE INDEX ix_word_erasure_patient_id ON audit.word_erasure (patient_id);
SELECT platform.protect('audit.word_erasure', '{"caseworker": "SELECT", "supervisor": "SELECT", "auditor": "SELECT"}',
                        audited => false);
SELECT platform.bound_moments('audit.word_erasure');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit.word_erasure
    FOR EACH ROW EXECUTE FUNCTION platform.append_only();

-- The last time a patient's words were erased: what a seat keeps about them from before goes there, too.
CREATE TABLE audit.patient_erasure (
    patient_id BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_patient_erasure PRIMARY KEY (patient_id)
);
SELECT platform.protect('audit.patient_erasure', '{"caseworker": "SELECT", "supervisor": "SELECT", "auditor": "SELECT"}',
                        audited => false);
SELECT platform.bound_moments('audit.patient_erasure');

CREATE FUNCTION audit.words_erased(which text, number bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM audit.word_erasure x WHERE x.table_name = which AND x.row_id = number)
$$;

-- Whom a mail is about: whose it is, whom it names, whose positions it tells of; one that names nobody is of those its
-- inquiry is about.
CREATE FUNCTION audit.people_of_mail(mail bigint) RETURNS TABLE (patient_id bigint)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH named AS MATERIALIZED (
        SELECT e.patient_id FROM communication_service.email e WHERE e.id = mail AND e.patient_id IS NOT NULL
        UNION
        SELECT p.patient_id FROM communication_service.email_patient p WHERE p.email_id = mail
        UNION
        SELECT s.patient_id FROM communication_service.email_item t
        JOIN matching_service.inquiry_item i ON i.id = t.item_id
        JOIN matching_service.place_search s ON s.id = i.search_id
        WHERE t.email_id = mail
    )
    SELECT n.patient_id FROM named n
    UNION
    SELECT s.patient_id FROM communication_service.email e
    JOIN matching_service.inquiry_item i ON i.inquiry_id = e.inquiry_id
    JOIN matching_service.place_search s ON s.id = i.search_id
    WHERE e.id = mail AND NOT EXISTS (SELECT FROM named)
$$;

CREATE FUNCTION audit.mails_about(patient bigint) RETURNS TABLE (mail_id bigint)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT found.id FROM (
        SELECT e.id FROM communication_service.email e WHERE e.patient_id = patient
        UNION
        SELECT p.email_id FROM communication_service.email_patient p WHERE p.patient_id = patient
        UNION
        SELECT t.email_id FROM matching_service.place_search s
        JOIN matching_service.inquiry_item i ON i.search_id = s.id
        JOIN communication_service.email_item t ON t.item_id = i.id
        WHERE s.patient_id = patient
        UNION
        SELECT e.id FROM matching_service.place_search s
        JOIN matching_service.inquiry_item i ON i.search_id = s.id
        JOIN communication_service.email e ON e.inquiry_id = i.inquiry_id
        WHERE s.patient_id = patient
    ) found
    WHERE patient IN (SELECT p.patient_id FROM audit.people_of_mail(found.id) p)
$$;

-- Whom a mail that came in is about: who wrote it, whom it was read about, and those of the mail it answers, which it
-- quotes; without one those of its inquiry.
CREATE FUNCTION audit.people_of_incoming(mail bigint) RETURNS TABLE (patient_id bigint)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT e.patient_id FROM communication_service.incoming_email e WHERE e.id = mail AND e.patient_id IS NOT NULL
    UNION
    SELECT s.patient_id FROM communication_service.incoming_reading r
    JOIN matching_service.inquiry_item i ON i.id = r.item_id
    JOIN matching_service.place_search s ON s.id = i.search_id
    WHERE r.incoming_id = mail
    UNION
    SELECT p.patient_id FROM communication_service.incoming_email e
    CROSS JOIN LATERAL audit.people_of_mail(e.email_id) p WHERE e.id = mail
    UNION
    SELECT s.patient_id FROM communication_service.incoming_email e
    JOIN matching_service.inquiry_item i ON i.inquiry_id = e.inquiry_id
    JOIN matching_service.place_search s ON s.id = i.search_id
    WHERE e.id = mail AND e.email_id IS NULL AND e.patient_id IS NULL
$$;

CREATE FUNCTION audit.people_of_letter(letter bigint) RETURNS TABLE (patient_id bigint)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.patient_id FROM communication_service.printed_letter l
    JOIN matching_service.inquiry_item i ON i.inquiry_id = l.inquiry_id
    JOIN matching_service.place_search s ON s.id = i.search_id
    WHERE l.id = letter AND (
        EXISTS (SELECT FROM communication_service.printed_letter_item t WHERE t.letter_id = l.id AND t.item_id = i.id)
        OR NOT EXISTS (SELECT FROM communication_service.printed_letter_item t WHERE t.letter_id = l.id))
    GROUP BY s.patient_id
$$;

-- What left or came in keeps its words; only the owner's own function takes them, from a row whose erasure is on record.
CREATE OR REPLACE FUNCTION communication_service.keep_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = TG_RELID)
       AND audit.words_erased(TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME, OLD.id) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a mail that was sent or received keeps its words' USING ERRCODE = 'check_violation',
        CONSTRAINT = 'ck_' || TG_TABLE_NAME || '_words', TABLE = TG_TABLE_NAME, SCHEMA = 'communication_service';
END $$;

-- What was erased gets no words again, and is not sent.
CREATE FUNCTION communication_service.stay_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF audit.words_erased('communication_service.email', OLD.id)
       AND current_user <> (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = TG_RELID) THEN
        RAISE EXCEPTION 'the words of this mail were erased' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'ck_email_erased', TABLE = 'email', SCHEMA = 'communication_service';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stay_erased BEFORE UPDATE ON communication_service.email FOR EACH ROW
    WHEN (NEW.status <> OLD.status AND NEW.status IN ('queued', 'sending', 'retry_wait')
          OR (NEW.subject, NEW.body_text, NEW.body_html, NEW.to_address, NEW.to_name)
             IS DISTINCT FROM (OLD.subject, OLD.body_text, OLD.body_html, OLD.to_address, OLD.to_name))
    EXECUTE FUNCTION communication_service.stay_erased();

-- An address may be missing where nothing can go there any more: it was erased.
ALTER TABLE communication_service.email DROP CONSTRAINT ck_email_to_address;
ALTER TABLE communication_service.email ADD CONSTRAINT ck_email_to_address CHECK (
    to_address LIKE '%@%' OR to_address = '' AND status NOT IN ('draft', 'queued', 'sending', 'retry_wait', 'failed'));

-- What points to a patient in words that are about others, too: names, addresses, numbers, and the codes of positions.
CREATE FUNCTION audit.pointing_to(patient bigint) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH said AS (
        SELECT trim(given) || ' ' || trim(p.last_name) AS words FROM patient_service.patient p
        CROSS JOIN LATERAL (VALUES (p.first_name), (split_part(trim(p.first_name), ' ', 1))) AS g(given)
        WHERE p.id = patient AND trim(p.first_name) <> '' AND trim(p.last_name) <> ''
        UNION
        SELECT trim(p.last_name) || comma || trim(p.first_name) FROM patient_service.patient p
        CROSS JOIN (VALUES (', '), (' ')) AS c(comma)
        WHERE p.id = patient AND trim(p.first_name) <> '' AND trim(p.last_name) <> ''
        UNION
        SELECT p.email FROM patient_service.patient p WHERE p.id = patient
        UNION
        SELECT g.email FROM patient_service.guardian g WHERE g.patient_id = patient
        UNION
        SELECT g.name FROM patient_service.guardian g WHERE g.patient_id = patient AND trim(g.name) ~ '\s'
        UNION
        SELECT i.reference_code FROM matching_service.place_search s
        JOIN matching_service.inquiry_item i ON i.search_id = s.id WHERE s.patient_id = patient
    )
    SELECT '(?<![[:alnum:]])(?:' || string_agg(
               regexp_replace(regexp_replace(v.words, '([^[:alnum:][:space:]])', '\\\1', 'g'), '\s+', '\\s+', 'g'),
               '|' ORDER BY length(v.words) DESC, v.words) || ')(?![[:alnum:]])'
    FROM said CROSS JOIN LATERAL (VALUES (trim(said.words)), (replace(trim(said.words), '''', '&#39;'))) AS v(words)
    WHERE v.words <> ''
$$;
CREATE FUNCTION audit.without(words text, pointing text) RETURNS text LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
    RETURN CASE WHEN pointing IS NULL THEN words ELSE regexp_replace(words, pointing, '[gelöscht]', 'gi') END;

-- Contacts as before (0028); one about several people goes with the last of them, too.
CREATE OR REPLACE FUNCTION audit.erase_contacts(patient bigint, why text) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    inquiries bigint[];
    alone bigint[];
    shared bigint[];
    entries bigint[];
    calls bigint[];
    answers bigint[];
BEGIN
    IF session_user <> current_user AND NOT pg_has_role(session_user, 'platzlotse_supervisor', 'USAGE') THEN
        RAISE EXCEPTION 'only who leads the office erases' USING ERRCODE = 'insufficient_privilege';
    END IF;
    inquiries := ARRAY(
        SELECT DISTINCT i.inquiry_id FROM matching_service.inquiry_item i
        JOIN matching_service.place_search s ON s.id = i.search_id WHERE s.patient_id = patient);
    alone := ARRAY(
        SELECT q.id FROM unnest(inquiries) AS q(id)
        WHERE NOT EXISTS (
            SELECT FROM matching_service.inquiry_item o JOIN matching_service.place_search t ON t.id = o.search_id
            WHERE o.inquiry_id = q.id AND t.patient_id <> patient AND NOT EXISTS (
                SELECT FROM audit.word_erasure x WHERE x.table_name = 'matching_service.inquiry' AND x.row_id = q.id
                                                   AND x.patient_id = t.patient_id)));
    INSERT INTO audit.word_erasure (table_name, row_id, patient_id, reason)
        SELECT 'matching_service.inquiry', q.id, patient, trim(why) FROM unnest(inquiries) AS q(id)
        ON CONFLICT DO NOTHING;
    shared := ARRAY(
        SELECT p.entry_id FROM communication_service.contact_patient p WHERE p.patient_id = patient);
    entries := ARRAY(
        SELECT found.id FROM (
            SELECT c.id FROM communication_service.contact_entry c WHERE c.patient_id = patient
            UNION
            SELECT named.id FROM (
                SELECT c.id FROM communication_service.contact_entry c
                WHERE c.patient_id IS NULL AND c.inquiry_id = ANY (alone)
                UNION
                SELECT c.id FROM communication_service.contact_entry c
                WHERE c.patient_id IS NULL AND c.id = ANY (shared)) named
            WHERE NOT EXISTS (SELECT FROM communication_service.contact_patient o
                              WHERE o.entry_id = named.id AND o.patient_id <> patient AND NOT EXISTS (
                                  SELECT FROM audit.word_erasure x
                                  WHERE x.table_name = 'communication_service.contact_entry' AND x.row_id = named.id
                                    AND x.patient_id = o.patient_id))) found
        WHERE NOT EXISTS (SELECT FROM audit.contact_erasure x WHERE x.entry_id = found.id)
        ORDER BY found.id);
    INSERT INTO audit.word_erasure (table_name, row_id, patient_id, reason)
        SELECT 'communication_service.contact_entry', e.id, patient, trim(why) FROM unnest(shared) AS e(id)
        ON CONFLICT DO NOTHING;
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

-- Mails, what came in, and letters of a patient: whole where they are about nobody else who is left, else what points to
-- the patient. What waits must be gone before, what is just being sent hinders all of it. Then the contacts. Says how many
-- were emptied, how many are about others, too, and how much of it lies elsewhere, where nothing can be erased from here.
CREATE FUNCTION audit.erase_words(patient bigint, why text)
    RETURNS TABLE (contacts integer, mails integer, received integer, letters integer, files integer, shared integer,
                   sent integer, copied integer, in_mailbox integer, printed integer,
                   first_at timestamp with time zone, last_at timestamp with time zone)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    pointing text;
    own text[];
    items bigint[];
    row_ids bigint[];
    found record;
BEGIN
    IF session_user <> current_user AND NOT pg_has_role(session_user, 'platzlotse_supervisor', 'USAGE') THEN
        RAISE EXCEPTION 'only who leads the office erases' USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- whoever writes to this patient at this moment is waited for, and waits
    PERFORM FROM patient_service.patient p WHERE p.id = patient FOR UPDATE;
    row_ids := ARRAY(SELECT m.mail_id FROM audit.mails_about(patient) m);
    PERFORM FROM communication_service.email e WHERE e.id = ANY (row_ids) ORDER BY e.id FOR UPDATE;
    IF EXISTS (SELECT FROM communication_service.email e WHERE e.id = ANY (row_ids)
               AND e.status IN ('sending', 'draft', 'queued', 'retry_wait', 'failed')) THEN
        RAISE EXCEPTION 'a mail about this patient is on its way' USING ERRCODE = 'exclusion_violation',
            CONSTRAINT = 'ex_word_erasure_leaving', TABLE = 'email', SCHEMA = 'communication_service';
    END IF;
    pointing := audit.pointing_to(patient);
    own := ARRAY(SELECT lower(p.email) FROM patient_service.patient p WHERE p.id = patient AND p.email <> ''
                 UNION SELECT lower(g.email) FROM patient_service.guardian g WHERE g.patient_id = patient AND g.email <> '');
    mails := 0; received := 0; letters := 0; files := 0; shared := 0;
    sent := 0; copied := 0; in_mailbox := 0; printed := 0;

    -- what left, whether it is emptied or not, lies elsewhere
    FOR found IN
        WITH told AS (
            INSERT INTO audit.word_erasure (table_name, row_id, patient_id, reason)
            SELECT 'communication_service.email', m.id, patient, trim(why) FROM unnest(row_ids) AS m(id)
            ON CONFLICT DO NOTHING RETURNING row_id)
        SELECT e.id, e.copied_at, coalesce(e.sent_at, e.created_at) AS at,
               e.status IN ('sent', 'unclear', 'bounced_hard', 'bounced_soft', 'replied') AS left_office,
               NOT EXISTS (SELECT FROM audit.people_of_mail(e.id) o WHERE o.patient_id <> patient
                           AND NOT EXISTS (SELECT FROM audit.word_erasure x
                                           WHERE x.table_name = 'communication_service.email' AND x.row_id = e.id
                                             AND x.patient_id = o.patient_id)) AS whole,
               lower(e.to_address) = ANY (own)
               OR e.patient_id = patient AND e.therapist_id IS NULL
                  AND NOT EXISTS (SELECT FROM therapist_service.therapist t WHERE lower(t.email) = lower(e.to_address))
                  AND NOT EXISTS (SELECT FROM therapist_service.contact_point c WHERE c.mailbox = lower(e.to_address))
                   AS to_patient
        FROM communication_service.email e JOIN told t ON t.row_id = e.id ORDER BY e.id
    LOOP
        UPDATE communication_service.email e SET
            subject = CASE WHEN found.whole THEN '' ELSE audit.without(e.subject, pointing) END,
            body_text = CASE WHEN found.whole THEN '' ELSE audit.without(e.body_text, pointing) END,
            body_html = CASE WHEN found.whole THEN '' ELSE audit.without(e.body_html, pointing) END,
            to_address = CASE WHEN found.to_patient THEN '' ELSE e.to_address END,
            to_name = CASE WHEN found.to_patient THEN '' ELSE e.to_name END,
            in_reply_to = CASE WHEN found.to_patient THEN '' ELSE e.in_reply_to END
        WHERE e.id = found.id;
        IF found.whole THEN
            mails := mails + 1;
            WITH gone AS (
                DELETE FROM communication_service.email_attachment a WHERE a.email_id = found.id RETURNING 1)
            SELECT files + count(*) INTO files FROM gone;
        ELSE
            shared := shared + 1;
        END IF;
        DELETE FROM audit.content c USING audit.entry e
            WHERE c.entry_id = e.id AND e.table_name = 'communication_service.email' AND e.row_id = found.id;
        IF found.left_office THEN
            sent := sent + 1;
            copied := copied + (found.copied_at IS NOT NULL)::int;
            first_at := least(first_at, found.at);
            last_at := greatest(last_at, found.at);
        END IF;
    END LOOP;

    row_ids := ARRAY(
        SELECT n.id FROM (
            SELECT e.id FROM communication_service.incoming_email e WHERE e.patient_id = patient
            UNION
            SELECT r.incoming_id FROM matching_service.place_search s
            JOIN matching_service.inquiry_item i ON i.search_id = s.id
            JOIN communication_service.incoming_reading r ON r.item_id = i.id WHERE s.patient_id = patient
            UNION
            SELECT e.id FROM audit.mails_about(patient) m
            JOIN communication_service.incoming_email e ON e.email_id = m.mail_id
            UNION
            SELECT e.id FROM matching_service.place_search s
            JOIN matching_service.inquiry_item i ON i.search_id = s.id
            JOIN communication_service.incoming_email e ON e.inquiry_id = i.inquiry_id WHERE s.patient_id = patient) n
        WHERE patient IN (SELECT p.patient_id FROM audit.people_of_incoming(n.id) p));
    FOR found IN
        WITH told AS (
            INSERT INTO audit.word_erasure (table_name, row_id, patient_id, reason)
            SELECT 'communication_service.incoming_email', m.id, patient, trim(why) FROM unnest(row_ids) AS m(id)
            ON CONFLICT DO NOTHING RETURNING row_id)
        SELECT e.id, e.account_id, coalesce(e.sent_at, e.received_at) AS at,
               NOT EXISTS (SELECT FROM audit.people_of_incoming(e.id) o WHERE o.patient_id <> patient
                           AND NOT EXISTS (SELECT FROM audit.word_erasure x
                                           WHERE x.table_name = 'communication_service.incoming_email'
                                             AND x.row_id = e.id AND x.patient_id = o.patient_id)) AS whole,
               lower(e.from_address) = ANY (own) OR e.patient_id = patient AND e.therapist_id IS NULL AS from_patient
        FROM communication_service.incoming_email e JOIN told t ON t.row_id = e.id ORDER BY e.id
    LOOP
        -- the hash of its source stays, else the mailbox would bring it again
        UPDATE communication_service.incoming_email e SET
            subject = CASE WHEN found.whole THEN '' ELSE audit.without(e.subject, pointing) END,
            body_text = CASE WHEN found.whole THEN '' ELSE audit.without(e.body_text, pointing) END,
            remark = CASE WHEN found.whole THEN '' ELSE e.remark END,
            remark_params = CASE WHEN found.whole THEN '{}' ELSE e.remark_params END,
            from_address = CASE WHEN found.from_patient THEN '' ELSE e.from_address END,
            from_name = CASE WHEN found.from_patient THEN '' ELSE e.from_name END,
            to_address = CASE WHEN found.from_patient THEN '' ELSE e.to_address END,
            message_id = CASE WHEN found.from_patient THEN '' ELSE e.message_id END,
            answers = CASE WHEN found.from_patient THEN '{}' ELSE e.answers END
        WHERE e.id = found.id;
        IF found.whole THEN
            received := received + 1;
            WITH gone AS (
                DELETE FROM communication_service.incoming_attachment a WHERE a.incoming_id = found.id RETURNING 1)
            SELECT files + count(*) INTO files FROM gone;
        ELSE
            shared := shared + 1;
        END IF;
        DELETE FROM audit.content c USING audit.entry e
            WHERE c.entry_id = e.id AND e.table_name = 'communication_service.incoming_email' AND e.row_id = found.id;
        IF found.account_id IS NOT NULL THEN
            in_mailbox := in_mailbox + 1;
            first_at := least(first_at, found.at);
            last_at := greatest(last_at, found.at);
        END IF;
    END LOOP;

    FOR found IN
        WITH told AS (
            INSERT INTO audit.word_erasure (table_name, row_id, patient_id, reason)
            SELECT 'communication_service.printed_letter', l.id, patient, trim(why)
            FROM matching_service.place_search s
            JOIN matching_service.inquiry_item i ON i.search_id = s.id
            JOIN communication_service.printed_letter l ON l.inquiry_id = i.inquiry_id
            WHERE s.patient_id = patient AND patient IN (SELECT p.patient_id FROM audit.people_of_letter(l.id) p)
            GROUP BY l.id
            ON CONFLICT DO NOTHING RETURNING row_id)
        SELECT l.id, l.printed_at,
               NOT EXISTS (SELECT FROM audit.people_of_letter(l.id) o WHERE o.patient_id <> patient
                           AND NOT EXISTS (SELECT FROM audit.word_erasure x
                                           WHERE x.table_name = 'communication_service.printed_letter'
                                             AND x.row_id = l.id AND x.patient_id = o.patient_id)) AS whole
        FROM communication_service.printed_letter l JOIN told t ON t.row_id = l.id ORDER BY l.id
    LOOP
        IF found.whole AND found.printed_at IS NULL THEN
            DELETE FROM communication_service.printed_letter l WHERE l.id = found.id;
        ELSE
            UPDATE communication_service.printed_letter l SET
                subject = CASE WHEN found.whole THEN '' ELSE audit.without(l.subject, pointing) END,
                body = CASE WHEN found.whole THEN '' ELSE audit.without(l.body, pointing) END
            WHERE l.id = found.id;
        END IF;
        letters := letters + found.whole::int;
        shared := shared + (NOT found.whole)::int;
        DELETE FROM audit.content c USING audit.entry e
            WHERE c.entry_id = e.id AND e.table_name = 'communication_service.printed_letter' AND e.row_id = found.id;
        IF found.printed_at IS NOT NULL THEN
            printed := printed + 1;
            first_at := least(first_at, found.printed_at);
            last_at := greatest(last_at, found.printed_at);
        END IF;
    END LOOP;

    -- what was written anew without the patient, or dropped before it was printed, the audit still knows as it was
    items := ARRAY(SELECT i.id FROM matching_service.place_search s
                   JOIN matching_service.inquiry_item i ON i.search_id = s.id WHERE s.patient_id = patient);
    DELETE FROM audit.content c USING audit.entry e
        WHERE c.entry_id = e.id AND (e.table_name, e.row_id) IN (
            SELECT left(n.table_name, -length('_item')), n.row_id FROM audit.entry n
            JOIN audit.content k ON k.entry_id = n.id
            WHERE n.table_name IN ('communication_service.email_item', 'communication_service.printed_letter_item')
              AND (coalesce(k.after, k.before) ->> 'item_id')::bigint = ANY (items));

    contacts := audit.erase_contacts(patient, why);
    INSERT INTO audit.patient_erasure AS e (patient_id) VALUES (patient)
        ON CONFLICT ON CONSTRAINT pk_patient_erasure DO UPDATE SET at = clock_timestamp();
    RETURN NEXT;
END $$;

REVOKE EXECUTE ON FUNCTION audit.words_erased(text, bigint), audit.people_of_mail(bigint), audit.mails_about(bigint),
    audit.people_of_incoming(bigint), audit.people_of_letter(bigint), audit.pointing_to(bigint),
    audit.without(text, text), audit.erase_words(bigint, text), communication_service.stay_erased() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.words_erased(text, bigint)
    TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker;
GRANT EXECUTE ON FUNCTION audit.people_of_mail(bigint), audit.mails_about(bigint), audit.people_of_letter(bigint),
    audit.erase_words(bigint, text) TO platzlotse_supervisor;
