-- Files: papers of patients, letters printed.

-- What is known of a paper; its bytes lie apart, so that no list loads them and the audit never holds them.
CREATE TABLE patient_service.patient_file (
    patient_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    note TEXT DEFAULT '' NOT NULL,
    added_by BIGINT,
    added_at TIMESTAMP WITH TIME ZONE NOT NULL,
    erased_by BIGINT,
    erased_at TIMESTAMP WITH TIME ZONE,
    erased_reason TEXT DEFAULT '' NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    CONSTRAINT pk_patient_file PRIMARY KEY (id),
    CONSTRAINT ck_patient_file_kind CHECK (kind IN ('ptv11', 'consent', 'referral', 'certificate', 'insurance', 'other')),
    CONSTRAINT ck_patient_file_size CHECK (size BETWEEN 1 AND 25000000),
    CONSTRAINT ck_patient_file_name CHECK (char_length(name) <= 120 AND name !~ '[/\\[:cntrl:]]'),
    CONSTRAINT ck_patient_file_erased_with_reason CHECK ((erased_at IS NULL) = (erased_reason = '')),
    -- a name tells of the person, too: it goes with the content
    CONSTRAINT ck_patient_file_named_until_erased CHECK ((erased_at IS NULL) = (name <> '') AND (erased_at IS NULL OR note = '')),
    CONSTRAINT fk_patient_file_patient_id FOREIGN KEY(patient_id) REFERENCES patient_service.patient (id),
    CONSTRAINT fk_patient_file_added_by FOREIGN KEY(added_by) REFERENCES platform.person (id),
    CONSTRAINT fk_patient_file_erased_by FOREIGN KEY(erased_by) REFERENCES platform.person (id)
);

CREATE UNIQUE INDEX uq_patient_file_id_patient_id ON patient_service.patient_file (id, patient_id);
CREATE INDEX ix_patient_file_patient_id ON patient_service.patient_file (patient_id);
CREATE INDEX ix_patient_file_added_by ON patient_service.patient_file (added_by);
CREATE INDEX ix_patient_file_erased_by ON patient_service.patient_file (erased_by);

CREATE TABLE patient_service.patient_file_content (
    file_id BIGINT NOT NULL,
    patient_id BIGINT NOT NULL,
    content BYTEA NOT NULL,
    sha256 BYTEA GENERATED ALWAYS AS (sha256(content)) STORED NOT NULL,
    CONSTRAINT pk_patient_file_content PRIMARY KEY (file_id),
    CONSTRAINT ck_patient_file_content_size CHECK (octet_length(content) BETWEEN 1 AND 25000000),
    CONSTRAINT fk_patient_file_content_file_id_patient_id FOREIGN KEY(file_id, patient_id) REFERENCES patient_service.patient_file (id, patient_id)
);

-- the same paper twice, by whomever
CREATE UNIQUE INDEX uq_patient_file_content_sha256 ON patient_service.patient_file_content (patient_id, sha256);
-- photographs and PDF do not shrink; trying costs time
ALTER TABLE patient_service.patient_file_content ALTER COLUMN content SET STORAGE EXTERNAL;

-- A letter as it was written, to be printed and printed again; its words never change.
CREATE TABLE communication_service.printed_letter (
    kind TEXT NOT NULL,
    inquiry_id BIGINT NOT NULL,
    therapist_id BIGINT NOT NULL,
    sender TEXT NOT NULL,
    address TEXT NOT NULL,
    written_on DATE NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    template_version_id BIGINT,
    created_by BIGINT,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    printed_at TIMESTAMP WITH TIME ZONE,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_printed_letter PRIMARY KEY (id),
    CONSTRAINT ck_printed_letter_kind CHECK (kind IN ('inquiry', 'reminder', 'withdrawal')),
    CONSTRAINT fk_printed_letter_inquiry_id FOREIGN KEY(inquiry_id) REFERENCES matching_service.inquiry (id),
    CONSTRAINT fk_printed_letter_therapist_id FOREIGN KEY(therapist_id) REFERENCES therapist_service.therapist (id),
    CONSTRAINT fk_printed_letter_template_version_id FOREIGN KEY(template_version_id) REFERENCES communication_service.template_version (id),
    CONSTRAINT fk_printed_letter_created_by FOREIGN KEY(created_by) REFERENCES platform.person (id)
);

