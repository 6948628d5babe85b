-- Whose words are erased, whom a mail names however it is written, and whom a practice was really asked about.

-- Whom a letter or mail names decides whose it is, in whatever inquiry: one that names somebody else, too, is theirs as
-- well and stays; one that names this patient and nobody else goes. What names nobody is of those its inquiry is about.
CREATE OR REPLACE FUNCTION audit.erase_contacts(patient bigint, why text) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    alone bigint[];
    entries bigint[];
    calls bigint[];
    answers bigint[];
BEGIN
    IF session_user <> current_user AND NOT pg_has_role(session_user, 'platzlotse_supervisor', 'USAGE') THEN
        RAISE EXCEPTION 'only who leads the office erases' USING ERRCODE = 'insufficient_privilege';
    END IF;
    alone := ARRAY(
        SELECT i.inquiry_id FROM matching_service.inquiry_item i
        JOIN matching_service.place_search s ON s.id = i.search_id
        WHERE s.patient_id = patient
        EXCEPT
        SELECT o.inquiry_id FROM matching_service.inquiry_item i
        JOIN matching_service.place_search s ON s.id = i.search_id
        JOIN matching_service.inquiry_item o ON o.inquiry_id = i.inquiry_id
        JOIN matching_service.place_search t ON t.id = o.search_id
        WHERE s.patient_id = patient AND t.patient_id <> patient);
    entries := ARRAY(
        SELECT found.id FROM (
            SELECT c.id FROM communication_service.contact_entry c WHERE c.patient_id = patient
            UNION
            SELECT c.id FROM communication_service.contact_entry c
            WHERE c.patient_id IS NULL
              AND (c.inquiry_id = ANY (alone)
                   OR EXISTS (SELECT FROM communication_service.contact_patient p
                              WHERE p.entry_id = c.id AND p.patient_id = patient))
              AND NOT EXISTS (SELECT FROM communication_service.contact_patient o
                              WHERE o.entry_id = c.id AND o.patient_id <> patient)) found
        WHERE NOT EXISTS (SELECT FROM audit.contact_erasure x WHERE x.entry_id = found.id)
        ORDER BY found.id);
    INSERT INTO audit.contact_erasure (entry_id, reason) SELECT unnest(entries), trim(why);
    UPDATE communication_service.contact_entry SET counterpart = '', body = '' WHERE id = ANY (entries);
    DELETE FROM audit.contact_salt WHERE entry_id = ANY (entries);
    WITH emptied AS (
        UPDATE communication_service.phone_call SET outcome = '', note = ''
        WHERE (outcome <> '' OR note <> '') AND (inquiry_id = ANY (alone) OR inquiry_id IS NULL AND id IN (
            SELECT c.call_id FROM communication_service.contact_entry c WHERE c.id = ANY (entries)))
        RETURNING id)
    SELECT array_agg(id) INTO calls FROM emptied;
    WITH emptied AS (
        UPDATE matching_service.answer a SET note = ''
        FROM matching_service.inquiry_item i, matching_service.place_search s
        WHERE i.id = a.item_id AND s.id = i.search_id AND s.patient_id = patient AND a.note <> ''
          AND EXISTS (SELECT FROM communication_service.contact_entry c
                      WHERE c.id = ANY (entries) AND c.inquiry_id = i.inquiry_id AND c.patient_id = patient)
        RETURNING a.id)
    SELECT array_agg(id) INTO answers FROM emptied;
    DELETE FROM audit.content c USING audit.entry e
        WHERE c.entry_id = e.id AND e.table_name = 'communication_service.contact_entry' AND e.row_id = ANY (entries);
    DELETE FROM audit.content c USING audit.entry e
        WHERE c.entry_id = e.id AND e.table_name = 'communication_service.phone_call' AND e.row_id = ANY (calls);
    DELETE FROM audit.content c USING audit.entry e
        WHERE c.entry_id = e.id AND e.table_name = 'matching_service.answer' AND e.row_id = ANY (answers);
    RETURN cardinality(entries);
END $$;

