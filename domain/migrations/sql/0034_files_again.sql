-- Files read in again: what an import left out stays to be looked at, and columns a person named are known the next time.

-- A value of a row that did come in which could not be read: where it stands and why, never what stood there.
CREATE TABLE scraping_service.left_out_value (
    import_file_id BIGINT NOT NULL,
    row INTEGER NOT NULL,
    reason TEXT NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_left_out_value PRIMARY KEY (id),
    CONSTRAINT ck_left_out_value_reason CHECK (reason LIKE 'import.note.%'),
    CONSTRAINT fk_left_out_value_import_file_id FOREIGN KEY (import_file_id) REFERENCES scraping_service.import_file (id)
        ON DELETE CASCADE
);
CREATE INDEX ix_left_out_value_import_file_id ON scraping_service.left_out_value (import_file_id);
-- a log itself, like the rows that were rejected
SELECT platform.protect('scraping_service.left_out_value', '{"caseworker": "SELECT, INSERT",
    "supervisor": "SELECT, INSERT"}', false);

-- Field → header of the tables with these headers, as a person took them over last; for the whole office.
CREATE TABLE scraping_service.table_columns (
    digest TEXT NOT NULL,
    about TEXT NOT NULL,
    fields JSONB NOT NULL,
    confirmed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    CONSTRAINT pk_table_columns PRIMARY KEY (id),
    CONSTRAINT uq_table_columns_digest UNIQUE (digest),
    CONSTRAINT ck_table_columns_digest CHECK (digest ~ '^[0-9a-f]{16}$'),
    CONSTRAINT ck_table_columns_about CHECK (about IN ('therapist_table', 'office_table', 'contact_table')),
    CONSTRAINT ck_table_columns_fields CHECK (jsonb_typeof(fields) = 'object')
);
SELECT platform.protect('scraping_service.table_columns', '{"caseworker": "SELECT, INSERT, UPDATE, DELETE",
    "supervisor": "SELECT, INSERT, UPDATE, DELETE"}');
SELECT platform.bound_moments('scraping_service.table_columns');
