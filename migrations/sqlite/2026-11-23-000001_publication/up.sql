-- Buckets and directories whose music is played where it lies.
CREATE TABLE libraries (
    id         BLOB   NOT NULL PRIMARY KEY,
    url        TEXT   NOT NULL UNIQUE,
    added_at   BIGINT NOT NULL,
    scanned_at BIGINT
) WITHOUT ROWID;

-- Whether anything of theirs is: so that pages of those who are for everybody walk one index.
ALTER TABLE artists ADD COLUMN published BOOLEAN NOT NULL DEFAULT FALSE;

CREATE INDEX artists_published ON artists (name_key) WHERE published;

-- The keys of the artist stand in albums and recordings again, so that one index gives every
-- listing its order and its pages. artwork_kind says what the other columns of a picture mean:
-- for an own one artwork_digest is set, for the others its store, key and state.
CREATE TABLE albums (
    id              BLOB    NOT NULL PRIMARY KEY,
    artist_id       BLOB    NOT NULL REFERENCES artists (id),
    artist_key      TEXT    NOT NULL,
    title           TEXT    NOT NULL,
    title_key       TEXT    NOT NULL,
    slug            TEXT    NOT NULL,
    released        TEXT,
    licence         TEXT,
    artwork_kind    TEXT    CHECK (artwork_kind IN ('own', 'found', 'embedded')),
    artwork_type    TEXT,
    artwork_digest  BLOB    CHECK (length(artwork_digest) = 32),
    artwork_store   TEXT,
    artwork_key     BLOB,
    artwork_etag    TEXT,
    published       BOOLEAN NOT NULL,
    library_id      BLOB    REFERENCES libraries (id),
    updated_at      BIGINT  NOT NULL,
    UNIQUE (artist_id, title_key),
    UNIQUE (artist_id, slug)
);

CREATE INDEX albums_in_listing_order ON albums (artist_key, title_key, id);

CREATE INDEX albums_published_in_listing_order
    ON albums (artist_key, title_key, id) WHERE published;

CREATE INDEX albums_by_artwork ON albums (artwork_digest) WHERE artwork_digest IS NOT NULL;

CREATE INDEX albums_by_library ON albums (library_id) WHERE library_id IS NOT NULL;

-- sound_key is an own object's key, or the bytes of the UTF-8 of a library object's key. An own
-- object has a digest, a library's has an etag.
CREATE TABLE recordings (
    id              BLOB    NOT NULL PRIMARY KEY,
    artist_id       BLOB    NOT NULL REFERENCES artists (id),
    artist_key      TEXT    NOT NULL,
    title           TEXT    NOT NULL,
    title_key       TEXT    NOT NULL,
    slug            TEXT    NOT NULL,
    album_id        BLOB    REFERENCES albums (id),
    disc            INTEGER NOT NULL,
    number          INTEGER NOT NULL,
    released        TEXT,
    licence         TEXT,
    artwork         TEXT,
    artwork_digest  BLOB    CHECK (length(artwork_digest) = 32),
    published       BOOLEAN NOT NULL,
    origin          TEXT    NOT NULL CHECK (origin IN ('release', 'upload', 'existing', 'library')),
    origin_id       BLOB,
    store           TEXT    NOT NULL,
    sound_key       BLOB    NOT NULL,
    digest          BLOB    CHECK (length(digest) = 32),
    etag            TEXT,
    size            BIGINT  NOT NULL CHECK (size >= 0),
    content_type    TEXT    NOT NULL,
    modified_at     BIGINT  NOT NULL,
    container       TEXT,
    codec           TEXT,
    channels        INTEGER,
    sample_rate     BIGINT,
    bits            INTEGER,
    valid_bits      INTEGER,
    frames          BIGINT,
    updated_at      BIGINT  NOT NULL,
    UNIQUE (artist_id, slug),
    CHECK ((digest IS NULL) <> (etag IS NULL))
);

CREATE INDEX recordings_in_listing_order ON recordings (artist_key, title_key, id);

CREATE INDEX recordings_published_in_listing_order
    ON recordings (artist_key, title_key, id) WHERE published;

CREATE INDEX recordings_of_album ON recordings (album_id, disc, number, title_key, id);

