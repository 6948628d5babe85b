-- Services outside: since when one answers or does not, and what is left of its retry budget.
ALTER TABLE platform.outside_host
    ADD COLUMN since TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    ADD COLUMN retries_left DOUBLE PRECISION DEFAULT 10 NOT NULL,
    ADD CONSTRAINT ck_outside_host_retries CHECK (retries_left BETWEEN 0 AND 10);
UPDATE platform.outside_host SET since = coalesce(
    CASE state WHEN 'closed' THEN last_success_at ELSE last_error_at END, since);
DROP TRIGGER moment_insert ON platform.outside_host;
DROP TRIGGER moment_update ON platform.outside_host;
SELECT platform.bound_moments('platform.outside_host');

-- Who has mended a server wants it asked at once. Nothing else of the row is a person's to write.
CREATE FUNCTION platform.ask_outside_again(which text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE platform.outside_host
    SET state = 'closed', retry_at = NULL, failures = 0, trips = 0, retries_left = 10, since = clock_timestamp(),
        next_at = least(next_at, clock_timestamp() + interval '1 minute')
    WHERE host = which AND state <> 'closed';
    RETURN FOUND;
END $$;
REVOKE EXECUTE ON FUNCTION platform.ask_outside_again(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.ask_outside_again(text) TO platzlotse_supervisor, platzlotse_admin;
