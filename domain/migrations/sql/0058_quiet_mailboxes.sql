-- Nobody closed most mailboxes, and an UPDATE that finds nothing has the audit look for what changed all the same: half of
-- what an import took, a person at a time. So it is asked first whether there is anything to change.
CREATE OR REPLACE FUNCTION therapist_service.keep_opted_out() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM therapist_service.mailbox_opt_out o
                   WHERE o.contact_point_id = NEW.contact_point_id AND o.lifted_at IS NULL) THEN
        RETURN NEW;
    END IF;
    -- what they were before is kept the first time: lifted, it is given back
    UPDATE therapist_service.mailbox_opt_out o SET before = jsonb_build_object(NEW.id::text, NEW.status) || o.before
        WHERE o.contact_point_id = NEW.contact_point_id AND o.lifted_at IS NULL;
    IF FOUND THEN
        NEW.status := 'opted_out';
        NEW.blocked_reason := '';
        NEW.blocked_until := NULL;
    END IF;
    RETURN NEW;
END $$;
