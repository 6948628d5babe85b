-- A mail that was put elsewhere takes out of a history what was noted of this mail, and nothing else: it was there, and was
-- put there, just before the entry was written. Of a mail that somebody brings in later, with words like another one's, the
-- audit knows that it came after; so no tool of one's own empties an entry of the log.
CREATE OR REPLACE FUNCTION communication_service.takes_back_mail() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
            SELECT FROM communication_service.contact_entry c
            JOIN audit.entry noted ON noted.table_name = 'communication_service.contact_entry' AND noted.row_id = c.id
                AND noted.operation = 'insert'
            JOIN communication_service.incoming_email m
                ON c.counterpart = left(coalesce(nullif(m.from_name, ''), m.from_address), 300)
                AND starts_with(c.body, btrim(m.subject, E' \t\r\n'))
            JOIN audit.entry put ON put.table_name = 'communication_service.incoming_email' AND put.row_id = m.id
                AND put.id < noted.id AND put.at > noted.at - interval '5 minutes'
                AND (put.operation = 'insert' OR put.columns && '{patient_id,inquiry_id,therapist_id}')
            WHERE c.id = NEW.takes_back AND c.channel = 'email' AND c.direction = 'in'
              AND c.kind IN ('reply', 'bounce', 'report_read', 'report_delivered', 'report_elsewhere')
              AND (c.patient_id, c.therapist_id, c.inquiry_id)
                  IS NOT DISTINCT FROM (NEW.patient_id, NEW.therapist_id, NEW.inquiry_id)
              AND m.status = 'unread' AND m.matched_by = 'person' AND num_nonnulls(m.patient_id, m.inquiry_id) > 0
              AND (m.patient_id, m.inquiry_id) IS DISTINCT FROM (c.patient_id, c.inquiry_id)) THEN
        RAISE EXCEPTION 'only a mail that was put elsewhere is taken back' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'ck_contact_entry_takes_back_mail', TABLE = 'contact_entry', SCHEMA = 'communication_service';
    END IF;
    RETURN NEW;
END $$;

-- Who settled a mail, brought two records together, or told them apart, or took that back, says the server,
-- as it says who made an inquiry (0054); and who made a call that was not only planned.
CREATE FUNCTION platform.by_caller() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    caller bigint := platform.current_person_id();
BEGIN
    IF caller IS NOT NULL THEN
        NEW := jsonb_populate_record(NEW, jsonb_build_object(TG_ARGV[0], caller));
    END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION platform.by_caller() FROM PUBLIC;
CREATE TRIGGER by_caller BEFORE UPDATE OF done_by ON communication_service.incoming_email FOR EACH ROW
    WHEN (NEW.done_by IS DISTINCT FROM OLD.done_by AND NEW.done_by IS NOT NULL)
    EXECUTE FUNCTION platform.by_caller('done_by');
CREATE TRIGGER by_caller BEFORE INSERT ON therapist_service.distinct_pair
    FOR EACH ROW EXECUTE FUNCTION platform.by_caller('decided_by');
CREATE TRIGGER by_caller BEFORE INSERT ON therapist_service.therapist_merge
    FOR EACH ROW EXECUTE FUNCTION platform.by_caller('merged_by');
CREATE TRIGGER undone_by_caller BEFORE UPDATE OF undone_by ON therapist_service.therapist_merge FOR EACH ROW
    WHEN (NEW.undone_by IS DISTINCT FROM OLD.undone_by AND NEW.undone_by IS NOT NULL)
    EXECUTE FUNCTION platform.by_caller('undone_by');
CREATE TRIGGER made_in_own_name BEFORE INSERT ON communication_service.phone_call FOR EACH ROW
    WHEN (NEW.status IN ('in_progress', 'reached', 'no_answer', 'busy', 'voicemail_left', 'wrong_number'))
    EXECUTE FUNCTION communication_service.in_own_name();
