-- What somebody writes whose data are restricted (Art. 18) is put to nobody, whatever thread or reference it carries: in an
-- inquiry's history it would be the practice's and other patients', and no erasure would find it.
CREATE FUNCTION patient_service.is_restricted_address(address text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    RETURN address <> '' AND EXISTS (
        SELECT FROM patient_service.patient p
        WHERE p.restricted_at IS NOT NULL AND patient_service.is_seen(p.id) AND (
            lower(p.email) = lower(address)
            OR EXISTS (SELECT FROM patient_service.guardian g
                       WHERE g.patient_id = p.id AND lower(g.email) = lower(address))));
REVOKE EXECUTE ON FUNCTION patient_service.is_restricted_address(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION patient_service.is_restricted_address(text)
    TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker;
