//! Artists, albums, recordings, genres.

use crate::Node;

/// How loud something is, and how much to change that (`ReplayGain` 2.0: to -18 LUFS), in dB and as
/// peaks of full scale.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ReplayGain {
    /// For the recording alone.
    pub track_gain: Option<f64>,
    /// Its highest sample.
    pub track_peak: Option<f64>,
    /// For all of the album alike.
    pub album_gain: Option<f64>,
    /// The highest sample of the album.
    pub album_peak: Option<f64>,
}

impl From<ReplayGain> for Node {
    fn from(gain: ReplayGain) -> Self {
        Self::new()
            .maybe_real("trackGain", gain.track_gain)
            .maybe_real("albumGain", gain.album_gain)
            .maybe_real("trackPeak", gain.track_peak)
            .maybe_real("albumPeak", gain.album_peak)
    }
}

/// A recording (`Child` of the API).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Song {
    /// Its identity.
    pub id: String,
    /// What it is on.
    pub parent: Option<String>,
    /// Its title.
    pub title: String,
    /// The title of its album, and the album's identity.
    pub album: Option<(String, String)>,
    /// The artist's name and identity.
    pub artist: (String, String),
    /// The name and identity of the album's artist.
    pub album_artist: Option<(String, String)>,
    /// Its number on its disc.
    pub track: Option<i64>,
    /// The disc, from 1.
    pub disc: Option<i64>,
    /// When it came out.
    pub year: Option<i64>,
    /// Its genre.
    pub genre: Option<String>,
    /// What its picture is asked for by.
    pub cover_art: Option<String>,
    /// In bytes.
    pub size: i64,
    /// Its media type.
    pub content_type: String,
    /// The end of a file's name of this type.
    pub suffix: String,
    /// In seconds.
    pub duration: Option<i64>,
    /// In kbit/s.
    pub bit_rate: Option<i64>,
    /// In Hz.
    pub sampling_rate: Option<i64>,
    /// Bits of a sample.
    pub bit_depth: Option<i64>,
    /// How many channels.
    pub channels: Option<i64>,
    /// A path, made of names.
    pub path: String,
    /// When it was last changed.
    pub created: String,
    /// How loud it is.
    pub gain: ReplayGain,
    /// How often the listener played it.
    pub play_count: Option<i64>,
    /// When they last did.
    pub played: Option<String>,
    /// Since when they starred it.
    pub starred: Option<String>,
    /// How much they like it.
    pub rating: Option<i64>,
    /// Where they want to go on, in seconds.
    pub bookmark: Option<i64>,
}

fn artist_line((name, id): (String, String)) -> Node {
    Node::new().text("id", id).text("name", name)
}

impl From<Song> for Node {
    fn from(song: Song) -> Self {
        let (artist, artist_id) = song.artist.clone();
        let (album, album_id) = song.album.unzip();
        let display_album_artist = song.album_artist.as_ref().map(|(name, _)| name.clone());
        let genres = song.genre.iter().map(|genre| Self::new().text("name", genre));
        Self::new()
            .text("id", song.id)
            .maybe_text("parent", song.parent)
            .flag("isDir", false)
            .text("title", &song.title)
            .maybe_text("album", album)
            .maybe_text("albumId", album_id)
            .text("artist", &artist)
            .text("artistId", artist_id)
            .maybe_whole("track", song.track)
            .maybe_whole("discNumber", song.disc)
            .maybe_whole("year", song.year)
            .maybe_text("genre", song.genre.clone())
            .maybe_text("coverArt", song.cover_art)
            .whole("size", song.size)
            .text("contentType", song.content_type)
            .text("suffix", song.suffix)
            .maybe_whole("duration", song.duration)
            .maybe_whole("bitRate", song.bit_rate)
            .maybe_whole("samplingRate", song.sampling_rate)
            .maybe_whole("bitDepth", song.bit_depth)
            .maybe_whole("channelCount", song.channels)
            .text("path", song.path)
            .text("created", song.created)
            .text("type", "music")
            .text("mediaType", "song")
            .flag("isVideo", false)
            .maybe_whole("playCount", song.play_count)
            .maybe_text("played", song.played)
            .maybe_text("starred", song.starred)
            .maybe_whole("userRating", song.rating)
            .maybe_whole("bookmarkPosition", song.bookmark)
            .whole("bpm", 0)
            .text("comment", "")
            .text("sortName", song.title)
            .text("musicBrainzId", "")
            .texts("isrc", [""; 0])
            .many("genres", genres)
            .many("artists", [artist_line(song.artist)])
            .text("displayArtist", artist)
            .many("albumArtists", song.album_artist.map(artist_line))
            .text("displayAlbumArtist", display_album_artist.unwrap_or_default())
            .many("contributors", Vec::<Self>::new())
            .text("displayComposer", "")
            .texts("moods", [""; 0])
            .text("explicitStatus", "")
            .one("replayGain", song.gain)
    }
}

