-- Going on with a batch asks of the lines that are yet to be made: one left out, or made already, is refused to nobody.

-- As 0059 had it, with `waits`: whether a line hidden from the caller is yet to be made.
DROP FUNCTION communication_service.hidden_in_batches(bigint);
CREATE FUNCTION communication_service.hidden_in_batches(which bigint DEFAULT NULL)
    RETURNS TABLE (batch_id bigint, part boolean, waits boolean)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
    teams bigint[] := platform.seen_teams();
BEGIN
    IF NOT pg_has_role(session_user, 'platzlotse_caseworker', 'MEMBER') OR platform.sees_all_teams() THEN
        RETURN;
    END IF;
    RETURN QUERY
        WITH asked AS NOT MATERIALIZED (
            SELECT l.id, l.batch_id, l.inquiry_id, l.patient_id, l.search_ids, l.status = 'open' AS open
            FROM communication_service.batch_line l WHERE which IS NULL OR l.batch_id = which),
        named AS (
            SELECT l.id, l.batch_id, l.inquiry_id, l.open, l.patient_id FROM asked l WHERE l.patient_id IS NOT NULL
            UNION ALL
            SELECT l.id, l.batch_id, l.inquiry_id, l.open, s.patient_id FROM asked l
            JOIN matching_service.inquiry_item i ON i.inquiry_id = l.inquiry_id
            JOIN matching_service.place_search s ON s.id = i.search_id
            UNION ALL
            SELECT l.id, l.batch_id, l.inquiry_id, l.open, s.patient_id FROM asked l
            CROSS JOIN LATERAL unnest(l.search_ids) AS u (id)
            JOIN matching_service.place_search s ON s.id = u.id WHERE l.inquiry_id IS NULL),
        lines AS (
            SELECT n.batch_id, n.open,
                   CASE WHEN n.inquiry_id IS NULL THEN bool_and(p.team_id IS NULL OR p.team_id = ANY (teams))
                        ELSE bool_or(p.team_id IS NULL OR p.team_id = ANY (teams)) END AS seen
            FROM named n JOIN patient_service.patient p ON p.id = n.patient_id
            GROUP BY n.batch_id, n.id, n.inquiry_id, n.open)
        SELECT k.batch_id, bool_or(k.seen) AND coalesce(b.created_by = platform.current_person_id(), false),
               bool_or(k.open AND NOT k.seen)
        FROM lines k JOIN communication_service.batch b ON b.id = k.batch_id
        GROUP BY k.batch_id, b.created_by HAVING NOT bool_and(k.seen);
END $$;
REVOKE EXECUTE ON FUNCTION communication_service.hidden_in_batches(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION communication_service.hidden_in_batches(bigint) TO platzlotse_caseworker, platzlotse_supervisor;

-- A batch is steered by who sees it, and gone on with by who sees all that waits in it.
CREATE OR REPLACE FUNCTION communication_service.batch_moved() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM communication_service.hidden_in_batches(NEW.id) AS h
               WHERE NOT h.part OR h.waits AND NEW.status = 'running') THEN
        RAISE EXCEPTION 'a batch for patients of another team' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.status = 'taken_back' THEN
        UPDATE communication_service.batch_line SET status = 'left_out' WHERE batch_id = NEW.id AND status = 'open';
    END IF;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION communication_service.batch_moved() FROM PUBLIC;