CREATE INDEX ix_printed_letter_inquiry_id ON communication_service.printed_letter (inquiry_id);
CREATE INDEX ix_printed_letter_therapist_id ON communication_service.printed_letter (therapist_id);
CREATE INDEX ix_printed_letter_template_version_id ON communication_service.printed_letter (template_version_id);
CREATE INDEX ix_printed_letter_created_by ON communication_service.printed_letter (created_by);
CREATE INDEX ix_printed_letter_waiting ON communication_service.printed_letter (id) WHERE printed_at IS NULL;

DO $$
DECLARE
    added text;
BEGIN
    FOREACH added IN ARRAY ARRAY['patient_service.patient_file', 'patient_service.patient_file_content',
        'communication_service.printed_letter'] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', added);
        EXECUTE format('CREATE POLICY backup ON %s FOR SELECT TO platzlotse_backup USING (true)', added);
        EXECUTE format('CREATE POLICY office ON %s TO platzlotse_caseworker, platzlotse_supervisor'
            ' USING (true) WITH CHECK (true)', added);
        EXECUTE format('GRANT SELECT, INSERT ON %s TO platzlotse_caseworker, platzlotse_supervisor', added);
        EXECUTE format('GRANT SELECT ON %s TO platzlotse_backup', added);
    END LOOP;
    FOREACH added IN ARRAY ARRAY['patient_service.patient_file', 'communication_service.printed_letter'] LOOP
        EXECUTE format('CREATE TRIGGER audit_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(''id'')', added);
        EXECUTE format('CREATE TRIGGER audit_update AFTER UPDATE ON %s'
            ' REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(''id'')', added);
        EXECUTE format('CREATE TRIGGER audit_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(''id'')', added);
    END LOOP;
END $$;

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON patient_service.patient_file
    FOR EACH ROW EXECUTE FUNCTION platform.stamp();

GRANT UPDATE ON patient_service.patient_file TO platzlotse_caseworker, platzlotse_supervisor;
GRANT UPDATE (printed_at) ON communication_service.printed_letter TO platzlotse_caseworker, platzlotse_supervisor;

-- One that still waits for the printer may be dropped and written anew; what went out stays.
GRANT DELETE ON communication_service.printed_letter TO platzlotse_caseworker, platzlotse_supervisor;
CREATE POLICY waiting ON communication_service.printed_letter AS RESTRICTIVE FOR DELETE
    TO platzlotse_caseworker, platzlotse_supervisor USING (printed_at IS NULL);
-- what was printed stays printed, at the time it first was
CREATE POLICY printed_once ON communication_service.printed_letter AS RESTRICTIVE FOR UPDATE
    TO platzlotse_caseworker, platzlotse_supervisor USING (printed_at IS NULL) WITH CHECK (printed_at IS NOT NULL);

-- Nothing is added to a record whose processing is restricted (Art. 18 GDPR), by whatever program.
CREATE POLICY unrestricted ON patient_service.patient_file AS RESTRICTIVE FOR INSERT
    TO platzlotse_caseworker, platzlotse_supervisor WITH CHECK (EXISTS (
        SELECT FROM patient_service.patient p
        WHERE p.id = patient_id AND p.restricted_at IS NULL AND p.erased_at IS NULL));
-- nor content to a file that was erased
CREATE POLICY unrestricted ON patient_service.patient_file_content AS RESTRICTIVE FOR INSERT
    TO platzlotse_caseworker, platzlotse_supervisor WITH CHECK (EXISTS (
        SELECT FROM patient_service.patient_file f JOIN patient_service.patient p ON p.id = f.patient_id
        WHERE f.id = file_id AND f.erased_at IS NULL AND p.restricted_at IS NULL AND p.erased_at IS NULL));

-- Erasing a file is the only way to take its content away. The audit keeps that it was there, not what it said.
CREATE FUNCTION patient_service.forget_erased_file() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM patient_service.patient_file_content c USING new_rows n
        WHERE c.file_id = n.id AND n.erased_at IS NOT NULL;
    DELETE FROM audit.content c USING audit.entry e, new_rows n
        WHERE c.entry_id = e.id AND e.table_name = 'patient_service.patient_file' AND e.row_id = n.id
          AND n.erased_at IS NOT NULL;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION patient_service.forget_erased_file() FROM PUBLIC;

-- by its name after audit_update: the erasure's own before and after go as well
CREATE TRIGGER forget_erased AFTER UPDATE ON patient_service.patient_file REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION patient_service.forget_erased_file();

-- An erased file stays erased.
CREATE FUNCTION patient_service.keep_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an erased file does not change' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER keep_erased BEFORE UPDATE ON patient_service.patient_file
    FOR EACH ROW WHEN (OLD.erased_at IS NOT NULL) EXECUTE FUNCTION patient_service.keep_erased();