/// A date, as far as it is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Date {
    /// The year.
    pub year: Option<i64>,
    /// The month, from 1.
    pub month: Option<i64>,
    /// The day, from 1.
    pub day: Option<i64>,
}

impl From<Date> for Node {
    fn from(date: Date) -> Self {
        Self::new()
            .maybe_whole("year", date.year)
            .maybe_whole("month", date.month)
            .maybe_whole("day", date.day)
    }
}

/// An album (`AlbumID3` of the API).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Album {
    /// Its identity.
    pub id: String,
    /// Its title.
    pub name: String,
    /// The artist's name and identity.
    pub artist: (String, String),
    /// What its picture is asked for by.
    pub cover_art: Option<String>,
    /// How many recordings are on it.
    pub songs: i64,
    /// In seconds.
    pub duration: i64,
    /// When it came in.
    pub created: String,
    /// When it came out.
    pub released: Date,
    /// The genre that most on it have.
    pub genre: Option<String>,
    /// How often the listener played anything on it.
    pub play_count: Option<i64>,
    /// When they last did.
    pub played: Option<String>,
    /// Since when they starred it.
    pub starred: Option<String>,
    /// How much they like it.
    pub rating: Option<i64>,
}

impl Album {
    /// As a directory in which its recordings lie (`Child` of the API).
    pub fn as_directory(&self) -> Node {
        Node::new()
            .text("id", &self.id)
            .text("parent", &self.artist.1)
            .flag("isDir", true)
            .text("title", &self.name)
            .text("name", &self.name)
            .text("album", &self.name)
            .text("artist", &self.artist.0)
            .text("artistId", &self.artist.1)
            .maybe_whole("year", self.released.year)
            .maybe_text("genre", self.genre.clone())
            .maybe_text("coverArt", self.cover_art.clone())
            .whole("duration", self.duration)
            .whole("songCount", self.songs)
            .text("created", &self.created)
            .maybe_whole("playCount", self.play_count)
            .maybe_text("played", self.played.clone())
            .maybe_text("starred", self.starred.clone())
            .maybe_whole("userRating", self.rating)
            .text("mediaType", "album")
    }
}

impl From<Album> for Node {
    fn from(album: Album) -> Self {
        let (artist, artist_id) = album.artist.clone();
        let genres = album.genre.iter().map(|genre| Self::new().text("name", genre));
        Self::new()
            .text("id", album.id)
            .text("name", &album.name)
            .text("artist", &artist)
            .text("artistId", artist_id)
            .maybe_text("coverArt", album.cover_art)
            .whole("songCount", album.songs)
            .whole("duration", album.duration)
            .text("created", album.created)
            .maybe_whole("year", album.released.year)
            .maybe_text("genre", album.genre.clone())
            .maybe_whole("playCount", album.play_count)
            .maybe_text("played", album.played)
            .maybe_text("starred", album.starred)
            .maybe_whole("userRating", album.rating)
            .many("recordLabels", Vec::<Self>::new())
            .text("musicBrainzId", "")
            .many("genres", genres)
            .many("artists", [artist_line(album.artist)])
            .text("displayArtist", artist)
            .texts("releaseTypes", [""; 0])
            .texts("moods", [""; 0])
            .text("sortName", album.name)
            .one("originalReleaseDate", album.released)
            .one("releaseDate", album.released)
            .flag("isCompilation", false)
            .text("explicitStatus", "")
            .many("discTitles", Vec::<Self>::new())
    }
}

/// An artist (`ArtistID3` of the API).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Artist {
    /// Their identity.
    pub id: String,
    /// Their name.
    pub name: String,
    /// What their picture is asked for by.
    pub cover_art: Option<String>,
    /// How many albums there are.
    pub albums: i64,
    /// Since when the listener starred them.
    pub starred: Option<String>,
    /// How much the listener likes them.
    pub rating: Option<i64>,
}

impl From<Artist> for Node {
    fn from(artist: Artist) -> Self {
        Self::new()
            .text("id", artist.id)
            .text("name", &artist.name)
            .maybe_text("coverArt", artist.cover_art)
            .whole("albumCount", artist.albums)
            .maybe_text("starred", artist.starred)
            .maybe_whole("userRating", artist.rating)
            .text("musicBrainzId", "")
            .text("sortName", artist.name)
            .texts("roles", ["artist", "albumartist"])
    }
}

/// A genre, and how much there is of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Genre {
    /// Its name.
    pub name: String,
    /// How many recordings.
    pub songs: i64,
    /// On how many albums.
    pub albums: i64,
}

impl From<Genre> for Node {
    fn from(genre: Genre) -> Self {
        let counted = Self::new().whole("songCount", genre.songs).whole("albumCount", genre.albums);
        counted.content(genre.name)
    }
}
