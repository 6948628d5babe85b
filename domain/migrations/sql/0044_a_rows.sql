-- What a caseworker writes and reads of patients of another team, by a tool of its own, too.

-- For functions of the owner: does an inquiry ask for somebody the caller sees, or for nobody yet? Whom nothing is hidden
-- from (the worker, whoever leads) sees it.
CREATE FUNCTION matching_service.sees_inquiry(which bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    RETURN NOT pg_has_role(session_user, 'platzlotse_caseworker', 'MEMBER') OR platform.sees_all_teams() OR (
        SELECT coalesce(bool_or(patient_service.is_seen(s.patient_id)), true)
        FROM matching_service.inquiry_item i JOIN matching_service.place_search s ON s.id = i.search_id
        WHERE i.inquiry_id = which);

-- Whom may somebody be added to: an inquiry that still runs and asks for nobody the caller does not see, unless the
-- caller made it.
CREATE FUNCTION matching_service.takes_positions(which bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    RETURN EXISTS (
        SELECT FROM matching_service.inquiry q WHERE q.id = which AND q.closed_at IS NULL
        AND (q.created_by = platform.current_person_id() OR NOT EXISTS (
            SELECT FROM matching_service.inquiry_item i JOIN matching_service.place_search s ON s.id = i.search_id
            WHERE i.inquiry_id = which AND NOT patient_service.is_seen(s.patient_id))));

REVOKE EXECUTE ON FUNCTION matching_service.sees_inquiry(bigint), matching_service.takes_positions(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION matching_service.sees_inquiry(bigint), matching_service.takes_positions(bigint)
    TO platzlotse_caseworker, platzlotse_supervisor;

-- The numbers of all positions stay readable: nobody may take an inquiry for settled over hidden ones. For the same reason
-- whoever locks the positions of an inquiry of two teams sees all of them, and is refused at the first one that is hidden.
CREATE POLICY own_position ON matching_service.inquiry_item AS RESTRICTIVE FOR INSERT TO platzlotse_caseworker
    WITH CHECK ((SELECT platform.sees_all_teams()) OR (
        EXISTS (SELECT FROM matching_service.place_search s WHERE s.id = inquiry_item.search_id)
        AND matching_service.takes_positions(inquiry_id)));
CREATE POLICY own_position_still ON matching_service.inquiry_item AS RESTRICTIVE FOR UPDATE TO platzlotse_caseworker
    USING ((SELECT platform.sees_all_teams()) OR matching_service.sees_inquiry(inquiry_id))
    WITH CHECK ((SELECT platform.sees_all_teams())
        OR EXISTS (SELECT FROM matching_service.place_search s WHERE s.id = inquiry_item.search_id));

-- An inquiry is read by all, else its practice looks free, and turned to the record that is kept when two of one practice
-- are brought together, whoever does that. Everything else about it is for who sees somebody it asks for; said as an
-- error, since a rule for rows would leave a stage unchanged without a word.
CREATE FUNCTION matching_service.only_own_inquiry() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT matching_service.sees_inquiry(OLD.id) THEN
        RAISE EXCEPTION 'an inquiry for patients of another team' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION matching_service.only_own_inquiry() FROM PUBLIC;
CREATE TRIGGER only_own BEFORE UPDATE ON matching_service.inquiry FOR EACH ROW
    WHEN ((NEW.stage, NEW.channel, NEW.reference, NEW.created_by, NEW.approved_at, NEW.sent_at, NEW.reminders,
           NEW.last_reminded_at, NEW.out_of_office_until, NEW.out_of_office_since, NEW.clock_started_at, NEW.closed_at,
           NEW.close_reason, NEW.cooling_override) IS DISTINCT FROM
          (OLD.stage, OLD.channel, OLD.reference, OLD.created_by, OLD.approved_at, OLD.sent_at, OLD.reminders,
           OLD.last_reminded_at, OLD.out_of_office_until, OLD.out_of_office_since, OLD.clock_started_at, OLD.closed_at,
           OLD.close_reason, OLD.cooling_override))
    EXECUTE FUNCTION matching_service.only_own_inquiry();

-- A letter on paper and a call about an inquiry are seen by who sees one of its patients; a call about none is the office's.
SELECT platform.only_own_team('communication_service.printed_letter', $c$
    (SELECT platform.sees_all_teams()) OR EXISTS (
        SELECT FROM matching_service.inquiry_item i JOIN matching_service.place_search s ON s.id = i.search_id
        WHERE i.inquiry_id = printed_letter.inquiry_id) $c$);
SELECT platform.only_own_team('communication_service.printed_letter_item', $c$
    (SELECT platform.sees_all_teams()) OR EXISTS (
        SELECT FROM communication_service.printed_letter l WHERE l.id = printed_letter_item.letter_id) $c$);
SELECT platform.only_own_team('communication_service.phone_call', $c$
    inquiry_id IS NULL OR (SELECT platform.sees_all_teams()) OR EXISTS (
        SELECT FROM matching_service.inquiry_item i JOIN matching_service.place_search s ON s.id = i.search_id
        WHERE i.inquiry_id = phone_call.inquiry_id) $c$);
SELECT platform.only_own_team('communication_service.email_item', $c$
    (SELECT platform.sees_all_teams()) OR EXISTS (
        SELECT FROM communication_service.email e WHERE e.id = email_item.email_id) $c$);
SELECT platform.only_own_team('communication_service.incoming_reading', $c$
    (SELECT platform.sees_all_teams()) OR EXISTS (
        SELECT FROM communication_service.incoming_email e WHERE e.id = incoming_reading.incoming_id) $c$);
SELECT platform.only_own_team('communication_service.prior_state', $c$
    (SELECT platform.sees_all_teams())
    OR EXISTS (SELECT FROM matching_service.answer a WHERE a.id = prior_state.answer_id)
    OR EXISTS (SELECT FROM communication_service.printed_letter l WHERE l.id = prior_state.letter_id) $c$);
SELECT platform.only_own_team(which::regclass, format(
    '(SELECT platform.sees_all_teams()) OR EXISTS (SELECT FROM patient_service.patient p WHERE p.id = %I.patient_id)',
    split_part(which, '.', 2)))
FROM unnest(ARRAY['patient_service.access_report', 'patient_service.retention_line']) AS own(which);

-- Why words were erased is a person's sentence, seen with whose words they were.
CREATE POLICY own_team ON audit.contact_erasure AS RESTRICTIVE FOR SELECT TO platzlotse_caseworker
    USING ((SELECT platform.sees_all_teams()) OR EXISTS (
        SELECT FROM communication_service.contact_entry c WHERE c.id = contact_erasure.entry_id));
CREATE POLICY own_team ON audit.word_erasure AS RESTRICTIVE FOR SELECT TO platzlotse_caseworker
    USING ((SELECT platform.sees_all_teams()) OR EXISTS (
        SELECT FROM patient_service.patient p WHERE p.id = word_erasure.patient_id));

-- What all must know of calls they do not see: when a practice and a person are taken, how often somebody answers, and
-- which numbers are wrong. No inquiry, no word of a call.
CREATE FUNCTION communication_service.calls_planned(whose bigint, practice bigint, since timestamp with time zone)
    RETURNS SETOF timestamp with time zone
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        SELECT c.planned_at FROM communication_service.phone_call c
        WHERE c.status = 'planned' AND c.planned_at >= since AND (c.person_id = whose OR c.therapist_id = practice);
    END;
CREATE FUNCTION communication_service.call_attempts(since timestamp with time zone)
    RETURNS TABLE (therapist_id bigint, weekday integer, hour integer, attempts bigint, reached bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    BEGIN ATOMIC
        SELECT c.therapist_id, extract(isodow FROM c.started_at AT TIME ZONE 'Europe/Berlin')::int,
               extract(hour FROM c.started_at AT TIME ZONE 'Europe/Berlin')::int, count(*),
               count(*) FILTER (WHERE c.status IN ('reached', 'callback_due'))
        FROM communication_service.phone_call c
        WHERE c.started_at > since AND c.ended_at IS NOT NULL AND c.status NOT IN ('in_progress', 'wrong_number')
        GROUP BY 1, 2, 3;
    END;
CREATE FUNCTION communication_service.is_wrong_number(practice bigint, number text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    RETURN EXISTS (SELECT FROM communication_service.phone_call w
                   WHERE w.therapist_id = practice AND w.status = 'wrong_number' AND w.dialled = number);
REVOKE EXECUTE ON FUNCTION communication_service.calls_planned(bigint, bigint, timestamp with time zone),
    communication_service.call_attempts(timestamp with time zone), communication_service.is_wrong_number(bigint, text)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION communication_service.calls_planned(bigint, bigint, timestamp with time zone),
    communication_service.call_attempts(timestamp with time zone), communication_service.is_wrong_number(bigint, text)
    TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker;

-- Functions of the owner answer of a mail whoever may read it; the worker of every one.
CREATE FUNCTION communication_service.sees_mail(which bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    RETURN NOT pg_has_role(session_user, 'platzlotse_caseworker', 'MEMBER') OR platform.sees_all_teams() OR EXISTS (
        SELECT FROM communication_service.email e WHERE e.id = which AND CASE
            WHEN e.patient_id IS NOT NULL THEN patient_service.is_seen(e.patient_id)
            WHEN e.inquiry_id IS NOT NULL THEN matching_service.sees_inquiry(e.inquiry_id)
            ELSE NOT communication_service.mail_names_hidden(e.id) END);
REVOKE EXECUTE ON FUNCTION communication_service.sees_mail(bigint) FROM PUBLIC;

ALTER FUNCTION patient_service.why_not_asked(bigint) RENAME TO hindrance_of_asking;
ALTER FUNCTION patient_service.asks_without_consent(bigint) RENAME TO lacks_consent;
REVOKE EXECUTE ON FUNCTION patient_service.hindrance_of_asking(bigint), patient_service.lacks_consent(bigint)
    FROM platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker;
CREATE FUNCTION patient_service.why_not_asked(mail bigint) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    RETURN CASE WHEN communication_service.sees_mail(mail) THEN patient_service.hindrance_of_asking(mail) ELSE '' END;
CREATE FUNCTION patient_service.asks_without_consent(mail bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    RETURN communication_service.sees_mail(mail) AND patient_service.lacks_consent(mail);
REVOKE EXECUTE ON FUNCTION patient_service.why_not_asked(bigint), patient_service.asks_without_consent(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION patient_service.why_not_asked(bigint), patient_service.asks_without_consent(bigint)
    TO platzlotse_caseworker, platzlotse_supervisor, platzlotse_worker;

-- A record of a team is nobody's of another one, whoever is responsible for it.
CREATE OR REPLACE FUNCTION patient_service.is_of_record(patient bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM patient_service.patient p
        LEFT JOIN platform.person me ON me.id = platform.current_person_id()
        WHERE p.id = patient AND p.erased_at IS NULL
          AND (pg_has_role(session_user, 'platzlotse_supervisor', 'USAGE')
               OR pg_has_role(session_user, 'platzlotse_caseworker', 'USAGE') AND patient_service.is_seen(p.id)
                  AND (p.responsible_id IS NULL OR me.id IN (p.responsible_id, p.deputy_id) OR me.team_id = p.team_id)))
$$;

-- Whether a name is a patient's a caseworker learns of patients it sees; the worker, before it sends, looks at all.
CREATE OR REPLACE FUNCTION communication_service.names_unasked(mail_id bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT communication_service.sees_mail(mail_id) AND EXISTS (
        SELECT FROM communication_service.email e
        CROSS JOIN LATERAL (SELECT concat_ws(E'\n', e.subject, e.body_text, (
            SELECT string_agg(a.name, E'\n') FROM communication_service.email_attachment a WHERE a.email_id = e.id)) AS words) AS w
        LEFT JOIN LATERAL communication_service.patients_named(
            left(w.words, 250000), e.therapist_id, e.to_address) AS n
            ON NOT n.asked AND patient_service.is_seen(n.patient_id)
        JOIN LATERAL (SELECT length(w.words) > 250000 AS too_long) AS l ON l.too_long OR n.patient_id IS NOT NULL
        WHERE e.id = mail_id AND e.status IN ('queued', 'retry_wait', 'failed', 'unclear')
          AND (e.kind = 'own' OR e.kind = 'patient' AND e.client_uuid IS NOT NULL
               AND NOT EXISTS (SELECT FROM patient_service.patient p
                               WHERE p.id = e.patient_id AND lower(p.email) = lower(e.to_address))
               AND NOT EXISTS (SELECT FROM patient_service.guardian g
                               WHERE g.patient_id = e.patient_id AND lower(g.email) = lower(e.to_address)))
          AND (l.too_long OR NOT EXISTS (
              SELECT FROM communication_service.email_patient c
              JOIN patient_service.patient seen ON seen.id = c.patient_id
              JOIN patient_service.patient now ON now.id = n.patient_id
              WHERE c.email_id = e.id AND c.confirmed_by IS NOT NULL
                AND (seen.id = now.id OR communication_service.plain_words(seen.first_name || ' ' || seen.last_name)
                                         = communication_service.plain_words(now.first_name || ' ' || now.last_name)))))
$$;
