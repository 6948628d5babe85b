-- Practices' own pages, read by themselves: whether, how often each, and how many an hour. Off at first.
CREATE TABLE therapist_service.web_schedule (
    id SMALLINT NOT NULL,
    enabled BOOLEAN DEFAULT false NOT NULL,
    every_days SMALLINT DEFAULT 90 NOT NULL,
    per_hour SMALLINT DEFAULT 20 NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    CONSTRAINT pk_web_schedule PRIMARY KEY (id),
    CONSTRAINT ck_web_schedule_one_row CHECK (id = 1),
    CONSTRAINT ck_web_schedule_pace CHECK (every_days BETWEEN 7 AND 365 AND per_hour BETWEEN 1 AND 120)
);
INSERT INTO therapist_service.web_schedule (id) VALUES (1);
SELECT platform.protect('therapist_service.web_schedule', '{"caseworker": "SELECT", "supervisor": "SELECT, UPDATE",
    "worker": "SELECT"}');
SELECT platform.bound_moments('therapist_service.web_schedule');

-- The worker asks for a practice by itself (`asked_by` empty); the newest of these says when the next one's turn is.
GRANT INSERT ON therapist_service.web_reading TO platzlotse_worker;
CREATE INDEX ix_web_reading_scheduled ON therapist_service.web_reading (asked_at) WHERE asked_by IS NULL;

-- What a page said of places and nobody decided goes when the page says otherwise; a decision stays.
GRANT DELETE ON therapist_service.web_finding TO platzlotse_worker;
CREATE POLICY undecided ON therapist_service.web_finding AS RESTRICTIVE FOR DELETE TO platzlotse_worker
    USING (state = 'suggested');
CREATE INDEX ix_web_finding_suggested ON therapist_service.web_finding (therapist_id) WHERE state = 'suggested';
