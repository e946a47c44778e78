-- What is known of the sound of some bytes; the first columns from the header, those from
-- measured_frames on once all of it was decoded. Levels are in thousandths of a decibel.
-- Counts of frames are the 64 bits of unsigned numbers: a header can claim any.
CREATE TABLE sounds (
    digest          BLOB    NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    container       TEXT    NOT NULL,
    codec           TEXT    NOT NULL,
    channels        INTEGER NOT NULL,
    sample_rate     BIGINT  NOT NULL,
    bits            INTEGER,
    valid_bits      INTEGER,
    frames          BIGINT,
    measured_frames BIGINT,
    audio_digest    BLOB    CHECK (length(audio_digest) = 32),
    integrated      INTEGER,
    loudness_range  INTEGER,
    max_momentary   INTEGER,
    max_short_term  INTEGER,
    true_peak       INTEGER,
    sample_peak     INTEGER
) WITHOUT ROWID;

-- Who picked which version of a track, or took a pick back (no version). Everything stands
-- in the row itself: what was said stays when the version is gone.
CREATE TABLE picks (
    id         BLOB    NOT NULL PRIMARY KEY,
    artist     TEXT    NOT NULL,
    artist_key TEXT    NOT NULL,
    song       TEXT    NOT NULL,
    song_key   TEXT    NOT NULL,
    track      TEXT    NOT NULL,
    track_key  TEXT    NOT NULL,
    version_id BLOB,
    tag        TEXT,
    said_by    TEXT    NOT NULL,
    said_at    BIGINT  NOT NULL,
    note       TEXT,
    is_last    BOOLEAN NOT NULL,
    CHECK ((version_id IS NULL) = (tag IS NULL))
);

CREATE INDEX picks_in_order ON picks (artist_key, song_key, track_key, said_at, id);

CREATE INDEX picks_of_song_in_order ON picks (artist_key, song_key, said_at, id);

-- The last word on each track.
CREATE UNIQUE INDEX picks_last ON picks (artist_key, song_key, track_key) WHERE is_last;

CREATE INDEX picks_by_version ON picks (version_id) WHERE is_last;

-- What somebody found of a version, or took back (no status).
CREATE TABLE marks (
    id         BLOB    NOT NULL PRIMARY KEY,
    version_id BLOB    NOT NULL,
    status     TEXT    CHECK (status IN ('circled', 'approved', 'no-good')),
    said_by    TEXT    NOT NULL,
    said_at    BIGINT  NOT NULL,
    note       TEXT,
    is_last    BOOLEAN NOT NULL
);

CREATE INDEX marks_in_order ON marks (version_id, said_at, id);

-- The last word on each version.
CREATE UNIQUE INDEX marks_last ON marks (version_id) WHERE is_last;

-- Frozen choices, with all that is needed to make their mix again.
CREATE TABLE releases (
    id             BLOB    NOT NULL PRIMARY KEY,
    artist         TEXT    NOT NULL,
    artist_key     TEXT    NOT NULL,
    song           TEXT    NOT NULL,
    song_key       TEXT    NOT NULL,
    name           TEXT    NOT NULL,
    name_key       TEXT    NOT NULL,
    said_by        TEXT    NOT NULL,
    said_at        BIGINT  NOT NULL,
    note           TEXT,
    made_with      TEXT    NOT NULL,
    store          TEXT    NOT NULL,
    recipe         BIGINT  NOT NULL,
    sample_rate    BIGINT  NOT NULL,
    channels       INTEGER NOT NULL,
    bits           INTEGER,
    gain           INTEGER NOT NULL,
    dither         BIGINT,
    frames         BIGINT  NOT NULL,
    clipped        BIGINT  NOT NULL,
    audio_digest   BLOB    NOT NULL CHECK (length(audio_digest) = 32),
    integrated     INTEGER,
    loudness_range INTEGER,
    max_momentary  INTEGER,
    max_short_term INTEGER,
    true_peak      INTEGER,
    sample_peak    INTEGER,
    UNIQUE (artist_key, song_key, name_key)
);

CREATE INDEX releases_in_order ON releases (artist_key, song_key, said_at, id);

-- The time of the release stands here again, so that one index gives the releases of a
-- version in their order.
CREATE TABLE release_stems (
    release_id     BLOB    NOT NULL REFERENCES releases (id),
    place          INTEGER NOT NULL,
    said_at        BIGINT  NOT NULL,
    track          TEXT    NOT NULL,
    tag            TEXT    NOT NULL,
    version_id     BLOB    NOT NULL,
    pick_id        BLOB    NOT NULL,
    picked_by      TEXT    NOT NULL,
    size           BIGINT  NOT NULL CHECK (size >= 0),
    digest         BLOB    NOT NULL CHECK (length(digest) = 32),
    object_key     TEXT    NOT NULL,
    container      TEXT    NOT NULL,
    codec          TEXT    NOT NULL,
    channels       INTEGER NOT NULL,
    sample_rate    BIGINT  NOT NULL,
    bits           INTEGER,
    valid_bits     INTEGER,
    frames         BIGINT,
    audio_digest   BLOB    NOT NULL CHECK (length(audio_digest) = 32),
    integrated     INTEGER,
    loudness_range INTEGER,
    max_momentary  INTEGER,
    max_short_term INTEGER,
    true_peak      INTEGER,
    sample_peak    INTEGER,
    gain           INTEGER NOT NULL,
    pan            INTEGER NOT NULL,
    start_frame    BIGINT  NOT NULL,
    mute           BOOLEAN NOT NULL,
    PRIMARY KEY (release_id, place)
);

CREATE INDEX release_stems_by_version ON release_stems (version_id, said_at, release_id);

CREATE INDEX release_stems_by_object ON release_stems (object_key);
