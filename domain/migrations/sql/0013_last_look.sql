-- The last look before sending.

-- What every new table needs: row-level security, who may do what, audit, stamp. A function of the owner's in the
-- database and no helper in Python: a revision must do the same for ever, and this function changes only by a later
-- revision, while a changed module would change what older ones do. It stands in the script beside its table, and
-- whoever reads the database's history sees it. Verbs by role, as '{"caseworker": "SELECT, INSERT", "worker": "SELECT"}';
-- `backup` reads always. Policies and column grants that are narrower come on top. `audited` is false only where no
-- person is told of (tests/domain/test_migrations.py keeps the list).
CREATE FUNCTION platform.protect(which regclass, verbs jsonb, audited boolean DEFAULT true) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    key text;
    told record;
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', which);
    EXECUTE format('CREATE POLICY backup ON %s FOR SELECT TO platzlotse_backup USING (true)', which);
    EXECUTE format('GRANT SELECT ON %s TO platzlotse_backup', which);
    -- grants say which verbs; the rows are the office's
    EXECUTE (SELECT format('CREATE POLICY office ON %s TO %s USING (true) WITH CHECK (true)', which,
                           string_agg(quote_ident('platzlotse_' || role), ', ' ORDER BY role))
             FROM jsonb_object_keys(verbs) AS role);
    FOR told IN SELECT role, allowed FROM jsonb_each_text(verbs) AS v(role, allowed) LOOP
        EXECUTE format('GRANT %s ON %s TO %I', told.allowed, which, 'platzlotse_' || told.role);
    END LOOP;
    IF audited THEN
        SELECT a.attname INTO STRICT key FROM pg_index i
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
            WHERE i.indrelid = which AND i.indisprimary;
        EXECUTE format('CREATE TRIGGER audit_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(%L)', which, key);
        EXECUTE format('CREATE TRIGGER audit_update AFTER UPDATE ON %s'
            ' REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(%L)', which, key);
        EXECUTE format('CREATE TRIGGER audit_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION audit.record_change(%L)', which, key);
    END IF;
    IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = which AND attname = 'updated_by' AND NOT attisdropped) THEN
        EXECUTE format('CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON %s'
            ' FOR EACH ROW EXECUTE FUNCTION platform.stamp()', which);
    END IF;
END $$;
REVOKE EXECUTE ON FUNCTION platform.protect(regclass, jsonb, boolean) FROM PUBLIC;

-- A mail that may not go any more is stopped with a reason (`failure_cause`); it is told until somebody has seen it.
ALTER TABLE communication_service.email ADD COLUMN stop_seen_at TIMESTAMP WITH TIME ZONE;
CREATE INDEX ix_email_stopped ON communication_service.email (updated_at)
    WHERE status = 'cancelled' AND failure_cause LIKE 'stopped.%' AND stop_seen_at IS NULL;

-- Of one mail to a patient that has not left: the address to use now, or why it must not go ('erased', 'restricted',
-- 'consent', 'unwanted', 'no_address'). The worker may ask this and reads no patient; it learns of nobody to whom
-- nothing waits, and no address where a reason stands. An answer goes where the patient wrote from.
CREATE FUNCTION patient_service.last_look(mail_id bigint) RETURNS TABLE (address text, hindrance text)
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
    ) AS k
