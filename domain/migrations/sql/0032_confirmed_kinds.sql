-- What a paper is counts once a person said it. Those kept before anybody was asked, or by a release before, wait for it.
ALTER TABLE patient_service.patient_file ADD COLUMN kind_confirmed BOOLEAN DEFAULT false NOT NULL;
CREATE INDEX ix_patient_file_unconfirmed ON patient_service.patient_file (patient_id)
    WHERE NOT kind_confirmed AND erased_at IS NULL;
