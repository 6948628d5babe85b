-- Identity: therapists brought together and kept apart; what each import changed, so that it can be undone.

ALTER TABLE therapist_service.practice_site ADD COLUMN addition TEXT DEFAULT '' NOT NULL;

-- Who was brought together with somebody stays as they were and only points to whom they belong.
ALTER TABLE therapist_service.therapist
    ADD COLUMN merged_into_id BIGINT,
    ADD CONSTRAINT fk_therapist_merged_into_id FOREIGN KEY (merged_into_id) REFERENCES therapist_service.therapist (id),
    DROP CONSTRAINT ck_therapist_status,
    ADD CONSTRAINT ck_therapist_status CHECK (status IN ('active', 'inactive', 'blocked', 'opted_out', 'merged')),
    ADD CONSTRAINT ck_therapist_merged CHECK ((status = 'merged') = (merged_into_id IS NOT NULL)),
    ADD CONSTRAINT ck_therapist_merged_into_another CHECK (merged_into_id <> id);
CREATE INDEX ix_therapist_merged_into_id ON therapist_service.therapist (merged_into_id);

-- Names, addresses and mailboxes under which directories know somebody besides those shown.
CREATE TABLE therapist_service.therapist_alias (
    therapist_id BIGINT NOT NULL,
    identity_key TEXT NOT NULL,
    first_name TEXT DEFAULT '' NOT NULL,
    last_name TEXT NOT NULL,
    sex TEXT DEFAULT 'not_stated' NOT NULL,
    email TEXT DEFAULT '' NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_therapist_alias PRIMARY KEY (id),
    CONSTRAINT fk_therapist_alias_therapist_id FOREIGN KEY(therapist_id) REFERENCES therapist_service.therapist (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX uq_therapist_alias_known_as ON therapist_service.therapist_alias (therapist_id, identity_key, first_name, email);
CREATE INDEX ix_therapist_alias_identity_key ON therapist_service.therapist_alias (identity_key);
CREATE INDEX ix_therapist_alias_email ON therapist_service.therapist_alias (email) WHERE email <> '';

-- Two who look alike and are not one: decided once, kept for good.
CREATE TABLE therapist_service.distinct_pair (
    first_id BIGINT NOT NULL,
    second_id BIGINT NOT NULL,
    decided_by BIGINT,
    decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_distinct_pair PRIMARY KEY (id),
    CONSTRAINT ck_distinct_pair_in_order CHECK (first_id < second_id),
    CONSTRAINT fk_distinct_pair_first_id FOREIGN KEY(first_id) REFERENCES therapist_service.therapist (id) ON DELETE CASCADE,
    CONSTRAINT fk_distinct_pair_second_id FOREIGN KEY(second_id) REFERENCES therapist_service.therapist (id) ON DELETE CASCADE,
    CONSTRAINT fk_distinct_pair_decided_by FOREIGN KEY(decided_by) REFERENCES platform.person (id)
);
CREATE UNIQUE INDEX uq_distinct_pair ON therapist_service.distinct_pair (first_id, second_id);
CREATE INDEX ix_distinct_pair_second_id ON therapist_service.distinct_pair (second_id);
CREATE INDEX ix_distinct_pair_decided_by ON therapist_service.distinct_pair (decided_by);

-- A merge with all that is needed to take it back: what the one kept was before and became, and which rows moved to it.
CREATE TABLE therapist_service.therapist_merge (
    kept_id BIGINT NOT NULL,
    dropped_id BIGINT NOT NULL,
    merged_by BIGINT,
    merged_at TIMESTAMP WITH TIME ZONE NOT NULL,
    kept_before JSONB NOT NULL,
    kept_after JSONB NOT NULL,
    dropped_status TEXT NOT NULL,
    moved JSONB NOT NULL,
    added_site_id BIGINT,
    cooling_ids BIGINT[] DEFAULT '{}' NOT NULL,
    undone_at TIMESTAMP WITH TIME ZONE,
    undone_by BIGINT,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_therapist_merge PRIMARY KEY (id),
    CONSTRAINT ck_therapist_merge_two CHECK (kept_id <> dropped_id),
    CONSTRAINT ck_therapist_merge_undone CHECK (undone_at IS NOT NULL OR undone_by IS NULL),
    CONSTRAINT fk_therapist_merge_kept_id FOREIGN KEY(kept_id) REFERENCES therapist_service.therapist (id),
    CONSTRAINT fk_therapist_merge_dropped_id FOREIGN KEY(dropped_id) REFERENCES therapist_service.therapist (id),
    CONSTRAINT fk_therapist_merge_merged_by FOREIGN KEY(merged_by) REFERENCES platform.person (id),
    CONSTRAINT fk_therapist_merge_undone_by FOREIGN KEY(undone_by) REFERENCES platform.person (id),
    CONSTRAINT fk_therapist_merge_added_site_id FOREIGN KEY(added_site_id) REFERENCES therapist_service.practice_site (id) ON DELETE SET NULL
);
CREATE UNIQUE INDEX uq_therapist_merge_live ON therapist_service.therapist_merge (dropped_id) WHERE undone_at IS NULL;
CREATE INDEX ix_therapist_merge_kept_id ON therapist_service.therapist_merge (kept_id);
CREATE INDEX ix_therapist_merge_dropped_id ON therapist_service.therapist_merge (dropped_id);
CREATE INDEX ix_therapist_merge_merged_by ON therapist_service.therapist_merge (merged_by);
CREATE INDEX ix_therapist_merge_undone_by ON therapist_service.therapist_merge (undone_by);
CREATE INDEX ix_therapist_merge_added_site_id ON therapist_service.therapist_merge (added_site_id);

-- Nobody is merged into somebody who is merged themselves, so that no ring can close; and to whom people were merged
-- cannot be hidden from under them by hand.
CREATE FUNCTION therapist_service.keep_merges_sound() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM therapist_service.therapist t WHERE t.id = NEW.merged_into_id AND t.merged_into_id IS NOT NULL) THEN
        RAISE EXCEPTION 'the one to keep is merged' USING ERRCODE = 'check_violation', CONSTRAINT = 'therapist_merged_into_merged';
    END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION therapist_service.keep_merges_sound() FROM PUBLIC;
CREATE TRIGGER keep_merges_sound BEFORE INSERT OR UPDATE OF merged_into_id ON therapist_service.therapist
    FOR EACH ROW WHEN (NEW.merged_into_id IS NOT NULL) EXECUTE FUNCTION therapist_service.keep_merges_sound();

-- Somebody and everybody merged into them, over as many steps as there are.
CREATE FUNCTION therapist_service.merged_ids(kept bigint) RETURNS bigint[]
    LANGUAGE sql STABLE PARALLEL SAFE STRICT
    RETURN (WITH RECURSIVE one (id) AS (
                SELECT kept UNION SELECT t.id FROM therapist_service.therapist t JOIN one ON t.merged_into_id = one.id)
            SELECT array_agg(id ORDER BY id) FROM one);

-- Nobody is asked, called or written to under a record that is merged: the one kept is.
CREATE FUNCTION therapist_service.refuse_merged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM therapist_service.therapist t WHERE t.id = NEW.therapist_id AND t.status = 'merged') THEN
        RAISE EXCEPTION 'therapist % is merged', NEW.therapist_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'therapist_is_merged';
    END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION therapist_service.refuse_merged() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION therapist_service.refuse_merged() TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker;
