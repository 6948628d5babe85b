-- After so many minutes without a key or the mouse a window is locked. It cannot be turned off: a desk left alone shows patients.
ALTER TABLE platform.office
    ADD COLUMN lock_minutes SMALLINT DEFAULT 10 NOT NULL,
    ADD CONSTRAINT ck_office_lock_minutes CHECK (lock_minutes BETWEEN 1 AND 60);
