-- History: words of every contact, found in German.

ALTER TABLE communication_service.contact_entry
    ADD COLUMN words TSVECTOR GENERATED ALWAYS AS (to_tsvector('german', counterpart || ' ' || body)) STORED;

CREATE INDEX ix_contact_entry_words ON communication_service.contact_entry USING gin (words);

-- Under row-level security a search is held back until the rows were let through, unless it is known to tell nothing
-- of those that were not; only a superuser may say so (an office's server says it when it is set up).
DO $$
BEGIN
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        ALTER FUNCTION pg_catalog.ts_match_vq(tsvector, tsquery) LEAKPROOF;
    END IF;
END $$;
