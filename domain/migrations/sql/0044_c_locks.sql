-- Whoever may change every column of a table may also lock it for everybody else (LOCK TABLE); who may change named columns
-- may not. A number the database gives and what it computes change for nobody. A column that is added later is granted
-- with it: tests/domain/test_hardening.py keeps every table so.
CREATE FUNCTION platform.change_by_columns(which regclass, besides name[] DEFAULT '{}') RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    holders text;
    columns text;
BEGIN
    SELECT string_agg(quote_ident(r.rolname), ', ' ORDER BY r.rolname) INTO holders
        FROM pg_class c CROSS JOIN aclexplode(c.relacl) AS a JOIN pg_roles r ON r.oid = a.grantee
        WHERE c.oid = which AND a.privilege_type = 'UPDATE' AND a.grantee <> c.relowner AND r.rolname LIKE 'platzlotse\_%';
    SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO columns
        FROM pg_attribute a WHERE a.attrelid = which AND a.attnum > 0 AND NOT a.attisdropped
          AND a.attgenerated = '' AND a.attidentity = '' AND NOT a.attname = ANY (besides);
    IF holders IS NOT NULL THEN
        EXECUTE format('REVOKE UPDATE ON %s FROM %s', which, holders);
        EXECUTE format('GRANT UPDATE (%s) ON %s TO %s', columns, which, holders);
    END IF;
END $$;
REVOKE EXECUTE ON FUNCTION platform.change_by_columns(regclass, name[]) FROM PUBLIC;

-- a position stays in its inquiry, for whom and under which code it was made
SELECT platform.change_by_columns('matching_service.inquiry_item', '{inquiry_id,search_id,position,reference_code}');
SELECT platform.change_by_columns(c.oid::regclass) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relname NOT LIKE 'procrastinate%'
  AND n.nspname IN ('platform', 'audit', 'patient_service', 'therapist_service', 'matching_service',
                    'communication_service', 'geocoding_service', 'scraping_service');

-- One person's connections do not take everybody's: who makes a login says so with it (domain/persons.py).
DO $$
DECLARE
    login name;
BEGIN
    FOR login IN SELECT r.rolname FROM pg_roles r JOIN platform.person p ON p.role_name = r.rolname
                 WHERE r.rolconnlimit = -1 AND NOT r.rolsuper LOOP
        BEGIN
            EXECUTE format('ALTER ROLE %I CONNECTION LIMIT 20', login);
        EXCEPTION WHEN insufficient_privilege THEN
            NULL;  -- a login somebody else made is that one's to limit
        END;
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION platform.create_person(login text, shown text, verifier text, given text[], mailbox text, number text,
                                       in_team bigint) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    PERFORM platform.require_admin();
    PERFORM platform.check_verifier(verifier);
    IF login IS NULL OR login !~ '^[a-z][a-z0-9_]{1,39}$' OR login ~ '^(pg_|platzlotse)' THEN
        RAISE EXCEPTION 'not a name for a login' USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_person_role_name';
    END IF;
    -- a login that is there already may be anybody's: nobody comes into the office by its name
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = login) THEN
        RAISE EXCEPTION 'login % is taken', login USING ERRCODE = 'unique_violation', CONSTRAINT = 'uq_person_role_name';
    END IF;
    INSERT INTO platform.person (role_name, display_name, email, phone, team_id, roles, password_given_at)
        VALUES (login, shown, mailbox, number, in_team, given, now()) RETURNING id INTO made;
    EXECUTE format('CREATE ROLE %I LOGIN CONNECTION LIMIT 20 PASSWORD %L', login, verifier);
    PERFORM platform.join_groups(login, given);
    PERFORM platform.tell_act(made, 'created', given);
    RETURN made;
END $$;