GRANT EXECUTE ON FUNCTION therapist_service.keep_merges_sound() TO platzlotse_caseworker, platzlotse_supervisor;
CREATE TRIGGER refuse_merged BEFORE INSERT ON matching_service.inquiry
    FOR EACH ROW EXECUTE FUNCTION therapist_service.refuse_merged();
CREATE TRIGGER refuse_merged BEFORE INSERT ON matching_service.placement
    FOR EACH ROW EXECUTE FUNCTION therapist_service.refuse_merged();

-- What an import did to each therapist, field by field.
ALTER TABLE scraping_service.import_file
    ADD COLUMN skipped INTEGER DEFAULT 0 NOT NULL,
    ADD COLUMN gone INTEGER DEFAULT 0 NOT NULL,
    ADD COLUMN undone_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN undone_by BIGINT,
    DROP CONSTRAINT ck_import_file_counts_add_up,
    ADD CONSTRAINT ck_import_file_counts_add_up CHECK (read = imported + updated + unchanged + skipped + rejected),
    ADD CONSTRAINT ck_import_file_undone CHECK (undone_at IS NOT NULL OR undone_by IS NULL),
    ADD CONSTRAINT fk_import_file_undone_by FOREIGN KEY (undone_by) REFERENCES platform.person (id);

CREATE TABLE scraping_service.import_change (
    import_file_id BIGINT NOT NULL,
    row INTEGER NOT NULL,
    therapist_id BIGINT,
    became TEXT NOT NULL,
    version INTEGER NOT NULL,
    before JSONB NOT NULL,
    after JSONB NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_import_change PRIMARY KEY (id),
    CONSTRAINT ck_import_change_became CHECK (became IN ('new', 'changed', 'moved', 'gone')),
    CONSTRAINT fk_import_change_import_file_id FOREIGN KEY(import_file_id) REFERENCES scraping_service.import_file (id),
    CONSTRAINT fk_import_change_therapist_id FOREIGN KEY(therapist_id) REFERENCES therapist_service.therapist (id) ON DELETE SET NULL
);
CREATE INDEX ix_import_change_import_file_id ON scraping_service.import_change (import_file_id);
CREATE INDEX ix_import_change_therapist_id ON scraping_service.import_change (therapist_id);

DO $$
DECLARE
    added text;
