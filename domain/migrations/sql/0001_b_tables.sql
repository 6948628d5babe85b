-- Tables, keys, checks and partial unique indexes; the models of each slice mirror them.

CREATE TABLE audit.entry (
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    actor TEXT DEFAULT session_user NOT NULL,
    operation TEXT NOT NULL,
    table_name TEXT NOT NULL,
    row_id BIGINT NOT NULL,
    columns TEXT[] NOT NULL,
    content_hash BYTEA,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_entry PRIMARY KEY (id)
);

CREATE INDEX ix_entry_table_name_row_id ON audit.entry (table_name, row_id);

CREATE TABLE geocoding_service.plz_place (
    plz TEXT NOT NULL,
    place TEXT NOT NULL,
    lat DOUBLE PRECISION NOT NULL,
    lon DOUBLE PRECISION NOT NULL,
    uncertainty_m INTEGER NOT NULL,
    district TEXT NOT NULL,
    state TEXT NOT NULL,
    source TEXT NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_plz_place PRIMARY KEY (id),
    CONSTRAINT ck_plz_place_plz_format CHECK (plz ~ '^[0-9]{5}$'),
    CONSTRAINT ck_plz_place_in_germany CHECK (lat BETWEEN 47 AND 55.2 AND lon BETWEEN 5.5 AND 15.5)
);

CREATE INDEX ix_plz_place_plz ON geocoding_service.plz_place (plz);

CREATE TABLE platform.event (
    event_id UUID DEFAULT gen_random_uuid() NOT NULL,
    event_type TEXT NOT NULL,
    version TEXT DEFAULT '1.0' NOT NULL,
    occurred_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    producer TEXT NOT NULL,
    entity_id BIGINT,
    payload JSONB NOT NULL,
    actor TEXT DEFAULT session_user NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_event PRIMARY KEY (id),
    CONSTRAINT ck_event_event_type CHECK (event_type ~ '^[a-z_]+\.[a-z_]+$'),
    CONSTRAINT ck_event_payload CHECK (jsonb_typeof(payload) = 'object')
);

CREATE INDEX ix_event_occurred_at ON platform.event (occurred_at);

CREATE UNIQUE INDEX uq_event_event_id ON platform.event (event_id);

CREATE TABLE platform.office (
    id SMALLINT NOT NULL,
    name TEXT NOT NULL,
    street TEXT DEFAULT '' NOT NULL,
    plz TEXT DEFAULT '' NOT NULL,
    city TEXT DEFAULT '' NOT NULL,
    phone TEXT DEFAULT '' NOT NULL,
    email TEXT DEFAULT '' NOT NULL,
    legal_footer TEXT DEFAULT '' NOT NULL,
    land TEXT DEFAULT 'NW' NOT NULL,
    inquiry_size SMALLINT DEFAULT 6 NOT NULL,
    cooling_days SMALLINT DEFAULT 28 NOT NULL,
    follow_up_days SMALLINT DEFAULT 7 NOT NULL,
    expiry_days SMALLINT DEFAULT 21 NOT NULL,
    undo_seconds SMALLINT DEFAULT 0 NOT NULL,
    radius_km SMALLINT DEFAULT 25 NOT NULL,
    response_prior DOUBLE PRECISION DEFAULT 0.15 NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    CONSTRAINT pk_office PRIMARY KEY (id),
    CONSTRAINT ck_office_one_row CHECK (id = 1),
    CONSTRAINT ck_office_inquiry_size CHECK (inquiry_size BETWEEN 1 AND 6),
    CONSTRAINT ck_office_clocks CHECK (cooling_days >= 0 AND follow_up_days > 0 AND expiry_days > follow_up_days),
    CONSTRAINT ck_office_matching CHECK (radius_km > 0 AND response_prior > 0 AND response_prior < 1)
);

CREATE TABLE platform.team (
    name TEXT NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    CONSTRAINT pk_team PRIMARY KEY (id)
);

CREATE UNIQUE INDEX uq_team_name ON platform.team (lower(name));

CREATE TABLE therapist_service.practice (
    name TEXT NOT NULL,
    seat TEXT DEFAULT 'unknown' NOT NULL,
    web TEXT DEFAULT '' NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    CONSTRAINT pk_practice PRIMARY KEY (id),
    CONSTRAINT ck_practice_name CHECK (name <> ''),
    CONSTRAINT ck_practice_seat CHECK (seat IN ('statutory', 'private', 'unknown'))
);

CREATE TABLE audit.content (
    entry_id BIGINT NOT NULL,
    salt BYTEA NOT NULL,
    before JSONB,
    after JSONB,
    CONSTRAINT pk_content PRIMARY KEY (entry_id),
    CONSTRAINT fk_content_entry_id FOREIGN KEY(entry_id) REFERENCES audit.entry (id)
);

CREATE TABLE platform.person (
    role_name TEXT NOT NULL,
    display_name TEXT NOT NULL,
    email TEXT,
    phone TEXT,
    team_id BIGINT,
    active BOOLEAN DEFAULT true NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    CONSTRAINT pk_person PRIMARY KEY (id),
    CONSTRAINT ck_person_display_name CHECK (display_name <> ''),
    CONSTRAINT fk_person_team_id FOREIGN KEY(team_id) REFERENCES platform.team (id)
);

