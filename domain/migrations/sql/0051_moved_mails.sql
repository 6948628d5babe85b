-- A mail that was put to the wrong person or inquiry: where it stood a further entry says so, and of which one, and what it
-- said is taken out of there, since it is another one's. The mail itself keeps its words, and so does the right history.
ALTER TABLE communication_service.contact_entry DROP CONSTRAINT ck_contact_entry_takes_back;
ALTER TABLE communication_service.contact_entry ADD CONSTRAINT ck_contact_entry_takes_back
    CHECK ((kind IN ('letter_taken_back', 'answer_taken_back', 'mail_moved')) = (takes_back IS NOT NULL));

CREATE FUNCTION communication_service.takes_back_mail() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- only of a mail that a person put elsewhere, and that still waits for its reader
    IF NOT EXISTS (
            SELECT FROM communication_service.contact_entry c
            JOIN communication_service.incoming_email m
                ON c.counterpart = left(coalesce(nullif(m.from_name, ''), m.from_address), 300)
                AND starts_with(c.body, btrim(m.subject, E' \t\r\n'))
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
CREATE TRIGGER takes_back_mail BEFORE INSERT ON communication_service.contact_entry
    FOR EACH ROW WHEN (NEW.kind = 'mail_moved') EXECUTE FUNCTION communication_service.takes_back_mail();

CREATE FUNCTION communication_service.forget_moved() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM audit.erase_contact(NEW.takes_back, 'E-Mail gehört in einen anderen Verlauf');
    RETURN NULL;
END $$;
CREATE TRIGGER forget_moved AFTER INSERT ON communication_service.contact_entry
    FOR EACH ROW WHEN (NEW.kind = 'mail_moved') EXECUTE FUNCTION communication_service.forget_moved();
REVOKE EXECUTE ON FUNCTION communication_service.takes_back_mail(), communication_service.forget_moved() FROM PUBLIC;
