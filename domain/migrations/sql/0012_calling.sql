-- Calling: what the day on the telephone needs.

-- the time a practice named, the number that was dialled, and the call in whose place another was planned
ALTER TABLE communication_service.phone_call
    ADD COLUMN agreed BOOLEAN DEFAULT false NOT NULL,
    ADD COLUMN dialled TEXT DEFAULT '' NOT NULL,
    ADD COLUMN follows_id BIGINT,
    ADD CONSTRAINT fk_phone_call_follows_id FOREIGN KEY (follows_id) REFERENCES communication_service.phone_call (id);

CREATE INDEX ix_phone_call_follows_id ON communication_service.phone_call (follows_id);

-- holidays are those of the practice's place, and the worker plans missed calls anew
GRANT SELECT (id, plz) ON therapist_service.practice_site TO platzlotse_worker;

-- German words, and each longer one once more from its end: "Platz" is found in "Therapieplatz" by 'ztalp' at the
-- beginning of '<ztalpeipareht', as fast as any beginning of a word.
CREATE FUNCTION public.german_words(value text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN to_tsvector('pg_catalog.german', value) || array_to_tsvector(ARRAY(
        SELECT '<' || reverse(word) FROM unnest(tsvector_to_array(to_tsvector('pg_catalog.german', value))) AS word
        WHERE char_length(word) BETWEEN 5 AND 60));

DROP INDEX communication_service.ix_contact_entry_words;
ALTER TABLE communication_service.contact_entry DROP COLUMN words;
ALTER TABLE communication_service.contact_entry
    ADD COLUMN words TSVECTOR GENERATED ALWAYS AS (public.german_words(counterpart || ' ' || body)) STORED;
CREATE INDEX ix_contact_entry_words ON communication_service.contact_entry USING gin (words);
