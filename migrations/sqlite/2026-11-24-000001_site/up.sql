-- What an artist says on their page. links is a JSON array of objects with url and title.
CREATE TABLE artist_profiles (
    artist_id    BLOB   NOT NULL PRIMARY KEY REFERENCES artists (id) ON DELETE CASCADE,
    biography    TEXT   NOT NULL,
    links        TEXT   NOT NULL,
    updated_at   BIGINT NOT NULL
) WITHOUT ROWID;

-- What is said of an album on its page.
CREATE TABLE album_notes (
    album_id    BLOB NOT NULL PRIMARY KEY REFERENCES albums (id) ON DELETE CASCADE,
    description TEXT NOT NULL
) WITHOUT ROWID;

-- What is said of a recording on its page.
CREATE TABLE recording_notes (
    recording_id BLOB NOT NULL PRIMARY KEY REFERENCES recordings (id) ON DELETE CASCADE,
    description  TEXT NOT NULL
) WITHOUT ROWID;

-- The recordings that an artist's page begins with, in their order.
CREATE TABLE featured_recordings (
    artist_id    BLOB    NOT NULL REFERENCES artists (id) ON DELETE CASCADE,
    place        INTEGER NOT NULL CHECK (place BETWEEN 1 AND 3),
    recording_id BLOB    NOT NULL UNIQUE REFERENCES recordings (id) ON DELETE CASCADE,
    PRIMARY KEY (artist_id, place)
) WITHOUT ROWID;

-- What albums and recordings were called at their addresses before: the last one to have left
-- a slug behind has it.
CREATE TABLE old_album_slugs (
    artist_id BLOB NOT NULL REFERENCES artists (id) ON DELETE CASCADE,
    slug      TEXT NOT NULL,
    album_id  BLOB NOT NULL REFERENCES albums (id) ON DELETE CASCADE,
    PRIMARY KEY (artist_id, slug)
) WITHOUT ROWID;

CREATE INDEX old_album_slugs_by_album ON old_album_slugs (album_id);

CREATE TABLE old_recording_slugs (
    artist_id    BLOB NOT NULL REFERENCES artists (id) ON DELETE CASCADE,
    slug         TEXT NOT NULL,
    recording_id BLOB NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
    PRIMARY KEY (artist_id, slug)
) WITHOUT ROWID;

CREATE INDEX old_recording_slugs_by_recording ON old_recording_slugs (recording_id);

-- How a recording looks and how loud it is. state is that of the bytes which were measured: a
-- digest, or the etag of a library's object. bars is empty for what could not be decoded;
-- loudness (LUFS) and true_peak (dBTP) are thousandths, and missing where there is none.
CREATE TABLE sketches (
    recording_id BLOB    NOT NULL PRIMARY KEY REFERENCES recordings (id) ON DELETE CASCADE,
    state        TEXT    NOT NULL,
    bars         BLOB    NOT NULL,
    loudness     INTEGER,
    true_peak    INTEGER
) WITHOUT ROWID;

-- Recordings whose bytes have not been measured yet.
CREATE TABLE wanted_sketches (
    recording_id BLOB NOT NULL PRIMARY KEY REFERENCES recordings (id) ON DELETE CASCADE
) WITHOUT ROWID;

INSERT INTO wanted_sketches (recording_id) SELECT id FROM recordings;

-- The newest of an artist first; what has no date comes last.
CREATE INDEX albums_published_of_artist
    ON albums (artist_id, coalesce(released, ''), title_key, id, published) WHERE published;

CREATE INDEX singles_published_of_artist
    ON recordings (artist_id, coalesce(released, ''), title_key, id, published)
    WHERE published AND album_id IS NULL;

CREATE INDEX recordings_published_of_artist_by_time
    ON recordings (artist_id, modified_at, id, published) WHERE published;
