-- A first letter that waits goes where its reader is reached now, perhaps to another guardian or to a patient who came of
-- age: then their name stands beside the new address, not the name of who was written to first. The worker, which gives it
-- the address, reads no patient.
CREATE FUNCTION communication_service.name_beside_address() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    SELECT f.name INTO NEW.to_name FROM patient_service.first_letter_to(NEW.patient_id) f
        WHERE lower(f.address) = lower(NEW.to_address) AND patient_service.is_seen(NEW.patient_id);
    IF NOT FOUND THEN
        NEW.to_name := '';
    END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION communication_service.name_beside_address() FROM PUBLIC;
CREATE TRIGGER name_beside_address BEFORE UPDATE OF to_address ON communication_service.email FOR EACH ROW
    WHEN (NEW.kind = 'first_letter' AND NEW.in_reply_to = '' AND NEW.to_address <> '' AND OLD.status = 'queued'
          AND lower(NEW.to_address) <> lower(OLD.to_address))
    EXECUTE FUNCTION communication_service.name_beside_address();