CREATE INDEX recordings_by_own_object
    ON recordings (sound_key, store) WHERE digest IS NOT NULL;

CREATE INDEX recordings_by_digest ON recordings (digest) WHERE digest IS NOT NULL;

CREATE INDEX recordings_by_artwork
    ON recordings (artwork_digest) WHERE artwork_digest IS NOT NULL;

CREATE TABLE playlists (
    id         BLOB   NOT NULL PRIMARY KEY,
    name       TEXT   NOT NULL,
    name_key   TEXT   NOT NULL UNIQUE,
    updated_at BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE playlist_items (
    playlist_id  BLOB    NOT NULL REFERENCES playlists (id),
    place        INTEGER NOT NULL,
    recording_id BLOB    NOT NULL REFERENCES recordings (id),
    PRIMARY KEY (playlist_id, place)
) WITHOUT ROWID;

CREATE INDEX playlist_items_by_recording ON playlist_items (recording_id);

-- What scans know of the objects of a library, by the bytes of their keys.
CREATE TABLE library_objects (
    library_id   BLOB   NOT NULL REFERENCES libraries (id),
    object_key   BLOB   NOT NULL,
    etag         TEXT   NOT NULL,
    size         BIGINT NOT NULL,
    recording_id BLOB,
    problem      TEXT,
    PRIMARY KEY (library_id, object_key)
) WITHOUT ROWID;

-- Which entries of Discogs artists and albums are; no entry if there is none. A row without
-- said_at tells only when was last looked.
CREATE TABLE discogs_links (
    subject_kind TEXT    NOT NULL CHECK (subject_kind IN ('artist', 'album')),
    subject_id   BLOB    NOT NULL,
    entry_kind   TEXT    CHECK (entry_kind IN ('artist', 'master', 'release')),
    entry_id     BIGINT,
    score        INTEGER NOT NULL,
    said_by      TEXT    NOT NULL CHECK (said_by IN ('match', 'person')),
    said_at      BIGINT,
    looked_at    BIGINT  NOT NULL,
    PRIMARY KEY (subject_kind, subject_id),
    CHECK ((entry_kind IS NULL) = (entry_id IS NULL))
) WITHOUT ROWID;

CREATE INDEX discogs_links_by_look ON discogs_links (subject_kind, looked_at, subject_id);

-- The words of what can be searched (FTS5), with all that a line of a result shows. Words are
-- compared without case and accents; prefixes of two and three letters have an index.
CREATE VIRTUAL TABLE search_words USING fts5 (
    title, artist, album,
    content = '', contentless_delete = 1,
    tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);

CREATE TABLE search_lines (
    id          INTEGER NOT NULL PRIMARY KEY,
    kind        TEXT    NOT NULL CHECK (kind IN ('artist', 'album', 'recording', 'song')),
    subject_id  BLOB    NOT NULL,
    title       TEXT    NOT NULL,
    slug        TEXT    NOT NULL,
    artist      TEXT,
    artist_slug TEXT,
    album       TEXT,
    published   BOOLEAN NOT NULL,
    UNIQUE (kind, subject_id)
);

-- What was there before can be found too.
INSERT INTO search_lines (kind, subject_id, title, slug, published)
    SELECT 'artist', id, name, slug, FALSE FROM artists;

INSERT INTO search_lines (kind, subject_id, title, slug, artist, artist_slug, published)
    SELECT 'song', songs.id, songs.title, songs.slug, artists.name, artists.slug, FALSE
    FROM songs JOIN artists ON artists.id = songs.artist_id;

INSERT INTO search_words (rowid, title, artist, album)
    SELECT id, title, artist, album FROM search_lines;

-- Own objects that something published is made of: what is read back from time to time. A
-- checksum that is not known is empty. The columns are those of versions that tell of an object.
CREATE TABLE kept_objects (
    object_key TEXT   NOT NULL,
    store      TEXT   NOT NULL,
    size       BIGINT NOT NULL CHECK (size >= 0),
    digest     BLOB   NOT NULL CHECK (length(digest) = 32),
    crc64nvme  TEXT   NOT NULL,
    checked_at BIGINT,
    damage     TEXT,
    PRIMARY KEY (object_key, store)
) WITHOUT ROWID;

CREATE INDEX kept_objects_by_check ON kept_objects (store, checked_at, object_key);
