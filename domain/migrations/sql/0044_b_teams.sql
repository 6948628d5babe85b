-- Which team a patient belongs to says who leads the office; a caseworker brings its own in (0037) and moves nobody.
-- Whoever is responsible for somebody sees the record: of its team, standing in for somebody there, or leading the office.
CREATE FUNCTION platform.may_look_after(whom bigint, in_team bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    RETURN EXISTS (
        SELECT FROM platform.person p WHERE p.id = whom AND (
            in_team IS NULL OR p.team_id = in_team OR 'supervisor' = ANY (p.roles) OR EXISTS (
                SELECT FROM platform.deputy d JOIN platform.person r ON r.id = d.person_id
                WHERE d.deputy_id = p.id AND r.team_id = in_team
                  AND platform.today() BETWEEN d.first_day AND d.last_day)));
REVOKE EXECUTE ON FUNCTION platform.may_look_after(bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.may_look_after(bigint, bigint) TO platzlotse_caseworker, platzlotse_supervisor;

CREATE FUNCTION patient_service.keep_team() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.team_id IS DISTINCT FROM OLD.team_id THEN
        IF pg_has_role(session_user, 'platzlotse_caseworker', 'MEMBER')
           AND NOT pg_has_role(session_user, 'platzlotse_supervisor', 'MEMBER') THEN
            RAISE EXCEPTION 'only who leads the office gives a patient to another team'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        -- who looked after them in the old team may not see them any more
        IF NOT platform.may_look_after(NEW.responsible_id, NEW.team_id) THEN
            NEW.responsible_id := NULL;
        END IF;
        IF NOT platform.may_look_after(NEW.deputy_id, NEW.team_id) THEN
            NEW.deputy_id := NULL;
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.responsible_id IS NOT NULL AND (TG_OP = 'INSERT' OR NEW.responsible_id IS DISTINCT FROM OLD.responsible_id)
       AND NOT platform.may_look_after(NEW.responsible_id, NEW.team_id)
       OR NEW.deputy_id IS NOT NULL AND (TG_OP = 'INSERT' OR NEW.deputy_id IS DISTINCT FROM OLD.deputy_id)
       AND NOT platform.may_look_after(NEW.deputy_id, NEW.team_id) THEN
        RAISE EXCEPTION 'whoever is responsible sees the record' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'ck_patient_responsible_sees', TABLE = 'patient', SCHEMA = 'patient_service';
    END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION patient_service.keep_team() FROM PUBLIC;
-- after into_own_team, which says the team of somebody new
CREATE TRIGGER keep_team BEFORE INSERT OR UPDATE OF team_id, responsible_id, deputy_id ON patient_service.patient
    FOR EACH ROW EXECUTE FUNCTION patient_service.keep_team();
