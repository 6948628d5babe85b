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
    lifted_reason VARCHAR DEFAULT '' NOT NULL,
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

CREATE FUNCTION therapist_service.keep_opted_out() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM therapist_service.mailbox_opt_out o
               WHERE o.contact_point_id = NEW.contact_point_id AND o.lifted_at IS NULL) THEN
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
-- What lay there at the first look (below this UID) is judged by the day it was written, too: a moved mailbox came today.
-- When it was last read to the end, and what hinders the folder of sent mails, which hinders nothing else.
ALTER TABLE communication_service.mailbox_state
    ADD COLUMN first_uidnext BIGINT DEFAULT 0 NOT NULL,
    ADD COLUMN read_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN sent_trouble VARCHAR DEFAULT '' NOT NULL;
UPDATE communication_service.mailbox_state SET read_at = checked_at WHERE trouble = '';
DROP TRIGGER moment_insert ON communication_service.mail_account;
DROP TRIGGER moment_update ON communication_service.mail_account;
DROP TRIGGER moment_insert ON communication_service.mailbox_state;
DROP TRIGGER moment_update ON communication_service.mailbox_state;
SELECT platform.bound_moments('communication_service.mail_account');
SELECT platform.bound_moments('communication_service.mailbox_state');
