-- Asking outside: permission and key belong to one server, a request to one address, a lease to one worker.

-- Scheme, host and port of an address, as everybody who asks it reads them: small letters, nobody's name before an @, no
-- dot at the end, no port that goes without saying.
CREATE FUNCTION platform.server_of(url text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN (SELECT m[1] || '://' || regexp_replace(regexp_replace(m[2], '[.]+(:|$)', '\1'),
                CASE m[1] WHEN 'https' THEN ':(443)?$' ELSE ':(80)?$' END, '')
            FROM regexp_match(lower(btrim(url)), '^(https?)://(?:[^/?#]*@)?([^/?#@]*)') AS found (m));

-- Servers that belong to everybody: how many seconds their rules want between two questions; NULL for all others. The
-- one list of them: the turns of all workers and the refusal of questions by the thousand go by it.
CREATE FUNCTION platform.shared_spacing(host text) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN CASE regexp_replace(lower(host), '[.]?(:[0-9]+)?$', '')
        WHEN 'nominatim.openstreetmap.org' THEN 1.0
        WHEN 'photon.komoot.io' THEN 1.0
        WHEN 'api.openrouteservice.org' THEN 1.5
        WHEN 'router.project-osrm.org' THEN 1.0
        WHEN 'valhalla1.openstreetmap.de' THEN 1.0
    END;

CREATE OR REPLACE FUNCTION geocoding_service.is_shared(url text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN platform.shared_spacing(regexp_replace(platform.server_of(url), '^https?://', '')) IS NOT NULL;

-- Whether what is told to a server can be read on the way there: only encrypted, or within this very machine.
CREATE FUNCTION platform.is_sheltered(url text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN coalesce(platform.server_of(url) ~ '^(https://|http://(localhost|127([.][0-9]{1,3}){3}|\[::1\])(:[0-9]+)?$)', false);

UPDATE geocoding_service.map_settings
SET patients_to_geocoder = patients_to_geocoder AND platform.is_sheltered(geocoder_url),
    patients_to_router = patients_to_router AND platform.is_sheltered(router_url)
WHERE patients_to_geocoder AND NOT platform.is_sheltered(geocoder_url)
   OR patients_to_router AND NOT platform.is_sheltered(router_url);
ALTER TABLE geocoding_service.map_settings ADD CONSTRAINT ck_map_settings_sheltered CHECK (
    (NOT patients_to_geocoder OR platform.is_sheltered(geocoder_url))
    AND (NOT patients_to_router OR platform.is_sheltered(router_url)));

-- What was allowed, and the key that was typed, were meant for one server. Whoever points elsewhere, by whatever program,
-- has to allow it anew and to know the key.
CREATE FUNCTION geocoding_service.forget_server() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF platform.server_of(NEW.geocoder_url) IS DISTINCT FROM platform.server_of(OLD.geocoder_url)
       AND OLD.patients_to_geocoder THEN
        NEW.patients_to_geocoder := false;
    END IF;
    IF platform.server_of(NEW.router_url) IS DISTINCT FROM platform.server_of(OLD.router_url) THEN
        IF OLD.patients_to_router THEN
            NEW.patients_to_router := false;
        END IF;
        IF NEW.sealed_router_key IS NOT DISTINCT FROM OLD.sealed_router_key THEN
            NEW.sealed_router_key := NULL;
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER forget_server BEFORE UPDATE ON geocoding_service.map_settings
    FOR EACH ROW EXECUTE FUNCTION geocoding_service.forget_server();

-- A request is about whom it was made for: who turned it to somebody else could ask for that person's address.
CREATE FUNCTION geocoding_service.keep_subject() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a request stays with whom it was made for' USING ERRCODE = 'check_violation',
        CONSTRAINT = 'ck_' || TG_TABLE_NAME || '_subject', TABLE = TG_TABLE_NAME, SCHEMA = 'geocoding_service';
END $$;
CREATE TRIGGER keep_subject BEFORE UPDATE ON geocoding_service.place_request FOR EACH ROW
    WHEN ((NEW.site_id, NEW.patient_id) IS DISTINCT FROM (OLD.site_id, OLD.patient_id))
    EXECUTE FUNCTION geocoding_service.keep_subject();
CREATE TRIGGER keep_subject BEFORE UPDATE ON geocoding_service.travel_request FOR EACH ROW
    WHEN ((NEW.patient_id, NEW.mode) IS DISTINCT FROM (OLD.patient_id, OLD.mode))
    EXECUTE FUNCTION geocoding_service.keep_subject();
CREATE TRIGGER keep_subject BEFORE UPDATE ON geocoding_service.reach_request FOR EACH ROW
    WHEN ((NEW.patient_id, NEW.lat, NEW.lon, NEW.mode, NEW.minutes)
          IS DISTINCT FROM (OLD.patient_id, OLD.lat, OLD.lon, OLD.mode, OLD.minutes))
    EXECUTE FUNCTION geocoding_service.keep_subject();
-- and the worker says how far a request is, nothing else of it
REVOKE UPDATE ON geocoding_service.place_request, geocoding_service.travel_request, geocoding_service.reach_request
    FROM platzlotse_worker;
GRANT UPDATE (state, not_before, lease_until, tries, cause, warnings, done_at)
    ON geocoding_service.place_request TO platzlotse_worker;
GRANT UPDATE (state, not_before, lease_until, tries, cause, done_at)
    ON geocoding_service.travel_request TO platzlotse_worker;
GRANT UPDATE (state, not_before, lease_until, tries, cause, done_at)
    ON geocoding_service.reach_request TO platzlotse_worker;

-- What is taken next is found where it lies first.
DROP INDEX geocoding_service.ix_place_request_open;
CREATE INDEX ix_place_request_open ON geocoding_service.place_request (tries, id DESC) WHERE done_at IS NULL;
DROP INDEX geocoding_service.ix_travel_request_open;
CREATE INDEX ix_travel_request_open ON geocoding_service.travel_request (tries, id DESC) WHERE done_at IS NULL;
CREATE INDEX ix_place_request_asked_at ON geocoding_service.place_request (asked_at);
CREATE INDEX ix_place_request_not_found ON geocoding_service.place_request (done_at) WHERE state = 'not_found';

-- A new or changed address is to be found. By statement: an import brings thousands. Of a server that belongs to
-- everybody no more is asked than people type: what waits and what was asked for of late counts, however many
-- statements brought it.
CREATE OR REPLACE FUNCTION geocoding_service.ask_for_place() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    most CONSTANT integer := 20;
    subject text := TG_ARGV[0];
    allowed boolean;
    shared boolean;
    moved bigint[];
    many integer;
BEGIN
    SELECT geocoder <> 'none' AND (subject = 'site_id' OR patients_to_geocoder), geocoding_service.is_shared(geocoder_url)
        INTO allowed, shared FROM geocoding_service.map_settings;
    IF NOT coalesce(allowed, false) THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        SELECT array_agg(n.id) INTO moved FROM new_rows n JOIN old_rows o ON o.id = n.id
            WHERE (o.street, o.house_number, o.plz, o.city, o.geo_locked)
                  IS DISTINCT FROM (n.street, n.house_number, n.plz, n.city, n.geo_locked);
        IF moved IS NULL THEN
            RETURN NULL;
        END IF;
        EXECUTE format('DELETE FROM geocoding_service.place_request WHERE %I = ANY ($1)', subject) USING moved;
    ELSE
        SELECT array_agg(n.id) INTO moved FROM new_rows n;
    END IF;
    IF shared THEN
        SELECT count(*) INTO many FROM (
            SELECT id FROM geocoding_service.place_request WHERE done_at IS NULL
            UNION
            SELECT id FROM geocoding_service.place_request WHERE asked_at > now() - interval '10 minutes'
            LIMIT most + 1) AS known;
        IF many + cardinality(moved) > most THEN
            RETURN NULL;
        END IF;
    END IF;
    EXECUTE format($sql$
        INSERT INTO geocoding_service.place_request (%1$I)
        SELECT id FROM new_rows n WHERE id = ANY ($1) AND street <> '' AND (plz <> '' OR city <> '')
            AND geo_quality <> 'house' AND NOT geo_locked %2$s
        ON CONFLICT DO NOTHING$sql$, subject,
        CASE subject WHEN 'patient_id' THEN 'AND restricted_at IS NULL AND erased_at IS NULL' ELSE '' END) USING moved;
    RETURN NULL;
END $$;
