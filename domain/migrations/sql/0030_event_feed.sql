-- Whoever follows the events keeps a cursor, and no order of commits may leave an event behind it. Numbers are drawn
-- before the commit, so a cursor over `event.id` would skip what commits late. An event therefore waits, from its own
-- transaction on, for its place; places are given only to what is committed, one hand at a time, and without gaps.
-- No number of a transaction is kept: those of a restored backup would mean nothing.
CREATE TABLE platform.event_waiting (
    event_id BIGINT NOT NULL,
    CONSTRAINT pk_event_waiting PRIMARY KEY (event_id)
);
CREATE TABLE platform.event_place (
    place BIGINT NOT NULL,
    event_id BIGINT NOT NULL,
    CONSTRAINT pk_event_place PRIMARY KEY (place),
    CONSTRAINT fk_event_place_event_id_event FOREIGN KEY (event_id) REFERENCES platform.event (id)
);
CREATE UNIQUE INDEX uq_event_place_event_id ON platform.event_place (event_id);

-- Whose turn it is to give places. An advisory lock is anybody's to hold; this row is the owner's.
CREATE TABLE platform.event_turn (
    id SMALLINT NOT NULL,
    CONSTRAINT pk_event_turn PRIMARY KEY (id),
    CONSTRAINT ck_event_turn_one_row CHECK (id = 1)
);
INSERT INTO platform.event_turn VALUES (1);

-- How far each consumer is. `holder` works at it until `lease_until`; the cursor never goes back.
CREATE TABLE platform.event_consumer (
    name TEXT NOT NULL,
    place BIGINT DEFAULT 0 NOT NULL,
    moved_at TIMESTAMP WITH TIME ZONE,
    holder UUID,
    lease_until TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_event_consumer PRIMARY KEY (name),
    CONSTRAINT ck_event_consumer_name CHECK (name ~ '^[a-z_]{1,40}$'),
    CONSTRAINT ck_event_consumer_place CHECK (place >= 0)
);
CREATE FUNCTION platform.keep_cursor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.place > (SELECT coalesce(max(p.place), 0) FROM platform.event_place p) THEN
        RAISE EXCEPTION 'a cursor beyond the last event' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'ck_event_consumer_beyond', TABLE = 'event_consumer', SCHEMA = 'platform';
    END IF;
    NEW.place := greatest(NEW.place, OLD.place);
    RETURN NEW;
END $$;
CREATE TRIGGER keep_cursor BEFORE UPDATE OF place ON platform.event_consumer
    FOR EACH ROW EXECUTE FUNCTION platform.keep_cursor();

SELECT platform.protect('platform.event_place', '{"worker": "SELECT"}', audited => false);
SELECT platform.protect('platform.event_consumer', '{"caseworker": "SELECT", "supervisor": "SELECT", "admin": "SELECT",
    "worker": "SELECT, INSERT, UPDATE"}', audited => false);
SELECT platform.bound_moments('platform.event_consumer');
DO $$
DECLARE
    ours regclass;
BEGIN
    -- only the functions below write these, with their owner's rights
    FOREACH ours IN ARRAY ARRAY['platform.event_waiting', 'platform.event_turn']::regclass[] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', ours);
        EXECUTE format('CREATE POLICY backup ON %s FOR SELECT TO platzlotse_backup USING (true)', ours);
        EXECUTE format('GRANT SELECT ON %s TO platzlotse_backup', ours);
    END LOOP;
END $$;

CREATE FUNCTION platform.await_place() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO platform.event_waiting (event_id) SELECT n.id FROM new_rows n;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION platform.await_place() FROM PUBLIC;
CREATE TRIGGER await_place AFTER INSERT ON platform.event
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION platform.await_place();

CREATE FUNCTION platform.place_events(many integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    placed integer;
BEGIN
    IF NOT EXISTS (SELECT FROM platform.event_waiting) THEN
        RETURN 0;
    END IF;
    PERFORM FROM platform.event_turn FOR UPDATE;
    WITH taken AS (
        DELETE FROM platform.event_waiting WHERE event_id IN (
            SELECT w.event_id FROM platform.event_waiting w ORDER BY w.event_id LIMIT many)
        RETURNING event_id
    )
    INSERT INTO platform.event_place (place, event_id)
    SELECT (SELECT coalesce(max(p.place), 0) FROM platform.event_place p) + row_number() OVER (ORDER BY t.event_id),
           t.event_id
    FROM taken t;
    GET DIAGNOSTICS placed = ROW_COUNT;
    RETURN placed;
END $$;
REVOKE EXECUTE ON FUNCTION platform.place_events(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.place_events(integer) TO platzlotse_worker;

-- how much waits for a consumer, for whom may not read the events' places
CREATE FUNCTION platform.events_to_come(consumer text) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    RETURN (SELECT (SELECT count(*) FROM platform.event_waiting)
                   + (SELECT coalesce(max(p.place), 0) FROM platform.event_place p)
                   - (SELECT c.place FROM platform.event_consumer c WHERE c.name = consumer));
REVOKE EXECUTE ON FUNCTION platform.events_to_come(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.events_to_come(text) TO platzlotse_caseworker, platzlotse_supervisor,
    platzlotse_admin, platzlotse_worker;

-- An event goes to others as it is: identifiers, codes (radius_25) and counts, never somebody's words. A name begins with a
-- capital, an address has an @, a day and a telephone number have more digits. What stands there from before is not asked: it never changes.
CREATE FUNCTION platform.tells_of_nobody(payload jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN NOT EXISTS (
        SELECT FROM jsonb_each(payload) AS e(key, value)
        WHERE e.key !~ '^[a-z_]{1,40}$'
           OR jsonb_typeof(e.value) IN ('object', 'array')
           OR jsonb_typeof(e.value) = 'string' AND e.value #>> '{}' !~ '^([a-z_]{1,40}[0-9]{0,3}( [a-z_]{1,40}[0-9]{0,3}){0,20})?$');
CREATE FUNCTION platform.keep_silent_of_persons() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an event carries identifiers and codes only' USING ERRCODE = 'check_violation',
        CONSTRAINT = 'ck_event_tells_of_nobody', TABLE = 'event', SCHEMA = 'platform';
END $$;
CREATE TRIGGER keep_silent_of_persons BEFORE INSERT ON platform.event
    FOR EACH ROW WHEN (NOT platform.tells_of_nobody(NEW.payload)) EXECUTE FUNCTION platform.keep_silent_of_persons();

-- What was told before gets its places in the order of its numbers.
INSERT INTO platform.event_place (place, event_id) SELECT row_number() OVER (ORDER BY id), id FROM platform.event;