CREATE UNIQUE INDEX uq_person_role_name ON platform.person (role_name);

CREATE TABLE therapist_service.contact_point (
    mailbox TEXT,
    practice_id BIGINT,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_contact_point PRIMARY KEY (id),
    CONSTRAINT ck_contact_point_mailbox_or_practice CHECK (num_nonnulls(mailbox, practice_id) = 1),
    CONSTRAINT ck_contact_point_mailbox CHECK (mailbox = lower(mailbox) AND mailbox LIKE '%%@%%'),
    CONSTRAINT fk_contact_point_practice_id FOREIGN KEY(practice_id) REFERENCES therapist_service.practice (id)
);

CREATE UNIQUE INDEX uq_contact_point_mailbox ON therapist_service.contact_point (mailbox);

CREATE UNIQUE INDEX uq_contact_point_practice_id ON therapist_service.contact_point (practice_id);

CREATE TABLE therapist_service.practice_site (
    practice_id BIGINT NOT NULL,
    street TEXT DEFAULT '' NOT NULL,
    house_number TEXT DEFAULT '' NOT NULL,
    plz TEXT DEFAULT '' NOT NULL,
    city TEXT DEFAULT '' NOT NULL,
    accessible BOOLEAN,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    lat DOUBLE PRECISION,
    lon DOUBLE PRECISION,
    geo_quality TEXT DEFAULT 'none' NOT NULL,
    geo_uncertainty_m INTEGER,
    geo_source TEXT,
    CONSTRAINT pk_practice_site PRIMARY KEY (id),
    CONSTRAINT ck_practice_site_plz CHECK (plz = '' OR plz ~ '^[0-9]{5}$'),
    CONSTRAINT ck_practice_site_geo_quality CHECK (geo_quality IN ('house', 'street', 'plz', 'ort', 'none')),
    CONSTRAINT ck_practice_site_geo_whole CHECK ((geo_quality = 'none' AND lat IS NULL AND lon IS NULL) OR (geo_quality <> 'none' AND lat BETWEEN 47 AND 55.2 AND lon BETWEEN 5.5 AND 15.5)),
    CONSTRAINT fk_practice_site_practice_id FOREIGN KEY(practice_id) REFERENCES therapist_service.practice (id)
);

CREATE INDEX ix_practice_site_lat_lon ON therapist_service.practice_site (lat, lon);

CREATE INDEX ix_practice_site_practice_id ON therapist_service.practice_site (practice_id);

CREATE TABLE patient_service.patient (
    first_name TEXT DEFAULT '' NOT NULL,
    last_name TEXT NOT NULL,
    birth_date DATE,
    sex TEXT DEFAULT 'not_stated' NOT NULL,
    street TEXT DEFAULT '' NOT NULL,
    house_number TEXT DEFAULT '' NOT NULL,
    plz TEXT DEFAULT '' NOT NULL,
    city TEXT DEFAULT '' NOT NULL,
    email TEXT DEFAULT '' NOT NULL,
    phone TEXT DEFAULT '' NOT NULL,
    insurer TEXT DEFAULT '' NOT NULL,
    insurance_kind TEXT DEFAULT 'unknown' NOT NULL,
    insurance_number TEXT DEFAULT '' NOT NULL,
    registered_on DATE NOT NULL,
    ready_at TIMESTAMP WITH TIME ZONE,
    responsible_id BIGINT,
    deputy_id BIGINT,
    team_id BIGINT,
    resubmission_on DATE,
    resubmission_note TEXT DEFAULT '' NOT NULL,
    note TEXT DEFAULT '' NOT NULL,
    source TEXT DEFAULT 'manual' NOT NULL,
    closed_at TIMESTAMP WITH TIME ZONE,
    closed_outcome TEXT,
    restricted_at TIMESTAMP WITH TIME ZONE,
    erased_at TIMESTAMP WITH TIME ZONE,
    sort_name TEXT GENERATED ALWAYS AS (public.fold(last_name || ' ' || first_name)) STORED NOT NULL,
    search_text TEXT GENERATED ALWAYS AS (public.search_fold(first_name || ' ' || last_name || ' ' || first_name || ' ' || email || ' ' || plz || ' ' || city)) STORED NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    lat DOUBLE PRECISION,
    lon DOUBLE PRECISION,
    geo_quality TEXT DEFAULT 'none' NOT NULL,
    geo_uncertainty_m INTEGER,
    geo_source TEXT,
    CONSTRAINT pk_patient PRIMARY KEY (id),
    CONSTRAINT ck_patient_last_name CHECK (last_name <> ''),
    CONSTRAINT ck_patient_sex CHECK (sex IN ('female', 'male', 'diverse', 'not_stated')),
    CONSTRAINT ck_patient_insurance_kind CHECK (insurance_kind IN ('statutory', 'private', 'self_pay', 'unknown')),
    CONSTRAINT ck_patient_birth_date CHECK (birth_date IS NULL OR birth_date > '1900-01-01'),
    CONSTRAINT ck_patient_plz CHECK (plz = '' OR plz ~ '^[0-9]{5}$'),
    CONSTRAINT ck_patient_closed_with_outcome CHECK ((closed_at IS NULL) = (closed_outcome IS NULL)),
    CONSTRAINT ck_patient_closed_outcome CHECK (closed_outcome IN ('closed_success', 'closed_dropout', 'withdrawn')),
    CONSTRAINT ck_patient_deputy_is_another CHECK (deputy_id IS NULL OR deputy_id <> responsible_id),
    CONSTRAINT ck_patient_geo_quality CHECK (geo_quality IN ('house', 'street', 'plz', 'ort', 'none')),
    CONSTRAINT ck_patient_geo_whole CHECK ((geo_quality = 'none' AND lat IS NULL AND lon IS NULL) OR (geo_quality <> 'none' AND lat BETWEEN 47 AND 55.2 AND lon BETWEEN 5.5 AND 15.5)),
    CONSTRAINT fk_patient_responsible_id FOREIGN KEY(responsible_id) REFERENCES platform.person (id),
    CONSTRAINT fk_patient_deputy_id FOREIGN KEY(deputy_id) REFERENCES platform.person (id),
    CONSTRAINT fk_patient_team_id FOREIGN KEY(team_id) REFERENCES platform.team (id)
);

