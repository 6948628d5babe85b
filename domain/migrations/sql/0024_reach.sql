-- How far somebody gets within some minutes, as a router says; and addresses suggested while one types.

-- Areas known from a router: their middle in ten-thousandths of a degree, a patient's rounded to about 100 m. `rings` are
-- lines of [lat, lon]; what lies inside an odd number of them belongs to the area. None: the router knows no way out.
CREATE TABLE geocoding_service.reach_area (
    lat INTEGER NOT NULL,
    lon INTEGER NOT NULL,
    mode TEXT NOT NULL,
    minutes SMALLINT NOT NULL,
    rings JSONB NOT NULL,
    source TEXT NOT NULL,
    known_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_reach_area PRIMARY KEY (lat, lon, mode, minutes),
    CONSTRAINT ck_reach_area_mode CHECK (mode IN ('car', 'public_transport', 'bicycle', 'foot')),
    CONSTRAINT ck_reach_area_rings CHECK (jsonb_typeof(rings) = 'array')
);
CREATE INDEX ix_reach_area_known_at ON geocoding_service.reach_area (known_at);

-- An area to be asked of a router: around a patient's place, or around a town (in ten-thousandths of a degree).
CREATE TABLE geocoding_service.reach_request (
    patient_id BIGINT,
    lat INTEGER,
    lon INTEGER,
    mode TEXT NOT NULL,
    minutes SMALLINT NOT NULL,
    state TEXT DEFAULT 'waiting' NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    not_before TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    lease_until TIMESTAMP WITH TIME ZONE,
    tries INTEGER DEFAULT 0 NOT NULL,
    cause TEXT DEFAULT '' NOT NULL,
    done_at TIMESTAMP WITH TIME ZONE,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_reach_request PRIMARY KEY (id),
    CONSTRAINT ck_reach_request_start CHECK (num_nonnulls(patient_id, lat) = 1 AND (lat IS NULL) = (lon IS NULL)),
    CONSTRAINT ck_reach_request_mode CHECK (mode IN ('car', 'public_transport', 'bicycle', 'foot')),
    CONSTRAINT ck_reach_request_minutes CHECK (minutes BETWEEN 5 AND 120),
    CONSTRAINT ck_reach_request_state CHECK (state IN ('waiting', 'asking', 'done')),
    CONSTRAINT ck_reach_request_lease CHECK ((state = 'asking') = (lease_until IS NOT NULL)),
    CONSTRAINT ck_reach_request_done CHECK ((state = 'done') = (done_at IS NOT NULL)),
    CONSTRAINT fk_reach_request_patient_id FOREIGN KEY(patient_id) REFERENCES patient_service.patient (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX uq_reach_request_patient ON geocoding_service.reach_request (patient_id, mode, minutes);
CREATE UNIQUE INDEX uq_reach_request_place ON geocoding_service.reach_request (lat, lon, mode, minutes);
CREATE INDEX ix_reach_request_open ON geocoding_service.reach_request (not_before, id) WHERE done_at IS NULL;
CREATE TRIGGER patients_stay_home BEFORE INSERT OR UPDATE OF patient_id ON geocoding_service.reach_request
    FOR EACH ROW EXECUTE FUNCTION geocoding_service.patients_stay_home();

-- What a person is typing of an address: one row a person, the next letters replace the last ones, and the worker takes it
-- away after minutes. Not audited: the journal would keep for years what was never saved.
CREATE TABLE geocoding_service.suggest_request (
    asked_by BIGINT NOT NULL,
    of_patient BOOLEAN NOT NULL,
    typed TEXT NOT NULL,
    plz TEXT DEFAULT '' NOT NULL,
    city TEXT DEFAULT '' NOT NULL,
    state TEXT DEFAULT 'waiting' NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    lease_until TIMESTAMP WITH TIME ZONE,
    cause TEXT DEFAULT '' NOT NULL,
    found JSONB DEFAULT '[]' NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_suggest_request PRIMARY KEY (id),
    CONSTRAINT ck_suggest_request_short CHECK (char_length(typed) BETWEEN 3 AND 100 AND char_length(plz) <= 10
        AND char_length(city) <= 100),
    CONSTRAINT ck_suggest_request_state CHECK (state IN ('waiting', 'asking', 'done')),
    CONSTRAINT ck_suggest_request_lease CHECK ((state = 'asking') = (lease_until IS NOT NULL)),
    CONSTRAINT ck_suggest_request_found CHECK (jsonb_typeof(found) = 'array'),
    CONSTRAINT fk_suggest_request_asked_by FOREIGN KEY(asked_by) REFERENCES platform.person (id)
);
CREATE UNIQUE INDEX uq_suggest_request_asked_by ON geocoding_service.suggest_request (asked_by);

-- Photon is made for suggestions; Nominatim's public server forbids them. A patient's address only where that is allowed.
CREATE FUNCTION geocoding_service.suggestions_allowed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    server record;
BEGIN
    SELECT m.geocoder, geocoding_service.is_shared(m.geocoder_url) AS shared, m.patients_to_geocoder
        INTO server FROM geocoding_service.map_settings m;
    IF server.geocoder = 'none' OR (server.geocoder = 'nominatim' AND server.shared) THEN
        RAISE EXCEPTION 'nobody may be asked for suggestions' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'no_suggestions';
    END IF;
    IF NEW.of_patient AND NOT server.patients_to_geocoder THEN
        RAISE EXCEPTION 'patients stay home' USING ERRCODE = 'check_violation', CONSTRAINT = 'patients_stay_home';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER suggestions_allowed BEFORE INSERT OR UPDATE OF typed, plz, city, of_patient
    ON geocoding_service.suggest_request FOR EACH ROW EXECUTE FUNCTION geocoding_service.suggestions_allowed();

-- What the office no longer allows no longer waits, and another router says other areas.
CREATE FUNCTION geocoding_service.follow_reach() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (OLD.router, OLD.router_url, OLD.router_transit) IS DISTINCT FROM (NEW.router, NEW.router_url, NEW.router_transit) THEN
        DELETE FROM geocoding_service.reach_area;
        DELETE FROM geocoding_service.reach_request;
    ELSIF NOT NEW.patients_to_router THEN
        DELETE FROM geocoding_service.reach_request WHERE patient_id IS NOT NULL;
    END IF;
    IF (OLD.geocoder, OLD.geocoder_url, OLD.patients_to_geocoder)
       IS DISTINCT FROM (NEW.geocoder, NEW.geocoder_url, NEW.patients_to_geocoder) THEN
        DELETE FROM geocoding_service.suggest_request;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER follow_reach AFTER UPDATE ON geocoding_service.map_settings
    FOR EACH ROW EXECUTE FUNCTION geocoding_service.follow_reach();

-- The rounded middle of a patient's area, for the worker, while it is being asked for and allowed.
CREATE FUNCTION patient_service.reach_origin(request bigint) RETURNS TABLE (lat double precision, lon double precision)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        SELECT round(p.lat::numeric, 3)::double precision, round(p.lon::numeric, 3)::double precision
        FROM geocoding_service.reach_request r
        JOIN patient_service.patient p ON p.id = r.patient_id
        JOIN geocoding_service.map_settings m ON m.router <> 'none' AND m.patients_to_router
        WHERE r.id = request AND r.state = 'asking' AND p.lat IS NOT NULL
          AND p.restricted_at IS NULL AND p.erased_at IS NULL;
    END;

SELECT platform.protect('geocoding_service.reach_area',
    '{"caseworker": "SELECT", "supervisor": "SELECT", "worker": "SELECT, INSERT, UPDATE, DELETE"}', false);
SELECT platform.protect('geocoding_service.reach_request',
    '{"caseworker": "SELECT, INSERT, UPDATE", "supervisor": "SELECT, INSERT, UPDATE", "admin": "SELECT",
      "worker": "SELECT, UPDATE, DELETE"}', false);
SELECT platform.protect('geocoding_service.suggest_request',
    '{"caseworker": "SELECT, INSERT, UPDATE", "supervisor": "SELECT, INSERT, UPDATE", "worker": "SELECT, UPDATE, DELETE"}',
    false);
-- What somebody types is nobody else's.
CREATE POLICY own_letters ON geocoding_service.suggest_request AS RESTRICTIVE TO platzlotse_caseworker, platzlotse_supervisor
    USING (asked_by = platform.current_person_id()) WITH CHECK (asked_by = platform.current_person_id());
SELECT platform.bound_moments('geocoding_service.reach_area');
SELECT platform.bound_moments('geocoding_service.reach_request');
SELECT platform.bound_moments('geocoding_service.suggest_request');

REVOKE EXECUTE ON FUNCTION patient_service.reach_origin(bigint), geocoding_service.suggestions_allowed(),
    geocoding_service.follow_reach() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION patient_service.reach_origin(bigint) TO platzlotse_worker;
