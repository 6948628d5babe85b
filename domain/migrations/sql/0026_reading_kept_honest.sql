-- What was read outside stays what was read: who looks at it decides, in the own name and once, and writes nothing into it.

-- A suggestion is undecided once only; what was decided may be suggested anew when the record says something else since.
DROP INDEX therapist_service.uq_web_finding_once;
CREATE UNIQUE INDEX uq_web_finding_once ON therapist_service.web_finding (therapist_id, kind, value)
    WHERE state = 'suggested';

-- What a later reading did not find again goes, as long as nobody decided.
GRANT DELETE ON therapist_service.web_finding TO platzlotse_worker;
DROP POLICY IF EXISTS undecided ON therapist_service.web_finding;
CREATE POLICY undecided ON therapist_service.web_finding AS RESTRICTIVE FOR DELETE TO platzlotse_worker
    USING (state = 'suggested');

REVOKE UPDATE ON therapist_service.web_finding FROM platzlotse_caseworker, platzlotse_supervisor;
GRANT UPDATE (state, decided_by, decided_at) ON therapist_service.web_finding
    TO platzlotse_caseworker, platzlotse_supervisor;

CREATE FUNCTION therapist_service.decide_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'suggested' THEN
        RAISE EXCEPTION 'finding % is decided', OLD.id USING ERRCODE = 'check_violation',
            CONSTRAINT = 'ck_web_finding_decided_once', TABLE = 'web_finding', SCHEMA = 'therapist_service';
    END IF;
    IF NEW.decided_by IS DISTINCT FROM platform.current_person_id() THEN
        RAISE EXCEPTION 'nobody decides in another''s name' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'ck_web_finding_own_name', TABLE = 'web_finding', SCHEMA = 'therapist_service';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER decide_once BEFORE UPDATE ON therapist_service.web_finding
    FOR EACH ROW EXECUTE FUNCTION therapist_service.decide_once();

-- A run's content is the worker's word. People ask for a run, stop it, take it up again, and decide on what it brought.
CREATE FUNCTION scraping_service.keep_run() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    honest boolean;
BEGIN
    IF pg_has_role(session_user, 'platzlotse_worker', 'MEMBER') THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' THEN
        honest := NEW.state = 'waiting' AND NEW.content IS NULL AND NEW.content_sha256 = '' AND NEW.import_file_id IS NULL
            AND NEW.pages_done = 0 AND NEW.entries = 0
            AND NEW.asked_by IS NOT DISTINCT FROM platform.current_person_id();
    ELSE
        honest := (NEW.id, NEW.source_id, NEW.trial, NEW.asked_by, NEW.asked_at, NEW.content_sha256, NEW.pages, NEW.pages_done,
                   NEW.entries) IS NOT DISTINCT FROM
                  (OLD.id, OLD.source_id, OLD.trial, OLD.asked_by, OLD.asked_at, OLD.content_sha256, OLD.pages, OLD.pages_done,
                   OLD.entries)
            AND (NEW.content IS NULL OR NEW.content IS NOT DISTINCT FROM OLD.content)
            AND (NEW.import_file_id IS NOT DISTINCT FROM OLD.import_file_id OR NEW.state = 'applied')
            AND (NEW.state = OLD.state OR (OLD.state, NEW.state) IN
                (('waiting', 'stopped'), ('failed', 'waiting'), ('stopped', 'waiting'), ('review', 'applied'),
                 ('review', 'discarded')));
    END IF;
    IF NOT honest THEN
        RAISE EXCEPTION 'only the worker says what a source holds' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'ck_source_run_read_by_worker', TABLE = 'source_run', SCHEMA = 'scraping_service';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_run BEFORE INSERT OR UPDATE ON scraping_service.source_run
    FOR EACH ROW EXECUTE FUNCTION scraping_service.keep_run();

-- The search of the 116117, however its address is written: other points and digits, and what stands between unseen.
CREATE FUNCTION scraping_service.never_read() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF translate(normalize(NEW.address, NFKC), U&'\3002\00AD\200B\200C\200D\2060\FEFF', '.')
       ~* '^https?://([^/?#]*[.@])?116117[.]de([.]?[:/?#]|[.]?$)' THEN
        RAISE EXCEPTION 'the 116117 is never read' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'ck_directory_source_never', TABLE = 'directory_source', SCHEMA = 'scraping_service';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER never_read BEFORE INSERT OR UPDATE OF address ON scraping_service.directory_source
    FOR EACH ROW EXECUTE FUNCTION scraping_service.never_read();
