-- The kind of music of a recording: the key of a row of genres, which has the name. (An index of
-- what is published has that column too, so that SQLite looks nothing up that is passed over.)
ALTER TABLE recordings ADD COLUMN genre_key TEXT;

CREATE INDEX recordings_of_genre ON recordings (genre_key, artist_key, title_key, id)
    WHERE genre_key IS NOT NULL;

CREATE INDEX recordings_published_of_genre
    ON recordings (genre_key, artist_key, title_key, id, published)
    WHERE genre_key IS NOT NULL AND published;

-- The last four bytes of an identity are drawn at random, or of a digest: an order in which everything stands
-- where chance put it, so that some of it can be taken without a look at the rest.
CREATE INDEX recordings_by_chance ON recordings (substr(id, 13), id);

CREATE INDEX recordings_published_by_chance ON recordings (substr(id, 13), id, published)
    WHERE published;

CREATE INDEX recordings_of_genre_by_chance
    ON recordings (genre_key, substr(id, 13), id, published) WHERE genre_key IS NOT NULL;

-- Those of some years, with all that is asked of them.
CREATE INDEX recordings_by_release ON recordings (released, genre_key, published, artist_id, id)
    WHERE released IS NOT NULL;

-- What is published, with that column, too.
DROP INDEX recordings_published_in_listing_order;

CREATE INDEX recordings_published_in_listing_order
    ON recordings (artist_key, title_key, id, published) WHERE published;

DROP INDEX albums_published_in_listing_order;

CREATE INDEX albums_published_in_listing_order
    ON albums (artist_key, title_key, id, published) WHERE published;

-- added_at is when the catalogue first had it. The columns after year follow from the recordings on the album: how many there are and how
-- long they are together, all of them and those that everybody may hear, and the genre that most
-- of them have.
ALTER TABLE albums ADD COLUMN added_at BIGINT NOT NULL DEFAULT 0;

ALTER TABLE albums ADD COLUMN year INTEGER;

ALTER TABLE albums ADD COLUMN songs INTEGER NOT NULL DEFAULT 0;

ALTER TABLE albums ADD COLUMN length_ms BIGINT NOT NULL DEFAULT 0;

ALTER TABLE albums ADD COLUMN shown_songs INTEGER NOT NULL DEFAULT 0;

ALTER TABLE albums ADD COLUMN shown_length_ms BIGINT NOT NULL DEFAULT 0;

ALTER TABLE albums ADD COLUMN genre_key TEXT;

UPDATE albums SET added_at = updated_at;

UPDATE albums SET year = CAST(substr(released, 1, 4) AS INTEGER) WHERE released IS NOT NULL;

UPDATE albums SET
    songs = (SELECT count(*) FROM recordings WHERE album_id = albums.id),
    shown_songs = (SELECT count(*) FROM recordings WHERE album_id = albums.id AND published),
    length_ms = (
        SELECT coalesce(sum(min(frames, 9000000000000) * 1000 / sample_rate), 0) FROM recordings
        WHERE album_id = albums.id AND frames > 0 AND sample_rate > 0
    ),
    shown_length_ms = (
        SELECT coalesce(sum(min(frames, 9000000000000) * 1000 / sample_rate), 0) FROM recordings
        WHERE album_id = albums.id AND frames > 0 AND sample_rate > 0 AND published
    );

CREATE INDEX albums_by_arrival ON albums (added_at, id);

CREATE INDEX albums_published_by_arrival ON albums (added_at, id, published) WHERE published;

CREATE INDEX albums_by_title ON albums (title_key, id);

CREATE INDEX albums_published_by_title ON albums (title_key, id, published) WHERE published;

CREATE INDEX albums_by_year ON albums (year, id) WHERE year IS NOT NULL;

CREATE INDEX albums_published_by_year ON albums (year, id, published)
    WHERE year IS NOT NULL AND published;

CREATE INDEX albums_by_chance ON albums (substr(id, 13), id);

CREATE INDEX albums_published_by_chance ON albums (substr(id, 13), id, published)
    WHERE published;

-- The albums on which a genre is, with the columns of their listing order. shown: the album and
-- a recording of the genre on it are for everybody.
CREATE TABLE album_genres (
    genre_key  TEXT    NOT NULL,
    artist_key TEXT    NOT NULL,
    title_key  TEXT    NOT NULL,
    album_id   BLOB    NOT NULL REFERENCES albums (id),
    shown      BOOLEAN NOT NULL,
    PRIMARY KEY (genre_key, artist_key, title_key, album_id)
) WITHOUT ROWID;

CREATE INDEX album_genres_of_album ON album_genres (album_id);

CREATE INDEX album_genres_shown
    ON album_genres (genre_key, artist_key, title_key, album_id, shown) WHERE shown;