CREATE INDEX ix_patient_registered_on ON patient_service.patient (registered_on, id);

CREATE INDEX ix_patient_responsible_id ON patient_service.patient (responsible_id);

CREATE INDEX ix_patient_resubmission ON patient_service.patient (resubmission_on) WHERE resubmission_on IS NOT NULL;

CREATE INDEX ix_patient_search_text ON patient_service.patient USING gin (search_text gin_trgm_ops);

CREATE INDEX ix_patient_sort_name ON patient_service.patient (sort_name COLLATE "C", id);

CREATE TABLE scraping_service.import_file (
    file_name TEXT NOT NULL,
    kind TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    as_of DATE NOT NULL,
    imported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    imported_by BIGINT,
    read INTEGER DEFAULT 0 NOT NULL,
    imported INTEGER DEFAULT 0 NOT NULL,
    updated INTEGER DEFAULT 0 NOT NULL,
    unchanged INTEGER DEFAULT 0 NOT NULL,
    rejected INTEGER DEFAULT 0 NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_import_file PRIMARY KEY (id),
    CONSTRAINT ck_import_file_sha256 CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT ck_import_file_counts_add_up CHECK (read = imported + updated + unchanged + rejected),
    CONSTRAINT fk_import_file_imported_by FOREIGN KEY(imported_by) REFERENCES platform.person (id)
);

CREATE INDEX ix_import_file_sha256 ON scraping_service.import_file (sha256);

CREATE TABLE matching_service.place_search (
    patient_id BIGINT NOT NULL,
    status TEXT DEFAULT 'draft' NOT NULL,
    urgency SMALLINT DEFAULT 0 NOT NULL,
    waiting_since DATE NOT NULL,
    paused_until DATE,
    pause_reason TEXT DEFAULT '' NOT NULL,
    closed_at TIMESTAMP WITH TIME ZONE,
    close_reason TEXT DEFAULT '' NOT NULL,
    reopen_reason TEXT DEFAULT '' NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    CONSTRAINT pk_place_search PRIMARY KEY (id),
    CONSTRAINT ck_place_search_status CHECK (status IN ('active', 'cancelled', 'draft', 'expired', 'paused', 'reimbursement_route', 'successful', 'tentative')),
    CONSTRAINT ck_place_search_urgency CHECK (urgency BETWEEN 0 AND 2),
    CONSTRAINT ck_place_search_pause CHECK (status = 'paused' OR (paused_until IS NULL AND pause_reason = '')),
    CONSTRAINT ck_place_search_closed_at_with_status CHECK ((status IN ('active', 'draft', 'paused', 'tentative')) = (closed_at IS NULL)),
    CONSTRAINT fk_place_search_patient_id FOREIGN KEY(patient_id) REFERENCES patient_service.patient (id)
);

CREATE INDEX ix_place_search_patient_id ON matching_service.place_search (patient_id);

CREATE INDEX ix_place_search_status ON matching_service.place_search (status, waiting_since);

CREATE UNIQUE INDEX uq_place_search_open ON matching_service.place_search (patient_id) WHERE closed_at IS NULL;

CREATE TABLE patient_service.consent (
    patient_id BIGINT NOT NULL,
    scope TEXT NOT NULL,
    text_version TEXT NOT NULL,
    given_on DATE NOT NULL,
    given_by TEXT,
    withdrawn_on DATE,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    CONSTRAINT pk_consent PRIMARY KEY (id),
    CONSTRAINT ck_consent_scope CHECK (scope IN ('storage', 'pseudonymous_inquiry', 'identity_to_practice', 'papers_to_insurer', 'voicemail')),
    CONSTRAINT ck_consent_given_by CHECK (given_by IN ('patient', 'guardian')),
    CONSTRAINT ck_consent_withdrawn_after_given CHECK (withdrawn_on IS NULL OR withdrawn_on >= given_on),
    CONSTRAINT fk_consent_patient_id FOREIGN KEY(patient_id) REFERENCES patient_service.patient (id) ON DELETE CASCADE
);

