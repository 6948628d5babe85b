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
GRANT UPDATE (exported_at, exported_by, sent_by_hand) ON communication_service.email
    TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker;
DROP TRIGGER moment_insert ON communication_service.email;
DROP TRIGGER moment_update ON communication_service.email;
SELECT platform.bound_moments('communication_service.email');

-- What a mail said stands in the history, and is found there, where it is about one person alone: with the entry it is
-- erased. Of a mail about several only the subject does, since an entry is sealed whole and stays till the last of them goes;
-- of one about nobody nothing more, since nobody's erasure would reach it. Below the line of
-- the signature a letter says what all of them say.
CREATE FUNCTION communication_service.tell_whole_mail() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- of a mail the writer does not see, or into another one's history, it tells nothing
    IF NOT communication_service.sees_mail(NEW.email_id) OR NOT EXISTS (
        SELECT FROM communication_service.email e WHERE e.id = NEW.email_id
          AND e.patient_id IS NOT DISTINCT FROM NEW.patient_id AND e.inquiry_id IS NOT DISTINCT FROM NEW.inquiry_id) THEN
        RAISE EXCEPTION 'this mail belongs to another history' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT left(e.subject || E'\n\n' || CASE e.kind WHEN 'own' THEN e.body_text
                    ELSE regexp_replace(e.body_text, E'\n-- ?\r?\n.*', '') END, 10000) INTO NEW.body
        FROM communication_service.email e
        WHERE e.id = NEW.email_id AND e.body_text <> ''
          AND (SELECT count(*) = 1 FROM audit.people_of_mail(e.id));
    IF NOT FOUND THEN
        SELECT e.subject INTO NEW.body FROM communication_service.email e WHERE e.id = NEW.email_id;
    END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION communication_service.tell_whole_mail() FROM PUBLIC;
CREATE TRIGGER tell_whole_mail BEFORE INSERT ON communication_service.contact_entry
    FOR EACH ROW WHEN (NEW.email_id IS NOT NULL AND NEW.direction = 'out' AND NEW.channel = 'email')
    EXECUTE FUNCTION communication_service.tell_whole_mail();

-- What a person sent by hand went past the account: that it was proved so (an answer came) needs nobody's word.
DROP TRIGGER confirmed_account ON communication_service.email;
CREATE TRIGGER confirmed_account BEFORE UPDATE OF status ON communication_service.email FOR EACH ROW
    WHEN (NEW.status = 'sending' AND OLD.status <> 'sending' AND NEW.account_id IS NOT NULL AND NOT NEW.sent_by_hand)
    EXECUTE FUNCTION communication_service.refuse_unconfirmed();
