-- Availability: when notes on places go stale, what a practice is qualified for, and the directory's own search.

ALTER TABLE platform.office
    -- the page that is shown inside the program; empty: none
    ADD COLUMN directory_search TEXT DEFAULT 'https://arztsuche.116117.de/' NOT NULL,
    -- so many days after it was said, what a practice said of its places wants to be asked again
    ADD COLUMN capacity_stale_days SMALLINT DEFAULT 180 NOT NULL,
    ADD CONSTRAINT ck_office_directory_search CHECK (directory_search = '' OR directory_search ~ '^https?://[^[:space:]]+$'),
    ADD CONSTRAINT ck_office_capacity_stale_days CHECK (capacity_stale_days BETWEEN 14 AND 1000);

CREATE FUNCTION public.words(list text[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN array_to_string(list, ' ');

-- What a directory names: specialties (fg), and further training and marks beyond them (zb, zm).
ALTER TABLE therapist_service.therapist
    ADD COLUMN specialties TEXT[] DEFAULT '{}' NOT NULL,
    ADD COLUMN qualifications TEXT[] DEFAULT '{}' NOT NULL;
ALTER TABLE therapist_service.therapist
    ADD COLUMN skills_text TEXT GENERATED ALWAYS AS
        (public.search_fold(public.words(specialties) || ' ' || public.words(qualifications))) STORED NOT NULL;
CREATE INDEX ix_therapist_specialties ON therapist_service.therapist USING gin (specialties);
CREATE INDEX ix_therapist_qualifications ON therapist_service.therapist USING gin (qualifications);
CREATE INDEX ix_therapist_skills_text ON therapist_service.therapist USING gin (skills_text gin_trgm_ops);
