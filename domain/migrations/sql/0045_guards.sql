-- What an admin sets and a supervisor decides: where patients' mails and addresses go, and whether backups are missed.

-- Whoever sees patients decides for them; an admin who leads the office, too, is not hindered. Who is neither (the owner)
-- could change the rule itself.
CREATE FUNCTION platform.may_decide() RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    RETURN pg_has_role(session_user, 'platzlotse_supervisor', 'MEMBER')
        OR NOT pg_has_role(session_user, 'platzlotse_admin', 'MEMBER');
REVOKE EXECUTE ON FUNCTION platform.may_decide() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.may_decide() TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_admin;

CREATE FUNCTION platform.refuse_to_decide() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF platform.may_decide() THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a supervisor decides this' USING ERRCODE = 'check_violation',
        CONSTRAINT = TG_ARGV[0], TABLE = TG_TABLE_NAME, SCHEMA = TG_TABLE_SCHEMA;
END $$;
REVOKE EXECUTE ON FUNCTION platform.refuse_to_decide() FROM PUBLIC;

-- An account an admin points somewhere sends and reads nothing before a supervisor has seen where.
ALTER TABLE communication_service.mail_account ADD COLUMN confirmed BOOLEAN DEFAULT true NOT NULL;
GRANT UPDATE (confirmed) ON communication_service.mail_account TO platzlotse_admin, platzlotse_supervisor;
CREATE FUNCTION communication_service.await_confirmation() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    elsewhere boolean := true;
BEGIN
    IF platform.may_decide() THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        elsewhere := (NEW.address, NEW.username, NEW.smtp_host, NEW.smtp_port, NEW.smtp_security,
                      NEW.imap_host, NEW.imap_port, NEW.imap_security)
            IS DISTINCT FROM (OLD.address, OLD.username, OLD.smtp_host, OLD.smtp_port, OLD.smtp_security,
                              OLD.imap_host, OLD.imap_port, OLD.imap_security);
        IF NEW.confirmed AND NOT OLD.confirmed THEN
            RAISE EXCEPTION 'a supervisor decides this' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'ck_mail_account_confirmed', TABLE = TG_TABLE_NAME, SCHEMA = TG_TABLE_SCHEMA;
        END IF;
    END IF;
    IF elsewhere THEN
        NEW.confirmed := false;
        -- whatever program it was: those who decide hear of it
        INSERT INTO platform.event (event_type, producer, entity_id, payload)
            VALUES ('mail_account.awaits', 'communication_service', NEW.id, jsonb_build_object('mail_account_id', NEW.id));
    END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION communication_service.await_confirmation() FROM PUBLIC;
CREATE TRIGGER await_confirmation BEFORE INSERT OR UPDATE ON communication_service.mail_account
    FOR EACH ROW EXECUTE FUNCTION communication_service.await_confirmation();

-- Nor does a worker of an earlier release hand a mail to it. A person may send by hand what waits.
CREATE FUNCTION communication_service.refuse_unconfirmed() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF pg_has_role(session_user, 'platzlotse_worker', 'MEMBER') AND NOT EXISTS (
        SELECT FROM communication_service.mail_account a WHERE a.id = NEW.account_id AND a.confirmed) THEN
        RAISE EXCEPTION 'the account of this mail waits for a supervisor' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'ck_email_confirmed_account', TABLE = TG_TABLE_NAME, SCHEMA = TG_TABLE_SCHEMA;
    END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION communication_service.refuse_unconfirmed() FROM PUBLIC;
CREATE TRIGGER confirmed_account BEFORE UPDATE OF status ON communication_service.email FOR EACH ROW
    WHEN (NEW.status = 'sending' AND OLD.status <> 'sending' AND NEW.account_id IS NOT NULL)
    EXECUTE FUNCTION communication_service.refuse_unconfirmed();

-- Whether patients' addresses go out is for whoever sees them; taking the permission back is anybody's.
CREATE TRIGGER zz_patients_decided BEFORE UPDATE ON geocoding_service.map_settings FOR EACH ROW
    WHEN (NEW.patients_to_geocoder AND NOT OLD.patients_to_geocoder OR NEW.patients_to_router AND NOT OLD.patients_to_router)
    EXECUTE FUNCTION platform.refuse_to_decide('ck_map_settings_decided');

-- Backups may be made more often by anybody, less often or not at all by a supervisor.
CREATE TRIGGER decided BEFORE UPDATE ON platform.backup_settings FOR EACH ROW
    WHEN (OLD.enabled AND NOT NEW.enabled OR NEW.limit_days > OLD.limit_days)
    EXECUTE FUNCTION platform.refuse_to_decide('ck_backup_settings_decided');