CREATE INDEX ix_consent_patient_id ON patient_service.consent (patient_id);

CREATE UNIQUE INDEX uq_consent_valid ON patient_service.consent (patient_id, scope) WHERE withdrawn_on IS NULL;

CREATE TABLE patient_service.guardian (
    patient_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    relation TEXT DEFAULT '' NOT NULL,
    phone TEXT DEFAULT '' NOT NULL,
    email TEXT DEFAULT '' NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    CONSTRAINT pk_guardian PRIMARY KEY (id),
    CONSTRAINT ck_guardian_name CHECK (name <> ''),
    CONSTRAINT fk_guardian_patient_id FOREIGN KEY(patient_id) REFERENCES patient_service.patient (id) ON DELETE CASCADE
);

CREATE INDEX ix_guardian_patient_id ON patient_service.guardian (patient_id);

CREATE TABLE patient_service.medical_information (
    patient_id BIGINT NOT NULL,
    complaints TEXT[] DEFAULT '{}' NOT NULL,
    diagnoses TEXT[] DEFAULT '{}' NOT NULL,
    complaint_note TEXT DEFAULT '' NOT NULL,
    previous_therapy_end DATE,
    consultation_on DATE,
    ptv11_on DATE,
    timely_needed BOOLEAN DEFAULT false NOT NULL,
    ptv11_code TEXT DEFAULT '' NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    CONSTRAINT pk_medical_information PRIMARY KEY (patient_id),
    CONSTRAINT ck_medical_information_ptv11_code CHECK (ptv11_code = '' OR ptv11_code ~ '^[A-Z0-9]{12}$'),
    CONSTRAINT fk_medical_information_patient_id FOREIGN KEY(patient_id) REFERENCES patient_service.patient (id) ON DELETE CASCADE
);

CREATE TABLE patient_service.wishes (
    patient_id BIGINT NOT NULL,
    methods TEXT[] DEFAULT '{}' NOT NULL,
    method_mask BIGINT GENERATED ALWAYS AS (public.method_mask(methods)) STORED NOT NULL,
    group_ok BOOLEAN DEFAULT false NOT NULL,
    therapist_sex TEXT DEFAULT 'any' NOT NULL,
    radius_km SMALLINT,
    travel_mode TEXT,
    languages TEXT[] DEFAULT '{}' NOT NULL,
    accessibility_needed BOOLEAN DEFAULT false NOT NULL,
    reimbursement_ok BOOLEAN DEFAULT false NOT NULL,
    availability INT4MULTIRANGE,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    CONSTRAINT pk_wishes PRIMARY KEY (patient_id),
    CONSTRAINT ck_wishes_methods CHECK (methods <@ ARRAY['cbt', 'psychodynamic', 'analytic', 'systemic']),
    CONSTRAINT ck_wishes_therapist_sex CHECK (therapist_sex IN ('any', 'female', 'male')),
    CONSTRAINT ck_wishes_radius_km CHECK (radius_km BETWEEN 1 AND 500),
    CONSTRAINT ck_wishes_travel_mode CHECK (travel_mode IN ('car', 'public_transport', 'bicycle', 'foot')),
    CONSTRAINT ck_wishes_availability CHECK (availability IS NULL OR availability <@ int4range(0, 10080)),
    CONSTRAINT fk_wishes_patient_id FOREIGN KEY(patient_id) REFERENCES patient_service.patient (id) ON DELETE CASCADE
);

CREATE TABLE scraping_service.rejected_row (
    import_file_id BIGINT NOT NULL,
    row INTEGER NOT NULL,
    reason TEXT NOT NULL,
    params JSONB NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_rejected_row PRIMARY KEY (id),
    CONSTRAINT fk_rejected_row_import_file_id FOREIGN KEY(import_file_id) REFERENCES scraping_service.import_file (id) ON DELETE CASCADE
);

CREATE INDEX ix_rejected_row_import_file_id ON scraping_service.rejected_row (import_file_id);

