-- What a paper is counts once a person said it. Those kept before anybody was asked, or by a release before, wait for it.
ALTER TABLE patient_service.patient_file ADD COLUMN kind_confirmed BOOLEAN DEFAULT false NOT NULL;
CREATE INDEX ix_patient_file_unconfirmed ON patient_service.patient_file (patient_id)
    WHERE NOT kind_confirmed AND erased_at IS NULL;

-- Mails of nobody known stand in no history: the search over everything finds them by the words in them.
-- An address is its parts, and of a long mail its beginning counts: what is looked for must not grow too large to keep.
CREATE FUNCTION communication_service.mail_words(from_name text, from_address text, subject text, body text)
    RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN public.german_words(
        from_name || ' ' || translate(from_address, '@.-_', '    ') || ' ' || subject || ' ' || left(body, 10000));
CREATE INDEX ix_incoming_email_unknown ON communication_service.incoming_email
    USING gin (communication_service.mail_words(from_name, from_address, subject, body_text))
    WHERE inquiry_id IS NULL AND therapist_id IS NULL AND patient_id IS NULL;
