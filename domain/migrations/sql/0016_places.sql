-- Places and ways: the one way outside, geocoding with its cache, travel times.

-- What every worker of the office knows of a host outside: when it may be asked next, and whether it answers.
CREATE TABLE platform.outside_host (
    host TEXT NOT NULL,
    next_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    state TEXT DEFAULT 'closed' NOT NULL,
    failures INTEGER DEFAULT 0 NOT NULL,
    trips INTEGER DEFAULT 0 NOT NULL,
    retry_at TIMESTAMP WITH TIME ZONE,
    last_error TEXT DEFAULT '' NOT NULL,
    last_error_at TIMESTAMP WITH TIME ZONE,
    last_success_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_outside_host PRIMARY KEY (host),
    CONSTRAINT ck_outside_host_state CHECK (state IN ('closed', 'open', 'half_open')),
    CONSTRAINT ck_outside_host_retry CHECK ((state = 'closed') = (retry_at IS NULL))
);

-- Where an office has its addresses and ways looked up. Off at first; what concerns patients is off until allowed.
CREATE TABLE geocoding_service.map_settings (
    id SMALLINT NOT NULL,
    geocoder TEXT DEFAULT 'none' NOT NULL,
    geocoder_url TEXT DEFAULT '' NOT NULL,
    geocoder_per_minute SMALLINT DEFAULT 60 NOT NULL,
    patients_to_geocoder BOOLEAN DEFAULT false NOT NULL,
    router TEXT DEFAULT 'none' NOT NULL,
    router_url TEXT DEFAULT '' NOT NULL,
    router_per_minute SMALLINT DEFAULT 60 NOT NULL,
    router_transit BOOLEAN DEFAULT false NOT NULL,
    sealed_router_key BYTEA,
    patients_to_router BOOLEAN DEFAULT false NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    CONSTRAINT pk_map_settings PRIMARY KEY (id),
    CONSTRAINT ck_map_settings_one_row CHECK (id = 1),
    CONSTRAINT ck_map_settings_geocoder CHECK (geocoder IN ('none', 'nominatim', 'photon')),
    CONSTRAINT ck_map_settings_router CHECK (router IN ('none', 'osrm', 'valhalla', 'openrouteservice')),
    CONSTRAINT ck_map_settings_urls CHECK (
        (geocoder = 'none' OR geocoder_url ~ '^https?://[^/?#]+') AND (router = 'none' OR router_url ~ '^https?://[^/?#]+')),
    CONSTRAINT ck_map_settings_rates CHECK (geocoder_per_minute BETWEEN 1 AND 6000 AND router_per_minute BETWEEN 1 AND 6000),
    CONSTRAINT ck_map_settings_patients CHECK (
        (geocoder <> 'none' OR NOT patients_to_geocoder) AND (router <> 'none' OR NOT patients_to_router)),
    CONSTRAINT ck_map_settings_transit CHECK (router = 'valhalla' OR NOT router_transit)
);
INSERT INTO geocoding_service.map_settings (id) VALUES (1);

