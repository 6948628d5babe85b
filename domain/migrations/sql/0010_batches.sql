-- Batches: many inquiries in one go, weekly status.

-- Whether a person wants to hear every week how the search stands, and on which weekday (ISO) the office is reminded of it.
ALTER TABLE patient_service.patient ADD COLUMN wants_status BOOLEAN DEFAULT false NOT NULL;
ALTER TABLE platform.office
    ADD COLUMN status_weekday SMALLINT DEFAULT 5,
    ADD CONSTRAINT ck_office_status_weekday CHECK (status_weekday BETWEEN 1 AND 7);

CREATE TABLE communication_service.batch (
    kind TEXT NOT NULL,
    status TEXT DEFAULT 'draft' NOT NULL,
    status_week DATE,
    created_by BIGINT,
    released_by BIGINT,
    released_at TIMESTAMP WITH TIME ZONE,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    CONSTRAINT pk_batch PRIMARY KEY (id),
    CONSTRAINT ck_batch_kind CHECK (kind IN ('inquiries', 'reminders', 'weekly_status')),
    CONSTRAINT ck_batch_status CHECK (status IN ('draft', 'running', 'paused', 'taken_back')),
    CONSTRAINT ck_batch_released CHECK (status <> 'draft' OR released_at IS NULL),
    CONSTRAINT ck_batch_under_way CHECK (status NOT IN ('running', 'paused') OR released_at IS NOT NULL),
    CONSTRAINT ck_batch_status_week CHECK ((kind = 'weekly_status') = (status_week IS NOT NULL)),
    CONSTRAINT fk_batch_created_by FOREIGN KEY(created_by) REFERENCES platform.person (id),
    CONSTRAINT fk_batch_released_by FOREIGN KEY(released_by) REFERENCES platform.person (id)
);

CREATE INDEX ix_batch_status ON communication_service.batch (status);
CREATE INDEX ix_batch_created_by ON communication_service.batch (created_by);
CREATE INDEX ix_batch_released_by ON communication_service.batch (released_by);

ALTER TABLE communication_service.email
    ADD COLUMN batch_id BIGINT,
    ADD COLUMN status_week DATE,
    ADD CONSTRAINT fk_email_batch_id FOREIGN KEY(batch_id) REFERENCES communication_service.batch (id),
    ADD CONSTRAINT ck_email_status_week CHECK ((kind = 'weekly_status') = (status_week IS NOT NULL)),
    ADD CONSTRAINT ck_email_status_monday CHECK (extract(isodow FROM status_week) = 1);

CREATE INDEX ix_email_batch_id ON communication_service.email (batch_id);
-- how the search stands is told once a week, whoever sends it and from wherever
CREATE UNIQUE INDEX uq_email_status_week ON communication_service.email (patient_id, status_week)
    WHERE status_week IS NOT NULL AND status <> 'cancelled';

CREATE TABLE communication_service.batch_line (
    batch_id BIGINT NOT NULL,
    therapist_id BIGINT,
    search_ids BIGINT[],
    channel TEXT,
    plan_line_id BIGINT,
    inquiry_id BIGINT,
    patient_id BIGINT,
    status TEXT DEFAULT 'open' NOT NULL,
    email_id BIGINT,
    call_id BIGINT,
    made_at TIMESTAMP WITH TIME ZONE,
    reminded_before TIMESTAMP WITH TIME ZONE,
    refusal TEXT DEFAULT '' NOT NULL,
    refused_rules TEXT[] DEFAULT '{}' NOT NULL,
    other_inquiry_id BIGINT,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_batch_line PRIMARY KEY (id),
    CONSTRAINT ck_batch_line_status CHECK (status IN ('open', 'left_out', 'made', 'refused', 'taken_back')),
    CONSTRAINT ck_batch_line_channel CHECK (channel IN ('email', 'phone', 'letter')),
    CONSTRAINT ck_batch_line_searches CHECK (cardinality(search_ids) BETWEEN 1 AND 6),
    CONSTRAINT ck_batch_line_about CHECK (num_nonnulls(therapist_id, patient_id) = 1),
    CONSTRAINT ck_batch_line_refusal CHECK ((status = 'refused') = (refusal <> '')),
    CONSTRAINT ck_batch_line_made CHECK ((status IN ('made', 'taken_back')) = (made_at IS NOT NULL)),
    CONSTRAINT fk_batch_line_batch_id FOREIGN KEY(batch_id) REFERENCES communication_service.batch (id),
    CONSTRAINT fk_batch_line_therapist_id FOREIGN KEY(therapist_id) REFERENCES therapist_service.therapist (id),
    CONSTRAINT fk_batch_line_plan_line_id FOREIGN KEY(plan_line_id) REFERENCES matching_service.plan_line (id) ON DELETE SET NULL,
    CONSTRAINT fk_batch_line_inquiry_id FOREIGN KEY(inquiry_id) REFERENCES matching_service.inquiry (id),
    CONSTRAINT fk_batch_line_patient_id FOREIGN KEY(patient_id) REFERENCES patient_service.patient (id),
    CONSTRAINT fk_batch_line_email_id FOREIGN KEY(email_id) REFERENCES communication_service.email (id),
    CONSTRAINT fk_batch_line_call_id FOREIGN KEY(call_id) REFERENCES communication_service.phone_call (id),
    CONSTRAINT fk_batch_line_other_inquiry_id FOREIGN KEY(other_inquiry_id) REFERENCES matching_service.inquiry (id)
);

