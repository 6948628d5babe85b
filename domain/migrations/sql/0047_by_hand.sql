-- A mail that a person took out of here to send it with their own program is held until they say what became of it: the
-- worker, of whatever release, cannot take it meanwhile. One that was sent so lies among the sent ones of that program.
ALTER TABLE communication_service.email
    ADD COLUMN exported_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN exported_by BIGINT CONSTRAINT fk_email_exported_by_person REFERENCES platform.person (id),
    ADD COLUMN sent_by_hand BOOLEAN DEFAULT false NOT NULL,
    ADD CONSTRAINT ck_email_exported CHECK (
        (exported_at IS NULL) = (exported_by IS NULL)
        AND (exported_at IS NULL OR status IN ('queued', 'cancelled', 'unclear')));
CREATE INDEX ix_email_exported_by ON communication_service.email (exported_by);
CREATE INDEX ix_email_exported ON communication_service.email (exported_at)
    WHERE status = 'queued' AND exported_at IS NOT NULL;
-- who answers a mail that was taken out has it
GRANT UPDATE (exported_at, exported_by, sent_by_hand) ON communication_service.email TO platzlotse_worker;
DROP TRIGGER moment_insert ON communication_service.email;
DROP TRIGGER moment_update ON communication_service.email;
SELECT platform.bound_moments('communication_service.email');
