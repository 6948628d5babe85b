-- A directory's coordinate, too, is that of the address it came with.
DROP TRIGGER keep_pin ON therapist_service.practice_site;
CREATE TRIGGER keep_pin BEFORE UPDATE ON therapist_service.practice_site
    FOR EACH ROW WHEN (OLD.geo_source IN ('hand', 'nominatim', 'photon', 'directory'))
    EXECUTE FUNCTION geocoding_service.keep_pin();

-- Who or which site was written by somebody's own hand, and when last. What neither an import nor its undoing wrote is
-- that; of versions and times alone nobody can say which of several imports left them.
CREATE TABLE therapist_service.hand_edit (
    therapist_id BIGINT,
    site_id BIGINT,
    at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_hand_edit PRIMARY KEY (id),
    CONSTRAINT ck_hand_edit_of_one CHECK (num_nonnulls(therapist_id, site_id) = 1),
    CONSTRAINT fk_hand_edit_therapist_id FOREIGN KEY(therapist_id) REFERENCES therapist_service.therapist (id) ON DELETE CASCADE,
    CONSTRAINT fk_hand_edit_site_id FOREIGN KEY(site_id) REFERENCES therapist_service.practice_site (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX uq_hand_edit_therapist_id ON therapist_service.hand_edit (therapist_id);
CREATE UNIQUE INDEX uq_hand_edit_site_id ON therapist_service.hand_edit (site_id);
SELECT platform.protect('therapist_service.hand_edit', '{"caseworker": "SELECT", "supervisor": "SELECT"}', false);
SELECT platform.bound_moments('therapist_service.hand_edit');

-- Whom an import brought and somebody has touched since, as far as it can still be told.
INSERT INTO therapist_service.hand_edit (therapist_id, at)
SELECT DISTINCT t.id, t.updated_at
FROM therapist_service.therapist t
JOIN scraping_service.import_change c ON c.therapist_id = t.id AND c.became = 'new'
WHERE NOT therapist_service.as_imported(t, c.import_file_id);
INSERT INTO therapist_service.hand_edit (site_id, at)
SELECT s.id, s.updated_at FROM therapist_service.practice_site s WHERE s.version > 1;

-- The transaction an import was taken back in: the database's own, as is that of its beginning.
ALTER TABLE scraping_service.import_file ADD COLUMN undo_began_at TIMESTAMP WITH TIME ZONE;
DROP TRIGGER moment_insert ON scraping_service.import_file;
DROP TRIGGER moment_update ON scraping_service.import_file;
SELECT platform.bound_moments('scraping_service.import_file');
CREATE OR REPLACE FUNCTION scraping_service.keep_beginning() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        NEW.began_at := OLD.began_at;
        NEW.source_key := OLD.source_key;
        NEW.undo_began_at := CASE WHEN OLD.undone_at IS NULL AND NEW.undone_at IS NOT NULL THEN now()
                                  ELSE OLD.undo_began_at END;
    ELSE
        NEW.began_at := now();
        NEW.undo_began_at := NULL;
    END IF;
    RETURN NEW;
END $$;

-- By statement: an import writes thousands. Whoever is taken out of an objection, or a block, was so by hand.
CREATE FUNCTION therapist_service.note_hand() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    by_hand boolean := NOT EXISTS (SELECT FROM scraping_service.import_file f
                                   WHERE f.began_at = now() OR f.undo_began_at = now());
BEGIN
    IF TG_ARGV[0] = 'therapist_id' THEN
        INSERT INTO therapist_service.hand_edit (therapist_id)
        SELECT n.id FROM new_rows n JOIN old_rows o ON o.id = n.id
        WHERE by_hand OR (o.status <> n.status AND (o.status IN ('opted_out', 'blocked') OR n.status IN ('opted_out', 'blocked')))
        ORDER BY n.id ON CONFLICT (therapist_id) DO UPDATE SET at = now();
    ELSIF by_hand THEN
        -- a place that was looked up is nobody's hand
        INSERT INTO therapist_service.hand_edit (site_id)
        SELECT n.id FROM new_rows n JOIN old_rows o ON o.id = n.id
        WHERE (o.street, o.house_number, o.plz, o.city, o.addition, o.accessible, o.geo_locked)
              IS DISTINCT FROM (n.street, n.house_number, n.plz, n.city, n.addition, n.accessible, n.geo_locked)
        ORDER BY n.id ON CONFLICT (site_id) DO UPDATE SET at = now();
    END IF;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION therapist_service.note_hand() FROM PUBLIC;
CREATE TRIGGER note_hand AFTER UPDATE ON therapist_service.therapist
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION therapist_service.note_hand('therapist_id');
CREATE TRIGGER note_hand AFTER UPDATE ON therapist_service.practice_site
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION therapist_service.note_hand('site_id');

-- Whether somebody is whom an import brought and nothing else: no hand, no objection (Art. 21 GDPR), and no other import
-- that stands named them.
CREATE OR REPLACE FUNCTION therapist_service.as_imported(one therapist_service.therapist, import_id bigint) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN one.status <> 'opted_out'
        AND EXISTS (SELECT FROM scraping_service.import_change l
                    WHERE l.therapist_id = one.id AND l.import_file_id = import_id AND l.became = 'new')
        AND NOT EXISTS (SELECT FROM therapist_service.hand_edit h WHERE h.therapist_id = one.id)
        AND NOT EXISTS (SELECT FROM scraping_service.import_change l
                        JOIN scraping_service.import_file f ON f.id = l.import_file_id
                        WHERE l.therapist_id = one.id AND f.id <> import_id AND f.undone_at IS NULL);
