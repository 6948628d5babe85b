-- Templates: every wording an office ever gave its letters.

CREATE TABLE communication_service.template (
    kind TEXT NOT NULL,
    name TEXT DEFAULT '' NOT NULL,
    retired_at TIMESTAMP WITH TIME ZONE,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    CONSTRAINT pk_template PRIMARY KEY (id),
    CONSTRAINT ck_template_kind CHECK (kind IN ('acceptance_call', 'acceptance_patient', 'alternative', 'call_again', 'call_first', 'first_letter', 'inquiry', 'own_patient', 'own_practice', 'place_declined', 'profile', 'reminder', 'signature', 'surplus', 'weekly_status', 'withdrawal')),
    CONSTRAINT ck_template_name CHECK ((kind LIKE 'own_%') = (name <> '')),
    CONSTRAINT ck_template_retired CHECK (retired_at IS NULL OR kind LIKE 'own_%')
);

CREATE UNIQUE INDEX uq_template_kind ON communication_service.template (kind) WHERE kind NOT IN ('own_patient', 'own_practice');

CREATE TABLE communication_service.template_version (
    template_id BIGINT NOT NULL,
    number INTEGER NOT NULL,
    subject TEXT,
    body TEXT,
    made_by BIGINT,
    made_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_template_version PRIMARY KEY (id),
    CONSTRAINT ck_template_version_number CHECK (number > 0),
    CONSTRAINT ck_template_version_whole CHECK ((subject IS NULL) = (body IS NULL)),
    CONSTRAINT fk_template_version_template_id FOREIGN KEY(template_id) REFERENCES communication_service.template (id),
    CONSTRAINT fk_template_version_made_by FOREIGN KEY(made_by) REFERENCES platform.person (id)
);

CREATE UNIQUE INDEX uq_template_version_number ON communication_service.template_version (template_id, number);
CREATE INDEX ix_template_version_made_by ON communication_service.template_version (made_by);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON communication_service.template_version
    FOR EACH ROW EXECUTE FUNCTION platform.append_only();

ALTER TABLE communication_service.email
    ADD COLUMN template_version_id BIGINT,
    ADD CONSTRAINT fk_email_template_version_id FOREIGN KEY(template_version_id) REFERENCES communication_service.template_version (id);

ALTER TABLE communication_service.email DROP CONSTRAINT ck_email_kind;
ALTER TABLE communication_service.email
    ADD CONSTRAINT ck_email_kind CHECK (kind IN ('inquiry', 'reminder', 'withdrawal', 'surplus', 'alternative',
                                                 'place_declined', 'patient', 'first_letter', 'weekly_status', 'own'));

CREATE INDEX ix_email_template_version_id ON communication_service.email (template_version_id);

DO $$
DECLARE
    added text;
BEGIN
    FOREACH added IN ARRAY ARRAY['communication_service.template', 'communication_service.template_version'] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', added);
        EXECUTE format('CREATE POLICY backup ON %s FOR SELECT TO platzlotse_backup USING (true)', added);
        EXECUTE format('CREATE POLICY office ON %s TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker,'
            ' platzlotse_admin USING (true) WITH CHECK (true)', added);
        EXECUTE format('GRANT SELECT ON %s TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker,'
            ' platzlotse_admin, platzlotse_backup', added);
        EXECUTE format('CREATE TRIGGER audit_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(''id'')', added);
        EXECUTE format('CREATE TRIGGER audit_update AFTER UPDATE ON %s'
            ' REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(''id'')', added);
        EXECUTE format('CREATE TRIGGER audit_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(''id'')', added);
    END LOOP;
END $$;

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON communication_service.template
    FOR EACH ROW EXECUTE FUNCTION platform.stamp();

-- The wording is the office's: whoever leads or administers it changes it.
GRANT INSERT, UPDATE ON communication_service.template TO platzlotse_supervisor, platzlotse_admin;
GRANT INSERT ON communication_service.template_version TO platzlotse_supervisor, platzlotse_admin;
