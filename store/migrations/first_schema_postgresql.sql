CREATE TABLE agencies (
    id BIGINT NOT NULL,
    licence_number TEXT NOT NULL,
    name TEXT NOT NULL,
    licence_expiry DATE,
    manager TEXT,
    address TEXT,
    phone TEXT,
    revision INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_agencies PRIMARY KEY (id),
    CONSTRAINT uq_agencies_licence_number UNIQUE (licence_number)
);

CREATE INDEX ix_agencies_licence_expiry ON agencies (licence_expiry);

CREATE TABLE audit (
    id BIGSERIAL NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT NOT NULL,
    what TEXT NOT NULL,
    detail JSON NOT NULL,
    alike TEXT,
    times INTEGER DEFAULT '1' NOT NULL,
    last_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_audit PRIMARY KEY (id)
);

CREATE INDEX ix_audit_at ON audit (at);

CREATE INDEX ix_audit_actor_id ON audit (actor, id);

CREATE INDEX ix_audit_what_id ON audit (what, id);

CREATE UNIQUE INDEX uq_audit_alike ON audit (alike) WHERE alike IS NOT NULL;

CREATE TABLE bills (
    id BIGINT NOT NULL,
    file_number INTEGER NOT NULL,
    bill_id TEXT NOT NULL,
    payment_id TEXT NOT NULL,
    amount BIGINT NOT NULL,
    state TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    service TEXT DEFAULT '' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    deadline TIMESTAMP WITH TIME ZONE,
    explanation JSON NOT NULL,
    settled_at TIMESTAMP WITH TIME ZONE,
    note TEXT,
    revision INTEGER NOT NULL,
    CONSTRAINT pk_bills PRIMARY KEY (id),
    CONSTRAINT uq_bills_file_number UNIQUE (file_number),
    CONSTRAINT uq_bills_bill_id UNIQUE (bill_id)
);

CREATE INDEX ix_bills_subject_kind_subject_id ON bills (subject_kind, subject_id);

CREATE INDEX ix_bills_created_at ON bills (created_at);

CREATE INDEX ix_bills_payment_id_id ON bills (payment_id, id);

CREATE TABLE chats (
    channel TEXT NOT NULL,
    chat_id TEXT NOT NULL,
    mobile TEXT,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    linked_at TIMESTAMP WITH TIME ZONE,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_chats PRIMARY KEY (channel, chat_id)
);

CREATE INDEX ix_chats_mobile ON chats (mobile);

CREATE TABLE citizen_sessions (
    id BIGINT NOT NULL,
    digest TEXT NOT NULL,
    csrf_token TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_used_at TIMESTAMP WITH TIME ZONE NOT NULL,
    pending_digest TEXT,
    proved_mobile TEXT,
    proved_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_citizen_sessions PRIMARY KEY (id),
    CONSTRAINT uq_citizen_sessions_digest UNIQUE (digest)
);

CREATE INDEX ix_citizen_sessions_last_used_at ON citizen_sessions (last_used_at);

CREATE UNIQUE INDEX uq_citizen_sessions_pending ON citizen_sessions (pending_digest) WHERE pending_digest IS NOT NULL;

CREATE INDEX ix_citizen_sessions_mobile ON citizen_sessions (proved_mobile) WHERE proved_mobile IS NOT NULL;

CREATE TABLE commission_rules (
    id BIGINT NOT NULL,
    office TEXT NOT NULL,
    service TEXT NOT NULL,
    per_request BIGINT NOT NULL,
    share_bp INTEGER NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    made_by TEXT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_commission_rules PRIMARY KEY (id)
);

CREATE UNIQUE INDEX uq_commission_rules_open ON commission_rules (office, service) WHERE valid_to IS NULL;

CREATE UNIQUE INDEX uq_commission_rules_begun ON commission_rules (office, service, valid_from) WHERE valid_to IS NULL OR valid_to > valid_from;

CREATE TABLE contents (
    sha256 TEXT NOT NULL,
    content BYTEA NOT NULL,
    CONSTRAINT pk_contents PRIMARY KEY (sha256)
);

CREATE TABLE counters (
    name TEXT NOT NULL,
    value BIGINT NOT NULL,
    CONSTRAINT pk_counters PRIMARY KEY (name)
);

CREATE TABLE dialogues (
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    state JSON NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_dialogues PRIMARY KEY (channel, address)
);

CREATE TABLE drafts (
    id BIGINT NOT NULL,
    service TEXT NOT NULL,
    version INTEGER NOT NULL,
    typed_values JSON NOT NULL,
    saved_sections JSON NOT NULL,
    resume_code TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    mobile TEXT,
    relation TEXT NOT NULL,
    represented_name TEXT NOT NULL,
    request_code TEXT,
    CONSTRAINT pk_drafts PRIMARY KEY (id)
);

CREATE INDEX ix_drafts_mobile_resume_code ON drafts (mobile, resume_code);

CREATE INDEX ix_drafts_expires_at ON drafts (expires_at);

CREATE TABLE drivers (
    id BIGINT NOT NULL,
    national_code TEXT NOT NULL,
    name TEXT NOT NULL,
    mobile TEXT,
    licence_number TEXT,
    licence_expiry DATE,
    health_card_expiry DATE,
    status TEXT NOT NULL,
    kind TEXT NOT NULL,
    shift TEXT,
    revision INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_drivers PRIMARY KEY (id),
    CONSTRAINT uq_drivers_national_code UNIQUE (national_code)
);

CREATE INDEX ix_drivers_mobile ON drivers (mobile);

CREATE INDEX ix_drivers_licence_expiry ON drivers (licence_expiry);

CREATE INDEX ix_drivers_health_card_expiry ON drivers (health_card_expiry);

CREATE TABLE hits (
    key TEXT NOT NULL,
    count INTEGER NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_hits PRIMARY KEY (key)
);

CREATE INDEX ix_hits_ends_at ON hits (ends_at);

CREATE TABLE idempotency_keys (
    owner TEXT NOT NULL,
    key TEXT NOT NULL,
    digest TEXT NOT NULL,
    operation TEXT NOT NULL,
    answer TEXT,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_idempotency_keys PRIMARY KEY (owner, key)
);

CREATE INDEX ix_idempotency_keys_expires_at ON idempotency_keys (expires_at);

CREATE TABLE key_checks (
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_key_checks PRIMARY KEY (name)
);

CREATE TABLE leases (
    name TEXT NOT NULL,
    token TEXT NOT NULL,
    until TIMESTAMP WITH TIME ZONE NOT NULL,
    ran_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_leases PRIMARY KEY (name)
);

CREATE TABLE line_languages (
    line TEXT NOT NULL,
    language TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_line_languages PRIMARY KEY (line)
);

