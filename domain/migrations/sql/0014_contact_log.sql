-- The contact log believes nobody, whatever program writes: who, when and about which call are checked here.

-- A rule that what stands there already may break holds where the value is given, and nowhere else: a check would be asked
-- at every later change too, and an entry or a call that breaks it could never be erased (Art. 17 GDPR) nor taken on.
CREATE FUNCTION communication_service.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% does not hold', TG_ARGV[0] USING ERRCODE = 'check_violation',
        CONSTRAINT = TG_ARGV[0], TABLE = TG_TABLE_NAME, SCHEMA = TG_TABLE_SCHEMA;
END $$;

-- A moment nobody can have meant breaks whatever reads it.
CREATE TRIGGER in_calendar BEFORE INSERT ON communication_service.contact_entry
    FOR EACH ROW WHEN (NEW.at < '2000-01-01 00:00+00' OR NEW.at >= '2200-01-01 00:00+00')
    EXECUTE FUNCTION communication_service.refuse('ck_contact_entry_at');
-- Nothing is noted before it happened. A day: the clocks of the office's computers differ, and so do time zones.
CREATE TRIGGER not_ahead BEFORE INSERT ON communication_service.contact_entry
    FOR EACH ROW WHEN (NEW.at > clock_timestamp() + interval '1 day')
    EXECUTE FUNCTION communication_service.refuse('ck_contact_entry_not_ahead');
-- what is erased is empty, so that this hinders no erasure
ALTER TABLE communication_service.contact_entry
    ADD CONSTRAINT ck_contact_entry_length CHECK (char_length(counterpart) <= 300 AND char_length(body) <= 10000) NOT VALID;

-- Whoever enters a contact does so in their own name, whatever they say: the release before names nobody at a mail it
-- assigns and the colleague at a colleague's mail or call.
ALTER TABLE communication_service.contact_entry ALTER COLUMN person_id SET DEFAULT platform.current_person_id();
CREATE FUNCTION communication_service.in_own_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.person_id := coalesce(platform.current_person_id(), NEW.person_id);
    RETURN NEW;
END $$;
CREATE TRIGGER in_own_name BEFORE INSERT ON communication_service.contact_entry
    FOR EACH ROW EXECUTE FUNCTION communication_service.in_own_name();
-- who is no person of the office enters nothing
CREATE POLICY own_name ON communication_service.contact_entry AS RESTRICTIVE FOR INSERT
    TO platzlotse_caseworker, platzlotse_supervisor WITH CHECK (person_id = platform.current_person_id());
-- The worker is nobody; a mail it sent is told in the name of whoever wrote it.
CREATE POLICY own_name_of_worker ON communication_service.contact_entry AS RESTRICTIVE FOR INSERT
    TO platzlotse_worker WITH CHECK (person_id IS NULL OR EXISTS (
        SELECT FROM communication_service.email e WHERE e.id = email_id AND e.created_by = person_id));
-- What came of a call, and that it was taken back, tells whoever made it. That a practice called back may tell anybody.
CREATE POLICY own_call ON communication_service.contact_entry AS RESTRICTIVE FOR INSERT
    TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker
    WITH CHECK (CASE WHEN call_id IS NULL THEN kind <> 'result_taken_back' ELSE EXISTS (
        SELECT FROM communication_service.phone_call c
        WHERE c.id = call_id AND c.therapist_id = contact_entry.therapist_id
          AND c.inquiry_id IS NOT DISTINCT FROM contact_entry.inquiry_id
          AND (kind IN ('phone_tag', 'phone_tag_undone') OR c.person_id = platform.current_person_id())) END);

-- Numbers are the database's alone: an entry that chose its own could stand before those it came after.
REVOKE INSERT ON communication_service.contact_entry FROM platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker;
GRANT INSERT (at, channel, direction, patient_id, therapist_id, inquiry_id, email_id, call_id, person_id, kind,
              counterpart, body)
    ON communication_service.contact_entry TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker;
