-- Bringing two records of one person together, and taking that back: the database turns what points to them, since whoever
-- merges does not see what belongs to patients of another team; and nothing gets lost between two people's moments.

-- The turn of a therapist: whoever merges has it alone, whoever points to somebody shares it. Of so many only, that a
-- transaction which writes thousands of rows does not fill the server's table of locks.
CREATE FUNCTION therapist_service.take_turn(which bigint, alone boolean) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF alone THEN
        PERFORM pg_advisory_xact_lock(7235010, (which % 1024)::int);
    ELSE
        PERFORM pg_advisory_xact_lock_shared(7235010, (which % 1024)::int);
    END IF;
END $$;
REVOKE EXECUTE ON FUNCTION therapist_service.take_turn(bigint, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION therapist_service.take_turn(bigint, boolean)
    TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker;

CREATE OR REPLACE FUNCTION therapist_service.refuse_merged() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM therapist_service.take_turn(NEW.therapist_id, false);
    IF EXISTS (SELECT FROM therapist_service.therapist t WHERE t.id = NEW.therapist_id AND t.status = 'merged') THEN
        RAISE EXCEPTION 'therapist % is merged', NEW.therapist_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'therapist_is_merged';
    END IF;
    RETURN NEW;
END $$;

-- What is said of somebody whom a colleague has just brought together with another is said of the one that was kept.
CREATE FUNCTION therapist_service.follow_merged() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    kept bigint;
BEGIN
    LOOP
        PERFORM therapist_service.take_turn(NEW.therapist_id, false);
        SELECT t.merged_into_id INTO kept FROM therapist_service.therapist t WHERE t.id = NEW.therapist_id;
        EXIT WHEN kept IS NULL;
        NEW.therapist_id := kept;
    END LOOP;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION therapist_service.follow_merged() FROM PUBLIC;

-- What points to a therapist and moves with a merge.
CREATE FUNCTION therapist_service.moving_tables() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ARRAY['matching_service.inquiry', 'matching_service.placement', 'matching_service.exclusion',
        'matching_service.plan_line', 'communication_service.phone_call', 'communication_service.email',
        'communication_service.incoming_email', 'communication_service.batch_line'];

-- The rows a merge names, by the table and column that points: of these only, whatever somebody wrote into it.
CREATE FUNCTION therapist_service.moved_rows(moved jsonb) RETURNS TABLE (which text, pointing text, ids bigint[])
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
        SELECT m ->> 0, m ->> 1, array_agg(DISTINCT (m ->> 2)::bigint)
        FROM jsonb_array_elements(moved) AS m
        WHERE m ->> 1 = 'therapist_id' AND m ->> 0 = ANY (therapist_service.moving_tables())
            OR m ->> 1 = 'practice_id' AND m ->> 0 = 'matching_service.exclusion'
        GROUP BY 1, 2 ORDER BY 1, 2;
    END;
REVOKE EXECUTE ON FUNCTION therapist_service.moving_tables(), therapist_service.moved_rows(jsonb) FROM PUBLIC;

-- A row about a merge moves what points to the one given up, and keeps what it moved. The previous release's program turns
-- what it sees before it writes the row, and names it there: that is kept as far as the log of changes says so, where the
-- last change of the row's column leads from the one given up to the one kept. The row's own transaction would say less:
-- with savepoints it has several numbers, and whoever writes anything else to the row has it too.
CREATE FUNCTION therapist_service.turn_to_kept() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    which text;
    one record;
    given jsonb := NEW.moved;
    turned jsonb;
    old_practice bigint;
    new_practice bigint;
BEGIN
    SELECT d.practice_id, k.practice_id INTO old_practice, new_practice
        FROM therapist_service.therapist d JOIN therapist_service.therapist k ON k.id = d.merged_into_id
        WHERE d.id = NEW.dropped_id AND k.id = NEW.kept_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'therapist % is not merged into %', NEW.dropped_id, NEW.kept_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'therapist_merge_done';
    END IF;
    NEW.moved := '[]';
    FOR one IN SELECT * FROM therapist_service.moved_rows(given) LOOP
        SELECT coalesce(jsonb_agg(jsonb_build_array(one.which, one.pointing, r.id) ORDER BY r.id), '[]') INTO turned
            FROM unnest(one.ids) AS r (id)
            CROSS JOIN LATERAL (
                SELECT (c.before ->> one.pointing)::bigint AS was, (c.after ->> one.pointing)::bigint AS became
                FROM audit.entry e JOIN audit.content c ON c.entry_id = e.id
                WHERE e.table_name = one.which AND e.row_id = r.id AND e.operation = 'update' AND one.pointing = ANY (e.columns)
                ORDER BY e.id DESC LIMIT 1) AS last
            WHERE (last.was, last.became) = (CASE one.pointing WHEN 'practice_id' THEN old_practice ELSE NEW.dropped_id END,
                                             CASE one.pointing WHEN 'practice_id' THEN new_practice ELSE NEW.kept_id END);
        NEW.moved := NEW.moved || turned;
    END LOOP;
    FOREACH which IN ARRAY ARRAY['matching_service.inquiry', 'matching_service.placement', 'matching_service.exclusion',
        'matching_service.plan_line', 'communication_service.phone_call', 'communication_service.email',
        'communication_service.incoming_email', 'communication_service.batch_line'] LOOP
        EXECUTE format('WITH turned AS (UPDATE %s SET therapist_id = $1 WHERE therapist_id = $2 RETURNING id)'
            ' SELECT coalesce(jsonb_agg(jsonb_build_array($3, ''therapist_id'', id) ORDER BY id), ''[]'') FROM turned',
            which::regclass) INTO turned USING NEW.kept_id, NEW.dropped_id, which;
        NEW.moved := NEW.moved || turned;
    END LOOP;
    -- who excluded a practice that only held this person excluded this person
    IF old_practice <> new_practice AND NOT EXISTS (
            SELECT FROM therapist_service.therapist t WHERE t.practice_id = old_practice AND t.merged_into_id IS NULL) THEN
        WITH turned AS (
            UPDATE matching_service.exclusion SET practice_id = new_practice WHERE practice_id = old_practice RETURNING id)
        SELECT coalesce(jsonb_agg(jsonb_build_array('matching_service.exclusion', 'practice_id', id) ORDER BY id), '[]')
            INTO turned FROM turned;
        NEW.moved := NEW.moved || turned;
    END IF;
    RETURN NEW;
END $$;

-- Taken back, it turns the same rows again, unless they have gone elsewhere or are gone.
CREATE FUNCTION therapist_service.turn_back() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    one record;
    back bigint;
    here bigint;
BEGIN
    IF EXISTS (SELECT FROM therapist_service.therapist t WHERE t.id = NEW.dropped_id AND t.merged_into_id IS NOT NULL) THEN
        RAISE EXCEPTION 'therapist % is still merged', NEW.dropped_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'therapist_merge_done';
    END IF;
    FOR one IN SELECT * FROM therapist_service.moved_rows(OLD.moved) LOOP
        IF one.pointing = 'practice_id' THEN
            SELECT d.practice_id, k.practice_id INTO back, here
                FROM therapist_service.therapist d, therapist_service.therapist k
                WHERE d.id = OLD.dropped_id AND k.id = OLD.kept_id;
        ELSE
            back := OLD.dropped_id;
            here := OLD.kept_id;
        END IF;
        EXECUTE format('UPDATE %s SET %I = $1 WHERE id = ANY ($2) AND %I = $3', one.which::regclass, one.pointing,
            one.pointing) USING back, one.ids, here;
    END LOOP;
    -- a mail that was put to another inquiry meanwhile stays with the practice of that one
    UPDATE communication_service.incoming_email m SET therapist_id = i.therapist_id
        FROM matching_service.inquiry i
        WHERE i.id = m.inquiry_id AND m.therapist_id <> i.therapist_id AND m.therapist_id = OLD.dropped_id;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION therapist_service.turn_to_kept(), therapist_service.turn_back() FROM PUBLIC;

DO $$
DECLARE
    which text;
BEGIN
    FOREACH which IN ARRAY ARRAY['matching_service.exclusion', 'matching_service.plan_line', 'communication_service.phone_call',
        'communication_service.email', 'communication_service.incoming_email', 'communication_service.batch_line'] LOOP
        EXECUTE format('CREATE TRIGGER follow_merged BEFORE INSERT ON %s FOR EACH ROW'
            ' WHEN (NEW.therapist_id IS NOT NULL) EXECUTE FUNCTION therapist_service.follow_merged()', which);
    END LOOP;
END $$;

-- Exclusions of patients of other teams, calls and mails about them that a merge of before left at the record given up: a
-- step at a time, as merges made one after the other had taken them.
DO $$
DECLARE
    which text;
    noted integer;
BEGIN
    FOREACH which IN ARRAY ARRAY['matching_service.inquiry', 'matching_service.placement', 'matching_service.exclusion',
        'matching_service.plan_line', 'communication_service.phone_call', 'communication_service.email',
        'communication_service.incoming_email', 'communication_service.batch_line'] LOOP
        LOOP
            EXECUTE format($q$
                WITH turned AS (
                    UPDATE %s r SET therapist_id = t.merged_into_id FROM therapist_service.therapist t
                    WHERE t.id = r.therapist_id AND t.merged_into_id IS NOT NULL RETURNING r.id, t.id AS dropped)
                UPDATE therapist_service.therapist_merge m SET moved = m.moved || t.rows
                FROM (SELECT dropped, jsonb_agg(jsonb_build_array(%L, 'therapist_id', id) ORDER BY id) AS rows
                      FROM turned GROUP BY dropped) AS t
                WHERE m.dropped_id = t.dropped AND m.undone_at IS NULL$q$, which::regclass, which);
            GET DIAGNOSTICS noted = ROW_COUNT;
            EXIT WHEN noted = 0;
        END LOOP;
    END LOOP;
END $$;

CREATE TRIGGER turn_to_kept BEFORE INSERT ON therapist_service.therapist_merge
    FOR EACH ROW EXECUTE FUNCTION therapist_service.turn_to_kept();
CREATE TRIGGER turn_back BEFORE UPDATE OF undone_at ON therapist_service.therapist_merge
    FOR EACH ROW WHEN (OLD.undone_at IS NULL AND NEW.undone_at IS NOT NULL)
    EXECUTE FUNCTION therapist_service.turn_back();

-- A pin set by hand stays where only the spelling of its address is corrected: "Hauptstr. 12 A" is "Hauptstraße 12a".
CREATE FUNCTION geocoding_service.plain_address(street text, house_number text, plz text, city text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN regexp_replace(regexp_replace(replace(replace(replace(replace(lower(street),
            'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'ß', 'ss'), '[^[:alnum:]]', '', 'g'), 'strasse$', 'str')
        || '|' || regexp_replace(lower(house_number), '\s', '', 'g') || '|' || plz
        || '|' || CASE WHEN plz = '' THEN lower(city) ELSE '' END;

CREATE OR REPLACE FUNCTION geocoding_service.keep_pin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.street, OLD.house_number, OLD.plz, OLD.city) IS DISTINCT FROM (NEW.street, NEW.house_number, NEW.plz, NEW.city)
        AND NOT (OLD.geo_locked AND geocoding_service.plain_address(OLD.street, OLD.house_number, OLD.plz, OLD.city)
                 = geocoding_service.plain_address(NEW.street, NEW.house_number, NEW.plz, NEW.city)) THEN
        NEW.geo_locked := false;
        IF (NEW.lat, NEW.lon, NEW.geo_source) IS NOT DISTINCT FROM (OLD.lat, OLD.lon, OLD.geo_source) THEN
            -- whoever changed the address knew no better place
            SELECT z.lat, z.lon, 'plz', z.uncertainty_m, z.source
            INTO NEW.lat, NEW.lon, NEW.geo_quality, NEW.geo_uncertainty_m, NEW.geo_source
            FROM geocoding_service.plz_place z WHERE z.plz = NEW.plz AND z.place = '';
            NEW.geo_quality := coalesce(NEW.geo_quality, 'none');
        END IF;
    ELSIF OLD.geo_locked AND NEW.geo_locked AND NEW.geo_source IS DISTINCT FROM 'hand' THEN
        NEW.lat := OLD.lat;
        NEW.lon := OLD.lon;
        NEW.geo_quality := OLD.geo_quality;
        NEW.geo_uncertainty_m := OLD.geo_uncertainty_m;
        NEW.geo_source := OLD.geo_source;
    END IF;
    RETURN NEW;
END $$;
