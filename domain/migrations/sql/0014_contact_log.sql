-- The contact log believes nobody, whatever program writes: who, when and about which call are checked here.

-- A moment nobody can have meant breaks whatever reads it; what stands there already stays (the log is append-only).
ALTER TABLE communication_service.contact_entry
    ADD CONSTRAINT ck_contact_entry_at CHECK (at >= '2000-01-01 00:00+00' AND at < '2200-01-01 00:00+00') NOT VALID,
    ADD CONSTRAINT ck_contact_entry_length CHECK (char_length(counterpart) <= 300 AND char_length(body) <= 10000) NOT VALID;

-- Nothing is noted before it happened. A day: the clocks of the office's computers differ, and so do time zones.
CREATE FUNCTION communication_service.not_ahead() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a contact lies in the future' USING ERRCODE = 'check_violation',
        CONSTRAINT = 'ck_contact_entry_not_ahead', TABLE = 'contact_entry', SCHEMA = 'communication_service';
END $$;
CREATE TRIGGER not_ahead BEFORE INSERT ON communication_service.contact_entry
    FOR EACH ROW WHEN (NEW.at > clock_timestamp() + interval '1 day')
    EXECUTE FUNCTION communication_service.not_ahead();

-- Whoever enters a contact does so in their own name, also without saying so.
ALTER TABLE communication_service.contact_entry ALTER COLUMN person_id SET DEFAULT platform.current_person_id();
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
    IF NOT (NEW.links = 0 AND NEW.head = decode(repeat('00', 32), 'hex'))
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

ALTER TABLE communication_service.phone_call
    ADD CONSTRAINT ck_phone_call_callback_near
        CHECK (callback_on <= (ended_at AT TIME ZONE 'UTC')::date + 400) NOT VALID,
    ADD CONSTRAINT ck_phone_call_length CHECK (char_length(outcome) <= 10000 AND char_length(note) <= 10000) NOT VALID;

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

ALTER TABLE communication_service.printed_letter_item ENABLE ROW LEVEL SECURITY;
CREATE POLICY backup ON communication_service.printed_letter_item FOR SELECT TO platzlotse_backup USING (true);
CREATE POLICY office ON communication_service.printed_letter_item TO platzlotse_caseworker, platzlotse_supervisor
    USING (true) WITH CHECK (true);
-- what a letter that went out tells does not change any more
CREATE POLICY waiting ON communication_service.printed_letter_item AS RESTRICTIVE FOR INSERT
    TO platzlotse_caseworker, platzlotse_supervisor WITH CHECK (EXISTS (
        SELECT FROM communication_service.printed_letter l WHERE l.id = letter_id AND l.printed_at IS NULL));
GRANT SELECT ON communication_service.printed_letter_item
    TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_backup;
GRANT INSERT ON communication_service.printed_letter_item TO platzlotse_caseworker, platzlotse_supervisor;
CREATE TRIGGER audit_insert AFTER INSERT ON communication_service.printed_letter_item
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change('letter_id');
CREATE TRIGGER audit_update AFTER UPDATE ON communication_service.printed_letter_item
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change('letter_id');
CREATE TRIGGER audit_delete AFTER DELETE ON communication_service.printed_letter_item
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change('letter_id');

-- Erasing what an entry says is for those who lead the office; only what is there is erased, with a reason, once.
CREATE OR REPLACE FUNCTION audit.erase_contact(which bigint, why text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    told_of bigint;
BEGIN
    SELECT c.call_id INTO told_of FROM communication_service.contact_entry c WHERE c.id = which;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such contact' USING ERRCODE = 'foreign_key_violation',
            CONSTRAINT = 'fk_contact_erasure_entry_id', TABLE = 'contact_erasure', SCHEMA = 'audit';
    END IF;
    INSERT INTO audit.contact_erasure (entry_id, reason) VALUES (which, trim(why));
    UPDATE communication_service.contact_entry SET counterpart = '', body = '' WHERE id = which;
    DELETE FROM audit.contact_salt WHERE entry_id = which;
    DELETE FROM audit.content c USING audit.entry e
        WHERE c.entry_id = e.id AND e.table_name = 'communication_service.contact_entry' AND e.row_id = which;
    -- a call keeps the same words
    UPDATE communication_service.phone_call SET outcome = '' WHERE id = told_of AND outcome <> '';
    DELETE FROM audit.content c USING audit.entry e
        WHERE c.entry_id = e.id AND e.table_name = 'communication_service.phone_call' AND e.row_id = told_of;
END $$;
GRANT EXECUTE ON FUNCTION audit.erase_contact(bigint, text) TO platzlotse_supervisor;

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

REVOKE EXECUTE ON FUNCTION communication_service.not_ahead(), communication_service.real_head() FROM PUBLIC;