CREATE TABLE merged_bills (
    id BIGINT NOT NULL,
    file_number INTEGER NOT NULL,
    bill_id TEXT NOT NULL,
    payment_id TEXT NOT NULL,
    amount BIGINT NOT NULL,
    bill_digest TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_merged_bills PRIMARY KEY (id),
    CONSTRAINT uq_merged_bills_file_number UNIQUE (file_number),
    CONSTRAINT uq_merged_bills_bill_id UNIQUE (bill_id),
    CONSTRAINT uq_merged_bills_bill_digest UNIQUE (bill_digest)
);

CREATE INDEX ix_merged_bills_payment_id ON merged_bills (payment_id);

CREATE TABLE mobile_changes (
    id BIGINT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    old_mobile TEXT,
    new_mobile TEXT NOT NULL,
    proof TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    done_by TEXT,
    done_at TIMESTAMP WITH TIME ZONE,
    objected_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_mobile_changes PRIMARY KEY (id)
);

CREATE INDEX ix_mobile_changes_subject_kind_subject_id ON mobile_changes (subject_kind, subject_id);

CREATE INDEX ix_mobile_changes_old_mobile ON mobile_changes (old_mobile);

CREATE TABLE mobile_proofs (
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    mobile TEXT NOT NULL,
    salt TEXT NOT NULL,
    digest TEXT NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    tries INTEGER NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_mobile_proofs PRIMARY KEY (channel, address)
);

CREATE INDEX ix_mobile_proofs_expires_at ON mobile_proofs (expires_at);

CREATE TABLE notice_channels (
    mobile TEXT NOT NULL,
    channel TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_notice_channels PRIMARY KEY (mobile)
);

CREATE TABLE office_nonces (
    office TEXT NOT NULL,
    nonce TEXT NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_office_nonces PRIMARY KEY (office, nonce)
);

CREATE INDEX ix_office_nonces_ends_at ON office_nonces (ends_at);

CREATE TABLE offices (
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    username TEXT NOT NULL,
    keys JSON NOT NULL,
    networks JSON NOT NULL,
    active BOOLEAN NOT NULL,
    locks JSON NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_offices PRIMARY KEY (code),
    CONSTRAINT uq_offices_username UNIQUE (username)
);

CREATE TABLE opt_outs (
    mobile TEXT NOT NULL,
    stopped BOOLEAN NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_opt_outs PRIMARY KEY (mobile)
);

CREATE TABLE owners (
    id BIGINT NOT NULL,
    national_id TEXT NOT NULL,
    name TEXT NOT NULL,
    mobile TEXT,
    address TEXT,
    revision INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_owners PRIMARY KEY (id),
    CONSTRAINT uq_owners_national_id UNIQUE (national_id)
);

CREATE INDEX ix_owners_mobile ON owners (mobile);

CREATE TABLE payment_attempts (
    id BIGINT NOT NULL,
    gateway TEXT NOT NULL,
    order_number BIGINT NOT NULL,
    state TEXT NOT NULL,
    channel TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    session_ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    payer_mobile TEXT,
    reference TEXT,
    sale_number TEXT,
    card TEXT,
    paid_amount BIGINT,
    bank_amount BIGINT,
    code TEXT,
    alert TEXT,
    returned_at TIMESTAMP WITH TIME ZONE,
    verified_at TIMESTAMP WITH TIME ZONE,
    finished_at TIMESTAMP WITH TIME ZONE,
    next_step_at TIMESTAMP WITH TIME ZONE,
    unanswered_calls INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    claim_token TEXT,
    claimed_until TIMESTAMP WITH TIME ZONE,
    callback_digest TEXT,
    unresolved_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_payment_attempts PRIMARY KEY (id),
    CONSTRAINT uq_payment_attempts_gateway_order_number UNIQUE (gateway, order_number)
);

CREATE INDEX ix_payment_attempts_created_at ON payment_attempts (created_at);

CREATE UNIQUE INDEX uq_payment_attempts_reference ON payment_attempts (gateway, reference) WHERE reference IS NOT NULL;

CREATE UNIQUE INDEX uq_payment_attempts_sale ON payment_attempts (gateway, sale_number) WHERE sale_number IS NOT NULL;

CREATE INDEX ix_payment_attempts_due ON payment_attempts (next_step_at) WHERE next_step_at IS NOT NULL;

CREATE INDEX ix_payment_attempts_alerted ON payment_attempts (id) WHERE alert IS NOT NULL OR state = 'unknown';

CREATE INDEX ix_payment_attempts_unresolved ON payment_attempts (unresolved_at) WHERE unresolved_at IS NOT NULL;

CREATE TABLE payment_differences (
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    day DATE NOT NULL,
    amount BIGINT NOT NULL,
    facts JSON NOT NULL,
    noted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    alerted_at TIMESTAMP WITH TIME ZONE,
    resolved_at TIMESTAMP WITH TIME ZONE,
    resolved_by TEXT,
    note TEXT,
    CONSTRAINT pk_payment_differences PRIMARY KEY (key)
);

CREATE INDEX ix_payment_differences_open ON payment_differences (day) WHERE resolved_at IS NULL;

CREATE TABLE payment_links (
    token TEXT NOT NULL,
    bill_digest TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_payment_links PRIMARY KEY (token),
    CONSTRAINT uq_payment_links_bill_digest UNIQUE (bill_digest)
);

CREATE TABLE people (
    mobile TEXT NOT NULL,
    full_name TEXT,
    national_code TEXT,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_people PRIMARY KEY (mobile)
);

CREATE TABLE read_events (
    id BIGSERIAL NOT NULL,
    hour INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    viewer TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    CONSTRAINT pk_read_events PRIMARY KEY (id)
);

CREATE UNIQUE INDEX uq_read_events_hour ON read_events (hour, viewer, kind, subject);

CREATE INDEX ix_read_events_subject_id ON read_events (subject, id);

CREATE TABLE receipts (
    provider TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    state TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_receipts PRIMARY KEY (provider, provider_id)
);

CREATE INDEX ix_receipts_at ON receipts (at);

CREATE TABLE refund_files (
    id BIGINT NOT NULL,
    day DATE NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    made_by TEXT NOT NULL,
    CONSTRAINT pk_refund_files PRIMARY KEY (id),
    CONSTRAINT uq_refund_files_day UNIQUE (day)
);

CREATE TABLE registry_changes (
    id BIGSERIAL NOT NULL,
    registry TEXT NOT NULL,
    row_id BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    by TEXT NOT NULL,
    before JSON NOT NULL,
    after JSON NOT NULL,
    CONSTRAINT pk_registry_changes PRIMARY KEY (id)
);

CREATE INDEX ix_registry_changes_row_id_id ON registry_changes (row_id, id);

CREATE TABLE registry_reminders (
    registry TEXT NOT NULL,
    row_id BIGINT NOT NULL,
    field TEXT NOT NULL,
    day DATE NOT NULL,
    days_before INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_registry_reminders PRIMARY KEY (registry, row_id, field, day, days_before)
);

