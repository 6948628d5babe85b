-- Drafts: what was written offline, attachments.

ALTER TABLE communication_service.email
    ADD COLUMN therapist_id BIGINT,
    ADD COLUMN in_reply_to TEXT DEFAULT '' NOT NULL,
    ADD CONSTRAINT fk_email_therapist_id FOREIGN KEY(therapist_id) REFERENCES therapist_service.therapist (id);

CREATE INDEX ix_email_therapist_id ON communication_service.email (therapist_id);

CREATE TABLE communication_service.email_attachment (
    email_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    content BYTEA NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_email_attachment PRIMARY KEY (id),
    CONSTRAINT ck_email_attachment_size CHECK (octet_length(content) BETWEEN 1 AND 25000000),
    CONSTRAINT ck_email_attachment_name CHECK (name <> ''),
    CONSTRAINT fk_email_attachment_email_id FOREIGN KEY(email_id) REFERENCES communication_service.email (id) ON DELETE CASCADE
);

CREATE INDEX ix_email_attachment_email_id ON communication_service.email_attachment (email_id);

-- A file comes with its mail and never changes; the audit keeps the mail, not the bytes.
ALTER TABLE communication_service.email_attachment ENABLE ROW LEVEL SECURITY;
CREATE POLICY backup ON communication_service.email_attachment FOR SELECT TO platzlotse_backup USING (true);
CREATE POLICY office ON communication_service.email_attachment
    TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker USING (true) WITH CHECK (true);
GRANT SELECT ON communication_service.email_attachment
    TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker, platzlotse_backup;
GRANT INSERT ON communication_service.email_attachment TO platzlotse_caseworker, platzlotse_supervisor;
CREATE POLICY with_its_mail ON communication_service.email_attachment AS RESTRICTIVE FOR INSERT
    TO platzlotse_caseworker, platzlotse_supervisor WITH CHECK (EXISTS (
        SELECT FROM communication_service.email e
        WHERE e.id = email_id AND e.status = 'queued' AND e.created_by = platform.current_person_id()));
