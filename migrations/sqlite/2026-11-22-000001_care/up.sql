-- The last time that the bytes were read back in full, and what was wrong with them.
ALTER TABLE versions ADD COLUMN checked_at BIGINT;
ALTER TABLE versions ADD COLUMN damage TEXT
    CHECK (damage IN ('missing', 'wrong-size', 'wrong-digest', 'unreadable'));

-- Least recently checked first; what was never checked (NULL) comes before all.
CREATE INDEX versions_by_check ON versions (store, checked_at, object_key);

CREATE INDEX versions_by_object ON versions (object_key, store, checked_at);

-- Versions thrown away, until they are purged. Everything stands in the row itself:
-- the artist, song and track that a version was the last one of are gone.
CREATE TABLE trash (
    id            BLOB   NOT NULL PRIMARY KEY,
    artist        TEXT   NOT NULL,
    artist_key    TEXT   NOT NULL,
    song          TEXT   NOT NULL,
    song_key      TEXT   NOT NULL,
    track         TEXT   NOT NULL,
    track_key     TEXT   NOT NULL,
    tag           TEXT   NOT NULL,
    tag_key       TEXT   NOT NULL,
    original_path TEXT   NOT NULL,
    uploaded_at   BIGINT NOT NULL,
    size          BIGINT NOT NULL CHECK (size >= 0),
    digest        BLOB   NOT NULL CHECK (length(digest) = 32),
    crc64nvme     TEXT   NOT NULL,
    content_type  TEXT   NOT NULL,
    store         TEXT   NOT NULL,
    object_key    TEXT   NOT NULL,
    checked_at    BIGINT,
    damage        TEXT   CHECK (damage IN ('missing', 'wrong-size', 'wrong-digest', 'unreadable')),
    trashed_at    BIGINT NOT NULL
);

CREATE INDEX trash_in_listing_order ON trash (trashed_at, id);

-- One place can have been thrown away many times.
CREATE INDEX trash_by_place
    ON trash (artist_key, song_key, track_key, tag_key, trashed_at, id);

CREATE INDEX trash_by_check ON trash (store, checked_at, object_key);

CREATE INDEX trash_by_object ON trash (object_key, store, checked_at);

-- What is to leave a store: an outbox, written with the decision and emptied when the
-- deed is done. Whoever carries a removal out holds it until deleting_until;
-- takes_object says whether the object itself may go with it.
CREATE TABLE removals (
    id             BLOB    NOT NULL PRIMARY KEY,
    store          TEXT    NOT NULL,
    object_key     TEXT    NOT NULL,
    version_id     BLOB,
    created_at     BIGINT  NOT NULL,
    deleting_until BIGINT,
    takes_object   BOOLEAN NOT NULL DEFAULT FALSE
) WITHOUT ROWID;

CREATE INDEX removals_in_order ON removals (created_at, id);

CREATE INDEX removals_by_object ON removals (object_key, store);

CREATE INDEX reservations_by_object ON reservations (object_key, expires_at);

CREATE INDEX reservations_by_end ON reservations (expires_at, id);

CREATE INDEX reservations_by_version ON reservations (version_id);
