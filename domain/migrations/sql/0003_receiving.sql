-- Receiving: mail accounts, what came in, what was read in it.

-- Passwords are sealed to the worker's public key: whoever reads the row cannot log in with it.
CREATE TABLE platform.worker_key (
    id SMALLINT NOT NULL,
    public_key BYTEA NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_worker_key PRIMARY KEY (id),
    CONSTRAINT ck_worker_key_one_row CHECK (id = 1),
    CONSTRAINT ck_worker_key_public_key CHECK (octet_length(public_key) = 32)
);

CREATE TABLE communication_service.mail_account (
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    sender_name TEXT DEFAULT '' NOT NULL,
    smtp_host TEXT DEFAULT '' NOT NULL,
    smtp_port INTEGER DEFAULT 587 NOT NULL,
    smtp_security TEXT DEFAULT 'starttls' NOT NULL,
    imap_host TEXT DEFAULT '' NOT NULL,
    imap_port INTEGER DEFAULT 993 NOT NULL,
    imap_security TEXT DEFAULT 'tls' NOT NULL,
    username TEXT DEFAULT '' NOT NULL,
    sealed_password BYTEA,
    inbox TEXT DEFAULT 'INBOX' NOT NULL,
    sent_folder TEXT DEFAULT '' NOT NULL,
    mails_per_hour SMALLINT,
    is_default BOOLEAN DEFAULT false NOT NULL,
    active BOOLEAN DEFAULT true NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    CONSTRAINT pk_mail_account PRIMARY KEY (id),
    CONSTRAINT ck_mail_account_name CHECK (name <> ''),
    CONSTRAINT ck_mail_account_address CHECK (address LIKE '%@%'),
    CONSTRAINT ck_mail_account_smtp_security CHECK (smtp_security IN ('tls', 'starttls', 'none')),
    CONSTRAINT ck_mail_account_imap_security CHECK (imap_security IN ('tls', 'starttls', 'none')),
    CONSTRAINT ck_mail_account_ports CHECK (smtp_port BETWEEN 1 AND 65535 AND imap_port BETWEEN 1 AND 65535),
    CONSTRAINT ck_mail_account_mails_per_hour CHECK (mails_per_hour > 0),
    CONSTRAINT ck_mail_account_default_active CHECK (active OR NOT is_default)
);

CREATE UNIQUE INDEX uq_mail_account_default ON communication_service.mail_account (is_default) WHERE is_default;

-- How far a folder was read (RFC 3501: UIDs mean something only together with UIDVALIDITY), and what hindered.
CREATE TABLE communication_service.mailbox_state (
    account_id BIGINT NOT NULL,
    folder TEXT NOT NULL,
    uidvalidity BIGINT DEFAULT 0 NOT NULL,
    last_uid BIGINT DEFAULT 0 NOT NULL,
    checked_at TIMESTAMP WITH TIME ZONE,
    trouble TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_mailbox_state PRIMARY KEY (account_id, folder),
    CONSTRAINT fk_mailbox_state_account_id FOREIGN KEY(account_id) REFERENCES communication_service.mail_account (id) ON DELETE CASCADE
);

ALTER TABLE communication_service.email
    ADD COLUMN account_id BIGINT,
    ADD COLUMN copied_at TIMESTAMP WITH TIME ZONE,
    ADD CONSTRAINT fk_email_account_id FOREIGN KEY(account_id) REFERENCES communication_service.mail_account (id);

CREATE INDEX ix_email_account_id ON communication_service.email (account_id);

CREATE TABLE communication_service.incoming_email (
    account_id BIGINT,
    sha256 BYTEA NOT NULL,
    size INTEGER NOT NULL,
    message_id TEXT DEFAULT '' NOT NULL,
    answers TEXT[] DEFAULT '{}' NOT NULL,
    from_address TEXT DEFAULT '' NOT NULL,
    from_name TEXT DEFAULT '' NOT NULL,
    to_address TEXT DEFAULT '' NOT NULL,
    subject TEXT DEFAULT '' NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    automatic BOOLEAN DEFAULT false NOT NULL,
    body_text TEXT DEFAULT '' NOT NULL,
    kind TEXT NOT NULL,
    status TEXT DEFAULT 'unread' NOT NULL,
    matched_by TEXT DEFAULT 'nobody' NOT NULL,
    email_id BIGINT,
    inquiry_id BIGINT,
    therapist_id BIGINT,
    patient_id BIGINT,
    done_by BIGINT,
    done_at TIMESTAMP WITH TIME ZONE,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    CONSTRAINT pk_incoming_email PRIMARY KEY (id),
    CONSTRAINT ck_incoming_email_kind CHECK (kind IN ('reply', 'bounce', 'patient', 'other')),
    CONSTRAINT ck_incoming_email_status CHECK (status IN ('unread', 'done', 'set_aside')),
    CONSTRAINT ck_incoming_email_matched_by CHECK (matched_by IN ('thread', 'reference', 'sender', 'person', 'nobody')),
    CONSTRAINT ck_incoming_email_done CHECK ((status = 'unread') = (done_at IS NULL)),
    CONSTRAINT fk_incoming_email_account_id FOREIGN KEY(account_id) REFERENCES communication_service.mail_account (id),
    CONSTRAINT fk_incoming_email_email_id FOREIGN KEY(email_id) REFERENCES communication_service.email (id),
    CONSTRAINT fk_incoming_email_inquiry_id FOREIGN KEY(inquiry_id) REFERENCES matching_service.inquiry (id),
    CONSTRAINT fk_incoming_email_therapist_id FOREIGN KEY(therapist_id) REFERENCES therapist_service.therapist (id),
    CONSTRAINT fk_incoming_email_patient_id FOREIGN KEY(patient_id) REFERENCES patient_service.patient (id),
    CONSTRAINT fk_incoming_email_done_by FOREIGN KEY(done_by) REFERENCES platform.person (id)
);

