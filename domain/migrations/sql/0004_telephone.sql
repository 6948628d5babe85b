-- Telephone: who called back while nobody was there.

ALTER TABLE communication_service.phone_call
    ADD COLUMN phone_tag BOOLEAN DEFAULT false NOT NULL,
    ADD COLUMN note TEXT DEFAULT '' NOT NULL;

CREATE INDEX ix_phone_call_person_id ON communication_service.phone_call (person_id, started_at);
