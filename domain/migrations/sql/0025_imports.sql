-- Imports: which directory a file is of, and a journal nobody can write by hand.

-- Two directories may come in files of one kind: only those of one key are compared, for who moved and who is gone.
-- `began_at` is the beginning of the transaction that read the file in; the database's own, whatever a program says.
ALTER TABLE scraping_service.import_file
    ADD COLUMN source_key TEXT DEFAULT '' NOT NULL,
    ADD COLUMN began_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL;
UPDATE scraping_service.import_file f SET began_at = f.imported_at, source_key = coalesce(
    (SELECT 'source:' || r.source_id FROM scraping_service.source_run r WHERE r.import_file_id = f.id LIMIT 1), f.kind);
CREATE INDEX ix_import_file_source_key ON scraping_service.import_file (source_key);

-- When the therapist a change is about was last written: what is later is somebody's own work.
ALTER TABLE scraping_service.import_change ADD COLUMN touched_at TIMESTAMP WITH TIME ZONE;
UPDATE scraping_service.import_change c SET touched_at = t.updated_at
    FROM therapist_service.therapist t WHERE t.id = c.therapist_id AND t.version = c.version;

DROP TRIGGER moment_insert ON scraping_service.import_file;
DROP TRIGGER moment_update ON scraping_service.import_file;
SELECT platform.bound_moments('scraping_service.import_file');
SELECT platform.bound_moments('scraping_service.import_change');

CREATE FUNCTION scraping_service.keep_beginning() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        NEW.began_at := OLD.began_at;
        NEW.source_key := OLD.source_key;
    ELSE
        NEW.began_at := now();
    END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION scraping_service.keep_beginning() FROM PUBLIC;
CREATE TRIGGER keep_beginning BEFORE INSERT OR UPDATE ON scraping_service.import_file
    FOR EACH ROW EXECUTE FUNCTION scraping_service.keep_beginning();

-- What the journal says allows deleting. So it is written with the import itself or not at all, calls new only who came
-- in that very transaction, and takes version and time from the therapist as they are.
CREATE FUNCTION scraping_service.keep_journal() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    came timestamptz;
BEGIN
    IF NOT EXISTS (SELECT FROM scraping_service.import_file f WHERE f.id = NEW.import_file_id AND f.began_at = now()) THEN
        RAISE EXCEPTION 'import % is over', NEW.import_file_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'import_is_over';
    END IF;
    SELECT t.version, t.updated_at, t.created_at INTO NEW.version, NEW.touched_at, came
        FROM therapist_service.therapist t WHERE t.id = NEW.therapist_id;
    IF came IS NULL OR (NEW.became = 'new' AND came <> now()) THEN
        RAISE EXCEPTION 'therapist % did not come with this import', NEW.therapist_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'import_not_new';
    END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION scraping_service.keep_journal() FROM PUBLIC;
CREATE TRIGGER keep_journal BEFORE INSERT ON scraping_service.import_change
    FOR EACH ROW EXECUTE FUNCTION scraping_service.keep_journal();

-- Whether somebody is as the import that brought them left them: a version can be set back by hand, a time cannot. An
-- objection (Art. 21 GDPR) is kept even where nothing else is known of a person.
CREATE FUNCTION therapist_service.as_imported(one therapist_service.therapist, import_id bigint) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN one.status <> 'opted_out' AND EXISTS (
        SELECT FROM scraping_service.import_change l WHERE l.therapist_id = one.id AND l.import_file_id = import_id
        HAVING one.version <= max(l.version) AND one.updated_at <= max(l.touched_at));
ALTER POLICY only_imported ON therapist_service.therapist USING (EXISTS (
    SELECT FROM scraping_service.import_change c
    WHERE c.therapist_id = therapist.id AND c.became = 'new'
      AND therapist_service.as_imported(therapist, c.import_file_id)));

-- Two merges at once must not close a ring: the one to keep stands still until this one is through.
CREATE OR REPLACE FUNCTION therapist_service.keep_merges_sound() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM therapist_service.therapist t WHERE t.id = NEW.merged_into_id FOR SHARE;
    IF EXISTS (SELECT FROM therapist_service.therapist t WHERE t.id = NEW.merged_into_id AND t.merged_into_id IS NOT NULL) THEN
        RAISE EXCEPTION 'the one to keep is merged' USING ERRCODE = 'check_violation', CONSTRAINT = 'therapist_merged_into_merged';
    END IF;
    RETURN NEW;
END $$;