REVOKE INSERT ON communication_service.evidence_made FROM platzlotse_caseworker, platzlotse_supervisor;
GRANT INSERT (patient_id, made_by, made_at, attempts, links, head, pdf_sha256)
    ON communication_service.evidence_made TO platzlotse_caseworker, platzlotse_supervisor;

ALTER TABLE communication_service.evidence_made
    ADD CONSTRAINT ck_evidence_made_made_at
        CHECK (made_at >= '2000-01-01 00:00+00' AND made_at < '2200-01-01 00:00+00') NOT VALID;

-- An evidence prints a link of the chain, or the chain's beginning where there is none yet.
CREATE FUNCTION communication_service.real_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (NEW.links = 0 AND NEW.head = decode(repeat('00', 32), 'hex')
            AND NOT EXISTS (SELECT FROM audit.contact_link))
       AND NOT EXISTS (SELECT FROM audit.contact_link l WHERE l.number = NEW.links AND l.link_hash = NEW.head) THEN
        RAISE EXCEPTION 'no link of the chain has this hash' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'ck_evidence_made_head', TABLE = 'evidence_made', SCHEMA = 'communication_service';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER real_head BEFORE INSERT ON communication_service.evidence_made
    FOR EACH ROW EXECUTE FUNCTION communication_service.real_head();

-- Nobody phones twice at once. Of calls left under way by the same person the newest stays, the others are planned again.
UPDATE communication_service.phone_call SET status = 'planned', started_at = NULL, dialled = ''
WHERE id IN (
    SELECT id FROM (
        SELECT id, row_number() OVER (PARTITION BY person_id ORDER BY started_at DESC NULLS LAST, id DESC) AS place
        FROM communication_service.phone_call WHERE status = 'in_progress' AND person_id IS NOT NULL) calls
    WHERE place > 1);
CREATE UNIQUE INDEX uq_phone_call_person_id_in_progress ON communication_service.phone_call (person_id)
    WHERE status = 'in_progress';

-- Whoever begins a call that is planned, or says what came of it, makes it; the release before left it a colleague's.
CREATE TRIGGER in_own_name BEFORE UPDATE OF status ON communication_service.phone_call
    FOR EACH ROW WHEN (
        NEW.status IN ('in_progress', 'reached', 'no_answer', 'busy', 'voicemail_left', 'wrong_number')
        AND (OLD.status = 'planned' OR NEW.person_id IS NULL))
    EXECUTE FUNCTION communication_service.in_own_name();

CREATE TRIGGER callback_near BEFORE INSERT ON communication_service.phone_call
    FOR EACH ROW WHEN (NEW.callback_on > (NEW.ended_at AT TIME ZONE 'UTC')::date + 400)
    EXECUTE FUNCTION communication_service.refuse('ck_phone_call_callback_near');
CREATE TRIGGER callback_near_now BEFORE UPDATE OF callback_on ON communication_service.phone_call
    FOR EACH ROW WHEN (NEW.callback_on IS DISTINCT FROM OLD.callback_on
                       AND NEW.callback_on > (NEW.ended_at AT TIME ZONE 'UTC')::date + 400)
    EXECUTE FUNCTION communication_service.refuse('ck_phone_call_callback_near');
CREATE TRIGGER length BEFORE INSERT ON communication_service.phone_call
    FOR EACH ROW WHEN (char_length(NEW.outcome) > 10000 OR char_length(NEW.note) > 10000)
    EXECUTE FUNCTION communication_service.refuse('ck_phone_call_length');
CREATE TRIGGER length_now BEFORE UPDATE OF outcome, note ON communication_service.phone_call
    FOR EACH ROW WHEN (NEW.outcome IS DISTINCT FROM OLD.outcome AND char_length(NEW.outcome) > 10000
                       OR NEW.note IS DISTINCT FROM OLD.note AND char_length(NEW.note) > 10000)
    EXECUTE FUNCTION communication_service.refuse('ck_phone_call_length');

