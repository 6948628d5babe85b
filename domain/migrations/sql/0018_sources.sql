-- Sources: directories whose operator permits being read, page by page, and what practices' own pages say.

-- A directory on the web. Nothing is read without somebody's word that its operator permits it; the search of the statutory
-- physicians' associations answers browsers only, so it can never be one.
CREATE TABLE scraping_service.directory_source (
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    description TEXT DEFAULT '' NOT NULL,
    postcodes TEXT[] DEFAULT '{}' NOT NULL,
    per_minute SMALLINT DEFAULT 12 NOT NULL,
    every_days SMALLINT DEFAULT 0 NOT NULL,
    enabled BOOLEAN DEFAULT false NOT NULL,
    permitted BOOLEAN DEFAULT false NOT NULL,
    permitted_by TEXT DEFAULT '' NOT NULL,
    permitted_on DATE,
    applies_itself BOOLEAN DEFAULT false NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_directory_source PRIMARY KEY (id),
    CONSTRAINT ck_directory_source_kind CHECK (kind IN ('json', 'html')),
    CONSTRAINT ck_directory_source_name CHECK (name <> ''),
    CONSTRAINT ck_directory_source_address CHECK (address ~ '^https?://[^/?#]+'),
    CONSTRAINT ck_directory_source_never CHECK (address !~* '^https?://([^/?#]*[.@])?116117[.]de([.]?[:/?#]|[.]?$)'),
    CONSTRAINT ck_directory_source_description CHECK ((kind = 'html') = (description <> '')),
    CONSTRAINT ck_directory_source_postcodes CHECK ((position('{plz}' IN address) > 0) = (cardinality(postcodes) > 0)),
    CONSTRAINT ck_directory_source_pace CHECK (per_minute BETWEEN 1 AND 60 AND every_days BETWEEN 0 AND 365),
    CONSTRAINT ck_directory_source_permission CHECK (permitted = (permitted_by <> '') AND permitted = (permitted_on IS NOT NULL)),
    CONSTRAINT ck_directory_source_enabled CHECK (permitted OR NOT enabled)
);
CREATE UNIQUE INDEX uq_directory_source_name ON scraping_service.directory_source (lower(name));

-- One reading of a source. `claimed_until` is the lease of the worker that asks for a page just now.
CREATE TABLE scraping_service.source_run (
    source_id BIGINT NOT NULL,
    trial BOOLEAN DEFAULT false NOT NULL,
    state TEXT DEFAULT 'waiting' NOT NULL,
    asked_by BIGINT,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    not_before TIMESTAMP WITH TIME ZONE NOT NULL,
    claimed_until TIMESTAMP WITH TIME ZONE,
    stop_asked BOOLEAN DEFAULT false NOT NULL,
    tries INTEGER DEFAULT 0 NOT NULL,
    cause TEXT DEFAULT '' NOT NULL,
    params JSONB DEFAULT '{}' NOT NULL,
    pages INTEGER DEFAULT 0 NOT NULL,
    pages_done INTEGER DEFAULT 0 NOT NULL,
    entries INTEGER DEFAULT 0 NOT NULL,
    content_sha256 TEXT DEFAULT '' NOT NULL,
    content BYTEA,
    import_file_id BIGINT,
    done_at TIMESTAMP WITH TIME ZONE,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_source_run PRIMARY KEY (id),
    CONSTRAINT ck_source_run_state CHECK (state IN
        ('waiting', 'reading', 'stopped', 'failed', 'tried', 'unchanged', 'review', 'applied', 'discarded', 'superseded')),
    CONSTRAINT ck_source_run_claim CHECK ((state = 'reading') = (claimed_until IS NOT NULL)),
    CONSTRAINT ck_source_run_done CHECK ((state IN ('waiting', 'reading')) = (done_at IS NULL)),
    CONSTRAINT ck_source_run_content CHECK ((state = 'review') = (content IS NOT NULL)),
    CONSTRAINT fk_source_run_source_id FOREIGN KEY (source_id) REFERENCES scraping_service.directory_source (id),
    CONSTRAINT fk_source_run_asked_by FOREIGN KEY (asked_by) REFERENCES platform.person (id),
    CONSTRAINT fk_source_run_import_file_id FOREIGN KEY (import_file_id) REFERENCES scraping_service.import_file (id)
);
CREATE UNIQUE INDEX uq_source_run_open ON scraping_service.source_run (source_id) WHERE done_at IS NULL;
CREATE UNIQUE INDEX uq_source_run_review ON scraping_service.source_run (source_id) WHERE state = 'review';
CREATE INDEX ix_source_run_source_id ON scraping_service.source_run (source_id, id);
CREATE INDEX ix_source_run_asked_by ON scraping_service.source_run (asked_by);
CREATE INDEX ix_source_run_import_file_id ON scraping_service.source_run (import_file_id);