-- Words as names are compared, in two steps. First what nobody sees is taken away (soft hyphens, letters without width),
-- full-width letters are letters, accents go, and an umlaut is its letter, however it was written (Öztürk, Oeztuerk,
-- Ozturk). Capitals and what stands between the words are kept.
CREATE FUNCTION communication_service.seen(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN regexp_replace(normalize(value, NFKC),
        '[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]+', '', 'g');
CREATE FUNCTION communication_service.plain_letters(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN regexp_replace(translate(
        replace(replace(regexp_replace(normalize(communication_service.seen(value), NFKD), '[\u0300-\u036f]+', '', 'g'),
                        'ß', 'ss'), 'ẞ', 'SS'),
        'ØøŁłĐđıÆæŒœ', 'OoLlDdiAaOo'), '([aouAOU])[eE]', '\1', 'g');
-- Then small letters; what looks like a Latin letter is taken for one.
CREATE FUNCTION communication_service.plain_word(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN translate(lower(value), 'авекмнорстухіѕјαβεηικμνορτυχζ', 'abekmhopctyxisjabehikmnoptyxz');
CREATE OR REPLACE FUNCTION communication_service.plain_words(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN trim(regexp_replace(
        communication_service.plain_word(communication_service.plain_letters(value)), '[^[:alnum:]]+', ' ', 'g'));

-- What may stand before a last name and is no name.
CREATE FUNCTION communication_service.is_particle(word text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN word IN ('von', 'van', 'vom', 'zu', 'zur', 'zum', 'der', 'den', 'dem', 'de', 'di', 'da', 'do', 'dos', 'del', 'la',
                    'le', 'el', 'al', 'ten', 'ter', 'bin', 'ben', 'ibn', 'bint', 'af', 'av', 'und');

-- The words of a text, one a row. `class` says what a word is to a name beside it: S and P a salutation, of a patient (s
-- and p in small letters), W what may be a Friday, T a title, V "von der", I an initial, i another letter, G "geborene",
-- Q somebody looks for a place, H the first half of a double word, U a word with a capital, u any other. A | ends it where
-- a sentence or paragraph ends.
CREATE FUNCTION communication_service.words_of(value text)
    RETURNS TABLE (pos bigint, word text, big boolean, after text, class text)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    WITH parts AS (
        -- a word that was divided at the end of a line is one
        SELECT found[1] AS part, number, lead(found[1]) OVER (ORDER BY number) AS after
        FROM regexp_matches(communication_service.plain_letters(
                 regexp_replace(value, '([[:lower:]])-[ \t]*\r?\n[> \t]*([[:lower:]])', '\1\2', 'g')),
             '[[:alnum:]]+|[^[:alnum:]]+', 'g') WITH ORDINALITY AS f(found, number)
    ), words AS (
        SELECT row_number() OVER (ORDER BY number) AS pos, communication_service.plain_word(part) AS word,
               left(part, 1) <> lower(left(part, 1)) OR lower(part) = upper(part) AS big, coalesce(after, '') AS after
        FROM parts WHERE part ~ '^[[:alnum:]]'
    ), classed AS (
        SELECT w.*, CASE
            WHEN length(w.word) = 1 THEN CASE WHEN w.big AND w.after ~ '^[.]' THEN 'I' ELSE 'i' END
            WHEN w.word = 'fr' AND w.after !~ '^[.]' THEN 'W'
            WHEN w.word IN ('frau', 'herr', 'herrn', 'hr', 'hrn', 'fr', 'frl', 'fraulein')
                THEN CASE WHEN w.big THEN 'S' ELSE 's' END
            WHEN w.word IN ('familie', 'fam', 'eheleute', 'ms', 'mr', 'mrs', 'kind', 'sohn', 'tochter', 'mutter', 'vater',
                            'eltern', 'bruder', 'schwester', 'name', 'namens', 'heisst') THEN 'S'
            WHEN w.word ~ '^(pat|(patient|klient|mandant)(en|in|innen)?)$' THEN CASE WHEN w.big THEN 'P' ELSE 'p' END
            WHEN w.word IN ('dr', 'prof', 'professor', 'med', 'phil', 'rer', 'nat', 'dipl', 'psych', 'mag', 'msc', 'bsc', 'ing')
                THEN 'T'
            WHEN communication_service.is_particle(w.word) AND w.word <> 'und' THEN 'V'
            WHEN w.word IN ('geb', 'geboren', 'geborene', 'geborener') THEN 'G'
            WHEN w.word IN ('sucht', 'suchen') THEN 'Q'
            WHEN w.big THEN CASE WHEN w.after = '-' THEN 'H' ELSE 'U' END
            ELSE 'u' END AS kind
        FROM words w
    )
    SELECT c.pos, c.word, c.big, c.after, c.kind || CASE
        WHEN c.after ~ '[!?;]|\n[^\n]*\n' OR c.after ~ '^[^.]*[.].*\s' AND c.kind !~ '[TIiVGSsPpW]' THEN '|' ELSE '' END
    FROM classed c
$$;

-- Whom words name: by the code of a position, the reference of an inquiry, a mail address, or a name. A name is a first and
-- a last one in either order, or an initial or a salutation with the last one or one half of it; titles, further first
-- names, initials and "von der" may stand between. `asked` says whether a letter about that patient reached the practice:
-- it, a colleague there, or whoever reads the same mailbox. Without a `therapist` the practice is found by the address. Who
-- is greeted or signs is not meant, nor who is written to or is their guardian; among colleagues nothing is told.
CREATE OR REPLACE FUNCTION communication_service.patients_named(words text, therapist bigint, address text)
    RETURNS TABLE (patient_id bigint, asked boolean)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH shown AS MATERIALIZED (
        SELECT communication_service.seen(words) AS value
    ), tokens AS MATERIALIZED (
        -- a line that only greets one person names nobody; of a line that goes on everything counts
        SELECT w.* FROM shown CROSS JOIN LATERAL communication_service.words_of(regexp_replace(shown.value,
            '^[> \t]*([Ss]ehr [Gg]eehrte[rs]?|[Gg]uten ([Tt]ag|[Mm]orgen|[Aa]bend)|[Ll]iebe[rs]?|[Hh]allo)'
            '([ \t]+(Frau|Herrn?|Hr[.]|Fr[.]|Familie|Kolleg(e|in|en|innen)|und|Dr[.]|Prof[.]|med[.]|Dipl[.]-Psych[.]|von|van'
            '|zu|der|den|de))*([ \t]+[[:upper:]][^\s,!]*){0,2}[ \t]*[,!.]?[ \t\r]*$', '', 'gn')) AS w
    ), raw AS MATERIALIZED (
        SELECT found[1] AS part, lag(found[1]) OVER (ORDER BY number) AS gap, lag(found[1], 2) OVER (ORDER BY number) AS before
        FROM shown CROSS JOIN LATERAL regexp_matches(shown.value, '[[:alnum:]]+|[^[:alnum:]]+', 'g')
            WITH ORDINALITY AS f(found, number)
    ), codes AS MATERIALIZED (
        SELECT upper(part) AS code FROM raw WHERE length(part) BETWEEN 4 AND 12
        UNION
        SELECT upper(before || part) FROM raw
        WHERE length(part) < 12 AND length(before) < 12 AND length(before || part) BETWEEN 4 AND 12 AND gap ~ '^[ \t-]{1,3}$'
          AND (before || part = upper(before || part) OR before || part ~ '[0-9]')
    ), addresses AS MATERIALIZED (
        SELECT DISTINCT trim(part, '.!?''') AS written
        FROM shown CROSS JOIN LATERAL regexp_split_to_table(
            regexp_replace(lower(shown.value), '\s?[([]at[])]\s?', '@', 'g'), '[][:space:]<>()[,;:"*|]+') AS part
        WHERE part LIKE '%_@_%'
    ), addressed AS MATERIALIZED (
        SELECT t.practice_id, t.contact_point_id FROM therapist_service.therapist t
        LEFT JOIN therapist_service.contact_point c ON c.id = t.contact_point_id
        WHERE CASE WHEN therapist IS NULL THEN lower(t.email) = lower(address) OR c.mailbox = lower(address)
                   ELSE t.id = therapist END
    ), practice AS MATERIALIZED (
        SELECT t.id, t.first_name, t.last_name FROM therapist_service.therapist t
        WHERE t.practice_id IN (SELECT a.practice_id FROM addressed a)
    ), readers AS MATERIALIZED (
        SELECT unnest(therapist_service.merged_ids(p.id)) AS id FROM practice p
    ), greeted AS MATERIALIZED (
        SELECT communication_service.plain_words(p.first_name) AS first, communication_service.plain_words(p.last_name) AS last
        FROM practice p
        UNION
        SELECT communication_service.plain_words(regexp_replace(o.display_name, '\S+\s*$', '')),
               communication_service.plain_words(substring(o.display_name FROM '\S+\s*$'))
        FROM platform.person o
    ), ours AS MATERIALIZED (
        SELECT lower(o.email) AS email FROM platform.person o
        UNION SELECT lower(o.email) FROM platform.office o
        UNION SELECT lower(o.address) FROM communication_service.mail_account o
    ), people AS MATERIALIZED (
        SELECT p.id, lower(p.email) AS email, communication_service.plain_words(p.first_name) AS first,
               communication_service.plain_words(p.last_name) AS last
        FROM patient_service.patient p WHERE p.erased_at IS NULL
    ), keys AS MATERIALIZED (
        SELECT p.id, part AS key
        FROM people p CROSS JOIN LATERAL string_to_table(p.last, ' ') AS part
        WHERE length(part) > 1 AND NOT communication_service.is_particle(part) OR p.last = part AND part <> ''
        UNION
        SELECT p.id, replace(p.last, ' ', '') FROM people p WHERE strpos(p.last, ' ') > 0
    ), in_one AS MATERIALIZED (
        SELECT p.id, replace(written, ' ', '') AS key
        FROM people p CROSS JOIN LATERAL unnest(ARRAY[p.first || p.last, p.last || p.first]) AS written
        WHERE p.first <> '' AND p.last <> ''
    ), hits AS MATERIALIZED (
        SELECT k.id, k.key, t.pos, t.word, t.big, t.after, t.class LIKE '%|' AS ends
        FROM keys k JOIN tokens t ON t.word = k.key
        UNION ALL
        SELECT k.id, k.key, t.pos, t.word, t.big, t.after, t.class LIKE '%|'
        FROM keys k JOIN tokens t ON t.word = k.key || 's'
    ), beside AS MATERIALIZED (
        SELECT h.id, h.key, h.pos, h.word, h.big, h.after, p.first, p.last,
               coalesce(string_agg(c.class, '' ORDER BY t.pos) FILTER (WHERE t.pos < h.pos), '') AS before,
               coalesce(string_agg(c.class, '' ORDER BY t.pos) FILTER (WHERE t.pos > h.pos AND NOT h.ends), '') AS behind
        FROM hits h JOIN people p ON p.id = h.id
        CROSS JOIN generate_series(-6, 6) AS step
        LEFT JOIN tokens t ON t.pos = h.pos + step AND step <> 0
        LEFT JOIN LATERAL (
            SELECT CASE
                WHEN length(t.word) > 1 AND t.word = ANY (string_to_array(p.first, ' ')) THEN 'F' || substr(t.class, 2)
                WHEN t.class LIKE 'I%' AND t.word = ANY (
                    SELECT left(given, 1) FROM string_to_table(p.first, ' ') AS given) THEN 'N' || substr(t.class, 2)
                WHEN length(t.word) > 1 AND t.class !~ '^V' AND t.word = ANY (string_to_array(p.last, ' '))
                    THEN 'L' || substr(t.class, 2)
                ELSE t.class END AS class) AS c ON true
        GROUP BY h.id, h.key, h.pos, h.word, h.big, h.after, p.first, p.last
    ), named AS (
        SELECT b.id FROM beside b
        WHERE (b.before ~ 'F[TIiNVFLSPs]*[UH]?[TIiNVL]*$' OR b.behind ~ '^[TIiNVL]*(G[UH])?[TIiNVL]*F')
          AND (NOT EXISTS (SELECT FROM greeted g WHERE g.first = b.first AND g.last = b.last)
               OR b.before ~ '[PpQG][^|]{0,2}$' OR b.behind ~ '^F?[QG]')
        UNION
        SELECT b.id FROM beside b
        WHERE (b.big AND (b.before ~ 'N[TIiNVL]*$' OR b.after ~ '^,' AND b.behind ~ '^N' OR b.before ~ '[SP][TIiNVFL]*H?$'
                          OR b.before ~ 'W[TIiNVFL]*$' AND b.word NOT IN (
                              'uhr', 'fruh', 'morgen', 'mittag', 'abend', 'nacht', 'vormittag', 'nachmittag', 'kurz', 'nach',
                              'ab', 'bis', 'montag', 'dienstag', 'mittwoch', 'donnerstag', 'freitag', 'samstag', 'sonntag'))
               OR b.before ~ '[sp][TIiNVFL]*H?$')
          AND (NOT EXISTS (SELECT FROM greeted g WHERE b.key = ANY (string_to_array(g.last, ' ')))
               OR b.before ~ '[Pp][TIiNVFL]*$')
        UNION
        SELECT o.id FROM in_one o JOIN tokens t ON t.word = o.key
        UNION
        SELECT p.id FROM people p JOIN addresses a ON a.written = p.email
        WHERE p.email NOT IN (SELECT o.email FROM ours o WHERE o.email IS NOT NULL)
        UNION
        SELECT s.patient_id FROM matching_service.inquiry_item i
        JOIN matching_service.place_search s ON s.id = i.search_id
        WHERE i.reference_code IN (SELECT c.code FROM codes c)
        UNION
        SELECT s.patient_id FROM matching_service.inquiry q
        JOIN matching_service.inquiry_item i ON i.inquiry_id = q.id
        JOIN matching_service.place_search s ON s.id = i.search_id
        WHERE q.reference IN (SELECT c.code FROM codes c)
    )
    SELECT p.id, EXISTS (
        SELECT FROM matching_service.place_search s
        JOIN matching_service.inquiry_item i ON i.search_id = s.id
        JOIN matching_service.inquiry q ON q.id = i.inquiry_id
        WHERE s.patient_id = p.id AND q.sent_at IS NOT NULL AND q.stage <> 'bounced'
          AND (q.therapist_id IN (SELECT r.id FROM readers r)
               OR q.contact_point_id IN (SELECT a.contact_point_id FROM addressed a)))
    FROM people p
    WHERE p.id IN (SELECT n.id FROM named n) AND p.email <> lower(address)
      AND NOT EXISTS (SELECT FROM patient_service.guardian g WHERE g.patient_id = p.id AND lower(g.email) = lower(address))
      AND NOT (therapist IS NULL AND lower(address) IN (SELECT o.email FROM ours o WHERE o.email IS NOT NULL))
$$;

-- What the last look asks of a written mail that waits: whether it names somebody its practice was never asked about, and
-- nobody said that it may; who confirmed a name saw that name, whoever else bears it since. It goes by the address: a mail
-- in a patient's thread may go to a practice. One too long to be looked through was never asked about. Whoever asks learns
-- of no patient.
CREATE OR REPLACE FUNCTION communication_service.names_unasked(mail_id bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM communication_service.email e
        CROSS JOIN LATERAL (SELECT concat_ws(E'\n', e.subject, e.body_text, (
            SELECT string_agg(a.name, E'\n') FROM communication_service.email_attachment a WHERE a.email_id = e.id)) AS words) AS w
        LEFT JOIN LATERAL communication_service.patients_named(
            left(w.words, 250000), e.therapist_id, e.to_address) AS n ON NOT n.asked
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

REVOKE EXECUTE ON FUNCTION communication_service.seen(text), communication_service.plain_letters(text),
    communication_service.plain_word(text), communication_service.is_particle(text), communication_service.words_of(text)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION communication_service.seen(text), communication_service.plain_letters(text),
    communication_service.plain_word(text), communication_service.is_particle(text), communication_service.words_of(text)
    TO platzlotse_caseworker, platzlotse_supervisor;

-- Whom it names is kept with every written mail: in a patient's thread, too.
DROP POLICY own_waiting ON communication_service.email_patient;
CREATE POLICY own_waiting ON communication_service.email_patient AS RESTRICTIVE FOR INSERT
    TO platzlotse_caseworker, platzlotse_supervisor WITH CHECK (
        (confirmed_by IS NULL OR confirmed_by = platform.current_person_id())
        AND EXISTS (SELECT FROM communication_service.email e
                    WHERE e.id = email_id AND e.kind IN ('own', 'patient') AND e.status = 'queued'
                      AND e.created_by = platform.current_person_id()));