CREATE TABLE therapist_service.therapist (
    practice_id BIGINT NOT NULL,
    site_id BIGINT NOT NULL,
    contact_point_id BIGINT NOT NULL,
    is_institution BOOLEAN DEFAULT false NOT NULL,
    salutation TEXT DEFAULT '' NOT NULL,
    title TEXT DEFAULT '' NOT NULL,
    first_name TEXT DEFAULT '' NOT NULL,
    last_name TEXT NOT NULL,
    sex TEXT DEFAULT 'not_stated' NOT NULL,
    licence TEXT DEFAULT 'unknown' NOT NULL,
    offers TEXT[] DEFAULT '{}' NOT NULL,
    offers_source TEXT DEFAULT 'manual' NOT NULL,
    offer_mask BIGINT GENERATED ALWAYS AS (public.offer_mask(offers, licence)) STORED NOT NULL,
    age_mask SMALLINT GENERATED ALWAYS AS (public.age_mask(offers, licence)) STORED NOT NULL,
    age_min SMALLINT DEFAULT 0 NOT NULL,
    age_max SMALLINT DEFAULT 0 NOT NULL,
    patient_sex TEXT DEFAULT 'any' NOT NULL,
    languages TEXT[] DEFAULT '{}' NOT NULL,
    diagnoses_preferred TEXT[] DEFAULT '{}' NOT NULL,
    diagnoses_excluded TEXT[] DEFAULT '{}' NOT NULL,
    status TEXT DEFAULT 'active' NOT NULL,
    blocked_reason TEXT DEFAULT '' NOT NULL,
    blocked_until DATE,
    email TEXT DEFAULT '' NOT NULL,
    phone TEXT DEFAULT '' NOT NULL,
    mobile TEXT DEFAULT '' NOT NULL,
    fax TEXT DEFAULT '' NOT NULL,
    web TEXT DEFAULT '' NOT NULL,
    phone_hours INT4MULTIRANGE,
    office_hours INT4MULTIRANGE,
    hours_as_of DATE,
    treatment_hours INT4MULTIRANGE,
    capacity_note TEXT DEFAULT '' NOT NULL,
    capacity_as_of DATE,
    note TEXT DEFAULT '' NOT NULL,
    source TEXT DEFAULT 'manual' NOT NULL,
    source_file_id BIGINT,
    source_as_of DATE,
    source_seen_at TIMESTAMP WITH TIME ZONE,
    locked_fields TEXT[] DEFAULT '{}' NOT NULL,
    identity_key TEXT DEFAULT '' NOT NULL,
    edited_key TEXT DEFAULT '' NOT NULL,
    sort_name TEXT GENERATED ALWAYS AS (public.fold(last_name || ' ' || first_name)) STORED NOT NULL,
    search_text TEXT GENERATED ALWAYS AS (public.search_fold(title || ' ' || first_name || ' ' || last_name || ' ' || first_name || ' ' || email)) STORED NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    CONSTRAINT pk_therapist PRIMARY KEY (id),
    CONSTRAINT ck_therapist_last_name CHECK (last_name <> ''),
    CONSTRAINT ck_therapist_sex CHECK (sex IN ('female', 'male', 'diverse', 'not_stated')),
    CONSTRAINT ck_therapist_licence CHECK (licence IN ('psychological', 'medical', 'child_youth', 'unknown')),
    CONSTRAINT ck_therapist_offers CHECK (public.offers_valid(offers)),
    CONSTRAINT ck_therapist_status CHECK (status IN ('active', 'inactive', 'blocked', 'opted_out')),
    CONSTRAINT ck_therapist_blocked_with_reason CHECK (status <> 'blocked' OR blocked_reason <> ''),
    CONSTRAINT ck_therapist_age_limits CHECK (age_min >= 0 AND (age_max = 0 OR age_max >= age_min)),
    CONSTRAINT ck_therapist_patient_sex CHECK (patient_sex IN ('any', 'female', 'male')),
    CONSTRAINT ck_therapist_phone_hours CHECK (phone_hours IS NULL OR phone_hours <@ int4range(0, 10080)),
    CONSTRAINT ck_therapist_office_hours CHECK (office_hours IS NULL OR office_hours <@ int4range(0, 10080)),
    CONSTRAINT ck_therapist_treatment_hours CHECK (treatment_hours IS NULL OR treatment_hours <@ int4range(0, 10080)),
    CONSTRAINT fk_therapist_practice_id FOREIGN KEY(practice_id) REFERENCES therapist_service.practice (id),
    CONSTRAINT fk_therapist_site_id FOREIGN KEY(site_id) REFERENCES therapist_service.practice_site (id),
    CONSTRAINT fk_therapist_contact_point_id FOREIGN KEY(contact_point_id) REFERENCES therapist_service.contact_point (id),
    CONSTRAINT fk_therapist_source_file_id FOREIGN KEY(source_file_id) REFERENCES scraping_service.import_file (id)
);

CREATE INDEX ix_therapist_contact_point_id ON therapist_service.therapist (contact_point_id);

CREATE INDEX ix_therapist_edited_key ON therapist_service.therapist (edited_key) WHERE edited_key <> '';

CREATE INDEX ix_therapist_identity_key ON therapist_service.therapist (identity_key);

CREATE INDEX ix_therapist_practice_id ON therapist_service.therapist (practice_id);

CREATE INDEX ix_therapist_search_text ON therapist_service.therapist USING gin (search_text gin_trgm_ops);

CREATE INDEX ix_therapist_site_id ON therapist_service.therapist (site_id);

CREATE INDEX ix_therapist_sort_name ON therapist_service.therapist (sort_name COLLATE "C", id);

