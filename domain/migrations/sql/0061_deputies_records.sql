-- Who stands in for somebody for some days answers for the records that are seen by it, with a team and without one.
CREATE OR REPLACE FUNCTION patient_service.is_of_record(patient bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM patient_service.patient p
        LEFT JOIN platform.person me ON me.id = platform.current_person_id()
        WHERE p.id = patient AND p.erased_at IS NULL
          AND (pg_has_role(session_user, 'platzlotse_supervisor', 'USAGE')
               OR pg_has_role(session_user, 'platzlotse_caseworker', 'USAGE') AND patient_service.is_seen(p.id)
                  AND (p.responsible_id IS NULL OR me.id IN (p.responsible_id, p.deputy_id)
                       OR p.team_id = ANY (platform.seen_teams())
                       OR EXISTS (
                           SELECT FROM platform.deputy d
                           WHERE d.person_id = p.responsible_id AND d.deputy_id = me.id
                             AND platform.today() BETWEEN d.first_day AND d.last_day))))
$$;