CREATE INDEX ix_batch_line_batch_id ON communication_service.batch_line (batch_id, status);
CREATE INDEX ix_batch_line_therapist_id ON communication_service.batch_line (therapist_id);
CREATE INDEX ix_batch_line_plan_line_id ON communication_service.batch_line (plan_line_id);
CREATE INDEX ix_batch_line_inquiry_id ON communication_service.batch_line (inquiry_id);
CREATE INDEX ix_batch_line_patient_id ON communication_service.batch_line (patient_id);
CREATE INDEX ix_batch_line_call_id ON communication_service.batch_line (call_id);
CREATE INDEX ix_batch_line_other_inquiry_id ON communication_service.batch_line (other_inquiry_id);
CREATE UNIQUE INDEX uq_batch_line_email_id ON communication_service.batch_line (email_id);
-- what waits in one batch waits in no other: two people gather the same, each thing is in one of the two
CREATE UNIQUE INDEX uq_batch_line_open_plan_line ON communication_service.batch_line (plan_line_id) WHERE status = 'open';
CREATE UNIQUE INDEX uq_batch_line_open_inquiry ON communication_service.batch_line (inquiry_id) WHERE status = 'open';
CREATE UNIQUE INDEX uq_batch_line_open_patient ON communication_service.batch_line (patient_id) WHERE status = 'open';

-- How far a batch is: every line counts in exactly one column; `state` adds "done" to what is stored.
CREATE VIEW communication_service.batch_progress WITH (security_invoker = true) AS
SELECT c.*, CASE WHEN c.status IN ('running', 'paused') AND c.open + c.waiting + c.sending = 0 THEN 'done'
                 ELSE c.status END AS state
FROM (
    SELECT b.id AS batch_id, b.status, count(l.id) AS lines,
           count(l.id) FILTER (WHERE l.status = 'open') AS open,
           count(l.id) FILTER (WHERE l.status = 'left_out') AS left_out,
           count(l.id) FILTER (WHERE l.status = 'refused') AS refused,
           count(l.id) FILTER (WHERE l.status = 'taken_back') AS taken_back,
           count(l.id) FILTER (WHERE l.status = 'made' AND e.id IS NULL) AS arranged,
           count(l.id) FILTER (WHERE l.status = 'made' AND e.status IN ('draft', 'queued', 'retry_wait')) AS waiting,
           count(l.id) FILTER (WHERE l.status = 'made' AND e.status = 'sending') AS sending,
           count(l.id) FILTER (WHERE l.status = 'made' AND e.status IN ('sent', 'replied', 'bounced_soft')) AS sent,
           count(l.id) FILTER (WHERE l.status = 'made' AND e.status IN ('failed', 'bounced_hard')) AS failed,
           count(l.id) FILTER (WHERE l.status = 'made' AND e.status = 'unclear') AS unclear,
           count(l.id) FILTER (WHERE l.status = 'made' AND e.status = 'cancelled') AS stopped,
           max(l.made_at) AS last_made_at,
           min(e.not_before) FILTER (WHERE l.status = 'made' AND e.status IN ('queued', 'retry_wait')) AS next_at
    FROM communication_service.batch b
    LEFT JOIN communication_service.batch_line l ON l.batch_id = b.id
    LEFT JOIN communication_service.email e ON e.id = l.email_id
    GROUP BY b.id) AS c;

DO $$
DECLARE
    added text;
BEGIN
    FOREACH added IN ARRAY ARRAY['communication_service.batch', 'communication_service.batch_line'] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', added);
        EXECUTE format('CREATE POLICY backup ON %s FOR SELECT TO platzlotse_backup USING (true)', added);
        EXECUTE format('CREATE POLICY office ON %s TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker'
            ' USING (true) WITH CHECK (true)', added);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %s TO platzlotse_caseworker, platzlotse_supervisor', added);
        EXECUTE format('GRANT SELECT ON %s TO platzlotse_backup', added);
        EXECUTE format('CREATE TRIGGER audit_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(''id'')', added);
        EXECUTE format('CREATE TRIGGER audit_update AFTER UPDATE ON %s'
            ' REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(''id'')', added);
        EXECUTE format('CREATE TRIGGER audit_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(''id'')', added);
    END LOOP;
END $$;

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON communication_service.batch
    FOR EACH ROW EXECUTE FUNCTION platform.stamp();

GRANT SELECT ON communication_service.batch_progress TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_backup;
-- the worker asks only whether a batch is held
GRANT SELECT (id, status) ON communication_service.batch TO platzlotse_worker;
