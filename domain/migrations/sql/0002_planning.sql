-- Planning: what is known of free places, learned answer rates, the week's plan, sending hours and throttle.

ALTER TABLE therapist_service.therapist
    ADD COLUMN capacity TEXT DEFAULT 'unknown' NOT NULL,
    ADD COLUMN capacity_from DATE,
    ADD CONSTRAINT ck_therapist_capacity CHECK (capacity IN ('unknown', 'free', 'waiting_list', 'full', 'list_closed'));

ALTER TABLE platform.office
    ADD COLUMN plan_mails SMALLINT DEFAULT 60 NOT NULL,
    ADD COLUMN plan_minutes SMALLINT DEFAULT 240 NOT NULL,
    ADD COLUMN call_minutes SMALLINT DEFAULT 6 NOT NULL,
    ADD COLUMN send_from TIME,
    ADD COLUMN send_until TIME,
    ADD COLUMN mails_per_hour SMALLINT,
    ADD CONSTRAINT ck_office_plan CHECK (plan_mails >= 0 AND plan_minutes >= 0 AND call_minutes > 0),
    ADD CONSTRAINT ck_office_sending CHECK ((send_from IS NULL) = (send_until IS NULL) AND send_from < send_until
                                            AND mails_per_hour > 0);

-- whom a practice with a place for somebody placed elsewhere is offered instead
ALTER TABLE communication_service.email
    DROP CONSTRAINT ck_email_kind,
    ADD CONSTRAINT ck_email_kind CHECK (kind IN ('inquiry', 'reminder', 'withdrawal', 'surplus', 'alternative',
                                                 'place_declined', 'patient', 'own'));

-- An inquiry counts once a practice said or let time say something about somebody in it; who was placed elsewhere
-- or taken back tells nothing of the practice.
CREATE VIEW matching_service.inquiry_result WITH (security_invoker = true) AS
SELECT q.id AS inquiry_id, q.contact_point_id, q.channel, q.sent_at,
       bool_or(i.status NOT IN ('pending', 'no_response', 'withdrawn', 'matched_elsewhere')) AS answered,
       bool_or(i.status IN ('accepted', 'accepted_surplus', 'consultation_only', 'in_therapy', 'in_trial_sessions',
                            'no_show', 'not_continued')) AS success
FROM matching_service.inquiry q JOIN matching_service.inquiry_item i ON i.inquiry_id = q.id
WHERE q.sent_at IS NOT NULL
GROUP BY q.id, q.contact_point_id, q.channel, q.sent_at
HAVING bool_or(i.status NOT IN ('pending', 'needs_info', 'withdrawn', 'matched_elsewhere'));

CREATE TABLE matching_service.answer_rate (
    dimension TEXT NOT NULL,
    value TEXT NOT NULL,
    trials INTEGER NOT NULL,
    hits INTEGER NOT NULL,
    lift DOUBLE PRECISION NOT NULL,
    counted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_answer_rate PRIMARY KEY (dimension, value),
    CONSTRAINT ck_answer_rate_dimension CHECK (dimension IN ('office', 'channel', 'weekday')),
    CONSTRAINT ck_answer_rate_counts CHECK (hits BETWEEN 0 AND trials)
);

CREATE TABLE matching_service.week_plan (
    monday DATE NOT NULL,
    mails INTEGER NOT NULL,
    minutes INTEGER NOT NULL,
    expected DOUBLE PRECISION NOT NULL,
    value DOUBLE PRECISION NOT NULL,
    bound DOUBLE PRECISION NOT NULL,
    planned_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    CONSTRAINT pk_week_plan PRIMARY KEY (id),
    CONSTRAINT ck_week_plan_monday CHECK (extract(isodow FROM monday) = 1),
    CONSTRAINT ck_week_plan_bound CHECK (bound >= value)
);

CREATE UNIQUE INDEX uq_week_plan_monday ON matching_service.week_plan (monday);

CREATE TABLE matching_service.plan_line (
    plan_id BIGINT NOT NULL,
    therapist_id BIGINT NOT NULL,
    contact_point_id BIGINT NOT NULL,
    channel TEXT NOT NULL,
    slot_at TIMESTAMP WITH TIME ZONE,
    probability DOUBLE PRECISION NOT NULL,
    gain DOUBLE PRECISION NOT NULL,
    status TEXT DEFAULT 'proposed' NOT NULL,
    search_ids BIGINT[] NOT NULL,
    inquiry_id BIGINT,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    CONSTRAINT pk_plan_line PRIMARY KEY (id),
    CONSTRAINT ck_plan_line_status CHECK (status IN ('proposed', 'locked', 'skipped', 'accepted')),
    CONSTRAINT ck_plan_line_channel CHECK (channel IN ('email', 'phone')),
    CONSTRAINT ck_plan_line_patients CHECK (cardinality(search_ids) BETWEEN 1 AND 6),
    CONSTRAINT ck_plan_line_accepted CHECK ((status = 'accepted') = (inquiry_id IS NOT NULL)),
    CONSTRAINT fk_plan_line_plan_id FOREIGN KEY(plan_id) REFERENCES matching_service.week_plan (id),
    CONSTRAINT fk_plan_line_therapist_id FOREIGN KEY(therapist_id) REFERENCES therapist_service.therapist (id),
    CONSTRAINT fk_plan_line_contact_point_id FOREIGN KEY(contact_point_id) REFERENCES therapist_service.contact_point (id),
    CONSTRAINT fk_plan_line_inquiry_id FOREIGN KEY(inquiry_id) REFERENCES matching_service.inquiry (id)
);

-- one contact a contact point and week; a skipped one is not proposed again
CREATE UNIQUE INDEX uq_plan_line_contact_point ON matching_service.plan_line (plan_id, contact_point_id);
CREATE INDEX ix_plan_line_therapist_id ON matching_service.plan_line (therapist_id);
CREATE INDEX ix_plan_line_contact_point_id ON matching_service.plan_line (contact_point_id);
CREATE INDEX ix_plan_line_inquiry_id ON matching_service.plan_line (inquiry_id);

DO $$
DECLARE
    added text;
BEGIN
    FOREACH added IN ARRAY ARRAY['matching_service.answer_rate', 'matching_service.week_plan', 'matching_service.plan_line'] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', added);
        EXECUTE format('CREATE POLICY backup ON %s FOR SELECT TO platzlotse_backup USING (true)', added);
        EXECUTE format('CREATE POLICY office ON %s TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker'
            ' USING (true) WITH CHECK (true)', added);
        EXECUTE format('GRANT SELECT ON %s TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_backup', added);
        -- rates hold no person; who planned, accepted or skipped what is kept
        CONTINUE WHEN added = 'matching_service.answer_rate';
        EXECUTE format('CREATE TRIGGER audit_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(''id'')', added);
        EXECUTE format('CREATE TRIGGER audit_update AFTER UPDATE ON %s'
            ' REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(''id'')', added);
        EXECUTE format('CREATE TRIGGER audit_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(''id'')', added);
        EXECUTE format('CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON %s'
            ' FOR EACH ROW EXECUTE FUNCTION platform.stamp()', added);
        EXECUTE format('GRANT INSERT, UPDATE ON %s TO platzlotse_caseworker, platzlotse_supervisor', added);
    END LOOP;
END $$;

-- what is still only proposed goes when a week is planned anew
GRANT DELETE ON matching_service.plan_line TO platzlotse_caseworker, platzlotse_supervisor;
GRANT SELECT ON matching_service.inquiry_result TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker,
    platzlotse_backup;
GRANT SELECT, INSERT, UPDATE ON matching_service.answer_rate TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker;