BEGIN
    FOREACH added IN ARRAY ARRAY['therapist_service.therapist_alias', 'therapist_service.distinct_pair',
        'therapist_service.therapist_merge', 'scraping_service.import_change'] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', added);
        EXECUTE format('CREATE POLICY backup ON %s FOR SELECT TO platzlotse_backup USING (true)', added);
        EXECUTE format('CREATE POLICY office ON %s TO platzlotse_caseworker, platzlotse_supervisor'
            ' USING (true) WITH CHECK (true)', added);
        EXECUTE format('GRANT SELECT, INSERT ON %s TO platzlotse_caseworker, platzlotse_supervisor', added);
        EXECUTE format('GRANT SELECT ON %s TO platzlotse_backup', added);
    END LOOP;
    -- import_change is a log itself, and what it did to therapists stands in theirs
    FOREACH added IN ARRAY ARRAY['therapist_service.therapist_alias', 'therapist_service.distinct_pair',
        'therapist_service.therapist_merge'] LOOP
        EXECUTE format('CREATE TRIGGER audit_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(''id'')', added);
        EXECUTE format('CREATE TRIGGER audit_update AFTER UPDATE ON %s'
            ' REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(''id'')', added);
        EXECUTE format('CREATE TRIGGER audit_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(''id'')', added);
    END LOOP;
END $$;

-- A merge is undone once and says nothing else later.
GRANT UPDATE (undone_at, undone_by) ON therapist_service.therapist_merge TO platzlotse_caseworker, platzlotse_supervisor;
CREATE POLICY undone_once ON therapist_service.therapist_merge AS RESTRICTIVE FOR UPDATE
    TO platzlotse_caseworker, platzlotse_supervisor USING (undone_at IS NULL) WITH CHECK (undone_at IS NOT NULL);

GRANT DELETE ON therapist_service.therapist_alias TO platzlotse_caseworker, platzlotse_supervisor;

-- Taking an import back removes whom it brought, as long as nobody has touched them since; what is referred to stays
-- (foreign keys). Nothing else is ever deleted here.
GRANT DELETE ON therapist_service.therapist, therapist_service.practice, therapist_service.practice_site,
    therapist_service.contact_point TO platzlotse_caseworker, platzlotse_supervisor;
CREATE POLICY only_imported ON therapist_service.therapist AS RESTRICTIVE FOR DELETE
    TO platzlotse_caseworker, platzlotse_supervisor USING (EXISTS (
        SELECT FROM scraping_service.import_change c
        WHERE c.therapist_id = therapist.id AND c.became = 'new'
          AND therapist.version <= (SELECT max(l.version) FROM scraping_service.import_change l
                                    WHERE l.therapist_id = therapist.id AND l.import_file_id = c.import_file_id)));
CREATE POLICY only_empty ON therapist_service.practice AS RESTRICTIVE FOR DELETE
    TO platzlotse_caseworker, platzlotse_supervisor USING (NOT EXISTS (
        SELECT FROM therapist_service.therapist t WHERE t.practice_id = practice.id));
CREATE POLICY only_empty ON therapist_service.practice_site AS RESTRICTIVE FOR DELETE
    TO platzlotse_caseworker, platzlotse_supervisor USING (NOT EXISTS (
        SELECT FROM therapist_service.therapist t WHERE t.site_id = practice_site.id));
CREATE POLICY only_empty ON therapist_service.contact_point AS RESTRICTIVE FOR DELETE
    TO platzlotse_caseworker, platzlotse_supervisor USING (NOT EXISTS (
        SELECT FROM therapist_service.therapist t WHERE t.contact_point_id = contact_point.id));

-- Whose first name, surname or mailbox was corrected by hand before this release: directories still say the old one.
INSERT INTO therapist_service.therapist_alias (therapist_id, identity_key, first_name, last_name, sex, email)
SELECT DISTINCT ON (t.id, t.identity_key, said.first_name, said.email)
       t.id, t.identity_key, said.first_name, said.last_name, said.sex, said.email
FROM therapist_service.therapist t
JOIN audit.entry e ON e.table_name = 'therapist_service.therapist' AND e.row_id = t.id AND e.operation = 'update'
JOIN audit.content c ON c.entry_id = e.id
CROSS JOIN LATERAL (SELECT coalesce(c.before ->> 'first_name', t.first_name) AS first_name,
                           coalesce(c.before ->> 'last_name', t.last_name) AS last_name,
                           coalesce(c.before ->> 'sex', t.sex) AS sex,
                           coalesce(c.before ->> 'email', t.email) AS email) AS said
WHERE t.source <> 'manual' AND t.identity_key <> ''
  AND e.columns && ARRAY['first_name', 'last_name', 'sex', 'email']
  AND t.locked_fields && ARRAY['first_name', 'last_name', 'sex', 'email']
ORDER BY t.id, t.identity_key, said.first_name, said.email, e.id;