CREATE TABLE report_files (
    id BIGINT NOT NULL,
    report TEXT NOT NULL,
    first DATE NOT NULL,
    last DATE NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    content BYTEA NOT NULL,
    CONSTRAINT pk_report_files PRIMARY KEY (id),
    CONSTRAINT uq_report_files_report_first_last UNIQUE (report, first, last)
);

CREATE TABLE requests (
    id BIGINT NOT NULL,
    code TEXT NOT NULL,
    service TEXT NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    phase TEXT NOT NULL,
    channel TEXT NOT NULL,
    mobile TEXT,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    office TEXT,
    assignee TEXT,
    parent_id BIGINT,
    awaits TEXT,
    subject_key TEXT,
    fields JSON NOT NULL,
    data JSON NOT NULL,
    revision INTEGER NOT NULL,
    head_seq INTEGER NOT NULL,
    head_hash TEXT NOT NULL,
    erased_at TIMESTAMP WITH TIME ZONE,
    sealed_seq INTEGER NOT NULL,
    turn TEXT,
    due_at TIMESTAMP WITH TIME ZONE DEFAULT '9999-12-31 00:00:00+00' NOT NULL,
    kind TEXT,
    unverified_mobile TEXT,
    lacks_papers BOOLEAN DEFAULT false NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_requests PRIMARY KEY (id),
    CONSTRAINT uq_requests_code UNIQUE (code),
    CONSTRAINT fk_requests_parent_id FOREIGN KEY(parent_id) REFERENCES requests (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_requests_awaits ON requests (awaits, id) WHERE awaits IS NOT NULL;

CREATE INDEX ix_requests_subject ON requests (subject_key, service, id) WHERE subject_key IS NOT NULL;

CREATE INDEX ix_requests_unsealed ON requests (id) WHERE head_seq > sealed_seq;

CREATE INDEX ix_requests_mobile_id ON requests (mobile, id);

CREATE INDEX ix_requests_phase_service_version_state ON requests (phase, service, version, state);

CREATE INDEX ix_requests_service_state_id ON requests (service, state, id);

CREATE INDEX ix_requests_not_erased ON requests (updated_at, id) WHERE erased_at IS NULL;

CREATE INDEX ix_requests_office ON requests (office, id) WHERE office IS NOT NULL;

CREATE INDEX ix_requests_ended ON requests (service, created_at, id) WHERE turn IS NULL;

CREATE INDEX ix_requests_turn_due ON requests (turn, service, due_at, id) WHERE turn IS NOT NULL;

CREATE INDEX ix_requests_turn_made ON requests (turn, service, created_at, id) WHERE turn IS NOT NULL;

CREATE INDEX ix_requests_unassigned ON requests (turn, service, due_at, id) WHERE turn IS NOT NULL AND assignee IS NULL;

CREATE INDEX ix_requests_assignee_due ON requests (assignee, due_at, id) WHERE turn IS NOT NULL AND assignee IS NOT NULL;

CREATE INDEX ix_requests_assignee_live ON requests (assignee, created_at, id) WHERE turn IS NOT NULL AND assignee IS NOT NULL;

CREATE INDEX ix_requests_assignee ON requests (assignee, created_at, id) WHERE assignee IS NOT NULL;

CREATE INDEX ix_requests_reported ON requests (created_at, service, kind, state, phase, channel, office, assignee);

CREATE INDEX ix_requests_uncounted ON requests (id) WHERE entered_at IS NULL;

CREATE INDEX ix_requests_unverified ON requests (unverified_mobile, id) WHERE unverified_mobile IS NOT NULL;

CREATE TABLE resources (
    id BIGINT NOT NULL,
    code TEXT NOT NULL,
    kind TEXT NOT NULL,
    type TEXT NOT NULL,
    title TEXT NOT NULL,
    status TEXT NOT NULL,
    capacity TEXT NOT NULL,
    mobile TEXT,
    skills JSON NOT NULL,
    revision INTEGER DEFAULT '0' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE,
    updated_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_resources PRIMARY KEY (id),
    CONSTRAINT uq_resources_code UNIQUE (code)
);

CREATE TABLE seals (
    number INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    heads JSON NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL,
    signature TEXT NOT NULL,
    CONSTRAINT pk_seals PRIMARY KEY (number)
);

CREATE TABLE service_durations (
    service TEXT NOT NULL,
    working_days INTEGER NOT NULL,
    finished_count INTEGER NOT NULL,
    reckoned_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_service_durations PRIMARY KEY (service)
);

CREATE TABLE service_views (
    service TEXT NOT NULL,
    views BIGINT NOT NULL,
    CONSTRAINT pk_service_views PRIMARY KEY (service)
);

CREATE TABLE setting_changes (
    id BIGSERIAL NOT NULL,
    name TEXT NOT NULL,
    before JSON,
    value JSON,
    by TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_setting_changes PRIMARY KEY (id)
);

CREATE INDEX ix_setting_changes_name_id ON setting_changes (name, id);

CREATE TABLE settlement_files (
    id BIGINT NOT NULL,
    digest TEXT NOT NULL,
    name TEXT NOT NULL,
    size BIGINT NOT NULL,
    layout TEXT NOT NULL,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    brought_by TEXT NOT NULL,
    brought_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT NOT NULL,
    first_paid_at TIMESTAMP WITH TIME ZONE,
    last_paid_at TIMESTAMP WITH TIME ZONE,
    problem TEXT,
    decided_by TEXT,
    finished_at TIMESTAMP WITH TIME ZONE,
    revision INTEGER NOT NULL,
    covered_from DATE,
    covered_until DATE,
    is_whole BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT pk_settlement_files PRIMARY KEY (id)
);

CREATE UNIQUE INDEX uq_settlement_files_digest ON settlement_files (digest) WHERE state != 'dropped' AND state != 'refused';

CREATE TABLE staff (
    username TEXT NOT NULL,
    roles JSON NOT NULL,
    full_name TEXT NOT NULL,
    mobile TEXT,
    password_hash TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    password_temporary BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT pk_staff PRIMARY KEY (username)
);

CREATE TABLE tariffs (
    id BIGINT NOT NULL,
    service TEXT NOT NULL,
    dimensions TEXT NOT NULL,
    unit TEXT NOT NULL,
    rate BIGINT NOT NULL,
    minimum INTEGER NOT NULL,
    vat_percent INTEGER NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_tariffs PRIMARY KEY (id)
);

CREATE UNIQUE INDEX uq_tariffs_open ON tariffs (service, dimensions) WHERE valid_to IS NULL;

CREATE UNIQUE INDEX uq_tariffs_begun ON tariffs (service, dimensions, valid_from) WHERE valid_to IS NULL OR valid_to > valid_from;

CREATE TABLE till_closings (
    office TEXT NOT NULL,
    number INTEGER NOT NULL,
    day DATE NOT NULL,
    declared BIGINT NOT NULL,
    payments INTEGER NOT NULL,
    amount BIGINT NOT NULL,
    note TEXT NOT NULL,
    closed_by TEXT NOT NULL,
    closed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_till_closings PRIMARY KEY (office, number)
);

CREATE INDEX ix_till_closings_office_day ON till_closings (office, day);

CREATE TABLE verifications (
    id BIGSERIAL NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    requests BIGINT,
    events BIGINT,
    seals BIGINT,
    unsealed BIGINT,
    fault_count INTEGER,
    faults JSON,
    CONSTRAINT pk_verifications PRIMARY KEY (id)
);

CREATE TABLE work_calendar (
    day DATE NOT NULL,
    working BOOLEAN NOT NULL,
    note TEXT NOT NULL,
    CONSTRAINT pk_work_calendar PRIMARY KEY (day)
);

CREATE TABLE bookings (
    id BIGINT NOT NULL,
    request_id BIGINT,
    resource_id BIGINT NOT NULL,
    start TIMESTAMP WITH TIME ZONE NOT NULL,
    "end" TIMESTAMP WITH TIME ZONE NOT NULL,
    hold BOOLEAN NOT NULL,
    note TEXT,
    CONSTRAINT pk_bookings PRIMARY KEY (id),
    CONSTRAINT fk_bookings_request_id FOREIGN KEY(request_id) REFERENCES requests (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_bookings_resource_id FOREIGN KEY(resource_id) REFERENCES resources (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_bookings_request_id ON bookings (request_id);

CREATE INDEX ix_bookings_end_start ON bookings ("end", start);

CREATE INDEX ix_bookings_resource_id_end ON bookings (resource_id, "end");

CREATE TABLE card_refunds (
    id BIGINT NOT NULL,
    gateway TEXT NOT NULL,
    refund_number BIGINT NOT NULL,
    attempt_id BIGINT NOT NULL,
    bill_row_id BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    requested_by TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT NOT NULL,
    reference TEXT,
    code TEXT,
    sent_at TIMESTAMP WITH TIME ZONE,
    finished_at TIMESTAMP WITH TIME ZONE,
    next_step_at TIMESTAMP WITH TIME ZONE,
    unanswered_calls INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    claim_token TEXT,
    claimed_until TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_card_refunds PRIMARY KEY (id),
    CONSTRAINT uq_card_refunds_gateway_refund_number UNIQUE (gateway, refund_number),
    CONSTRAINT fk_card_refunds_attempt_id FOREIGN KEY(attempt_id) REFERENCES payment_attempts (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_card_refunds_bill_row_id FOREIGN KEY(bill_row_id) REFERENCES bills (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_card_refunds_attempt_id ON card_refunds (attempt_id);

CREATE INDEX ix_card_refunds_bill_row_id ON card_refunds (bill_row_id);

CREATE INDEX ix_card_refunds_open ON card_refunds (next_step_at) WHERE next_step_at IS NOT NULL;

CREATE TABLE comments (
    id BIGINT NOT NULL,
    service TEXT,
    request_id BIGINT,
    mobile TEXT,
    text TEXT NOT NULL,
    channel TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT DEFAULT 'pending' NOT NULL,
    moderated_by TEXT,
    moderated_at TIMESTAMP WITH TIME ZONE,
    answer TEXT,
    answered_by TEXT,
    answered_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_comments PRIMARY KEY (id),
    CONSTRAINT fk_comments_request_id FOREIGN KEY(request_id) REFERENCES requests (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_comments_service_state_id ON comments (service, state, id);

CREATE INDEX ix_comments_request_id ON comments (request_id);

CREATE INDEX ix_comments_state_id ON comments (state, id);

CREATE TABLE consent_links (
    digest TEXT NOT NULL,
    request_id BIGINT NOT NULL,
    asked_seq INTEGER NOT NULL,
    text_name TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_consent_links PRIMARY KEY (digest),
    CONSTRAINT fk_consent_links_request_id FOREIGN KEY(request_id) REFERENCES requests (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE documents (
    id BIGINT NOT NULL,
    request_id BIGINT NOT NULL,
    field TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    source_sha256 TEXT DEFAULT '' NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    added_by TEXT NOT NULL,
    CONSTRAINT pk_documents PRIMARY KEY (id),
    CONSTRAINT fk_documents_request_id FOREIGN KEY(request_id) REFERENCES requests (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_documents_sha256 FOREIGN KEY(sha256) REFERENCES contents (sha256) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_documents_request_id ON documents (request_id);

CREATE INDEX ix_documents_sha256 ON documents (sha256);

CREATE TABLE draft_files (
    id BIGINT NOT NULL,
    draft_id BIGINT NOT NULL,
    field TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    source_sha256 TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_draft_files PRIMARY KEY (id),
    CONSTRAINT fk_draft_files_draft_id FOREIGN KEY(draft_id) REFERENCES drafts (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_draft_files_sha256 FOREIGN KEY(sha256) REFERENCES contents (sha256) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_draft_files_draft_id ON draft_files (draft_id);

CREATE INDEX ix_draft_files_sha256 ON draft_files (sha256);

CREATE TABLE draft_holders (
    draft_id BIGINT NOT NULL,
    session_id BIGINT NOT NULL,
    CONSTRAINT pk_draft_holders PRIMARY KEY (draft_id, session_id),
    CONSTRAINT fk_draft_holders_draft_id FOREIGN KEY(draft_id) REFERENCES drafts (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_draft_holders_session_id ON draft_holders (session_id);

CREATE TABLE history (
    request_id BIGINT NOT NULL,
    seq INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor_kind TEXT NOT NULL,
    channel TEXT NOT NULL,
    event TEXT NOT NULL,
    from_state TEXT,
    to_state TEXT NOT NULL,
    actor TEXT,
    note TEXT,
    payload JSON,
    salt TEXT,
    digest TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT pk_history PRIMARY KEY (request_id, seq),
    CONSTRAINT fk_history_request_id FOREIGN KEY(request_id) REFERENCES requests (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE imports (
    id BIGINT NOT NULL,
    registry TEXT NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    by TEXT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT NOT NULL,
    done INTEGER NOT NULL,
    total INTEGER,
    tries INTEGER NOT NULL,
    skip_bad_rows BOOLEAN NOT NULL,
    tally JSON NOT NULL,
    outcome JSON NOT NULL,
    problem TEXT,
    settled_at TIMESTAMP WITH TIME ZONE,
    decided_by TEXT,
    CONSTRAINT pk_imports PRIMARY KEY (id),
    CONSTRAINT fk_imports_by FOREIGN KEY(by) REFERENCES staff (username) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_imports_registry_id ON imports (registry, id);

CREATE INDEX ix_imports_state_id ON imports (state, id);

CREATE INDEX ix_imports_made_at ON imports (made_at);

CREATE TABLE issued_papers (
    token TEXT NOT NULL,
    request_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    number TEXT,
    day DATE NOT NULL,
    number_key TEXT,
    CONSTRAINT pk_issued_papers PRIMARY KEY (token),
    CONSTRAINT fk_issued_papers_request_id FOREIGN KEY(request_id) REFERENCES requests (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_issued_papers_number_key ON issued_papers (number_key);

CREATE TABLE ledger_entries (
    kind TEXT NOT NULL,
    item_id BIGINT NOT NULL,
    bill_id BIGINT,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    debit_account TEXT NOT NULL,
    debit_subaccount TEXT NOT NULL,
    credit_account TEXT NOT NULL,
    credit_subaccount TEXT NOT NULL,
    amount BIGINT NOT NULL,
    note TEXT,
    recorded_by TEXT,
    CONSTRAINT pk_ledger_entries PRIMARY KEY (item_id, kind),
    CONSTRAINT ck_ledger_entries_ck_ledger_entries_moves_money CHECK (amount > 0),
    CONSTRAINT fk_ledger_entries_bill_id_bills FOREIGN KEY(bill_id) REFERENCES bills (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_ledger_entries_bill_id ON ledger_entries (bill_id);

CREATE INDEX ix_ledger_entries_debit_account_debit_subaccount_at ON ledger_entries (debit_account, debit_subaccount, at);

CREATE INDEX ix_ledger_entries_credit_account_credit_subaccount_at ON ledger_entries (credit_account, credit_subaccount, at);

CREATE TABLE machine_work (
    request_id BIGINT NOT NULL,
    machine TEXT NOT NULL,
    service TEXT NOT NULL,
    machine_type TEXT NOT NULL,
    start TIMESTAMP WITH TIME ZONE NOT NULL,
    quoted INTEGER NOT NULL,
    worked INTEGER NOT NULL,
    CONSTRAINT pk_machine_work PRIMARY KEY (request_id, machine),
    CONSTRAINT fk_machine_work_request_id_requests FOREIGN KEY(request_id) REFERENCES requests (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_machine_work_start ON machine_work (start);

CREATE INDEX ix_machine_work_machine_request_id ON machine_work (machine, request_id);

CREATE TABLE maintenance (
    id BIGINT NOT NULL,
    machine TEXT NOT NULL,
    begun DATE NOT NULL,
    kind TEXT NOT NULL,
    number INTEGER NOT NULL,
    ended DATE,
    meter INTEGER,
    workshop TEXT,
    cost BIGINT,
    note TEXT,
    next_due DATE,
    standing TEXT NOT NULL,
    revision INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_maintenance PRIMARY KEY (id),
    CONSTRAINT uq_maintenance_machine_begun_kind_number UNIQUE (machine, begun, kind, number),
    CONSTRAINT fk_maintenance_machine FOREIGN KEY(machine) REFERENCES resources (code) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE mentions (
    request_id BIGINT NOT NULL,
    seq INTEGER NOT NULL,
    username TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    read_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_mentions PRIMARY KEY (request_id, seq, username),
    CONSTRAINT fk_mentions_request_id FOREIGN KEY(request_id) REFERENCES requests (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_mentions_username_at ON mentions (username, at);

CREATE INDEX ix_mentions_unread ON mentions (username, request_id) WHERE read_at IS NULL;

CREATE TABLE merged_bill_parts (
    merged_bill_id BIGINT NOT NULL,
    bill_row_id BIGINT NOT NULL,
    CONSTRAINT pk_merged_bill_parts PRIMARY KEY (merged_bill_id, bill_row_id),
    CONSTRAINT fk_merged_bill_parts_merged_bill_id FOREIGN KEY(merged_bill_id) REFERENCES merged_bills (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_merged_bill_parts_bill_row_id FOREIGN KEY(bill_row_id) REFERENCES bills (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_merged_bill_parts_bill_row_id ON merged_bill_parts (bill_row_id);

CREATE TABLE outbox (
    id BIGINT NOT NULL,
    channel TEXT NOT NULL,
    recipient TEXT NOT NULL,
    cls TEXT NOT NULL,
    priority INTEGER NOT NULL,
    key TEXT NOT NULL,
    text TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    not_before TIMESTAMP WITH TIME ZONE NOT NULL,
    request_id BIGINT,
    expires_at TIMESTAMP WITH TIME ZONE,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    provider TEXT,
    provider_id TEXT,
    parts INTEGER,
    cost BIGINT,
    reason TEXT,
    sent_at TIMESTAMP WITH TIME ZONE,
    updated_at TIMESTAMP WITH TIME ZONE,
    claim_token TEXT,
    claimed_until TIMESTAMP WITH TIME ZONE,
    mobile TEXT,
    content JSON,
    moves_at TIMESTAMP WITH TIME ZONE,
    resends INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT pk_outbox PRIMARY KEY (id),
    CONSTRAINT fk_outbox_request_id FOREIGN KEY(request_id) REFERENCES requests (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_outbox_claimed ON outbox (channel, claimed_until) WHERE state = 'sending';

CREATE INDEX ix_outbox_expiring ON outbox (channel, expires_at) WHERE state = 'queued';

CREATE INDEX ix_outbox_queue ON outbox (channel, priority, created_at, id) WHERE state = 'queued';

CREATE INDEX ix_outbox_provider_provider_id ON outbox (provider, provider_id);

CREATE INDEX ix_outbox_recipient_id ON outbox (recipient, id);

CREATE INDEX ix_outbox_request_id ON outbox (request_id);

CREATE INDEX ix_outbox_state_updated_at ON outbox (state, updated_at);

CREATE INDEX ix_outbox_state_id ON outbox (state, id);

CREATE INDEX ix_outbox_created_at ON outbox (created_at);

CREATE INDEX ix_outbox_sent ON outbox (sent_at, provider, key, parts, cost) WHERE sent_at IS NOT NULL;

CREATE INDEX ix_outbox_moving ON outbox (channel, moves_at) WHERE state = 'queued' AND moves_at IS NOT NULL;

CREATE INDEX ix_outbox_of_chats ON outbox (mobile, id) WHERE mobile IS NOT NULL;

CREATE INDEX ix_outbox_codes ON outbox (created_at) WHERE cls = 'security';

CREATE TABLE payment_attempt_events (
    attempt_id BIGINT NOT NULL,
    number INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    event TEXT NOT NULL,
    state TEXT NOT NULL,
    code TEXT,
    details JSON NOT NULL,
    CONSTRAINT pk_payment_attempt_events PRIMARY KEY (attempt_id, number),
    CONSTRAINT fk_payment_attempt_events_attempt_id FOREIGN KEY(attempt_id) REFERENCES payment_attempts (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE payment_attempt_shares (
    attempt_id BIGINT NOT NULL,
    bill_row_id BIGINT NOT NULL,
    position INTEGER NOT NULL,
    amount BIGINT NOT NULL,
    CONSTRAINT pk_payment_attempt_shares PRIMARY KEY (attempt_id, bill_row_id),
    CONSTRAINT fk_payment_attempt_shares_attempt_id FOREIGN KEY(attempt_id) REFERENCES payment_attempts (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_payment_attempt_shares_bill_row_id FOREIGN KEY(bill_row_id) REFERENCES bills (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_payment_attempt_shares_bill_row_id ON payment_attempt_shares (bill_row_id);

CREATE TABLE payment_callbacks (
    id BIGINT NOT NULL,
    gateway TEXT NOT NULL,
    attempt_id BIGINT,
    method TEXT NOT NULL,
    payload TEXT NOT NULL,
    source_address TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    event TEXT NOT NULL,
    CONSTRAINT pk_payment_callbacks PRIMARY KEY (id),
    CONSTRAINT fk_payment_callbacks_attempt_id FOREIGN KEY(attempt_id) REFERENCES payment_attempts (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_payment_callbacks_attempt_id ON payment_callbacks (attempt_id);

CREATE INDEX ix_payment_callbacks_at ON payment_callbacks (at);

CREATE TABLE payment_link_bills (
    token TEXT NOT NULL,
    bill_row_id BIGINT NOT NULL,
    CONSTRAINT pk_payment_link_bills PRIMARY KEY (token, bill_row_id),
    CONSTRAINT fk_payment_link_bills_token FOREIGN KEY(token) REFERENCES payment_links (token) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_payment_link_bills_bill_row_id FOREIGN KEY(bill_row_id) REFERENCES bills (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_payment_link_bills_bill_row_id ON payment_link_bills (bill_row_id);

CREATE TABLE proposed_tariffs (
    id BIGINT NOT NULL,
    service TEXT NOT NULL,
    dimensions TEXT NOT NULL,
    unit TEXT NOT NULL,
    rate BIGINT NOT NULL,
    minimum INTEGER NOT NULL,
    vat_percent INTEGER NOT NULL,
    valid_from DATE NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT NOT NULL,
    decided_by TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_proposed_tariffs PRIMARY KEY (id),
    CONSTRAINT fk_proposed_tariffs_proposed_by FOREIGN KEY(proposed_by) REFERENCES staff (username) DEFERRABLE INITIALLY DEFERRED
);

CREATE UNIQUE INDEX uq_proposed_tariffs_pending ON proposed_tariffs (service, dimensions) WHERE state = 'pending';

CREATE TABLE ratings (
    request_id BIGINT NOT NULL,
    score INTEGER NOT NULL,
    text TEXT,
    channel TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_ratings PRIMARY KEY (request_id),
    CONSTRAINT fk_ratings_request_id FOREIGN KEY(request_id) REFERENCES requests (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_ratings_at ON ratings (at);

CREATE TABLE refund_accounts (
    bill_id BIGINT NOT NULL,
    mobile TEXT NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE,
    iban TEXT,
    given_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_refund_accounts PRIMARY KEY (bill_id),
    CONSTRAINT fk_refund_accounts_bill_id FOREIGN KEY(bill_id) REFERENCES bills (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_refund_accounts_mobile ON refund_accounts (mobile);

CREATE TABLE refund_transfers (
    id BIGINT NOT NULL,
    file_id BIGINT NOT NULL,
    bill_id BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    iban TEXT,
    name TEXT,
    state TEXT NOT NULL,
    reference TEXT,
    ended_at TIMESTAMP WITH TIME ZONE,
    ended_by TEXT,
    CONSTRAINT pk_refund_transfers PRIMARY KEY (id),
    CONSTRAINT fk_refund_transfers_file_id FOREIGN KEY(file_id) REFERENCES refund_files (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_refund_transfers_bill_id FOREIGN KEY(bill_id) REFERENCES bills (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_refund_transfers_file_id ON refund_transfers (file_id);

CREATE INDEX ix_refund_transfers_bill_id ON refund_transfers (bill_id);

CREATE INDEX ix_refund_transfers_filed ON refund_transfers (file_id) WHERE state = 'filed';

CREATE TABLE rewards (
    id BIGINT NOT NULL,
    driver TEXT NOT NULL,
    date DATE NOT NULL,
    kind TEXT NOT NULL,
    number INTEGER NOT NULL,
    points INTEGER NOT NULL,
    source TEXT,
    text TEXT,
    standing TEXT DEFAULT 'valid' NOT NULL,
    revision INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_rewards PRIMARY KEY (id),
    CONSTRAINT uq_rewards_driver_date_kind_number UNIQUE (driver, date, kind, number),
    CONSTRAINT fk_rewards_driver FOREIGN KEY(driver) REFERENCES drivers (national_code) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE saved_views (
    username TEXT NOT NULL,
    name TEXT NOT NULL,
    filter JSON NOT NULL,
    saved_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_saved_views PRIMARY KEY (username, name),
    CONSTRAINT fk_saved_views_username FOREIGN KEY(username) REFERENCES staff (username) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE search_words (
    request_id BIGINT NOT NULL,
    word TEXT COLLATE "C" NOT NULL,
    service TEXT NOT NULL,
    CONSTRAINT pk_search_words PRIMARY KEY (request_id, word),
    CONSTRAINT fk_search_words_request_id FOREIGN KEY(request_id) REFERENCES requests (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_search_words_service_word_request_id ON search_words (service, word, request_id DESC);

CREATE TABLE second_factors (
    username TEXT NOT NULL,
    sealed TEXT NOT NULL,
    confirmed BOOLEAN NOT NULL,
    last_step BIGINT NOT NULL,
    recovery JSON NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_second_factors PRIMARY KEY (username),
    CONSTRAINT fk_second_factors_username FOREIGN KEY(username) REFERENCES staff (username) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE settlement_contents (
    file_id BIGINT NOT NULL,
    content BYTEA NOT NULL,
    CONSTRAINT pk_settlement_contents PRIMARY KEY (file_id),
    CONSTRAINT fk_settlement_contents_file_id FOREIGN KEY(file_id) REFERENCES settlement_files (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE settlement_lines (
    file_id BIGINT NOT NULL,
    line_number INTEGER NOT NULL,
    source TEXT NOT NULL,
    reference TEXT NOT NULL,
    amount BIGINT NOT NULL,
    paid_at TIMESTAMP WITH TIME ZONE,
    bill_id TEXT NOT NULL,
    payment_id TEXT NOT NULL,
    order_number BIGINT,
    sale_number TEXT,
    channel TEXT NOT NULL,
    outcome TEXT NOT NULL,
    is_pending BOOLEAN NOT NULL,
    detail TEXT NOT NULL,
    attempt_id BIGINT,
    is_refund BOOLEAN DEFAULT false NOT NULL,
    card_refund_id BIGINT,
    CONSTRAINT pk_settlement_lines PRIMARY KEY (file_id, line_number),
    CONSTRAINT fk_settlement_lines_file_id FOREIGN KEY(file_id) REFERENCES settlement_files (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_settlement_lines_source_reference ON settlement_lines (source, reference);

CREATE INDEX ix_settlement_lines_paid_at ON settlement_lines (paid_at);

CREATE INDEX ix_settlement_lines_pending ON settlement_lines (file_id, line_number) WHERE is_pending;

CREATE INDEX ix_settlement_lines_attempt ON settlement_lines (attempt_id) WHERE attempt_id IS NOT NULL;

CREATE INDEX ix_settlement_lines_card_refund ON settlement_lines (card_refund_id) WHERE card_refund_id IS NOT NULL;

CREATE TABLE staff_sessions (
    digest TEXT NOT NULL,
    username TEXT NOT NULL,
    csrf TEXT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    proved_at TIMESTAMP WITH TIME ZONE NOT NULL,
    second_factor BOOLEAN NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL,
    CONSTRAINT pk_staff_sessions PRIMARY KEY (digest),
    CONSTRAINT fk_staff_sessions_username FOREIGN KEY(username) REFERENCES staff (username) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_staff_sessions_username ON staff_sessions (username);

CREATE INDEX ix_staff_sessions_seen_at ON staff_sessions (seen_at);

CREATE TABLE steps (
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    request_id BIGINT NOT NULL,
    seq INTEGER NOT NULL,
    service TEXT NOT NULL,
    kind TEXT,
    channel TEXT NOT NULL,
    office TEXT,
    officer TEXT,
    state TEXT,
    seconds INTEGER NOT NULL,
    worked INTEGER NOT NULL,
    late BOOLEAN,
    outcome TEXT,
    remote BOOLEAN NOT NULL,
    CONSTRAINT pk_steps PRIMARY KEY (at, request_id, seq),
    CONSTRAINT fk_steps_request_id_requests FOREIGN KEY(request_id) REFERENCES requests (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE substitutes (
    absent TEXT NOT NULL,
    deputy TEXT NOT NULL,
    first DATE NOT NULL,
    last DATE NOT NULL,
    made_by TEXT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    by_admin BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT pk_substitutes PRIMARY KEY (absent, deputy, first),
    CONSTRAINT fk_substitutes_absent FOREIGN KEY(absent) REFERENCES staff (username) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_substitutes_deputy FOREIGN KEY(deputy) REFERENCES staff (username) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_substitutes_last ON substitutes (last);

CREATE TABLE suspense_receipts (
    id BIGINT NOT NULL,
    method TEXT NOT NULL,
    gateway TEXT,
    amount BIGINT NOT NULL,
    reference TEXT NOT NULL,
    facts JSON NOT NULL,
    state TEXT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_by TEXT NOT NULL,
    bill_id BIGINT,
    iban TEXT,
    approved_by TEXT,
    approved_at TIMESTAMP WITH TIME ZONE,
    transfer_reference TEXT,
    reason TEXT,
    decided_by TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    revision INTEGER NOT NULL,
    CONSTRAINT pk_suspense_receipts PRIMARY KEY (id),
    CONSTRAINT fk_suspense_receipts_bill_id_bills FOREIGN KEY(bill_id) REFERENCES bills (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT uq_suspense_receipts_transfer_reference UNIQUE (transfer_reference)
);

CREATE INDEX ix_suspense_receipts_state_received_at ON suspense_receipts (state, received_at);

CREATE UNIQUE INDEX uq_suspense_receipts_gateway_reference ON suspense_receipts (gateway, reference) WHERE gateway IS NOT NULL;

CREATE UNIQUE INDEX uq_suspense_receipts_method_reference ON suspense_receipts (method, reference) WHERE gateway IS NULL;

CREATE TABLE timers (
    request_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_timers PRIMARY KEY (request_id, kind, name, at),
    CONSTRAINT fk_timers_request_id FOREIGN KEY(request_id) REFERENCES requests (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_timers_kind_at ON timers (kind, at);

CREATE TABLE uploads (
    id BIGINT NOT NULL,
    draft_id BIGINT,
    request_id BIGINT,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    received INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    taken_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_uploads PRIMARY KEY (id),
    CONSTRAINT ck_uploads_one_owner CHECK ((draft_id IS NULL) <> (request_id IS NULL)),
    CONSTRAINT fk_uploads_draft_id FOREIGN KEY(draft_id) REFERENCES drafts (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_uploads_request_id FOREIGN KEY(request_id) REFERENCES requests (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_uploads_expires_at ON uploads (expires_at);

CREATE INDEX ix_uploads_draft_id ON uploads (draft_id);

CREATE INDEX ix_uploads_request_id ON uploads (request_id);

CREATE TABLE vehicles (
    id BIGINT NOT NULL,
    plate TEXT NOT NULL,
    taxi_code TEXT,
    vin TEXT,
    model TEXT,
    year INTEGER,
    fuel TEXT,
    capacity INTEGER,
    type TEXT NOT NULL,
    status TEXT DEFAULT 'active' NOT NULL,
    agency TEXT,
    owner TEXT,
    insurance_expiry DATE,
    inspection_expiry DATE,
    revision INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_vehicles PRIMARY KEY (id),
    CONSTRAINT uq_vehicles_plate UNIQUE (plate),
    CONSTRAINT uq_vehicles_taxi_code UNIQUE (taxi_code),
    CONSTRAINT fk_vehicles_agency FOREIGN KEY(agency) REFERENCES agencies (licence_number) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_vehicles_owner FOREIGN KEY(owner) REFERENCES owners (national_id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_vehicles_agency_id ON vehicles (agency, id);

CREATE INDEX ix_vehicles_owner_id ON vehicles (owner, id);

CREATE INDEX ix_vehicles_insurance_expiry ON vehicles (insurance_expiry);

CREATE INDEX ix_vehicles_inspection_expiry ON vehicles (inspection_expiry);

CREATE TABLE violations (
    id BIGINT NOT NULL,
    driver TEXT NOT NULL,
    date DATE NOT NULL,
    kind TEXT NOT NULL,
    number INTEGER NOT NULL,
    points INTEGER NOT NULL,
    source TEXT,
    text TEXT,
    fine BIGINT,
    state TEXT NOT NULL,
    standing TEXT DEFAULT 'valid' NOT NULL,
    data JSON NOT NULL,
    revision INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_violations PRIMARY KEY (id),
    CONSTRAINT uq_violations_driver_date_kind_number UNIQUE (driver, date, kind, number),
    CONSTRAINT fk_violations_driver FOREIGN KEY(driver) REFERENCES drivers (national_code) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_violations_state ON violations (state);

CREATE TABLE card_refund_events (
    card_refund_id BIGINT NOT NULL,
    number INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    event TEXT NOT NULL,
    state TEXT NOT NULL,
    code TEXT,
    details JSON NOT NULL,
    CONSTRAINT pk_card_refund_events PRIMARY KEY (card_refund_id, number),
    CONSTRAINT fk_card_refund_events_card_refund_id FOREIGN KEY(card_refund_id) REFERENCES card_refunds (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE driver_vehicles (
    driver_id BIGINT NOT NULL,
    vehicle TEXT NOT NULL,
    CONSTRAINT pk_driver_vehicles PRIMARY KEY (driver_id, vehicle),
    CONSTRAINT fk_driver_vehicles_driver_id FOREIGN KEY(driver_id) REFERENCES drivers (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_driver_vehicles_vehicle FOREIGN KEY(vehicle) REFERENCES vehicles (plate) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_driver_vehicles_vehicle ON driver_vehicles (vehicle);

CREATE TABLE duties (
    id BIGINT NOT NULL,
    vehicle TEXT NOT NULL,
    year INTEGER NOT NULL,
    kind TEXT NOT NULL,
    number INTEGER NOT NULL,
    amount BIGINT NOT NULL,
    state TEXT NOT NULL,
    data JSON NOT NULL,
    revision INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_duties PRIMARY KEY (id),
    CONSTRAINT uq_duties_vehicle_year_kind_number UNIQUE (vehicle, year, kind, number),
    CONSTRAINT fk_duties_vehicle FOREIGN KEY(vehicle) REFERENCES vehicles (plate) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_duties_year_state ON duties (year, state);

CREATE TABLE import_files (
    import_id BIGINT NOT NULL,
    content BYTEA NOT NULL,
    report BYTEA,
    CONSTRAINT pk_import_files PRIMARY KEY (import_id),
    CONSTRAINT fk_import_files_import_id FOREIGN KEY(import_id) REFERENCES imports (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE inbox (
    id BIGINT NOT NULL,
    channel TEXT NOT NULL,
    provider TEXT NOT NULL,
    provider_id TEXT,
    fingerprint TEXT NOT NULL,
    sender TEXT NOT NULL,
    mobile TEXT,
    recipient TEXT NOT NULL,
    text TEXT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT NOT NULL,
    intent TEXT,
    reply_id BIGINT,
    request_id BIGINT,
    reason TEXT,
    CONSTRAINT pk_inbox PRIMARY KEY (id),
    CONSTRAINT uq_inbox_channel_provider_fingerprint UNIQUE (channel, provider, fingerprint),
    CONSTRAINT fk_inbox_reply_id FOREIGN KEY(reply_id) REFERENCES outbox (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_inbox_request_id FOREIGN KEY(request_id) REFERENCES requests (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_inbox_channel_sender_received_at ON inbox (channel, sender, received_at);

CREATE INDEX ix_inbox_state_id ON inbox (state, id);

CREATE INDEX ix_inbox_mobile_id ON inbox (mobile, id);

CREATE TABLE payments (
    id BIGINT NOT NULL,
    bill_id BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    method TEXT NOT NULL,
    reference TEXT NOT NULL,
    outcome TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    office TEXT,
    rrn TEXT,
    terminal_id TEXT,
    paid_at TIMESTAMP WITH TIME ZONE,
    reversed_at TIMESTAMP WITH TIME ZONE,
    attempt_id BIGINT,
    gateway TEXT,
    merged_bill_id BIGINT,
    part_position INTEGER DEFAULT '0' NOT NULL,
    card_refund_id BIGINT,
    line TEXT,
    distinction TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_payments PRIMARY KEY (id),
    CONSTRAINT fk_payments_bill_id FOREIGN KEY(bill_id) REFERENCES bills (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_payments_attempt_id FOREIGN KEY(attempt_id) REFERENCES payment_attempts (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_payments_merged_bill_id FOREIGN KEY(merged_bill_id) REFERENCES merged_bills (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_payments_card_refund_id FOREIGN KEY(card_refund_id) REFERENCES card_refunds (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_payments_bill_id ON payments (bill_id);

CREATE UNIQUE INDEX uq_payments_standing ON payments (method, reference, distinction, part_position) WHERE reversed_at IS NULL;

CREATE INDEX ix_payments_office ON payments (office, at) WHERE office IS NOT NULL;

CREATE INDEX ix_payments_at ON payments (at);

CREATE UNIQUE INDEX uq_payments_rrn ON payments (rrn, office, part_position) WHERE rrn IS NOT NULL AND reversed_at IS NULL;

CREATE TABLE refunds (
    id BIGINT NOT NULL,
    bill_id BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    iban TEXT,
    refunded_at TIMESTAMP WITH TIME ZONE,
    bill_was TEXT,
    approved_by TEXT,
    approved_at TIMESTAMP WITH TIME ZONE,
    to_card BOOLEAN DEFAULT false NOT NULL,
    card_refund_id BIGINT,
    transfer_id BIGINT,
    CONSTRAINT pk_refunds PRIMARY KEY (id),
    CONSTRAINT fk_refunds_bill_id FOREIGN KEY(bill_id) REFERENCES bills (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_refunds_card_refund_id FOREIGN KEY(card_refund_id) REFERENCES card_refunds (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_refunds_transfer_id FOREIGN KEY(transfer_id) REFERENCES refund_transfers (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_refunds_due ON refunds (bill_id, created_at, amount) WHERE state = 'due';

CREATE INDEX ix_refunds_bill_id ON refunds (bill_id);

CREATE INDEX ix_refunds_created_at ON refunds (created_at);

CREATE TABLE slots (
    slot INTEGER NOT NULL,
    resource_id BIGINT NOT NULL,
    booking_id BIGINT NOT NULL,
    CONSTRAINT pk_slots PRIMARY KEY (slot, resource_id),
    CONSTRAINT fk_slots_resource_id FOREIGN KEY(resource_id) REFERENCES resources (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_slots_booking_id FOREIGN KEY(booking_id) REFERENCES bookings (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_slots_booking_id ON slots (booking_id);

CREATE TABLE upload_parts (
    upload_id BIGINT NOT NULL,
    position INTEGER NOT NULL,
    content BYTEA NOT NULL,
    CONSTRAINT pk_upload_parts PRIMARY KEY (upload_id, position),
    CONSTRAINT fk_upload_parts_upload_id FOREIGN KEY(upload_id) REFERENCES uploads (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE payment_reversals (
    id BIGINT NOT NULL,
    payment_id BIGINT NOT NULL,
    bill_id BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT,
    reversed_by TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_payment_reversals PRIMARY KEY (id),
    CONSTRAINT uq_payment_reversals_payment_id UNIQUE (payment_id),
    CONSTRAINT fk_payment_reversals_payment_id_payments FOREIGN KEY(payment_id) REFERENCES payments (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_payment_reversals_bill_id_bills FOREIGN KEY(bill_id) REFERENCES bills (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_payment_reversals_bill_id ON payment_reversals (bill_id);

CREATE INDEX ix_payment_reversals_at ON payment_reversals (at);