-- Of whom a letter tells, by their positions in its inquiry; those of one that is dropped go with it.
CREATE UNIQUE INDEX uq_inquiry_item_id_inquiry_id ON matching_service.inquiry_item (id, inquiry_id);
CREATE UNIQUE INDEX uq_printed_letter_id_inquiry_id ON communication_service.printed_letter (id, inquiry_id);
CREATE TABLE communication_service.printed_letter_item (
    letter_id BIGINT NOT NULL,
    item_id BIGINT NOT NULL,
    inquiry_id BIGINT NOT NULL,
    CONSTRAINT pk_printed_letter_item PRIMARY KEY (letter_id, item_id),
    CONSTRAINT fk_printed_letter_item_letter_id_inquiry_id FOREIGN KEY (letter_id, inquiry_id)
        REFERENCES communication_service.printed_letter (id, inquiry_id) ON DELETE CASCADE,
    CONSTRAINT fk_printed_letter_item_item_id_inquiry_id FOREIGN KEY (item_id, inquiry_id)
        REFERENCES matching_service.inquiry_item (id, inquiry_id)
);
CREATE INDEX ix_printed_letter_item_item_id ON communication_service.printed_letter_item (item_id);

-- letters written before name their people by the code in their text
INSERT INTO communication_service.printed_letter_item (letter_id, item_id, inquiry_id)
SELECT l.id, i.id, i.inquiry_id
FROM communication_service.printed_letter l JOIN matching_service.inquiry_item i ON i.inquiry_id = l.inquiry_id
WHERE strpos(l.body, i.reference_code) > 0;

SELECT platform.protect('communication_service.printed_letter_item',
                        '{"caseworker": "SELECT, INSERT", "supervisor": "SELECT, INSERT"}');
-- what a letter that went out tells does not change any more
CREATE POLICY waiting ON communication_service.printed_letter_item AS RESTRICTIVE FOR INSERT
    TO platzlotse_caseworker, platzlotse_supervisor WITH CHECK (EXISTS (
        SELECT FROM communication_service.printed_letter l WHERE l.id = letter_id AND l.printed_at IS NULL));

-- What was answered stays answered; only an erasure that is on record empties the words of an answer about that patient.
CREATE FUNCTION matching_service.keep_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.note = '' AND to_jsonb(NEW) - 'note' = to_jsonb(OLD) - 'note' AND EXISTS (
            SELECT FROM matching_service.inquiry_item i JOIN matching_service.place_search s ON s.id = i.search_id
            JOIN communication_service.contact_entry c ON c.inquiry_id = i.inquiry_id AND c.patient_id = s.patient_id
            JOIN audit.contact_erasure x ON x.entry_id = c.id
            WHERE i.id = NEW.item_id) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'answer is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
DROP TRIGGER append_only ON matching_service.answer;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON matching_service.answer
    FOR EACH ROW EXECUTE FUNCTION matching_service.keep_answer();

-- Erasing what is written of a patient's contacts (Art. 17 GDPR): for those who lead the office, with a reason, once; how
-- many entries were emptied. The patient's own, and of inquiries those that were about nobody else: what is about several
-- people is theirs, too, and names nobody by rule; patients stand in it by their codes. The same words stand at the answers
-- to which they were noted, and at calls. Emptying one entry (`audit.erase_contact`) stays the owner's alone.
CREATE FUNCTION audit.erase_contacts(patient bigint, why text) RETURNS integer
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
            WHERE c.patient_id IS NULL AND c.inquiry_id = ANY (alone)) found
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

-- Where everything noted before keeps the new checks, they hold for all of it; else for what comes.
DO $$
DECLARE
    added record;
BEGIN
    FOR added IN SELECT conrelid::regclass AS home, conname FROM pg_constraint
        WHERE NOT convalidated AND connamespace = 'communication_service'::regnamespace
    LOOP
        BEGIN
            EXECUTE format('ALTER TABLE %s VALIDATE CONSTRAINT %I', added.home, added.conname);
        EXCEPTION WHEN check_violation THEN
            RAISE NOTICE '% of % does not hold for some old rows', added.conname, added.home;
        END;
    END LOOP;
END $$;

REVOKE EXECUTE ON FUNCTION communication_service.refuse(), communication_service.in_own_name(),
    communication_service.real_head(), matching_service.keep_answer(), audit.erase_contacts(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.erase_contacts(bigint, text) TO platzlotse_supervisor;
