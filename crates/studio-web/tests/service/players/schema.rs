//! The fields that answers must have, by the `OpenAPI` description of OpenSubsonic
//! (opensubsonic/open-subsonic-api): facts about its types, without their texts.

use serde_json::Value;

/// What a field must be.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Whole,
    Truth,
    /// An element of a type.
    Of(&'static str),
    /// Elements of a type, if the field is there.
    Many(&'static str),
    /// An element of a type, if the field is there.
    Maybe(&'static str),
    /// Texts or whole numbers, if the field is there.
    Plain,
}

use Kind::{Many, Maybe, Of, Plain, Text, Truth, Whole};

/// The types, each with its fields.
const TYPES: &[(&str, &[(&str, Kind)])] = &[
    ("License", &[("valid", Truth)]),
    ("Extension", &[("name", Text), ("versions", Plain)]),
    ("MusicFolders", &[("musicFolder", Many("MusicFolder"))]),
    ("MusicFolder", &[("id", Whole)]),
    ("Indexes", &[("ignoredArticles", Text), ("lastModified", Whole), ("index", Many("Index"))]),
    ("Artists", &[("ignoredArticles", Text), ("index", Many("Index"))]),
    ("Index", &[("name", Text), ("artist", Many("Artist"))]),
    ("Artist", &[("id", Text), ("name", Text), ("album", Many("Album")), ("roles", Plain)]),
    ("ArtistInfo", &[("similarArtist", Many("Artist"))]),
    ("AlbumInfo", &[]),
    (
        "Album",
        &[
            ("id", Text),
            ("name", Text),
            ("songCount", Whole),
            ("duration", Whole),
            ("created", Text),
            ("genres", Many("GenreName")),
            ("artists", Many("Artist")),
            ("song", Many("Child")),
        ],
    ),
    ("GenreName", &[("name", Text)]),
    (
        "Child",
        &[
            ("id", Text),
            ("isDir", Truth),
            ("title", Text),
            ("genres", Many("GenreName")),
            ("artists", Many("Artist")),
            ("albumArtists", Many("Artist")),
            ("replayGain", Maybe("ReplayGain")),
            ("isrc", Plain),
            ("moods", Plain),
        ],
    ),
    ("ReplayGain", &[]),
    ("Directory", &[("id", Text), ("name", Text), ("child", Many("Child"))]),
    ("AlbumList", &[("album", Many("Child"))]),
    ("AlbumList2", &[("album", Many("Album"))]),
    ("Genres", &[("genre", Many("Genre"))]),
    ("Genre", &[("value", Text), ("songCount", Whole), ("albumCount", Whole)]),
    ("Songs", &[("song", Many("Child"))]),
    ("Result2", &[("artist", Many("Artist")), ("album", Many("Child")), ("song", Many("Child"))]),
    ("Result3", &[("artist", Many("Artist")), ("album", Many("Album")), ("song", Many("Child"))]),
    ("Playlists", &[("playlist", Many("Playlist"))]),
    (
        "Playlist",
        &[
            ("id", Text),
            ("name", Text),
            ("songCount", Whole),
            ("duration", Whole),
            ("created", Text),
            ("changed", Text),
            ("entry", Many("Child")),
        ],
    ),
    ("ScanStatus", &[("scanning", Truth)]),
    (
        "User",
        &[
            ("username", Text),
            ("scrobblingEnabled", Truth),
            ("adminRole", Truth),
            ("settingsRole", Truth),
            ("downloadRole", Truth),
            ("uploadRole", Truth),
            ("playlistRole", Truth),
            ("coverArtRole", Truth),
            ("commentRole", Truth),
            ("podcastRole", Truth),
            ("streamRole", Truth),
            ("jukeboxRole", Truth),
            ("shareRole", Truth),
            ("videoConversionRole", Truth),
            ("folder", Plain),
        ],
    ),
    ("TokenInfo", &[("username", Text)]),
    ("Shares", &[("share", Many("Share"))]),
    (
        "Share",
        &[
            ("id", Text),
            ("url", Text),
            ("username", Text),
            ("created", Text),
            ("visitCount", Whole),
            ("entry", Many("Child")),
        ],
    ),
    (
        "PlayQueue",
        &[("username", Text), ("changed", Text), ("changedBy", Text), ("entry", Many("Child"))],
    ),
    ("Bookmarks", &[("bookmark", Many("Bookmark"))]),
    (
        "Bookmark",
        &[
            ("position", Whole),
            ("username", Text),
            ("created", Text),
            ("changed", Text),
            ("entry", Of("Child")),
        ],
    ),
    ("NowPlaying", &[("entry", Many("NowPlayingEntry"))]),
    (
        "NowPlayingEntry",
        &[
            ("id", Text),
            ("isDir", Truth),
            ("title", Text),
            ("username", Text),
            ("minutesAgo", Whole),
            ("playerId", Whole),
        ],
    ),
    ("Lyrics", &[("value", Text)]),
    ("LyricsList", &[("structuredLyrics", Plain)]),
    ("Stations", &[("internetRadioStation", Plain)]),
    ("Podcasts", &[("channel", Plain)]),
    ("Episodes", &[("episode", Plain)]),
];

/// The type of each field that an envelope can have besides its own.
const ENVELOPE: &[(&str, Kind)] = &[
    ("license", Of("License")),
    ("openSubsonicExtensions", Many("Extension")),
    ("musicFolders", Of("MusicFolders")),
    ("indexes", Of("Indexes")),
    ("artists", Of("Artists")),
    ("artist", Of("Artist")),
    ("artistInfo", Of("ArtistInfo")),
    ("artistInfo2", Of("ArtistInfo")),
    ("albumInfo", Of("AlbumInfo")),
    ("album", Of("Album")),
    ("song", Of("Child")),
    ("directory", Of("Directory")),
    ("albumList", Of("AlbumList")),
    ("albumList2", Of("AlbumList2")),
    ("genres", Of("Genres")),
    ("songsByGenre", Of("Songs")),
    ("randomSongs", Of("Songs")),
    ("topSongs", Of("Songs")),
    ("similarSongs", Of("Songs")),
    ("similarSongs2", Of("Songs")),
    ("searchResult2", Of("Result2")),
    ("searchResult3", Of("Result3")),
    ("starred", Of("Result2")),
    ("starred2", Of("Result3")),
    ("playlists", Of("Playlists")),
    ("playlist", Of("Playlist")),
    ("scanStatus", Of("ScanStatus")),
    ("user", Of("User")),
    ("tokenInfo", Of("TokenInfo")),
    ("shares", Of("Shares")),
    ("playQueue", Of("PlayQueue")),
    ("playQueueByIndex", Of("PlayQueue")),
    ("bookmarks", Of("Bookmarks")),
    ("nowPlaying", Of("NowPlaying")),
    ("lyrics", Of("Lyrics")),
    ("lyricsList", Of("LyricsList")),
    ("internetRadioStations", Of("Stations")),
    ("podcasts", Of("Podcasts")),
    ("newestPodcasts", Of("Episodes")),
];

const OWN: [&str; 5] = ["status", "version", "type", "serverVersion", "openSubsonic"];

/// What is wrong with what an envelope has.
pub(crate) fn check(envelope: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    for name in envelope.as_object().unwrap().keys().filter(|name| !OWN.contains(&name.as_str())) {
        match ENVELOPE.iter().find(|(known, _)| known == name) {
            Some((name, kind)) => look(name, &envelope[*name], *kind, &mut problems),
            None => problems.push(format!("nobody knows {name}")),
        }
    }
    problems
}

fn look(at: &str, value: &Value, kind: Kind, problems: &mut Vec<String>) {
    let is_right = match kind {
        Text => value.is_string(),
        Whole => value.is_i64() || value.is_u64(),
        Truth => value.is_boolean(),
        Of(_) => value.is_object(),
        Maybe(_) => value.is_object() || value.is_null(),
        Many(_) | Plain => value.is_array() || value.is_null(),
    };
    if !is_right {
        problems.push(format!("{at} is {value}"));
    }
    match kind {
        Of(name) | Maybe(name) if value.is_object() => inside(at, value, name, problems),
        Many(name) => {
            for item in value.as_array().into_iter().flatten() {
                inside(at, item, name, problems);
            }
        }
        _ => {}
    }
}

fn inside(at: &str, value: &Value, name: &str, problems: &mut Vec<String>) {
    let (_, fields) = TYPES.iter().find(|(known, _)| *known == name).unwrap();
    for (field, kind) in *fields {
        look(&format!("{at}.{field}"), &value[*field], *kind, problems);
    }
}

#[test]
fn what_is_missing_is_found() {
    let good = serde_json::json!({ "status": "ok", "genres": { "genre": [
        { "value": "Soul", "songCount": 1, "albumCount": 1 }
    ] } });
    assert!(check(&good).is_empty());
    for bad in [
        serde_json::json!({ "genres": { "genre": [{ "value": "Soul", "songCount": "1" }] } }),
        serde_json::json!({ "genres": { "genre": {} } }),
        serde_json::json!({ "genres": [] }),
        serde_json::json!({ "other": {} }),
    ] {
        assert!(!check(&bad).is_empty(), "{bad}");
    }
}
