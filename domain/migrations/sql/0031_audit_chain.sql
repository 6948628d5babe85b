-- The audit's entries are chained after their commit, by the worker: inside the write it cost nine tenths of the
-- throughput. An entry waits from its own transaction on, so that no late commit is left out.
CREATE TABLE audit.entry_pending (
    entry_id BIGINT NOT NULL,
    CONSTRAINT pk_entry_pending PRIMARY KEY (entry_id)
);
CREATE TABLE audit.entry_link (
    number BIGINT NOT NULL,
    entry_id BIGINT NOT NULL,
    entry_hash BYTEA NOT NULL,
    link_hash BYTEA NOT NULL,
    CONSTRAINT pk_entry_link PRIMARY KEY (number),
    CONSTRAINT ck_entry_link_number CHECK (number > 0),
    CONSTRAINT ck_entry_link_hashes CHECK (octet_length(entry_hash) = 32 AND octet_length(link_hash) = 32)
);
CREATE UNIQUE INDEX uq_entry_link_entry_id ON audit.entry_link (entry_id);
-- whose changes, the newest first
CREATE INDEX ix_entry_actor ON audit.entry (actor, id);

-- What of an entry is sealed: all of it. Its content's salted hash is among it, so the content is sealed, too, and may
-- be erased all the same.
CREATE FUNCTION audit.entry_hash(e audit.entry) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN sha256(convert_to(jsonb_build_array(
        (e).id, to_char((e).at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), (e).actor, (e).operation,
        (e).table_name, (e).row_id, (e).columns, encode((e).content_hash, 'hex'))::text, 'UTF8'));

CREATE FUNCTION audit.queue_entries() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO audit.entry_pending (entry_id) SELECT n.id FROM new_rows n;
    RETURN NULL;
END $$;
INSERT INTO audit.entry_pending (entry_id) SELECT id FROM audit.entry;
CREATE TRIGGER queue_entries AFTER INSERT ON audit.entry
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit.queue_entries();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit.entry_link
    FOR EACH ROW EXECUTE FUNCTION platform.append_only();
CREATE TRIGGER no_truncation BEFORE TRUNCATE ON audit.entry_link
    FOR EACH STATEMENT EXECUTE FUNCTION platform.append_only();
CREATE TRIGGER no_truncation BEFORE TRUNCATE ON audit.entry
    FOR EACH STATEMENT EXECUTE FUNCTION platform.append_only();

-- Links up to `many` waiting entries; returns how many. Whoever comes second waits and goes on from there.
CREATE FUNCTION audit.chain_entries(many integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    last_number bigint;
    head bytea;
    linked integer;
BEGIN
    IF NOT EXISTS (SELECT FROM audit.entry_pending) THEN
        RETURN 0;
    END IF;
    PERFORM FROM audit.chain_turn FOR UPDATE;
    SELECT l.number, l.link_hash INTO last_number, head FROM audit.entry_link l ORDER BY l.number DESC LIMIT 1;
    WITH taken AS (
        DELETE FROM audit.entry_pending WHERE entry_id IN (
            SELECT p.entry_id FROM audit.entry_pending p ORDER BY p.entry_id LIMIT many)
        RETURNING entry_id
    ), numbered AS (
        SELECT coalesce(last_number, 0) + row_number() OVER (ORDER BY e.id) AS number, e.id, audit.entry_hash(e) AS hash
        FROM taken t JOIN audit.entry e ON e.id = t.entry_id
    )
    INSERT INTO audit.entry_link (number, entry_id, entry_hash, link_hash)
    SELECT n.number, n.id, n.hash,
           audit.chained(coalesce(head, decode(repeat('00', 32), 'hex')),
                         int8send(n.number) || int8send(n.id) || n.hash) OVER (ORDER BY n.number)
    FROM numbered n;
    GET DIAGNOSTICS linked = ROW_COUNT;
    RETURN linked;
END $$;

-- What a check needs of `many` numbers after one, without any content: whether entry and content are what they were.
CREATE FUNCTION audit.check_entries(after bigint, many integer)
    RETURNS TABLE (number bigint, entry_id bigint, content_hash bytea, link_hash bytea, found_hash bytea,
                   has_content boolean, content_sound boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT l.number, l.entry_id, l.entry_hash, l.link_hash, CASE WHEN e.id IS NOT NULL THEN audit.entry_hash(e) END,
           c.entry_id IS NOT NULL,
           c.entry_id IS NULL OR e.content_hash IS NOT DISTINCT FROM sha256(c.salt || convert_to(
               coalesce(c.before::text, '') || coalesce(c.after::text, ''), 'UTF8'))
    FROM audit.entry_link l
    LEFT JOIN audit.entry e ON e.id = l.entry_id
    LEFT JOIN audit.content c ON c.entry_id = l.entry_id
    WHERE l.number > check_entries.after AND l.number <= check_entries.after + many
    ORDER BY l.number
$$;

-- Entries without a link: those that wait, with their time, and those that nothing waits for (NULL).
CREATE FUNCTION audit.unchained_entries() RETURNS TABLE (entry_id bigint, since timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT e.id, CASE WHEN p.entry_id IS NOT NULL THEN e.at END
    FROM audit.entry e LEFT JOIN audit.entry_pending p ON p.entry_id = e.id
    WHERE NOT EXISTS (SELECT FROM audit.entry_link l WHERE l.entry_id = e.id)
    ORDER BY 1
$$;

DO $$
DECLARE
    ours regclass;
BEGIN
    -- only the functions above write these, with their owner's rights; a link says nothing of anybody
    FOREACH ours IN ARRAY ARRAY['audit.entry_pending', 'audit.entry_link']::regclass[] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', ours);
        EXECUTE format('CREATE POLICY backup ON %s FOR SELECT TO platzlotse_backup USING (true)', ours);
        EXECUTE format('GRANT SELECT ON %s TO platzlotse_backup', ours);
        EXECUTE format('CREATE POLICY auditing ON %s FOR SELECT'
            ' TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_auditor USING (true)', ours);
        EXECUTE format('GRANT SELECT ON %s TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_auditor', ours);
    END LOOP;
END $$;
REVOKE EXECUTE ON FUNCTION audit.entry_hash(audit.entry), audit.queue_entries(), audit.chain_entries(integer),
    audit.check_entries(bigint, integer), audit.unchained_entries() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.chain_entries(integer) TO platzlotse_worker;
GRANT EXECUTE ON FUNCTION audit.check_entries(bigint, integer), audit.unchained_entries()
    TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_auditor;