-- How two addresses are compared; the cache and what is under way know an address by it.
CREATE FUNCTION geocoding_service.address_key(street text, house_number text, plz text, city text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN encode(sha256(convert_to(public.fold(street) || '|' || public.fold(replace(house_number, ' ', '')) || '|' || plz
        || '|' || public.fold(city), 'UTF8')), 'hex');

-- What a geocoder said of an address of a practice. Patients' addresses are never written here.
CREATE TABLE geocoding_service.geocode_answer (
    address_key TEXT NOT NULL,
    street TEXT NOT NULL,
    house_number TEXT NOT NULL,
    plz TEXT NOT NULL,
    city TEXT NOT NULL,
    lat DOUBLE PRECISION,
    lon DOUBLE PRECISION,
    quality TEXT NOT NULL,
    uncertainty_m INTEGER,
    warnings TEXT[] DEFAULT '{}' NOT NULL,
    source TEXT NOT NULL,
    answered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_geocode_answer PRIMARY KEY (id),
    CONSTRAINT ck_geocode_answer_quality CHECK (quality IN ('house', 'street', 'none')),
    CONSTRAINT ck_geocode_answer_whole CHECK ((quality = 'none') = (lat IS NULL) AND (lat IS NULL) = (lon IS NULL)
        AND (lat IS NULL) = (uncertainty_m IS NULL)),
    CONSTRAINT ck_geocode_answer_in_germany CHECK (lat BETWEEN 47 AND 55.2 AND lon BETWEEN 5.5 AND 15.5)
);
CREATE UNIQUE INDEX uq_geocode_answer_address_key ON geocoding_service.geocode_answer (address_key);
CREATE INDEX ix_geocode_answer_plz ON geocoding_service.geocode_answer (plz);

-- Set by hand: nobody but a person moves it again.
ALTER TABLE therapist_service.practice_site
    ADD COLUMN geo_locked BOOLEAN DEFAULT false NOT NULL,
    ADD CONSTRAINT ck_practice_site_geo_locked CHECK (NOT geo_locked OR lat IS NOT NULL);
ALTER TABLE patient_service.patient
    ADD COLUMN geo_locked BOOLEAN DEFAULT false NOT NULL,
    ADD CONSTRAINT ck_patient_geo_locked CHECK (NOT geo_locked OR lat IS NOT NULL);

-- One row an address that is to be found: a site of a practice, or a patient's where the office allows it.
CREATE TABLE geocoding_service.place_request (
    site_id BIGINT,
    patient_id BIGINT,
    state TEXT DEFAULT 'waiting' NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    not_before TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    lease_until TIMESTAMP WITH TIME ZONE,
    tries INTEGER DEFAULT 0 NOT NULL,
    cause TEXT DEFAULT '' NOT NULL,
    warnings TEXT[] DEFAULT '{}' NOT NULL,
    done_at TIMESTAMP WITH TIME ZONE,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_place_request PRIMARY KEY (id),
    CONSTRAINT ck_place_request_of_one CHECK (num_nonnulls(site_id, patient_id) = 1),
    CONSTRAINT ck_place_request_state CHECK (state IN ('waiting', 'asking', 'placed', 'not_found')),
    CONSTRAINT ck_place_request_lease CHECK ((state = 'asking') = (lease_until IS NOT NULL)),
    CONSTRAINT ck_place_request_done CHECK ((state IN ('placed', 'not_found')) = (done_at IS NOT NULL)),
    CONSTRAINT fk_place_request_site_id FOREIGN KEY(site_id) REFERENCES therapist_service.practice_site (id) ON DELETE CASCADE,
    CONSTRAINT fk_place_request_patient_id FOREIGN KEY(patient_id) REFERENCES patient_service.patient (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX uq_place_request_site_id ON geocoding_service.place_request (site_id);
CREATE UNIQUE INDEX uq_place_request_patient_id ON geocoding_service.place_request (patient_id);
CREATE INDEX ix_place_request_open ON geocoding_service.place_request (not_before, id) WHERE done_at IS NULL;

-- Ways known from a router: both ends in ten-thousandths of a degree, a patient's end rounded to a raster of about 100 m.
-- `minutes` is NULL where the router knows no way.
CREATE TABLE geocoding_service.travel_time (
    from_lat INTEGER NOT NULL,
    from_lon INTEGER NOT NULL,
    to_lat INTEGER NOT NULL,
    to_lon INTEGER NOT NULL,
    mode TEXT NOT NULL,
    minutes REAL,
    km REAL,
    source TEXT NOT NULL,
    known_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_travel_time PRIMARY KEY (from_lat, from_lon, mode, to_lat, to_lon),
    CONSTRAINT ck_travel_time_mode CHECK (mode IN ('car', 'public_transport', 'bicycle', 'foot')),
    CONSTRAINT ck_travel_time_positive CHECK (minutes >= 0 AND km >= 0)
);
CREATE INDEX ix_travel_time_known_at ON geocoding_service.travel_time (known_at);

-- The short list of one patient, to be asked of a router.
CREATE TABLE geocoding_service.travel_request (
    patient_id BIGINT NOT NULL,
    mode TEXT NOT NULL,
    site_ids BIGINT[] NOT NULL,
    state TEXT DEFAULT 'waiting' NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    not_before TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    lease_until TIMESTAMP WITH TIME ZONE,
    tries INTEGER DEFAULT 0 NOT NULL,
    cause TEXT DEFAULT '' NOT NULL,
    done_at TIMESTAMP WITH TIME ZONE,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_travel_request PRIMARY KEY (id),
    CONSTRAINT ck_travel_request_mode CHECK (mode IN ('car', 'public_transport', 'bicycle', 'foot')),
    CONSTRAINT ck_travel_request_short CHECK (cardinality(site_ids) BETWEEN 1 AND 1000),
    CONSTRAINT ck_travel_request_state CHECK (state IN ('waiting', 'asking', 'done')),
    CONSTRAINT ck_travel_request_lease CHECK ((state = 'asking') = (lease_until IS NOT NULL)),
    CONSTRAINT ck_travel_request_done CHECK ((state = 'done') = (done_at IS NOT NULL)),
    CONSTRAINT fk_travel_request_patient_id FOREIGN KEY(patient_id) REFERENCES patient_service.patient (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX uq_travel_request_patient_mode ON geocoding_service.travel_request (patient_id, mode);
CREATE INDEX ix_travel_request_open ON geocoding_service.travel_request (not_before, id) WHERE done_at IS NULL;

-- A person asks whether a server answers; only the worker goes outside.
CREATE TABLE geocoding_service.server_test (
    kind TEXT NOT NULL,
    asked_by BIGINT,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    taken_at TIMESTAMP WITH TIME ZONE,
    done_at TIMESTAMP WITH TIME ZONE,
    trouble TEXT DEFAULT '' NOT NULL,
    params JSONB DEFAULT '{}' NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_server_test PRIMARY KEY (id),
    CONSTRAINT ck_server_test_kind CHECK (kind IN ('geocoder', 'router')),
    CONSTRAINT ck_server_test_taken CHECK (done_at IS NULL OR taken_at IS NOT NULL),
    CONSTRAINT fk_server_test_asked_by FOREIGN KEY(asked_by) REFERENCES platform.person (id)
);
CREATE INDEX ix_server_test_asked_by ON geocoding_service.server_test (asked_by);
CREATE INDEX ix_server_test_open ON geocoding_service.server_test (asked_at) WHERE done_at IS NULL;

-- Patients' addresses and places stay home unless the office allows it and a server is configured: whatever program asks.
CREATE FUNCTION geocoding_service.patients_stay_home() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.patient_id IS NULL THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (SELECT FROM geocoding_service.map_settings
                   WHERE CASE TG_TABLE_NAME WHEN 'place_request' THEN geocoder <> 'none' AND patients_to_geocoder
                                            ELSE router <> 'none' AND patients_to_router END) THEN
        RAISE EXCEPTION 'patients stay home' USING ERRCODE = 'check_violation', CONSTRAINT = 'patients_stay_home';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER patients_stay_home BEFORE INSERT OR UPDATE OF patient_id ON geocoding_service.place_request
    FOR EACH ROW EXECUTE FUNCTION geocoding_service.patients_stay_home();
CREATE TRIGGER patients_stay_home BEFORE INSERT OR UPDATE OF patient_id ON geocoding_service.travel_request
    FOR EACH ROW EXECUTE FUNCTION geocoding_service.patients_stay_home();

-- What the office no longer allows is no longer waiting.
CREATE FUNCTION geocoding_service.follow_settings() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM geocoding_service.place_request
        WHERE NEW.geocoder = 'none' OR (patient_id IS NOT NULL AND NOT NEW.patients_to_geocoder);
    IF NEW.router = 'none' OR NOT NEW.patients_to_router THEN
        DELETE FROM geocoding_service.travel_request;
    END IF;
    IF (OLD.router, OLD.router_url) IS DISTINCT FROM (NEW.router, NEW.router_url) THEN
        DELETE FROM geocoding_service.travel_time;
    END IF;
    IF (OLD.geocoder, OLD.geocoder_url) IS DISTINCT FROM (NEW.geocoder, NEW.geocoder_url) THEN
        -- another server may know what this one did not
        DELETE FROM geocoding_service.geocode_answer WHERE quality <> 'house';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER follow_settings AFTER UPDATE ON geocoding_service.map_settings
    FOR EACH ROW EXECUTE FUNCTION geocoding_service.follow_settings();

-- A place set by hand is kept whoever writes, until the address changes or a person lets go of it. And a place that was
-- looked up, or set, for one address says nothing about another.
CREATE FUNCTION geocoding_service.keep_pin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.street, OLD.house_number, OLD.plz, OLD.city) IS DISTINCT FROM (NEW.street, NEW.house_number, NEW.plz, NEW.city) THEN
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
CREATE TRIGGER keep_pin BEFORE UPDATE ON therapist_service.practice_site
    FOR EACH ROW WHEN (OLD.geo_source IN ('hand', 'nominatim', 'photon')) EXECUTE FUNCTION geocoding_service.keep_pin();
CREATE TRIGGER keep_pin BEFORE UPDATE ON patient_service.patient
    FOR EACH ROW WHEN (OLD.geo_source IN ('hand', 'nominatim', 'photon')) EXECUTE FUNCTION geocoding_service.keep_pin();

-- Servers that belong to everybody forbid questions by the thousand.
CREATE FUNCTION geocoding_service.is_shared(url text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN url ~* '^https?://(nominatim[.]openstreetmap[.]org|photon[.]komoot[.]io)([:/]|$)';

-- A new or changed address is to be found. By statement: an import brings thousands.
CREATE FUNCTION geocoding_service.ask_for_place() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    subject text := TG_ARGV[0];
    allowed boolean;
    shared boolean;
    moved bigint[];
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
    IF shared AND cardinality(moved) > 20 THEN
        RETURN NULL;
    END IF;
    EXECUTE format($sql$
        INSERT INTO geocoding_service.place_request (%1$I)
        SELECT id FROM new_rows n WHERE id = ANY ($1) AND street <> '' AND (plz <> '' OR city <> '')
            AND geo_quality <> 'house' AND NOT geo_locked %2$s
        ON CONFLICT DO NOTHING$sql$, subject,
        CASE subject WHEN 'patient_id' THEN 'AND restricted_at IS NULL AND erased_at IS NULL' ELSE '' END) USING moved;
    RETURN NULL;
END $$;
CREATE TRIGGER ask_for_place_insert AFTER INSERT ON therapist_service.practice_site REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION geocoding_service.ask_for_place('site_id');
CREATE TRIGGER ask_for_place_update AFTER UPDATE ON therapist_service.practice_site
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION geocoding_service.ask_for_place('site_id');
CREATE TRIGGER ask_for_place_insert AFTER INSERT ON patient_service.patient REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION geocoding_service.ask_for_place('patient_id');
CREATE TRIGGER ask_for_place_update AFTER UPDATE ON patient_service.patient
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION geocoding_service.ask_for_place('patient_id');

-- The worker reads no patient. Of an address that is being asked for it learns the address, of a way its rounded start.
CREATE FUNCTION patient_service.address_to_place(request bigint)
    RETURNS TABLE (street text, house_number text, plz text, city text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        SELECT p.street, p.house_number, p.plz, p.city
        FROM geocoding_service.place_request r
        JOIN patient_service.patient p ON p.id = r.patient_id
        JOIN geocoding_service.map_settings m ON m.geocoder <> 'none' AND m.patients_to_geocoder
        WHERE r.id = request AND r.state = 'asking' AND p.restricted_at IS NULL AND p.erased_at IS NULL;
    END;

CREATE FUNCTION patient_service.place_patient(request bigint, asked_key text, new_lat double precision,
        new_lon double precision, new_quality text, new_uncertainty_m integer, new_source text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE patient_service.patient p
    SET lat = new_lat, lon = new_lon, geo_quality = new_quality, geo_uncertainty_m = new_uncertainty_m,
        geo_source = new_source
    FROM geocoding_service.place_request r
    WHERE r.id = request AND r.state = 'asking' AND p.id = r.patient_id AND NOT p.geo_locked
      AND p.restricted_at IS NULL AND p.erased_at IS NULL
      AND geocoding_service.address_key(p.street, p.house_number, p.plz, p.city) = asked_key;
    RETURN FOUND;
END $$;

CREATE FUNCTION patient_service.travel_origin(request bigint) RETURNS TABLE (lat double precision, lon double precision)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        SELECT round(p.lat::numeric, 3)::double precision, round(p.lon::numeric, 3)::double precision
        FROM geocoding_service.travel_request r
        JOIN patient_service.patient p ON p.id = r.patient_id
        JOIN geocoding_service.map_settings m ON m.router <> 'none' AND m.patients_to_router
        WHERE r.id = request AND r.state = 'asking' AND p.lat IS NOT NULL
          AND p.restricted_at IS NULL AND p.erased_at IS NULL;
    END;

DO $$
DECLARE
    added text;
BEGIN
    FOREACH added IN ARRAY ARRAY['platform.outside_host', 'geocoding_service.map_settings', 'geocoding_service.geocode_answer',
        'geocoding_service.place_request', 'geocoding_service.travel_time', 'geocoding_service.travel_request',
        'geocoding_service.server_test'] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', added);
        EXECUTE format('CREATE POLICY backup ON %s FOR SELECT TO platzlotse_backup USING (true)', added);
        EXECUTE format('CREATE POLICY office ON %s TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker'
            ' USING (true) WITH CHECK (true)', added);
        EXECUTE format('GRANT SELECT ON %s TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker,'
            ' platzlotse_backup', added);
    END LOOP;
    FOREACH added IN ARRAY ARRAY['platform.outside_host', 'geocoding_service.map_settings', 'geocoding_service.place_request',
        'geocoding_service.travel_request', 'geocoding_service.server_test'] LOOP
        EXECUTE format('CREATE POLICY administration ON %s TO platzlotse_admin USING (true) WITH CHECK (true)', added);
        EXECUTE format('GRANT SELECT ON %s TO platzlotse_admin', added);
    END LOOP;
    FOREACH added IN ARRAY ARRAY['geocoding_service.map_settings', 'geocoding_service.server_test'] LOOP
        EXECUTE format('CREATE TRIGGER audit_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(%L)', added, 'id');
        EXECUTE format('CREATE TRIGGER audit_update AFTER UPDATE ON %s'
            ' REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(%L)', added, 'id');
        EXECUTE format('CREATE TRIGGER audit_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(%L)', added, 'id');
    END LOOP;
END $$;
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON geocoding_service.map_settings
    FOR EACH ROW EXECUTE FUNCTION platform.stamp();

-- A question is asked in one's own name.
CREATE POLICY own_name ON geocoding_service.server_test AS RESTRICTIVE FOR INSERT
    TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_admin
    WITH CHECK (asked_by = platform.current_person_id());

GRANT USAGE ON SCHEMA geocoding_service TO platzlotse_admin;
GRANT USAGE ON SCHEMA patient_service TO platzlotse_worker;
GRANT INSERT, UPDATE ON platform.outside_host TO platzlotse_worker;
GRANT UPDATE ON geocoding_service.map_settings TO platzlotse_supervisor, platzlotse_admin;
GRANT INSERT ON geocoding_service.server_test TO platzlotse_supervisor, platzlotse_admin;
GRANT UPDATE ON geocoding_service.server_test TO platzlotse_worker;
GRANT INSERT, UPDATE, DELETE ON geocoding_service.geocode_answer TO platzlotse_worker;
GRANT INSERT, UPDATE ON geocoding_service.place_request TO platzlotse_caseworker, platzlotse_supervisor;
GRANT UPDATE ON geocoding_service.place_request TO platzlotse_worker;
GRANT INSERT, UPDATE, DELETE ON geocoding_service.travel_time TO platzlotse_worker;
GRANT INSERT, UPDATE ON geocoding_service.travel_request TO platzlotse_caseworker, platzlotse_supervisor;
GRANT UPDATE, DELETE ON geocoding_service.travel_request TO platzlotse_worker;
GRANT SELECT (id, street, house_number, plz, city, lat, lon, geo_quality, geo_locked),
    UPDATE (lat, lon, geo_quality, geo_uncertainty_m, geo_source) ON therapist_service.practice_site TO platzlotse_worker;
GRANT EXECUTE ON FUNCTION patient_service.address_to_place(bigint), patient_service.travel_origin(bigint),
    patient_service.place_patient(bigint, text, double precision, double precision, text, integer, text)
    TO platzlotse_worker;
REVOKE EXECUTE ON FUNCTION patient_service.address_to_place(bigint), patient_service.travel_origin(bigint),
    patient_service.place_patient(bigint, text, double precision, double precision, text, integer, text),
    geocoding_service.patients_stay_home(), geocoding_service.follow_settings(), geocoding_service.ask_for_place()
    FROM PUBLIC;
