-- The search for words goes by its index, and who asks is told of what it may see. A condition of a caller's own waits for
-- the rules for rows (else EXPLAIN tells what hidden entries say), and then reads a million entries one by one.
CREATE FUNCTION communication_service.entries_with(asked tsquery, many integer) RETURNS SETOF bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    teams bigint[];
BEGIN
    IF NOT pg_has_role(session_user, 'platzlotse_caseworker', 'MEMBER') OR platform.sees_all_teams() THEN
        -- left alone it goes back through a million entries for a rare word
        RETURN QUERY SELECT c.id FROM communication_service.contact_entry c WHERE c.words @@ asked
            ORDER BY c.id + 0 DESC LIMIT many;
        RETURN;
    END IF;
    teams := platform.seen_teams();
    RETURN QUERY
        WITH found AS MATERIALIZED (
            SELECT c.id, c.patient_id, c.inquiry_id FROM communication_service.contact_entry c WHERE c.words @@ asked)
        SELECT f.id FROM found f WHERE CASE
            WHEN f.patient_id IS NOT NULL THEN EXISTS (
                SELECT FROM patient_service.patient p
                WHERE p.id = f.patient_id AND (p.team_id IS NULL OR p.team_id = ANY (teams)))
            WHEN f.inquiry_id IS NOT NULL THEN EXISTS (
                SELECT FROM matching_service.inquiry_item i JOIN matching_service.place_search s ON s.id = i.search_id
                JOIN patient_service.patient p ON p.id = s.patient_id
                WHERE i.inquiry_id = f.inquiry_id AND (p.team_id IS NULL OR p.team_id = ANY (teams)))
            ELSE NOT communication_service.entry_names_hidden(f.id) END
        ORDER BY f.id DESC LIMIT many;
END $$;

-- Mails of nobody known are read by all who look for places.
CREATE FUNCTION communication_service.unknown_mails_with(asked tsquery, many integer) RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT id FROM communication_service.incoming_email
    WHERE inquiry_id IS NULL AND therapist_id IS NULL AND patient_id IS NULL
      AND communication_service.mail_words(from_name, from_address, subject, body_text) @@ asked
    ORDER BY received_at DESC, id DESC LIMIT many
$$;
REVOKE EXECUTE ON FUNCTION communication_service.entries_with(tsquery, integer),
    communication_service.unknown_mails_with(tsquery, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION communication_service.entries_with(tsquery, integer),
    communication_service.unknown_mails_with(tsquery, integer) TO platzlotse_caseworker, platzlotse_supervisor;
