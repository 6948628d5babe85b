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
