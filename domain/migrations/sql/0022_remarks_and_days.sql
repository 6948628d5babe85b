-- What the program remarks of a mail that came in, apart from its words; and from when a place is free.

-- The remark: a code and what its sentence needs to know. Before, both stood before the words, behind a sign.
ALTER TABLE communication_service.incoming_email
    ADD COLUMN remark TEXT DEFAULT '' NOT NULL,
    ADD COLUMN remark_params JSONB DEFAULT '{}' NOT NULL,
    ADD CONSTRAINT ck_incoming_email_remark CHECK (char_length(remark) <= 100 AND jsonb_typeof(remark_params) = 'object');

-- What stands before the words is taken apart; what is no remark (the sign was somebody's) stays words.
CREATE FUNCTION communication_service.part_remark() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found jsonb;
BEGIN
    BEGIN
        found := substr(split_part(NEW.body_text, chr(10), 1), 2)::jsonb;
    EXCEPTION WHEN invalid_text_representation OR untranslatable_character OR program_limit_exceeded THEN
        RETURN NEW;
    END;
    IF jsonb_typeof(found) = 'array' AND jsonb_typeof(found -> 0) = 'string' AND jsonb_typeof(found -> 1) = 'object'
       AND char_length(found ->> 0) <= 100 THEN
        NEW.remark := found ->> 0;
        NEW.remark_params := found -> 1;
        NEW.body_text := substr(NEW.body_text, char_length(split_part(NEW.body_text, chr(10), 1)) + 2);
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER keep_words ON communication_service.incoming_email;
CREATE TRIGGER part_remark BEFORE UPDATE ON communication_service.incoming_email
    FOR EACH ROW WHEN (left(NEW.body_text, 1) = chr(31)) EXECUTE FUNCTION communication_service.part_remark();
UPDATE communication_service.incoming_email SET remark = remark WHERE left(body_text, 1) = chr(31);
DROP TRIGGER part_remark ON communication_service.incoming_email;
-- the release before goes on writing it before the words
CREATE TRIGGER part_remark BEFORE INSERT ON communication_service.incoming_email
    FOR EACH ROW WHEN (left(NEW.body_text, 1) = chr(31)) EXECUTE FUNCTION communication_service.part_remark();
CREATE TRIGGER keep_words BEFORE UPDATE ON communication_service.incoming_email FOR EACH ROW
    WHEN ((NEW.account_id, NEW.sha256, NEW.size, NEW.message_id, NEW.answers, NEW.from_address, NEW.from_name,
           NEW.to_address, NEW.subject, NEW.sent_at, NEW.received_at, NEW.automatic, NEW.body_text, NEW.remark,
           NEW.remark_params)
          IS DISTINCT FROM
          (OLD.account_id, OLD.sha256, OLD.size, OLD.message_id, OLD.answers, OLD.from_address, OLD.from_name,
           OLD.to_address, OLD.subject, OLD.sent_at, OLD.received_at, OLD.automatic, OLD.body_text, OLD.remark,
           OLD.remark_params))
    EXECUTE FUNCTION communication_service.keep_words();

-- The day from which a promised place is free. What a practice says of its places in general stands at the therapist
-- (capacity_from); this one is one person's, and goes when the place does.
ALTER TABLE matching_service.inquiry_item ADD COLUMN place_from DATE;
ALTER TABLE matching_service.answer
    ADD COLUMN place_from DATE,
    ADD CONSTRAINT ck_answer_place_from CHECK (
        place_from IS NULL OR status IN ('accepted', 'accepted_surplus', 'in_trial_sessions', 'in_therapy'));
-- a trigger and no check: the release before does not know the day and could not end such an acceptance
CREATE FUNCTION matching_service.forget_place_from() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.place_from := NULL;
    RETURN NEW;
END $$;
CREATE TRIGGER forget_place_from BEFORE INSERT OR UPDATE ON matching_service.inquiry_item
    FOR EACH ROW WHEN (NEW.place_from IS NOT NULL
                       AND NEW.status NOT IN ('accepted', 'accepted_surplus', 'in_trial_sessions', 'in_therapy'))
    EXECUTE FUNCTION matching_service.forget_place_from();
DROP TRIGGER moment_insert ON matching_service.inquiry_item;
DROP TRIGGER moment_update ON matching_service.inquiry_item;
DROP TRIGGER moment_insert ON matching_service.answer;
DROP TRIGGER moment_update ON matching_service.answer;
SELECT platform.bound_moments('matching_service.inquiry_item');
SELECT platform.bound_moments('matching_service.answer');
