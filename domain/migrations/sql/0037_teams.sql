-- Whose patients a caseworker sees: the own team's, those of teams it stands in for, and those of no team.

-- Supervisors see the whole office; so does everybody where there are no teams. Asked once a statement (in a sub-select).
CREATE FUNCTION platform.sees_all_teams() RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    RETURN pg_has_role(session_user, 'platzlotse_supervisor', 'MEMBER') OR NOT EXISTS (SELECT FROM platform.team);

-- By the login and the calendar alone: nothing a client could set.
CREATE FUNCTION platform.seen_teams() RETURNS bigint[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    RETURN ARRAY(
        SELECT p.team_id FROM platform.person p WHERE p.role_name = session_user AND p.active AND p.team_id IS NOT NULL
        UNION
        SELECT r.team_id FROM platform.deputy d
        JOIN platform.person me ON me.id = d.deputy_id AND me.role_name = session_user AND me.active
        JOIN platform.person r ON r.id = d.person_id
        WHERE r.team_id IS NOT NULL AND platform.today() BETWEEN d.first_day AND d.last_day);

-- For functions of the owner, which row-level security does not hold: may who calls see this patient? The worker may.
CREATE FUNCTION patient_service.is_seen(which bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    RETURN NOT pg_has_role(session_user, 'platzlotse_caseworker', 'MEMBER') OR platform.sees_all_teams() OR EXISTS (
        SELECT FROM patient_service.patient p
        WHERE p.id = which AND (p.team_id IS NULL OR p.team_id = ANY (platform.seen_teams())));

-- Of what names no inquiry and no one patient: is anybody meant whom the caller may not see?
CREATE FUNCTION communication_service.mail_names_hidden(mail_id bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    RETURN EXISTS (SELECT FROM communication_service.email_patient n
                   WHERE n.email_id = mail_id AND NOT patient_service.is_seen(n.patient_id));
CREATE FUNCTION communication_service.entry_names_hidden(which bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    RETURN EXISTS (SELECT FROM communication_service.contact_patient n
                   WHERE n.entry_id = which AND NOT patient_service.is_seen(n.patient_id));

REVOKE EXECUTE ON FUNCTION platform.sees_all_teams(), platform.seen_teams(), patient_service.is_seen(bigint),
    communication_service.mail_names_hidden(bigint), communication_service.entry_names_hidden(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.sees_all_teams(), platform.seen_teams(),
    communication_service.mail_names_hidden(bigint), communication_service.entry_names_hidden(bigint)
    TO platzlotse_caseworker, platzlotse_supervisor;

-- Whoever brings a patient in brings it into the own team; a supervisor may put it into another.
CREATE FUNCTION patient_service.into_own_team() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.team_id := (SELECT team_id FROM platform.person WHERE role_name = session_user);
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION patient_service.into_own_team() FROM PUBLIC;
CREATE TRIGGER into_own_team BEFORE INSERT ON patient_service.patient
    FOR EACH ROW WHEN (NEW.team_id IS NULL) EXECUTE FUNCTION patient_service.into_own_team();

-- A table some of whose rows a caseworker may not see. Supervisors keep a rule of their own that is simply true: a plan for
-- them has no condition at all, as a restrictive rule would leave. Later revisions call it for their own tables.
CREATE FUNCTION platform.only_own_team(which regclass, condition text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    others text;
BEGIN
    SELECT string_agg(quote_ident(r.rolname), ', ' ORDER BY r.rolname) INTO STRICT others
        FROM pg_policy p JOIN pg_roles r ON r.oid = ANY (p.polroles)
        WHERE p.polrelid = which AND p.polname = 'office' AND r.rolname <> 'platzlotse_caseworker';
    EXECUTE format('ALTER POLICY office ON %s TO %s', which, others);
    IF EXISTS (SELECT FROM pg_policy WHERE polrelid = which AND polpermissive
               AND (0 = ANY (polroles) OR 'platzlotse_caseworker'::regrole = ANY (polroles))) THEN
        RAISE EXCEPTION 'another rule lets caseworkers see all of %', which;
    END IF;
    EXECUTE format('CREATE POLICY own_team ON %s TO platzlotse_caseworker USING (%s)', which, condition);
END $$;
REVOKE EXECUTE ON FUNCTION platform.only_own_team(regclass, text) FROM PUBLIC;

SELECT platform.only_own_team('patient_service.patient', $c$
    team_id IS NULL OR (SELECT platform.sees_all_teams()) OR team_id = ANY ((SELECT platform.seen_teams())::bigint[]) $c$);

-- The rest is seen with its patient. A number of a search or a position tells of nobody and stays open: whoever decides
-- whether an inquiry is settled has to see all its positions.
DO $$
DECLARE
    which text;
BEGIN
    FOREACH which IN ARRAY ARRAY['patient_service.consent', 'patient_service.guardian', 'patient_service.medical_information',
        'patient_service.patient_file', 'patient_service.patient_file_content', 'patient_service.wishes',
        'matching_service.place_search', 'matching_service.exclusion', 'matching_service.reimbursement_case',
        'communication_service.evidence_made', 'communication_service.contact_patient',
        'communication_service.email_patient', 'communication_service.batch_line', 'geocoding_service.place_request',
        'geocoding_service.reach_request', 'geocoding_service.travel_request']
    LOOP
        PERFORM platform.only_own_team(which::regclass, format(
            'patient_id IS NULL OR (SELECT platform.sees_all_teams())'
            ' OR EXISTS (SELECT FROM patient_service.patient p WHERE p.id = %I.patient_id)', split_part(which, '.', 2)));
    END LOOP;
END $$;
SELECT platform.only_own_team('matching_service.placement', $c$
    (SELECT platform.sees_all_teams()) OR EXISTS (
        SELECT FROM matching_service.place_search s WHERE s.id = placement.search_id) $c$);
SELECT platform.only_own_team('matching_service.answer', $c$
    (SELECT platform.sees_all_teams()) OR EXISTS (
        SELECT FROM matching_service.inquiry_item i JOIN matching_service.place_search s ON s.id = i.search_id
        WHERE i.id = answer.item_id) $c$);

-- What was said to practices and by them: of one patient, of an inquiry some of whose patients one sees, or of nobody hidden.
SELECT platform.only_own_team('communication_service.email', $c$
    (SELECT platform.sees_all_teams()) OR CASE
        WHEN patient_id IS NOT NULL THEN EXISTS (SELECT FROM patient_service.patient p WHERE p.id = email.patient_id)
        WHEN inquiry_id IS NOT NULL THEN EXISTS (
            SELECT FROM matching_service.inquiry_item i JOIN matching_service.place_search s ON s.id = i.search_id
            WHERE i.inquiry_id = email.inquiry_id)
        ELSE NOT communication_service.mail_names_hidden(id) END $c$);
SELECT platform.only_own_team('communication_service.contact_entry', $c$
    (SELECT platform.sees_all_teams()) OR CASE
        WHEN patient_id IS NOT NULL THEN EXISTS (SELECT FROM patient_service.patient p WHERE p.id = contact_entry.patient_id)
        WHEN inquiry_id IS NOT NULL THEN EXISTS (
            SELECT FROM matching_service.inquiry_item i JOIN matching_service.place_search s ON s.id = i.search_id
            WHERE i.inquiry_id = contact_entry.inquiry_id)
        ELSE NOT communication_service.entry_names_hidden(id) END $c$);
SELECT platform.only_own_team('communication_service.incoming_email', $c$
    (SELECT platform.sees_all_teams()) OR CASE
        WHEN patient_id IS NOT NULL THEN EXISTS (SELECT FROM patient_service.patient p WHERE p.id = incoming_email.patient_id)
        WHEN inquiry_id IS NOT NULL THEN EXISTS (
            SELECT FROM matching_service.inquiry_item i JOIN matching_service.place_search s ON s.id = i.search_id
            WHERE i.inquiry_id = incoming_email.inquiry_id)
        ELSE true END $c$);
SELECT platform.only_own_team('communication_service.email_attachment', $c$
    (SELECT platform.sees_all_teams()) OR EXISTS (
        SELECT FROM communication_service.email e WHERE e.id = email_attachment.email_id) $c$);
SELECT platform.only_own_team('communication_service.incoming_attachment', $c$
    (SELECT platform.sees_all_teams()) OR EXISTS (
        SELECT FROM communication_service.incoming_email e WHERE e.id = incoming_attachment.incoming_id) $c$);

-- Functions of the owner answer a caseworker of its own patients only.
CREATE OR REPLACE FUNCTION patient_service.patient_with_address(address text) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = patient_service, pg_temp AS $$
    SELECT id FROM patient WHERE lower(email) = lower(address) AND email <> '' AND restricted_at IS NULL
        AND patient_service.is_seen(id)
    ORDER BY updated_at DESC, id LIMIT 1
$$;

CREATE OR REPLACE FUNCTION patient_service.last_look(mail_id bigint) RETURNS TABLE (address text, hindrance text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = patient_service, pg_temp AS $$
    SELECT CASE WHEN k.why = '' THEN k.reached END, k.why
    FROM (
        SELECT CASE WHEN e.in_reply_to = '' THEN p.email ELSE e.to_address END AS reached,
               CASE WHEN p.erased_at IS NOT NULL THEN 'erased'
                    WHEN p.restricted_at IS NOT NULL THEN 'restricted'
                    WHEN e.kind IN ('first_letter', 'weekly_status') AND 'storage' = ANY (taken_back.scopes) THEN 'consent'
                    WHEN e.kind = 'weekly_status' AND 'pseudonymous_inquiry' = ANY (taken_back.scopes) THEN 'consent'
                    WHEN e.kind = 'weekly_status' AND NOT p.wants_status THEN 'unwanted'
                    WHEN e.in_reply_to = '' AND p.email = '' THEN 'no_address'
                    ELSE '' END AS why
        FROM communication_service.email e
        JOIN patient p ON p.id = e.patient_id
        CROSS JOIN LATERAL (
            SELECT array_agg(scope) AS scopes
            FROM (SELECT c.scope FROM consent c WHERE c.patient_id = p.id
                  GROUP BY c.scope HAVING bool_and(c.withdrawn_on IS NOT NULL)) AS gone
        ) AS taken_back
        WHERE e.id = mail_id AND e.status IN ('queued', 'retry_wait', 'failed', 'unclear')
          AND patient_service.is_seen(p.id)
    ) AS k
$$;
