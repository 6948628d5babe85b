-- An answer that was entered by mistake is taken back by a further entry, as a letter is: of which one, once.
ALTER TABLE communication_service.contact_entry DROP CONSTRAINT ck_contact_entry_takes_back;
ALTER TABLE communication_service.contact_entry ADD CONSTRAINT ck_contact_entry_takes_back
    CHECK ((kind IN ('letter_taken_back', 'answer_taken_back')) = (takes_back IS NOT NULL));

CREATE OR REPLACE FUNCTION communication_service.takes_back_letter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.kind = 'letter_taken_back' AND NOT EXISTS (
            SELECT FROM communication_service.contact_entry c
            WHERE c.id = NEW.takes_back AND c.channel = 'letter' AND c.direction = 'out'
              AND c.inquiry_id = NEW.inquiry_id AND c.therapist_id IS NOT DISTINCT FROM NEW.therapist_id) THEN
        RAISE EXCEPTION 'only a letter of the same inquiry is taken back' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'ck_contact_entry_takes_back_letter', TABLE = 'contact_entry', SCHEMA = 'communication_service';
    END IF;
    IF NEW.kind = 'answer_taken_back' AND NOT EXISTS (
            SELECT FROM communication_service.contact_entry c
            WHERE c.id = NEW.takes_back AND c.direction = 'in' AND c.inquiry_id = NEW.inquiry_id
              AND c.patient_id IS NOT NULL AND c.patient_id = NEW.patient_id) THEN
        RAISE EXCEPTION 'only an answer about the same patient is taken back' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'ck_contact_entry_takes_back_answer', TABLE = 'contact_entry', SCHEMA = 'communication_service';
    END IF;
    RETURN NEW;
END $$;

-- A result noted without the program having begun a call: taken back, no call is under way.
ALTER TABLE communication_service.phone_call ADD COLUMN noted_only BOOLEAN DEFAULT false NOT NULL;
