-- A place promised while a search rests: the pause stays with it, so that taking the answer back finds it again.
ALTER TABLE matching_service.place_search DROP CONSTRAINT ck_place_search_pause;
ALTER TABLE matching_service.place_search ADD CONSTRAINT ck_place_search_pause
    CHECK (status IN ('paused', 'tentative') OR (paused_until IS NULL AND pause_reason = ''));

-- What an answer or a printed letter changed beside itself, as it was and as it was left: what is still as it was left is
-- put back when the answer, or the letter, is taken back. Of patients it holds states and numbers only, no words.
CREATE TABLE communication_service.prior_state (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    answer_id BIGINT,
    letter_id BIGINT,
    kind TEXT NOT NULL,
    record_id BIGINT NOT NULL,
    before JSONB NOT NULL,
    after JSONB NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_prior_state PRIMARY KEY (id),
    CONSTRAINT ck_prior_state_kind CHECK (kind IN ('inquiry', 'item', 'call', 'mail', 'inquiry_letter', 'reminder_letter', 'withdrawal_letter', 'places')),
    CONSTRAINT ck_prior_state_answer_or_letter CHECK (num_nonnulls(answer_id, letter_id) = 1),
    CONSTRAINT ck_prior_state_values CHECK (
        jsonb_typeof(before) = 'object' AND jsonb_typeof(after) = 'object'
        AND octet_length(before::text) + octet_length(after::text) <= 40000),
    CONSTRAINT fk_prior_state_answer_id FOREIGN KEY (answer_id) REFERENCES matching_service.answer (id),
    CONSTRAINT fk_prior_state_letter_id FOREIGN KEY (letter_id) REFERENCES communication_service.printed_letter (id)
);
CREATE INDEX ix_prior_state_answer_id ON communication_service.prior_state (answer_id);
CREATE INDEX ix_prior_state_letter_id ON communication_service.prior_state (letter_id);
CREATE INDEX ix_prior_state_made_at ON communication_service.prior_state (made_at);
SELECT platform.protect('communication_service.prior_state', '{"caseworker": "SELECT, INSERT, DELETE",
    "supervisor": "SELECT, INSERT, DELETE", "worker": "SELECT, DELETE"}');
SELECT platform.bound_moments('communication_service.prior_state');