-- Whatever content goes is on record, whoever erased it and by whatever function: what is missing without is a fault.
CREATE TABLE audit.content_erasure (
    entry_id BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    actor TEXT DEFAULT session_user NOT NULL,
    CONSTRAINT pk_content_erasure PRIMARY KEY (entry_id)
);
SELECT platform.protect('audit.content_erasure', '{"supervisor": "SELECT", "auditor": "SELECT"}', audited => false);
SELECT platform.bound_moments('audit.content_erasure');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit.content_erasure
    FOR EACH ROW EXECUTE FUNCTION platform.append_only();
CREATE TRIGGER no_truncation BEFORE TRUNCATE ON audit.content_erasure
    FOR EACH STATEMENT EXECUTE FUNCTION platform.append_only();
-- what went before there was a record
INSERT INTO audit.content_erasure (entry_id)
    SELECT e.id FROM audit.entry e WHERE e.content_hash IS NOT NULL
    AND NOT EXISTS (SELECT FROM audit.content c WHERE c.entry_id = e.id);

CREATE FUNCTION audit.note_erasure() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO audit.content_erasure (entry_id) SELECT o.entry_id FROM old_rows o ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION audit.note_erasure() FROM PUBLIC;
CREATE TRIGGER note_erasure AFTER DELETE ON audit.content REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION audit.note_erasure();
CREATE TRIGGER no_truncation BEFORE TRUNCATE ON audit.content
    FOR EACH STATEMENT EXECUTE FUNCTION platform.append_only();

DROP FUNCTION audit.check_entries(bigint, integer);
CREATE FUNCTION audit.check_entries(after bigint, many integer)
    RETURNS TABLE (number bigint, entry_id bigint, content_hash bytea, link_hash bytea, found_hash bytea,
                   has_content boolean, content_sound boolean, content_lost boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT l.number, l.entry_id, l.entry_hash, l.link_hash, CASE WHEN e.id IS NOT NULL THEN audit.entry_hash(e) END,
           c.entry_id IS NOT NULL,
           c.entry_id IS NULL OR e.content_hash IS NOT DISTINCT FROM sha256(c.salt || convert_to(
               coalesce(c.before::text, '') || coalesce(c.after::text, ''), 'UTF8')),
           c.entry_id IS NULL AND e.content_hash IS NOT NULL AND x.entry_id IS NULL
    FROM audit.entry_link l
    LEFT JOIN audit.entry e ON e.id = l.entry_id
    LEFT JOIN audit.content c ON c.entry_id = l.entry_id
    LEFT JOIN audit.content_erasure x ON x.entry_id = l.entry_id
    WHERE l.number > check_entries.after AND l.number <= check_entries.after + many
    ORDER BY l.number
$$;

-- Each restore, as its own entry says: how long each chain was before, and how long after.
CREATE FUNCTION audit.restores() RETURNS TABLE (at timestamp with time zone, log text, before bigint, after bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT e.at, split_part(told, ':', 1), split_part(told, ':', 2)::bigint, split_part(told, ':', 3)::bigint
    FROM audit.entry e CROSS JOIN unnest(e.columns) AS told
    WHERE e.operation = 'restore' AND told ~ '^[a-z]+:[0-9]{1,18}:[0-9]{1,18}$'
$$;

-- How many numbers an audit gave out, and the highest that is there.
CREATE FUNCTION audit.numbers_given() RETURNS TABLE (given bigint, highest bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence('audit.entry', 'id')::regclass), 0),
           coalesce((SELECT max(id) FROM audit.entry), 0)
$$;
REVOKE EXECUTE ON FUNCTION audit.check_entries(bigint, integer), audit.restores(), audit.numbers_given() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.check_entries(bigint, integer), audit.restores(), audit.numbers_given()
    TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_auditor;

-- Who made a backup by command and brought it back to see whether it holds may say so; it reads and writes nothing else.
CREATE FUNCTION platform.note_verified_backup(made timestamp with time zone, place text, name text, bytes bigint,
                                              counted bigint, newest bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO platform.backup (kind, state, asked_at, made_at, verified_at, folder, file_name, size, row_count, newest_event)
        VALUES ('manual', 'verified', made, made, now(), place, name, bytes, counted, newest)
        -- the worker may have found the file already
        ON CONFLICT (file_name) WHERE file_name <> '' DO UPDATE SET
            state = 'verified', verified_at = now(), row_count = counted, newest_event = newest, trouble = '';
    INSERT INTO platform.event (event_type, producer, entity_id, payload)
        VALUES ('backup.verified', 'platform', 0, '{"backup_id": 0}');
$$;
REVOKE EXECUTE ON FUNCTION
    platform.note_verified_backup(timestamp with time zone, text, text, bigint, bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    platform.note_verified_backup(timestamp with time zone, text, text, bigint, bigint, bigint) TO platzlotse_backup;
