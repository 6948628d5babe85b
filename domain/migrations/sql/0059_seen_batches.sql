-- Whose batches a caseworker sees: by what their lines hold, whoever gathered them.

-- Nobody of another team is named, or the caller made it and sees a part. A line is seen as what it is about: a patient,
-- an inquiry some of whose patients one sees, or else every search it is to ask for. It reads rows hidden from the caller,
-- and looks up whom the lines name: a list asks it of batch after batch, each of few people among thousands.
CREATE FUNCTION communication_service.sees_batch(which bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    RETURN NOT pg_has_role(session_user, 'platzlotse_caseworker', 'MEMBER') OR platform.sees_all_teams() OR (
        WITH mine AS MATERIALIZED (SELECT platform.seen_teams() AS teams),
        lines AS (
            SELECT CASE WHEN l.inquiry_id IS NOT NULL THEN bool_or(p.seen) ELSE bool_and(p.seen) END AS seen
            FROM communication_service.batch_line l
            CROSS JOIN mine
            LEFT JOIN LATERAL (
                SELECT l.patient_id AS id WHERE l.patient_id IS NOT NULL
                UNION ALL
                SELECT s.patient_id FROM matching_service.inquiry_item i
                JOIN matching_service.place_search s ON s.id = i.search_id WHERE i.inquiry_id = l.inquiry_id
                UNION ALL
                SELECT s.patient_id FROM matching_service.place_search s
                WHERE l.inquiry_id IS NULL AND s.id = ANY (l.search_ids)) AS named ON true
            LEFT JOIN LATERAL (
                SELECT p.team_id IS NULL OR p.team_id = ANY (mine.teams) AS seen
                FROM patient_service.patient p WHERE p.id = named.id) AS p ON true
            WHERE l.batch_id = which GROUP BY l.id)
        SELECT coalesce(bool_and(k.seen), true) OR bool_or(k.seen) AND (
            SELECT b.created_by = platform.current_person_id() FROM communication_service.batch b WHERE b.id = which)
        FROM lines k);
REVOKE EXECUTE ON FUNCTION communication_service.sees_batch(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION communication_service.sees_batch(bigint) TO platzlotse_caseworker, platzlotse_supervisor;

-- A batch is steered by who sees it. Whoever drops one drops the lines hidden from them, too: they would wait for ever, and
-- what waits in one batch is gathered into no other.
CREATE FUNCTION communication_service.batch_moved() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT communication_service.sees_batch(NEW.id) THEN
        RAISE EXCEPTION 'a batch for patients of another team' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.status = 'taken_back' THEN
        UPDATE communication_service.batch_line SET status = 'left_out' WHERE batch_id = NEW.id AND status = 'open';
    END IF;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION communication_service.batch_moved() FROM PUBLIC;
CREATE TRIGGER moved AFTER UPDATE ON communication_service.batch FOR EACH ROW
    WHEN (NEW.status IS DISTINCT FROM OLD.status) EXECUTE FUNCTION communication_service.batch_moved();

-- those that wait for ever already
UPDATE communication_service.batch_line l SET status = 'left_out'
    FROM communication_service.batch b WHERE b.id = l.batch_id AND b.status = 'taken_back' AND l.status = 'open';
