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