-- the same mail, seen again after the mailbox was rebuilt, moved there and back, or dropped as a file
CREATE UNIQUE INDEX uq_incoming_email_sha256 ON communication_service.incoming_email (sha256);
CREATE INDEX ix_incoming_email_account_id ON communication_service.incoming_email (account_id);
CREATE INDEX ix_incoming_email_email_id ON communication_service.incoming_email (email_id);
CREATE INDEX ix_incoming_email_inquiry_id ON communication_service.incoming_email (inquiry_id);
CREATE INDEX ix_incoming_email_therapist_id ON communication_service.incoming_email (therapist_id);
CREATE INDEX ix_incoming_email_patient_id ON communication_service.incoming_email (patient_id);
CREATE INDEX ix_incoming_email_done_by ON communication_service.incoming_email (done_by);
CREATE INDEX ix_incoming_email_status ON communication_service.incoming_email (status, received_at);

CREATE TABLE communication_service.incoming_attachment (
    incoming_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    content BYTEA NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_incoming_attachment PRIMARY KEY (id),
    CONSTRAINT fk_incoming_attachment_incoming_id FOREIGN KEY(incoming_id) REFERENCES communication_service.incoming_email (id) ON DELETE CASCADE
);

CREATE INDEX ix_incoming_attachment_incoming_id ON communication_service.incoming_attachment (incoming_id);

-- What was suggested and what a person made of it: by this the rules of reading are measured.
CREATE TABLE communication_service.incoming_reading (
    incoming_id BIGINT NOT NULL,
    item_id BIGINT,
    suggested TEXT DEFAULT '' NOT NULL,
    confidence DOUBLE PRECISION DEFAULT 0 NOT NULL,
    decided TEXT NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_incoming_reading PRIMARY KEY (id),
    CONSTRAINT ck_incoming_reading_confidence CHECK (confidence BETWEEN 0 AND 1),
    CONSTRAINT fk_incoming_reading_incoming_id FOREIGN KEY(incoming_id) REFERENCES communication_service.incoming_email (id) ON DELETE CASCADE,
    CONSTRAINT fk_incoming_reading_item_id FOREIGN KEY(item_id) REFERENCES matching_service.inquiry_item (id)
);

CREATE INDEX ix_incoming_reading_incoming_id ON communication_service.incoming_reading (incoming_id);
CREATE INDEX ix_incoming_reading_item_id ON communication_service.incoming_reading (item_id);

DO $$
DECLARE
    added text;
BEGIN
    FOREACH added IN ARRAY ARRAY['platform.worker_key', 'communication_service.mail_account',
        'communication_service.mailbox_state', 'communication_service.incoming_email',
        'communication_service.incoming_attachment', 'communication_service.incoming_reading'] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', added);
        EXECUTE format('CREATE POLICY backup ON %s FOR SELECT TO platzlotse_backup USING (true)', added);
        EXECUTE format('CREATE POLICY office ON %s TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker'
            ' USING (true) WITH CHECK (true)', added);
        EXECUTE format('GRANT SELECT ON %s TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker,'
            ' platzlotse_backup', added);
    END LOOP;
    FOREACH added IN ARRAY ARRAY['communication_service.mail_account', 'communication_service.incoming_email',
        'communication_service.incoming_reading'] LOOP
        EXECUTE format('CREATE TRIGGER audit_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(''id'')', added);
        EXECUTE format('CREATE TRIGGER audit_update AFTER UPDATE ON %s'
            ' REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(''id'')', added);
        EXECUTE format('CREATE TRIGGER audit_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(''id'')', added);
    END LOOP;
    FOREACH added IN ARRAY ARRAY['communication_service.mail_account', 'communication_service.incoming_email'] LOOP
        EXECUTE format('CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON %s'
            ' FOR EACH ROW EXECUTE FUNCTION platform.stamp()', added);
    END LOOP;
END $$;

GRANT INSERT, UPDATE ON communication_service.incoming_email TO platzlotse_caseworker, platzlotse_supervisor;
GRANT INSERT, UPDATE ON communication_service.mail_account TO platzlotse_supervisor;

CREATE POLICY administration ON platform.worker_key TO platzlotse_admin, platzlotse_auditor USING (true) WITH CHECK (true);
CREATE POLICY administration ON communication_service.mail_account TO platzlotse_admin USING (true) WITH CHECK (true);
GRANT USAGE ON SCHEMA communication_service TO platzlotse_admin;
GRANT SELECT, INSERT, UPDATE ON communication_service.mail_account TO platzlotse_admin;
GRANT SELECT ON platform.worker_key TO platzlotse_admin;
GRANT INSERT ON communication_service.incoming_attachment, communication_service.incoming_reading
    TO platzlotse_caseworker, platzlotse_supervisor;

-- The worker fetches and files mail; it knows addresses of therapists, of patients only whether one is theirs.
GRANT INSERT, UPDATE ON platform.worker_key TO platzlotse_worker;
GRANT INSERT, UPDATE ON communication_service.mailbox_state, communication_service.incoming_email TO platzlotse_worker;
GRANT INSERT ON communication_service.incoming_attachment TO platzlotse_worker;

CREATE FUNCTION patient_service.patient_with_address(address text) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = patient_service, pg_temp AS $$
    SELECT id FROM patient WHERE lower(email) = lower(address) AND email <> '' AND restricted_at IS NULL
    ORDER BY updated_at DESC, id LIMIT 1
$$;
REVOKE EXECUTE ON FUNCTION patient_service.patient_with_address(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION patient_service.patient_with_address(text) TO platzlotse_caseworker, platzlotse_supervisor,
    platzlotse_worker;
