-- Whom a later file of their directory names as they are known: one line of the journal for all of them, and none of the
-- audit. A line each, every week, buried what changed, and grew faster than all the rest.

ALTER TABLE scraping_service.import_change
    ADD COLUMN therapist_ids BIGINT[],
    ADD CONSTRAINT ck_import_change_together CHECK (
        therapist_ids IS NULL OR (therapist_id IS NULL AND became = 'changed' AND cardinality(therapist_ids) > 0
            AND array_position(therapist_ids, NULL) IS NULL));
CREATE INDEX ix_import_change_therapist_ids ON scraping_service.import_change USING gin (therapist_ids)
    WHERE therapist_ids IS NOT NULL;

-- Of many together no version counts: what is their own stays as it is.
CREATE OR REPLACE FUNCTION scraping_service.keep_journal() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    came timestamptz;
BEGIN
    IF NOT EXISTS (SELECT FROM scraping_service.import_file f WHERE f.id = NEW.import_file_id AND f.began_at = now()) THEN
        RAISE EXCEPTION 'import % is over', NEW.import_file_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'import_is_over';
    END IF;
    IF NEW.therapist_ids IS NOT NULL THEN
        NEW.version := 0;
        NEW.touched_at := NULL;
        RETURN NEW;
    END IF;
    SELECT t.version, t.updated_at, t.created_at INTO NEW.version, NEW.touched_at, came
        FROM therapist_service.therapist t WHERE t.id = NEW.therapist_id;
    IF came IS NULL OR (NEW.became = 'new' AND came <> now()) THEN
        RAISE EXCEPTION 'therapist % did not come with this import', NEW.therapist_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'import_not_new';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION therapist_service.as_imported(one therapist_service.therapist, import_id bigint) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN one.status <> 'opted_out'
        AND EXISTS (SELECT FROM scraping_service.import_change l
                    WHERE l.therapist_id = one.id AND l.import_file_id = import_id AND l.became = 'new')
        AND NOT EXISTS (SELECT FROM therapist_service.hand_edit h WHERE h.therapist_id = one.id)
        AND NOT EXISTS (SELECT FROM scraping_service.import_change l
                        JOIN scraping_service.import_file f ON f.id = l.import_file_id
                        WHERE l.therapist_id = one.id AND f.id <> import_id AND f.undone_at IS NULL)
        AND NOT EXISTS (SELECT FROM scraping_service.import_change l
                        JOIN scraping_service.import_file f ON f.id = l.import_file_id
                        WHERE l.therapist_ids @> ARRAY[one.id] AND f.id <> import_id AND f.undone_at IS NULL);

-- Of what day somebody is known, and by which file, stands in the import's own journal: where an import, or its undoing,
-- changes nothing else of them, the audit has no entry. By hand these columns are audited like all.
CREATE OR REPLACE FUNCTION audit.record_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    key text := TG_ARGV[0];
    own_journal text := CASE WHEN TG_NARGS > 1 AND EXISTS (
        SELECT FROM scraping_service.import_file f WHERE f.began_at = now() OR f.undo_began_at = now())
        THEN TG_ARGV[1] ELSE '{}' END;
    -- of a new or deleted row all columns, of a change only those that changed
    source text := CASE TG_OP
        WHEN 'INSERT' THEN $sql$SELECT (to_jsonb(n) ->> %1$L)::bigint AS row_id, '{}'::text[] AS columns, NULL::jsonb AS before,
                                  to_jsonb(n) - '{search_text,sort_name}'::text[] AS after FROM new_rows n$sql$
        WHEN 'DELETE' THEN $sql$SELECT (to_jsonb(o) ->> %1$L)::bigint AS row_id, '{}'::text[] AS columns,
                                  to_jsonb(o) - '{search_text,sort_name}'::text[] AS before, NULL::jsonb AS after FROM old_rows o$sql$
        ELSE $sql$SELECT (rows.after ->> %1$L)::bigint AS row_id, diff.columns, diff.before, diff.after
                  FROM (SELECT to_jsonb(o) AS before, to_jsonb(n) AS after
                        FROM old_rows o JOIN new_rows n USING (%1$I)) AS rows
                  CROSS JOIN LATERAL (
                      SELECT array_agg(e.key ORDER BY e.key) AS columns,
                             jsonb_object_agg(e.key, rows.before -> e.key) AS before, jsonb_object_agg(e.key, e.value) AS after
                      FROM jsonb_each(rows.after) AS e
                      WHERE e.key NOT IN ('search_text', 'sort_name') AND (rows.before -> e.key) IS DISTINCT FROM e.value) AS diff
                  WHERE diff.columns IS NOT NULL AND NOT diff.columns <@ %4$L::text[]$sql$
        END;
BEGIN
    EXECUTE format($sql$
        WITH changed AS MATERIALIZED (
            SELECT nextval('audit.entry_id_seq') AS id, uuid_send(gen_random_uuid()) AS salt, source.*
            FROM ($sql$ || source || $sql$) AS source
        ), entries AS (
            INSERT INTO audit.entry (id, operation, table_name, row_id, columns, content_hash)
            OVERRIDING SYSTEM VALUE
            SELECT id, %2$L, %3$L, row_id, columns,
                   sha256(salt || convert_to(coalesce(before::text, '') || coalesce(after::text, ''), 'UTF8'))
            FROM changed
        )
        INSERT INTO audit.content (entry_id, salt, before, after) SELECT id, salt, before, after FROM changed
        $sql$, key, lower(TG_OP), TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME, own_journal);
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER audit_update AFTER UPDATE ON therapist_service.therapist
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(
        'id', '{source,source_file_id,source_as_of,source_seen_at,hours_as_of,version,updated_at,updated_by}');