$$;
REVOKE EXECUTE ON FUNCTION patient_service.last_look(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION patient_service.last_look(bigint) TO platzlotse_caseworker, platzlotse_supervisor,
    platzlotse_worker;

-- What a server says often names whom it speaks of ("550 <lea@mail.example> unknown"). Of its words only those are kept
-- that tell of nobody (Art. 17 GDPR): whichever program writes them, the address and its part before the @ go.
CREATE FUNCTION communication_service.without_addresses(words text, known text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN regexp_replace(
        CASE WHEN char_length(split_part(known, '@', 1)) < 3 THEN words
             ELSE regexp_replace(
                 words,
                 '(?<![[:alnum:]])' || regexp_replace(split_part(known, '@', 1), '(\W)', '\\\1', 'g')
                     || '(?![[:alnum:]])', '…', 'gi')
             END,
        '[^[:space:]<>":;,]+@[^[:space:]<>":;,]+', '…', 'g');

CREATE FUNCTION communication_service.keep_no_address() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'email' THEN
        NEW.failure := communication_service.without_addresses(NEW.failure, NEW.to_address);
        NEW.server_reply := communication_service.without_addresses(NEW.server_reply, NEW.to_address);
    ELSE
        NEW.reply := communication_service.without_addresses(NEW.reply, (
            SELECT e.to_address FROM communication_service.email e WHERE e.id = NEW.email_id));
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER no_address BEFORE INSERT OR UPDATE OF failure, server_reply ON communication_service.email
    FOR EACH ROW EXECUTE FUNCTION communication_service.keep_no_address();
CREATE TRIGGER no_address BEFORE INSERT ON communication_service.email_attempt
    FOR EACH ROW EXECUTE FUNCTION communication_service.keep_no_address();

-- What was kept before. Nothing was changed by a person: no stamp, and the audit takes no copy of what goes.
ALTER TABLE communication_service.email DISABLE TRIGGER USER;
UPDATE communication_service.email
    SET failure = communication_service.without_addresses(failure, to_address),
        server_reply = communication_service.without_addresses(server_reply, to_address)
    WHERE (failure <> '' OR server_reply <> '')
      -- most of what was said names nobody: those rows, their letters with them, stay untouched
      AND (failure, server_reply) IS DISTINCT FROM (communication_service.without_addresses(failure, to_address),
                                                    communication_service.without_addresses(server_reply, to_address));
ALTER TABLE communication_service.email ENABLE TRIGGER USER;
ALTER TABLE communication_service.email_attempt DISABLE TRIGGER USER;
UPDATE communication_service.email_attempt a
    SET reply = communication_service.without_addresses(a.reply, e.to_address)
    FROM communication_service.email e WHERE e.id = a.email_id AND a.reply <> ''
      AND a.reply <> communication_service.without_addresses(a.reply, e.to_address);
ALTER TABLE communication_service.email_attempt ENABLE TRIGGER USER;
-- why an inquiry was not sent is a code; the release before kept the server's words there
ALTER TABLE matching_service.inquiry DISABLE TRIGGER USER;
UPDATE matching_service.inquiry SET close_reason = 'send_failed'
    WHERE stage = 'send_failed' AND close_reason <> 'send_failed'
      AND close_reason !~ '^(smtp|email|mail|mail_server|mail_account|worker_key)\.[a-z_]+$';
ALTER TABLE matching_service.inquiry ENABLE TRIGGER USER;

-- Of whom a mail tells, by their positions in its inquiry: who was taken back is found without reading its words.
CREATE TABLE communication_service.email_item (
    email_id BIGINT NOT NULL,
    item_id BIGINT NOT NULL,
    CONSTRAINT pk_email_item PRIMARY KEY (email_id, item_id),
    CONSTRAINT fk_email_item_email_id FOREIGN KEY (email_id)
        REFERENCES communication_service.email (id) ON DELETE CASCADE,
    CONSTRAINT fk_email_item_item_id FOREIGN KEY (item_id) REFERENCES matching_service.inquiry_item (id)
);
CREATE INDEX ix_email_item_item_id ON communication_service.email_item (item_id);

-- mails that wait name their people by the code in their text; of those that left nobody asks
INSERT INTO communication_service.email_item (email_id, item_id)
SELECT e.id, i.id
FROM communication_service.email e JOIN matching_service.inquiry_item i ON i.inquiry_id = e.inquiry_id
WHERE e.status IN ('queued', 'sending', 'retry_wait', 'failed', 'unclear') AND strpos(e.body_text, i.reference_code) > 0;

SELECT platform.protect('communication_service.email_item',
    '{"caseworker": "SELECT, INSERT, DELETE", "supervisor": "SELECT, INSERT, DELETE", "worker": "SELECT"}');
-- only of its own inquiry, and what a mail that left tells does not change any more
CREATE POLICY waiting ON communication_service.email_item AS RESTRICTIVE FOR INSERT
    TO platzlotse_caseworker, platzlotse_supervisor WITH CHECK (EXISTS (
        SELECT FROM communication_service.email e JOIN matching_service.inquiry_item i ON i.inquiry_id = e.inquiry_id
        WHERE e.id = email_id AND i.id = item_id AND e.status IN ('queued', 'retry_wait', 'failed')));
CREATE POLICY waiting_still ON communication_service.email_item AS RESTRICTIVE FOR DELETE
    TO platzlotse_caseworker, platzlotse_supervisor USING (EXISTS (
        SELECT FROM communication_service.email e
        WHERE e.id = email_id AND e.status IN ('queued', 'retry_wait', 'failed')));

-- A line of a batch names its searches in an array; they are kept as a foreign key would keep them. A table of links
-- would be plainer, but the release before could not write it.
CREATE INDEX ix_batch_line_search_ids ON communication_service.batch_line USING gin (search_ids);

CREATE FUNCTION communication_service.line_has_searches() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found integer;
BEGIN
    -- locked as by a foreign key: who deletes one of them waits, and then finds the line
    PERFORM FROM matching_service.place_search s WHERE s.id = ANY (NEW.search_ids) ORDER BY s.id FOR KEY SHARE;
    GET DIAGNOSTICS found = ROW_COUNT;
    IF found <> cardinality(NEW.search_ids) THEN
        RAISE EXCEPTION 'a line names a search twice or one that is not there'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'fk_batch_line_search_ids';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION communication_service.search_in_no_line() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM communication_service.batch_line l WHERE l.search_ids @> ARRAY[OLD.id]) THEN
        RAISE EXCEPTION 'a line of a batch names search %', OLD.id
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'fk_batch_line_search_ids';
    END IF;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION communication_service.line_has_searches(), communication_service.search_in_no_line() FROM PUBLIC;

CREATE TRIGGER has_searches BEFORE INSERT OR UPDATE OF search_ids ON communication_service.batch_line
    FOR EACH ROW WHEN (NEW.search_ids IS NOT NULL) EXECUTE FUNCTION communication_service.line_has_searches();
CREATE TRIGGER in_no_line AFTER DELETE OR UPDATE OF id ON matching_service.place_search
    FOR EACH ROW EXECUTE FUNCTION communication_service.search_in_no_line();
