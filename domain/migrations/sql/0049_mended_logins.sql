-- A login is compared with what it is, not with its row: after a restore, or by the hand of a server's administrator,
-- the two may differ, and an admin mends that in the window.

-- Of these groups a login really is.
CREATE FUNCTION platform.groups_of(login text) RETURNS text[]
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(array_agg(substr(g.rolname, 12) ORDER BY g.rolname COLLATE "C"), '{}')
    FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles r ON r.oid = m.member
    WHERE r.rolname = login
      AND g.rolname IN ('platzlotse_caseworker', 'platzlotse_supervisor', 'platzlotse_auditor', 'platzlotse_admin');
$$;
REVOKE EXECUTE ON FUNCTION platform.groups_of(text) FROM PUBLIC;

CREATE OR REPLACE FUNCTION platform.lock_person(whom bigint, locked boolean) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    login text := platform.login_of(whom);
    kept text[];
    told boolean;
    enters boolean;
    joined text[] := platform.groups_of(login);
    wanted text[];
BEGIN
    SELECT p.roles, p.active = locked INTO kept, told FROM platform.person p WHERE p.id = whom;
    SELECT rolcanlogin INTO enters FROM pg_roles WHERE rolname = login;
    wanted := CASE WHEN locked THEN '{}' ELSE kept END;
    IF NOT told AND enters <> locked AND joined <@ wanted AND wanted <@ joined THEN
        RETURN;
    END IF;
    UPDATE platform.person SET active = NOT locked, version = version + 1 WHERE id = whom AND active = locked;
    EXECUTE format('ALTER ROLE %I %s', login, CASE WHEN locked THEN 'NOLOGIN' ELSE 'LOGIN' END);
    PERFORM platform.join_groups(login, wanted);
    PERFORM platform.tell_act(whom, CASE WHEN locked THEN 'locked' ELSE 'unlocked' END, kept);
END $$;

CREATE OR REPLACE FUNCTION platform.set_person_roles(whom bigint, given text[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    login text := platform.login_of(whom);
    works boolean;
    same boolean;
    joined text[] := platform.groups_of(login);
    wanted text[];
BEGIN
    SELECT p.active, p.roles = given INTO works, same FROM platform.person p WHERE p.id = whom;
    wanted := CASE WHEN works THEN given ELSE '{}' END;
    IF same AND joined <@ wanted AND wanted <@ joined THEN
        RETURN;
    END IF;
    UPDATE platform.person SET roles = given, version = version + 1 WHERE id = whom AND roles <> given;
    PERFORM platform.join_groups(login, wanted);
    PERFORM platform.tell_act(whom, 'roles_set', given);
END $$;