CREATE TABLE matching_service.exclusion (
    patient_id BIGINT NOT NULL,
    search_id BIGINT,
    therapist_id BIGINT,
    practice_id BIGINT,
    reason TEXT NOT NULL,
    ends_on DATE,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    CONSTRAINT pk_exclusion PRIMARY KEY (id),
    CONSTRAINT ck_exclusion_therapist_or_practice CHECK (num_nonnulls(therapist_id, practice_id) = 1),
    CONSTRAINT ck_exclusion_reason CHECK (reason <> ''),
    CONSTRAINT fk_exclusion_patient_id FOREIGN KEY(patient_id) REFERENCES patient_service.patient (id),
    CONSTRAINT fk_exclusion_search_id FOREIGN KEY(search_id) REFERENCES matching_service.place_search (id),
    CONSTRAINT fk_exclusion_therapist_id FOREIGN KEY(therapist_id) REFERENCES therapist_service.therapist (id),
    CONSTRAINT fk_exclusion_practice_id FOREIGN KEY(practice_id) REFERENCES therapist_service.practice (id)
);

CREATE INDEX ix_exclusion_patient_id ON matching_service.exclusion (patient_id);

CREATE TABLE matching_service.inquiry (
    contact_point_id BIGINT NOT NULL,
    therapist_id BIGINT NOT NULL,
    stage TEXT DEFAULT 'draft' NOT NULL,
    channel TEXT DEFAULT 'email' NOT NULL,
    reference TEXT NOT NULL,
    created_by BIGINT,
    approved_at TIMESTAMP WITH TIME ZONE,
    sent_at TIMESTAMP WITH TIME ZONE,
    reminders SMALLINT DEFAULT 0 NOT NULL,
    last_reminded_at TIMESTAMP WITH TIME ZONE,
    out_of_office_until DATE,
    out_of_office_since DATE,
    clock_started_at TIMESTAMP WITH TIME ZONE,
    closed_at TIMESTAMP WITH TIME ZONE,
    close_reason TEXT DEFAULT '' NOT NULL,
    cooling_override TEXT DEFAULT '' NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    CONSTRAINT pk_inquiry PRIMARY KEY (id),
    CONSTRAINT ck_inquiry_stage CHECK (stage IN ('answered', 'approved', 'bounced', 'cancelled', 'draft', 'expired', 'out_of_office', 'outbox', 'send_failed', 'sent', 'withdrawn')),
    CONSTRAINT ck_inquiry_channel CHECK (channel IN ('email', 'phone', 'letter')),
    CONSTRAINT ck_inquiry_approved_at CHECK (stage = 'draft' OR approved_at IS NOT NULL OR stage = 'cancelled'),
    CONSTRAINT ck_inquiry_sent_at CHECK (stage NOT IN ('sent', 'out_of_office', 'bounced', 'answered', 'expired', 'withdrawn') OR sent_at IS NOT NULL),
    CONSTRAINT ck_inquiry_closed_at_with_stage CHECK ((stage IN ('approved', 'draft', 'out_of_office', 'outbox', 'send_failed', 'sent')) = (closed_at IS NULL)),
    CONSTRAINT ck_inquiry_out_of_office CHECK ((stage = 'out_of_office') = (out_of_office_until IS NOT NULL)),
    CONSTRAINT fk_inquiry_contact_point_id FOREIGN KEY(contact_point_id) REFERENCES therapist_service.contact_point (id),
    CONSTRAINT fk_inquiry_therapist_id FOREIGN KEY(therapist_id) REFERENCES therapist_service.therapist (id),
    CONSTRAINT fk_inquiry_created_by FOREIGN KEY(created_by) REFERENCES platform.person (id)
);

CREATE INDEX ix_inquiry_contact_point_id ON matching_service.inquiry (contact_point_id);

CREATE INDEX ix_inquiry_stage ON matching_service.inquiry (stage, sent_at);

CREATE INDEX ix_inquiry_therapist_id ON matching_service.inquiry (therapist_id);

CREATE UNIQUE INDEX uq_inquiry_open_contact_point ON matching_service.inquiry (contact_point_id) WHERE closed_at IS NULL;

CREATE UNIQUE INDEX uq_inquiry_reference ON matching_service.inquiry (reference);

CREATE TABLE communication_service.email (
    kind TEXT NOT NULL,
    inquiry_id BIGINT,
    patient_id BIGINT,
    status TEXT DEFAULT 'draft' NOT NULL,
    to_address TEXT NOT NULL,
    to_name TEXT DEFAULT '' NOT NULL,
    subject TEXT NOT NULL,
    body_text TEXT NOT NULL,
    body_html TEXT DEFAULT '' NOT NULL,
    message_id TEXT NOT NULL,
    client_uuid UUID,
    created_by BIGINT,
    not_before TIMESTAMP WITH TIME ZONE,
    lease_until TIMESTAMP WITH TIME ZONE,
    attempt SMALLINT DEFAULT 0 NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE,
    failure TEXT DEFAULT '' NOT NULL,
    server_reply TEXT DEFAULT '' NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    CONSTRAINT pk_email PRIMARY KEY (id),
    CONSTRAINT ck_email_status CHECK (status IN ('bounced_hard', 'bounced_soft', 'cancelled', 'draft', 'failed', 'queued', 'replied', 'retry_wait', 'sending', 'sent', 'unclear')),
    CONSTRAINT ck_email_lease CHECK ((status = 'sending') = (lease_until IS NOT NULL)),
    CONSTRAINT ck_email_sent_at CHECK (status NOT IN ('sent', 'bounced_hard', 'bounced_soft', 'replied') OR sent_at IS NOT NULL),
    CONSTRAINT ck_email_kind CHECK (kind IN ('inquiry', 'reminder', 'withdrawal', 'surplus', 'place_declined', 'patient', 'own')),
    CONSTRAINT ck_email_to_address CHECK (to_address LIKE '%%@%%'),
    CONSTRAINT fk_email_inquiry_id FOREIGN KEY(inquiry_id) REFERENCES matching_service.inquiry (id),
    CONSTRAINT fk_email_patient_id FOREIGN KEY(patient_id) REFERENCES patient_service.patient (id),
    CONSTRAINT fk_email_created_by FOREIGN KEY(created_by) REFERENCES platform.person (id)
);

