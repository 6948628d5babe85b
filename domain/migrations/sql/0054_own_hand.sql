-- Who made it is the server's to say, whatever program writes: the contact log names whoever wrote a mail, the rules for
-- rows ask who made an inquiry, and an answer is somebody's word. Who is no person of the office (its owner, the worker)
-- says it as before.
CREATE FUNCTION platform.made_by_caller() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.created_by := coalesce(platform.current_person_id(), NEW.created_by);
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION platform.made_by_caller() FROM PUBLIC;

CREATE TRIGGER made_by_caller BEFORE INSERT ON matching_service.inquiry
    FOR EACH ROW EXECUTE FUNCTION platform.made_by_caller();
CREATE TRIGGER made_by_caller BEFORE INSERT ON communication_service.email
    FOR EACH ROW EXECUTE FUNCTION platform.made_by_caller();
CREATE TRIGGER made_by_caller BEFORE INSERT ON communication_service.batch
    FOR EACH ROW EXECUTE FUNCTION platform.made_by_caller();
CREATE TRIGGER made_by_caller BEFORE INSERT ON communication_service.printed_letter
    FOR EACH ROW EXECUTE FUNCTION platform.made_by_caller();
-- what ends by itself is nobody's word
CREATE TRIGGER in_own_name BEFORE INSERT ON matching_service.answer
    FOR EACH ROW WHEN (NEW.person_id IS NOT NULL) EXECUTE FUNCTION communication_service.in_own_name();

-- and it stays so
REVOKE UPDATE (created_by) ON matching_service.inquiry, communication_service.email, communication_service.batch
    FROM platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker;

-- An event says who and when by itself, and it has no room for words; nor has what was read, which nobody could erase.
CREATE TRIGGER keep_silent_around BEFORE INSERT ON platform.event FOR EACH ROW
    WHEN (NEW.producer !~ '^[a-z_]{1,40}$' OR NEW.version !~ '^[0-9]{1,3}[.][0-9]{1,3}$')
    EXECUTE FUNCTION platform.keep_silent_of_persons();
CREATE OR REPLACE FUNCTION audit.record_reading(what text, which bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        -- the name of a table, else nothing, which the column refuses
        INSERT INTO audit.entry (operation, table_name, row_id, columns)
            VALUES ('read', to_regclass(what)::text, which, '{}');
    END;
REVOKE INSERT ON platform.event FROM platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker, platzlotse_admin;
GRANT INSERT (event_type, version, producer, entity_id, payload) ON platform.event
    TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker, platzlotse_admin;
