-- Portable on purpose: identifiers are the 16 bytes of a UUID, times are
-- microseconds UTC, and every name has its case-folded form beside it.

CREATE TABLE artists (
    id       BLOB NOT NULL PRIMARY KEY,
    name     TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    slug     TEXT NOT NULL UNIQUE
) WITHOUT ROWID;

CREATE TABLE songs (
    id        BLOB NOT NULL PRIMARY KEY,
    artist_id BLOB NOT NULL REFERENCES artists (id),
    title     TEXT NOT NULL,
    title_key TEXT NOT NULL,
    slug      TEXT NOT NULL,
    UNIQUE (artist_id, title_key),
    UNIQUE (artist_id, slug)
) WITHOUT ROWID;

CREATE TABLE tracks (
    id       BLOB NOT NULL PRIMARY KEY,
    song_id  BLOB NOT NULL REFERENCES songs (id),
    name     TEXT NOT NULL,
    name_key TEXT NOT NULL,
    slug     TEXT NOT NULL,
    UNIQUE (song_id, name_key),
    UNIQUE (song_id, slug)
) WITHOUT ROWID;

-- The keys of artist, song and track stand here again, so that one index gives
-- every listing its order and its pages.
CREATE TABLE versions (
    id            BLOB   NOT NULL PRIMARY KEY,
    track_id      BLOB   NOT NULL REFERENCES tracks (id),
    artist_key    TEXT   NOT NULL,
    song_key      TEXT   NOT NULL,
    track_key     TEXT   NOT NULL,
    tag           TEXT   NOT NULL,
    tag_key       TEXT   NOT NULL,
    slug          TEXT   NOT NULL,
    original_path TEXT   NOT NULL,
    uploaded_at   BIGINT NOT NULL,
    size          BIGINT NOT NULL CHECK (size >= 0),
    digest        BLOB   NOT NULL CHECK (length(digest) = 32),
    crc64nvme     TEXT   NOT NULL,
    content_type  TEXT   NOT NULL,
    store         TEXT   NOT NULL,
    object_key    TEXT   NOT NULL,
    UNIQUE (artist_key, song_key, track_key, tag_key),
    UNIQUE (track_id, slug)
);

CREATE INDEX versions_in_listing_order
    ON versions (artist_key, song_key, track_key, uploaded_at, id);

-- Claims of uploads under way. A claim ends when its lease does, so that a dead
-- process holds nothing for long.
CREATE TABLE reservations (
    id         BLOB   NOT NULL PRIMARY KEY,
    version_id BLOB   NOT NULL,
    artist_key TEXT   NOT NULL,
    song_key   TEXT   NOT NULL,
    track_key  TEXT   NOT NULL,
    tag_key    TEXT   NOT NULL,
    digest     BLOB   NOT NULL CHECK (length(digest) = 32),
    object_key TEXT   NOT NULL,
    expires_at BIGINT NOT NULL
) WITHOUT ROWID;

CREATE INDEX reservations_by_place
    ON reservations (artist_key, song_key, track_key, tag_key);