CREATE INDEX ix_email_created_at ON communication_service.email (created_at);

CREATE INDEX ix_email_inquiry_id ON communication_service.email (inquiry_id);

CREATE INDEX ix_email_patient_id ON communication_service.email (patient_id);

CREATE INDEX ix_email_status ON communication_service.email (status, not_before);

CREATE UNIQUE INDEX uq_email_client_uuid ON communication_service.email (client_uuid);

CREATE UNIQUE INDEX uq_email_message_id ON communication_service.email (message_id);

CREATE TABLE communication_service.phone_call (
    inquiry_id BIGINT,
    therapist_id BIGINT NOT NULL,
    status TEXT DEFAULT 'planned' NOT NULL,
    planned_at TIMESTAMP WITH TIME ZONE NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    attempt SMALLINT DEFAULT 1 NOT NULL,
    callback_on DATE,
    outcome TEXT DEFAULT '' NOT NULL,
    cancel_reason TEXT DEFAULT '' NOT NULL,
    person_id BIGINT,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    CONSTRAINT pk_phone_call PRIMARY KEY (id),
    CONSTRAINT ck_phone_call_status CHECK (status IN ('busy', 'callback_due', 'cancelled', 'in_progress', 'missed', 'no_answer', 'planned', 'reached', 'replanned', 'voicemail_left', 'wrong_number')),
    CONSTRAINT ck_phone_call_callback CHECK ((status = 'callback_due') = (callback_on IS NOT NULL)),
    CONSTRAINT fk_phone_call_inquiry_id FOREIGN KEY(inquiry_id) REFERENCES matching_service.inquiry (id),
    CONSTRAINT fk_phone_call_therapist_id FOREIGN KEY(therapist_id) REFERENCES therapist_service.therapist (id),
    CONSTRAINT fk_phone_call_person_id FOREIGN KEY(person_id) REFERENCES platform.person (id)
);

CREATE INDEX ix_phone_call_inquiry_id ON communication_service.phone_call (inquiry_id);

CREATE INDEX ix_phone_call_planned ON communication_service.phone_call (planned_at) WHERE status = 'planned';

CREATE INDEX ix_phone_call_therapist_id ON communication_service.phone_call (therapist_id);

CREATE TABLE matching_service.cooling_period (
    contact_point_id BIGINT NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    cause TEXT NOT NULL,
    inquiry_id BIGINT,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_cooling_period PRIMARY KEY (id),
    CONSTRAINT ck_cooling_period_cause CHECK (cause IN ('answer', 'expiry', 'wish')),
    CONSTRAINT fk_cooling_period_contact_point_id FOREIGN KEY(contact_point_id) REFERENCES therapist_service.contact_point (id),
    CONSTRAINT fk_cooling_period_inquiry_id FOREIGN KEY(inquiry_id) REFERENCES matching_service.inquiry (id)
);

CREATE INDEX ix_cooling_period_contact_point_id ON matching_service.cooling_period (contact_point_id, ends_at);

CREATE TABLE matching_service.inquiry_item (
    inquiry_id BIGINT NOT NULL,
    search_id BIGINT NOT NULL,
    position SMALLINT NOT NULL,
    reference_code TEXT NOT NULL,
    status TEXT DEFAULT 'pending' NOT NULL,
    answered_at TIMESTAMP WITH TIME ZONE,
    waitlisted_until DATE,
    ended_at TIMESTAMP WITH TIME ZONE,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    CONSTRAINT pk_inquiry_item PRIMARY KEY (id),
    CONSTRAINT ck_inquiry_item_status CHECK (status IN ('accepted', 'accepted_surplus', 'consultation_only', 'in_therapy', 'in_trial_sessions', 'matched_elsewhere', 'needs_info', 'no_response', 'no_show', 'not_continued', 'pending', 'rejection_capacity', 'rejection_other', 'rejection_unsuitable', 'waitlisted', 'withdrawn')),
    CONSTRAINT ck_inquiry_item_position CHECK (position BETWEEN 1 AND 6),
    CONSTRAINT ck_inquiry_item_ended_after_therapy CHECK (ended_at IS NULL OR status = 'in_therapy'),
    CONSTRAINT fk_inquiry_item_inquiry_id FOREIGN KEY(inquiry_id) REFERENCES matching_service.inquiry (id),
    CONSTRAINT fk_inquiry_item_search_id FOREIGN KEY(search_id) REFERENCES matching_service.place_search (id)
);

CREATE INDEX ix_inquiry_item_search_id ON matching_service.inquiry_item (search_id);

