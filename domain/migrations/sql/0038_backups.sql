-- Backups: what there is and was verified, and how the office wants them.

CREATE TABLE platform.backup (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    kind TEXT DEFAULT 'manual' NOT NULL,
    state TEXT DEFAULT 'wanted' NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE,
    verified_at TIMESTAMP WITH TIME ZONE,
    copied_at TIMESTAMP WITH TIME ZONE,
    folder TEXT DEFAULT '' NOT NULL,
    file_name TEXT DEFAULT '' NOT NULL,
    size BIGINT DEFAULT 0 NOT NULL,
    row_count BIGINT DEFAULT 0 NOT NULL,
    newest_event BIGINT DEFAULT 0 NOT NULL,
    trouble TEXT DEFAULT '' NOT NULL,
    trouble_params JSONB DEFAULT '{}' NOT NULL,
    copy_trouble TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_backup PRIMARY KEY (id),
    CONSTRAINT ck_backup_kind CHECK (kind IN ('hourly', 'manual', 'safety')),
    CONSTRAINT ck_backup_state CHECK (state IN ('wanted', 'running', 'made', 'verified', 'failed')),
    CONSTRAINT ck_backup_complete CHECK (
        (state IN ('made', 'verified')) = (made_at IS NOT NULL) AND (made_at IS NOT NULL) = (file_name <> '')
        AND (state = 'verified') = (verified_at IS NOT NULL)),
    CONSTRAINT ck_backup_failed CHECK (state <> 'failed' OR trouble <> ''),
    CONSTRAINT ck_backup_length CHECK (
        char_length(folder) <= 1000 AND char_length(file_name) <= 200
        AND char_length(trouble) <= 200 AND char_length(copy_trouble) <= 200),
    CONSTRAINT ck_backup_trouble_params CHECK (jsonb_typeof(trouble_params) = 'object')
);
CREATE UNIQUE INDEX uq_backup_file_name ON platform.backup (file_name) WHERE file_name <> '';
-- one at a time is asked for and made
CREATE UNIQUE INDEX uq_backup_wanted ON platform.backup (state) WHERE state = 'wanted';
CREATE UNIQUE INDEX uq_backup_running ON platform.backup (state) WHERE state = 'running';
CREATE INDEX ix_backup_asked_at ON platform.backup (asked_at);

-- An empty folder is the one beside the worker's other files. `since`: from when on the office could have had backups.
CREATE TABLE platform.backup_settings (
    id SMALLINT NOT NULL,
    enabled BOOLEAN DEFAULT true NOT NULL,
    folder TEXT DEFAULT '' NOT NULL,
    second_folder TEXT DEFAULT '' NOT NULL,
    limit_days SMALLINT DEFAULT 2 NOT NULL,
    recovery_key BYTEA,
    recovery_made_at TIMESTAMP WITH TIME ZONE,
    since TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    CONSTRAINT pk_backup_settings PRIMARY KEY (id),
    CONSTRAINT ck_backup_settings_one_row CHECK (id = 1),
    CONSTRAINT ck_backup_settings_limit_days CHECK (limit_days BETWEEN 1 AND 30),
    CONSTRAINT ck_backup_settings_length CHECK (char_length(folder) <= 1000 AND char_length(second_folder) <= 1000),
    CONSTRAINT ck_backup_settings_second_place CHECK (second_folder = '' OR second_folder <> folder),
    CONSTRAINT ck_backup_settings_recovery CHECK ((recovery_key IS NULL) = (recovery_made_at IS NULL)),
    CONSTRAINT ck_backup_settings_recovery_key CHECK (octet_length(recovery_key) = 32)
);
INSERT INTO platform.backup_settings (id) VALUES (1);

-- Whatever is counted by a sequence of its own is part of a backup; `backup` reads these as it reads the tables.
CREATE OR REPLACE FUNCTION platform.protect(which regclass, verbs jsonb, audited boolean DEFAULT true) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    key text;
    told record;
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', which);
    EXECUTE format('CREATE POLICY backup ON %s FOR SELECT TO platzlotse_backup USING (true)', which);
    EXECUTE format('GRANT SELECT ON %s TO platzlotse_backup', which);
    FOR told IN
        SELECT d.objid::regclass AS counter FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
        WHERE d.classid = 'pg_class'::regclass AND d.refobjid = which AND d.refobjsubid > 0
    LOOP
        EXECUTE format('GRANT SELECT ON SEQUENCE %s TO platzlotse_backup', told.counter);
    END LOOP;
    -- grants say which verbs; the rows are the office's
    EXECUTE (SELECT format('CREATE POLICY office ON %s TO %s USING (true) WITH CHECK (true)', which,
                           string_agg(quote_ident('platzlotse_' || role), ', ' ORDER BY role))
             FROM jsonb_object_keys(verbs) AS role);
    FOR told IN SELECT role, allowed FROM jsonb_each_text(verbs) AS v(role, allowed) LOOP
        EXECUTE format('GRANT %s ON %s TO %I', told.allowed, which, 'platzlotse_' || told.role);
    END LOOP;
    IF audited THEN
        SELECT a.attname INTO STRICT key FROM pg_index i
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
            WHERE i.indrelid = which AND i.indisprimary;
        EXECUTE format('CREATE TRIGGER audit_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(%L)', which, key);
        EXECUTE format('CREATE TRIGGER audit_update AFTER UPDATE ON %s'
            ' REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(%L)', which, key);
        EXECUTE format('CREATE TRIGGER audit_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(%L)', which, key);
    END IF;
    IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = which AND attname = 'updated_by' AND NOT attisdropped) THEN
        EXECUTE format('CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON %s'
            ' FOR EACH ROW EXECUTE FUNCTION platform.stamp()', which);
    END IF;
END $$;
GRANT SELECT ON ALL SEQUENCES IN SCHEMA platform, audit, patient_service, therapist_service, matching_service,
    communication_service, geocoding_service, scraping_service TO platzlotse_backup;

SELECT platform.protect('platform.backup', '{"caseworker": "SELECT", "supervisor": "SELECT", "admin": "SELECT",
    "worker": "SELECT, INSERT, UPDATE, DELETE"}', audited => false);
SELECT platform.bound_moments('platform.backup');
-- A person asks for one; everything else of it is the worker's to say.
GRANT INSERT (asked_at) ON platform.backup TO platzlotse_supervisor, platzlotse_admin;
SELECT platform.protect('platform.backup_settings', '{"caseworker": "SELECT", "supervisor": "SELECT, UPDATE",
    "admin": "SELECT", "worker": "SELECT"}');
SELECT platform.bound_moments('platform.backup_settings');
-- Whoever holds the recovery key reads patients; an administrator does not, and so chooses no other key.
GRANT UPDATE (enabled, folder, second_folder, limit_days, version) ON platform.backup_settings TO platzlotse_admin;
