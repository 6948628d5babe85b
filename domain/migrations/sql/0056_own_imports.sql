-- The audit leaves out of what day somebody is known only where a line of that import's own journal names them: a row of
-- a file alone, which anybody may write, hides nothing.
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
                  WHERE diff.columns IS NOT NULL AND (NOT diff.columns <@ %4$L::text[] OR (rows.after ->> %1$L)::bigint NOT IN (
                      -- none of them is NULL (0052): beside a NULL, NOT IN is true of nobody
                      SELECT unnest(l.therapist_ids)
                      FROM scraping_service.import_file f JOIN scraping_service.import_change l ON l.import_file_id = f.id
                      WHERE (f.began_at = now() OR f.undo_began_at = now())
                          AND l.therapist_ids && ARRAY(SELECT (to_jsonb(n) ->> %1$L)::bigint FROM new_rows n)))$sql$
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

-- Who read a file in, and who took it back, is the server's to say, and stays so. Who is no person of the office says it
-- as before.
CREATE OR REPLACE FUNCTION scraping_service.keep_beginning() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        NEW.began_at := OLD.began_at;
        NEW.source_key := OLD.source_key;
        NEW.imported_by := OLD.imported_by;
        IF OLD.undone_at IS NOT NULL THEN
            NEW.undone_at := OLD.undone_at;
            NEW.undone_by := OLD.undone_by;
            NEW.undo_began_at := OLD.undo_began_at;
        ELSIF NEW.undone_at IS NOT NULL THEN
            NEW.undone_by := coalesce(platform.current_person_id(), NEW.undone_by);
            NEW.undo_began_at := now();
        ELSE
            NEW.undo_began_at := OLD.undo_began_at;
        END IF;
    ELSE
        NEW.began_at := now();
        NEW.imported_by := coalesce(platform.current_person_id(), NEW.imported_by);
        NEW.undo_began_at := NULL;
    END IF;
    RETURN NEW;
END $$;