CREATE UNIQUE INDEX uq_inquiry_item_live_acceptance ON matching_service.inquiry_item (search_id) WHERE status IN ('accepted', 'in_therapy', 'in_trial_sessions') AND ended_at IS NULL;

CREATE UNIQUE INDEX uq_inquiry_item_position ON matching_service.inquiry_item (inquiry_id, position);

CREATE UNIQUE INDEX uq_inquiry_item_reference_code ON matching_service.inquiry_item (reference_code);

CREATE UNIQUE INDEX uq_inquiry_item_search ON matching_service.inquiry_item (inquiry_id, search_id);

CREATE TABLE communication_service.contact_entry (
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    channel TEXT NOT NULL,
    direction TEXT DEFAULT 'none' NOT NULL,
    patient_id BIGINT,
    therapist_id BIGINT,
    inquiry_id BIGINT,
    email_id BIGINT,
    call_id BIGINT,
    person_id BIGINT,
    kind TEXT DEFAULT 'note' NOT NULL,
    counterpart TEXT DEFAULT '' NOT NULL,
    body TEXT DEFAULT '' NOT NULL,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_contact_entry PRIMARY KEY (id),
    CONSTRAINT ck_contact_entry_channel CHECK (channel IN ('email', 'phone', 'letter', 'visit', 'note')),
    CONSTRAINT ck_contact_entry_direction CHECK (direction IN ('out', 'in', 'none')),
    CONSTRAINT ck_contact_entry_about CHECK (num_nonnulls(patient_id, therapist_id, inquiry_id) > 0),
    CONSTRAINT fk_contact_entry_patient_id FOREIGN KEY(patient_id) REFERENCES patient_service.patient (id),
    CONSTRAINT fk_contact_entry_therapist_id FOREIGN KEY(therapist_id) REFERENCES therapist_service.therapist (id),
    CONSTRAINT fk_contact_entry_inquiry_id FOREIGN KEY(inquiry_id) REFERENCES matching_service.inquiry (id),
    CONSTRAINT fk_contact_entry_email_id FOREIGN KEY(email_id) REFERENCES communication_service.email (id),
    CONSTRAINT fk_contact_entry_call_id FOREIGN KEY(call_id) REFERENCES communication_service.phone_call (id),
    CONSTRAINT fk_contact_entry_person_id FOREIGN KEY(person_id) REFERENCES platform.person (id)
);

CREATE INDEX ix_contact_entry_inquiry_id ON communication_service.contact_entry (inquiry_id, at);

CREATE INDEX ix_contact_entry_patient_id ON communication_service.contact_entry (patient_id, at);

CREATE INDEX ix_contact_entry_therapist_id ON communication_service.contact_entry (therapist_id, at);

CREATE TABLE matching_service.answer (
    item_id BIGINT NOT NULL,
    status TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    channel TEXT,
    person_id BIGINT,
    note TEXT DEFAULT '' NOT NULL,
    waitlisted_until DATE,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_answer PRIMARY KEY (id),
    CONSTRAINT ck_answer_status CHECK (status IN ('accepted', 'accepted_surplus', 'consultation_only', 'in_therapy', 'in_trial_sessions', 'matched_elsewhere', 'needs_info', 'no_response', 'no_show', 'not_continued', 'pending', 'rejection_capacity', 'rejection_other', 'rejection_unsuitable', 'waitlisted', 'withdrawn')),
    CONSTRAINT ck_answer_channel CHECK (channel IN ('email', 'phone', 'letter', 'visit')),
    CONSTRAINT fk_answer_item_id FOREIGN KEY(item_id) REFERENCES matching_service.inquiry_item (id),
    CONSTRAINT fk_answer_person_id FOREIGN KEY(person_id) REFERENCES platform.person (id)
);

CREATE INDEX ix_answer_item_id ON matching_service.answer (item_id, at);

CREATE TABLE matching_service.placement (
    search_id BIGINT NOT NULL,
    item_id BIGINT NOT NULL,
    therapist_id BIGINT NOT NULL,
    started_on DATE NOT NULL,
    ended_on DATE,
    outcome TEXT,
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    CONSTRAINT pk_placement PRIMARY KEY (id),
    CONSTRAINT ck_placement_outcome CHECK (outcome IN ('closed_success', 'closed_dropout', 'withdrawn')),
    CONSTRAINT ck_placement_ended_with_outcome CHECK ((ended_on IS NULL) = (outcome IS NULL)),
    CONSTRAINT ck_placement_ended_after_start CHECK (ended_on IS NULL OR ended_on >= started_on),
    CONSTRAINT fk_placement_search_id FOREIGN KEY(search_id) REFERENCES matching_service.place_search (id),
    CONSTRAINT fk_placement_item_id FOREIGN KEY(item_id) REFERENCES matching_service.inquiry_item (id),
    CONSTRAINT fk_placement_therapist_id FOREIGN KEY(therapist_id) REFERENCES therapist_service.therapist (id)
);

CREATE INDEX ix_placement_search_id ON matching_service.placement (search_id);

CREATE UNIQUE INDEX uq_placement_item_id ON matching_service.placement (item_id);
