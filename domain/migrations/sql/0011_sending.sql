-- Sending: sizes and results of each recipient.

-- A mail has one recipient. `failure` keeps the server's own words; the cause is ours, and has a sentence.
ALTER TABLE communication_service.email
    ADD COLUMN failure_cause TEXT DEFAULT '' NOT NULL,
    ADD COLUMN failure_params JSONB DEFAULT '{}' NOT NULL,
    ADD COLUMN deferred_at TIMESTAMP WITH TIME ZONE;

-- A server that knows no such mailbox says so before the mail is sent: it bounced and never left.
ALTER TABLE communication_service.email DROP CONSTRAINT ck_email_sent_at;
ALTER TABLE communication_service.email ADD CONSTRAINT ck_email_sent_at
    CHECK (status NOT IN ('sent', 'bounced_soft', 'replied') OR sent_at IS NOT NULL);
ALTER TABLE matching_service.inquiry DROP CONSTRAINT ck_inquiry_sent_at;
ALTER TABLE matching_service.inquiry ADD CONSTRAINT ck_inquiry_sent_at
    CHECK (stage NOT IN ('sent', 'out_of_office', 'answered', 'expired', 'withdrawn') OR sent_at IS NOT NULL);

-- Whether an address takes mail is read from the newest mails to it.
CREATE INDEX ix_email_to_address ON communication_service.email (lower(to_address));

ALTER TABLE communication_service.mail_account
    ADD COLUMN largest_mb SMALLINT,
    ADD CONSTRAINT ck_mail_account_largest_mb CHECK (largest_mb > 0);

-- Each attempt and what came of it. By these the limits of an hour are counted: what was handed over, however it ended.
CREATE TABLE communication_service.email_attempt (
    email_id BIGINT NOT NULL,
    account_id BIGINT,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    outcome TEXT NOT NULL,
    cause TEXT DEFAULT '' NOT NULL,
    reply TEXT DEFAULT '' NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_email_attempt PRIMARY KEY (id),
    CONSTRAINT ck_email_attempt_outcome CHECK (outcome IN ('sent', 'postponed', 'refused', 'unclear')),
    CONSTRAINT fk_email_attempt_email_id FOREIGN KEY(email_id) REFERENCES communication_service.email (id),
    CONSTRAINT fk_email_attempt_account_id FOREIGN KEY(account_id) REFERENCES communication_service.mail_account (id)
);

CREATE INDEX ix_email_attempt_email_id ON communication_service.email_attempt (email_id);
CREATE INDEX ix_email_attempt_account_id ON communication_service.email_attempt (account_id, at);
CREATE INDEX ix_email_attempt_at ON communication_service.email_attempt (at);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON communication_service.email_attempt
    FOR EACH ROW EXECUTE FUNCTION platform.append_only();

-- What the worker last saw of an account's server: how large a mail may be (bytes), and what hinders sending.
CREATE TABLE communication_service.sending_state (
    account_id BIGINT NOT NULL,
    size_limit BIGINT,
    tried_at TIMESTAMP WITH TIME ZONE,
    trouble TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_sending_state PRIMARY KEY (account_id),
    CONSTRAINT fk_sending_state_account_id FOREIGN KEY(account_id) REFERENCES communication_service.mail_account (id) ON DELETE CASCADE
);

-- A person asks whether an account works; only the worker can open its password, so it answers.
CREATE TABLE communication_service.account_test (
    account_id BIGINT NOT NULL,
    asked_by BIGINT,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    mail_me BOOLEAN DEFAULT false NOT NULL,
    taken_at TIMESTAMP WITH TIME ZONE,
    done_at TIMESTAMP WITH TIME ZONE,
    steps JSONB DEFAULT '[]' NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_account_test PRIMARY KEY (id),
    CONSTRAINT ck_account_test_taken CHECK (done_at IS NULL OR taken_at IS NOT NULL),
    CONSTRAINT fk_account_test_account_id FOREIGN KEY(account_id) REFERENCES communication_service.mail_account (id) ON DELETE CASCADE,
    CONSTRAINT fk_account_test_asked_by FOREIGN KEY(asked_by) REFERENCES platform.person (id)
);

CREATE INDEX ix_account_test_account_id ON communication_service.account_test (account_id);
CREATE INDEX ix_account_test_asked_by ON communication_service.account_test (asked_by);
CREATE INDEX ix_account_test_open ON communication_service.account_test (asked_at) WHERE done_at IS NULL;

DO $$
DECLARE
    added text;
BEGIN
    FOREACH added IN ARRAY ARRAY['communication_service.email_attempt', 'communication_service.sending_state',
        'communication_service.account_test'] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', added);
        EXECUTE format('CREATE POLICY backup ON %s FOR SELECT TO platzlotse_backup USING (true)', added);
        EXECUTE format('CREATE POLICY office ON %s TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker'
            ' USING (true) WITH CHECK (true)', added);
        EXECUTE format('GRANT SELECT ON %s TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker,'
            ' platzlotse_backup', added);
    END LOOP;
    FOREACH added IN ARRAY ARRAY['communication_service.sending_state', 'communication_service.account_test'] LOOP
        EXECUTE format('CREATE POLICY administration ON %s TO platzlotse_admin USING (true) WITH CHECK (true)', added);
        EXECUTE format('GRANT SELECT ON %s TO platzlotse_admin', added);
    END LOOP;
END $$;

CREATE TRIGGER audit_insert AFTER INSERT ON communication_service.account_test REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change('id');
CREATE TRIGGER audit_update AFTER UPDATE ON communication_service.account_test
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change('id');
CREATE TRIGGER audit_delete AFTER DELETE ON communication_service.account_test REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change('id');

-- A question is asked in one's own name: a test mail goes to who asks and to nobody else.
CREATE POLICY own_name ON communication_service.account_test AS RESTRICTIVE FOR INSERT
    TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_admin
    WITH CHECK (asked_by = platform.current_person_id());

-- a person's word that a mail went out by hand is an attempt, too
GRANT INSERT ON communication_service.email_attempt TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker;
GRANT INSERT, UPDATE ON communication_service.sending_state TO platzlotse_worker;
GRANT INSERT ON communication_service.account_test TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_admin;
GRANT UPDATE ON communication_service.account_test TO platzlotse_worker;