-- How many recordings a genre has and on how many albums it is: all, and those for everybody.
CREATE TABLE genres (
    key              TEXT   NOT NULL PRIMARY KEY,
    name             TEXT   NOT NULL,
    recordings       BIGINT NOT NULL DEFAULT 0,
    albums           BIGINT NOT NULL DEFAULT 0,
    shown_recordings BIGINT NOT NULL DEFAULT 0,
    shown_albums     BIGINT NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE INDEX genres_shown ON genres (key) WHERE shown_recordings > 0;

-- What an account thinks of something, and how often it played it.
CREATE TABLE listener_marks (
    account_id     BLOB    NOT NULL REFERENCES accounts (id),
    kind           TEXT    NOT NULL CHECK (kind IN ('artist', 'album', 'recording')),
    subject_id     BLOB    NOT NULL,
    starred_at     BIGINT,
    rating         INTEGER CHECK (rating BETWEEN 1 AND 5),
    plays          BIGINT  NOT NULL DEFAULT 0,
    last_played_at BIGINT,
    PRIMARY KEY (account_id, kind, subject_id)
) WITHOUT ROWID;

CREATE INDEX listener_marks_of_subject ON listener_marks (kind, subject_id);

CREATE INDEX listener_marks_starred ON listener_marks (account_id, kind, starred_at, subject_id)
    WHERE starred_at IS NOT NULL;

CREATE INDEX listener_marks_rated ON listener_marks (account_id, kind, rating, subject_id)
    WHERE rating IS NOT NULL;

CREATE INDEX listener_marks_played ON listener_marks (account_id, kind, plays, subject_id)
    WHERE plays > 0;

CREATE INDEX listener_marks_recent
    ON listener_marks (account_id, kind, last_played_at, subject_id)
    WHERE last_played_at IS NOT NULL;

-- What an account played, and when.
CREATE TABLE plays (
    account_id   BLOB   NOT NULL REFERENCES accounts (id),
    recording_id BLOB   NOT NULL REFERENCES recordings (id),
    played_at    BIGINT NOT NULL,
    PRIMARY KEY (account_id, recording_id, played_at)
) WITHOUT ROWID;

CREATE INDEX plays_of_recording ON plays (recording_id);

CREATE TABLE bookmarks (
    account_id   BLOB   NOT NULL REFERENCES accounts (id),
    recording_id BLOB   NOT NULL REFERENCES recordings (id),
    position_ms  BIGINT NOT NULL CHECK (position_ms >= 0),
    comment      TEXT,
    created_at   BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL,
    PRIMARY KEY (account_id, recording_id)
) WITHOUT ROWID;

CREATE INDEX bookmarks_of_recording ON bookmarks (recording_id);

-- recordings holds the ids of the recordings, 16 bytes each.
CREATE TABLE play_queues (
    account_id  BLOB   NOT NULL PRIMARY KEY REFERENCES accounts (id),
    recordings  BLOB   NOT NULL,
    current     BIGINT,
    position_ms BIGINT NOT NULL CHECK (position_ms >= 0),
    changed_at  BIGINT NOT NULL,
    changed_by  TEXT   NOT NULL
) WITHOUT ROWID;

CREATE TABLE own_playlists (
    id         BLOB    NOT NULL PRIMARY KEY,
    account_id BLOB    NOT NULL REFERENCES accounts (id),
    name       TEXT    NOT NULL,
    name_key   TEXT    NOT NULL,
    comment    TEXT,
    is_public  BOOLEAN NOT NULL,
    created_at BIGINT  NOT NULL,
    changed_at BIGINT  NOT NULL
) WITHOUT ROWID;

CREATE INDEX own_playlists_of_account ON own_playlists (account_id, name_key, id);

CREATE INDEX own_playlists_public ON own_playlists (name_key, id) WHERE is_public;

CREATE TABLE own_playlist_items (
    playlist_id  BLOB    NOT NULL REFERENCES own_playlists (id),
    place        INTEGER NOT NULL,
    recording_id BLOB    NOT NULL REFERENCES recordings (id),
    PRIMARY KEY (playlist_id, place)
) WITHOUT ROWID;

CREATE INDEX own_playlist_items_by_recording ON own_playlist_items (recording_id);

-- Links that let whoever has them hear something. The secret in them is made of the id and the
-- studio's own secret.
CREATE TABLE shares (
    id         BLOB   NOT NULL PRIMARY KEY,
    account_id BLOB   NOT NULL REFERENCES accounts (id),
    kind       TEXT   NOT NULL
        CHECK (kind IN ('recording', 'album', 'own playlist', 'playlist')),
    subject_id BLOB   NOT NULL,
    note       TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    visits     BIGINT NOT NULL DEFAULT 0,
    visited_at BIGINT
) WITHOUT ROWID;

CREATE INDEX shares_of_account ON shares (account_id, created_at, id);

CREATE INDEX shares_by_time ON shares (created_at, id);

CREATE INDEX shares_of_subject ON shares (kind, subject_id);
