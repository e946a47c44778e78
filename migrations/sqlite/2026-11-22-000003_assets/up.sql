-- What is known of the objects that others put into buckets. Keys are the bytes of their
-- UTF-8: they can hold any character, NUL too, and are listed in the order of their bytes.
-- Numbers that a header or an event claims are the 64 bits of unsigned ones. reasons and
-- warnings are JSON.
--
-- release_of is the quarantined object whose release has begun: the next verdict on this
-- place is waived. Then released_etag and released_version_id say for which bytes it was.
CREATE TABLE assets (
    id                  BLOB    NOT NULL PRIMARY KEY,
    bucket              TEXT    NOT NULL,
    object_key          BLOB    NOT NULL,
    status              TEXT    NOT NULL CHECK (status IN
        ('received', 'valid', 'rejected', 'quarantined', 'deleting', 'deleted')),
    etag                TEXT,
    version_id          TEXT,
    size                BIGINT,
    sequencer           TEXT,
    event_at            BIGINT,
    channels            BIGINT,
    frames              BIGINT,
    sample_rate         BIGINT,
    bits                BIGINT,
    duration            TEXT,
    container           TEXT,
    codec               TEXT,
    reasons             TEXT    NOT NULL,
    warnings            TEXT    NOT NULL,
    profile             TEXT,
    filed_as            BLOB,
    filing_problem      TEXT,
    release_of          BLOB,
    released_etag       TEXT,
    released_version_id TEXT,
    revision            BIGINT  NOT NULL,
    received_at         BIGINT  NOT NULL,
    updated_at          BIGINT  NOT NULL,
    UNIQUE (bucket, object_key)
);

CREATE INDEX assets_by_status ON assets (status, bucket, object_key);

-- One key can be in many buckets.
CREATE INDEX assets_by_key ON assets (object_key, updated_at, id);

-- Which events were taken into account, until no queue can deliver them any more.
CREATE TABLE asset_events (
    bucket      TEXT   NOT NULL,
    object_key  BLOB   NOT NULL,
    identity    TEXT   NOT NULL,
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (bucket, object_key, identity)
) WITHOUT ROWID;

CREATE INDEX asset_events_by_age ON asset_events (recorded_at);

-- An outbox: there is an order for each asset that is being deleted, and for no other.
CREATE TABLE deletion_orders (
    id         BLOB   NOT NULL PRIMARY KEY,
    asset_id   BLOB   NOT NULL UNIQUE REFERENCES assets (id),
    etag       TEXT,
    version_id TEXT,
    ordered_at BIGINT NOT NULL,
    sent_at    BIGINT
);

CREATE INDEX deletion_orders_by_sending ON deletion_orders (sent_at, ordered_at, id);

-- Objects that were found bad and lie aside, at stored_as in the same bucket.
CREATE TABLE quarantine (
    id         BLOB   NOT NULL PRIMARY KEY,
    asset_id   BLOB   NOT NULL REFERENCES assets (id),
    bucket     TEXT   NOT NULL,
    object_key BLOB   NOT NULL,
    stored_as  BLOB   NOT NULL,
    etag       TEXT,
    version_id TEXT,
    size       BIGINT,
    reasons    TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    UNIQUE (bucket, stored_as)
);

CREATE INDEX quarantine_by_bucket ON quarantine (bucket, id);