-- The last answer of each page of a source: what to ask with the next time, and which run has it done.
CREATE TABLE scraping_service.source_page (
    source_id BIGINT NOT NULL,
    address TEXT NOT NULL,
    run_id BIGINT NOT NULL,
    etag TEXT,
    last_modified TEXT,
    charset TEXT NOT NULL,
    body BYTEA NOT NULL,
    read_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_source_page PRIMARY KEY (id),
    CONSTRAINT fk_source_page_source_id FOREIGN KEY (source_id) REFERENCES scraping_service.directory_source (id),
    CONSTRAINT fk_source_page_run_id FOREIGN KEY (run_id) REFERENCES scraping_service.source_run (id)
);
CREATE UNIQUE INDEX uq_source_page_source_address ON scraping_service.source_page (source_id, address);
CREATE INDEX ix_source_page_run_id ON scraping_service.source_page (run_id);

-- Whatever program asks: a source nobody may read is not read.
CREATE FUNCTION scraping_service.only_permitted() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM scraping_service.directory_source s WHERE s.id = NEW.source_id AND s.permitted) THEN
        RAISE EXCEPTION 'source % is not permitted', NEW.source_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'source_not_permitted';
    END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION scraping_service.only_permitted() FROM PUBLIC;
CREATE TRIGGER only_permitted BEFORE INSERT ON scraping_service.source_run
    FOR EACH ROW EXECUTE FUNCTION scraping_service.only_permitted();

SELECT platform.protect('scraping_service.directory_source', '{"caseworker": "SELECT", "supervisor": "SELECT, INSERT, UPDATE",
    "admin": "SELECT, INSERT, UPDATE", "worker": "SELECT"}');
SELECT platform.protect('scraping_service.source_run', '{"caseworker": "SELECT, INSERT, UPDATE",
    "supervisor": "SELECT, INSERT, UPDATE", "admin": "SELECT, INSERT, UPDATE", "worker": "SELECT, INSERT, UPDATE"}', false);
SELECT platform.protect('scraping_service.source_page', '{"worker": "SELECT, INSERT, UPDATE, DELETE"}', false);
GRANT USAGE ON SCHEMA scraping_service TO platzlotse_admin;

-- A person asks that a practice's own public pages be read; one row a therapist, asked again when somebody asks again.
CREATE TABLE therapist_service.web_reading (
    therapist_id BIGINT NOT NULL,
    state TEXT DEFAULT 'waiting' NOT NULL,
    asked_by BIGINT,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    not_before TIMESTAMP WITH TIME ZONE NOT NULL,
    claimed_until TIMESTAMP WITH TIME ZONE,
    tries INTEGER DEFAULT 0 NOT NULL,
    cause TEXT DEFAULT '' NOT NULL,
    params JSONB DEFAULT '{}' NOT NULL,
    pages INTEGER DEFAULT 0 NOT NULL,
    done_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_web_reading PRIMARY KEY (therapist_id),
    CONSTRAINT ck_web_reading_state CHECK (state IN ('waiting', 'reading', 'done', 'failed')),
    CONSTRAINT ck_web_reading_claim CHECK ((state = 'reading') = (claimed_until IS NOT NULL)),
    CONSTRAINT ck_web_reading_done CHECK ((state IN ('done', 'failed')) = (done_at IS NOT NULL)),
    CONSTRAINT fk_web_reading_therapist_id FOREIGN KEY (therapist_id) REFERENCES therapist_service.therapist (id) ON DELETE CASCADE,
    CONSTRAINT fk_web_reading_asked_by FOREIGN KEY (asked_by) REFERENCES platform.person (id)
);
CREATE INDEX ix_web_reading_asked_by ON therapist_service.web_reading (asked_by);
CREATE INDEX ix_web_reading_open ON therapist_service.web_reading (not_before) WHERE done_at IS NULL;

-- What such a page says, with its words: a suggestion until a person accepts or rejects it.
CREATE TABLE therapist_service.web_finding (
    therapist_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    value JSONB NOT NULL,
    quote TEXT NOT NULL,
    address TEXT NOT NULL,
    found_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT DEFAULT 'suggested' NOT NULL,
    decided_by BIGINT,
    decided_at TIMESTAMP WITH TIME ZONE,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_web_finding PRIMARY KEY (id),
    CONSTRAINT ck_web_finding_kind CHECK (kind IN ('email', 'phone_hours', 'capacity', 'methods', 'languages')),
    CONSTRAINT ck_web_finding_state CHECK (state IN ('suggested', 'accepted', 'rejected')),
    CONSTRAINT ck_web_finding_decided CHECK ((state = 'suggested') = (decided_at IS NULL)),
    CONSTRAINT fk_web_finding_therapist_id FOREIGN KEY (therapist_id) REFERENCES therapist_service.therapist (id) ON DELETE CASCADE,
    CONSTRAINT fk_web_finding_decided_by FOREIGN KEY (decided_by) REFERENCES platform.person (id)
);
-- what was rejected once is not suggested again
CREATE UNIQUE INDEX uq_web_finding_once ON therapist_service.web_finding (therapist_id, kind, value);
CREATE INDEX ix_web_finding_decided_by ON therapist_service.web_finding (decided_by);

SELECT platform.protect('therapist_service.web_reading', '{"caseworker": "SELECT, INSERT, UPDATE",
    "supervisor": "SELECT, INSERT, UPDATE", "worker": "SELECT, UPDATE"}');
SELECT platform.protect('therapist_service.web_finding', '{"caseworker": "SELECT, UPDATE", "supervisor": "SELECT, UPDATE",
    "worker": "SELECT, INSERT"}');
