//! What players read of each type: with all that can be known of something, and with the least.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use serde_json::{Value, json};
use studio_subsonic::{
    Album, Answer, Artist, Bookmark, Date, Error, Format, Genre, Node, PlayQueue, Playing,
    Playlist, ReplayGain, Share, Song, User,
};
use studio_testkit::subsonic;

const TIME: &str = "2026-11-21T22:09:20.123456Z";

fn text(text: &str) -> String {
    text.to_owned()
}

/// Of which only the least is known.
fn bare_song() -> Song {
    Song { id: text("so-2"), title: text("Untitled"), created: text(TIME), ..Song::default() }
}

fn full_song() -> Song {
    Song {
        id: text("so-1"),
        parent: Some(text("al-1")),
        title: text("Love & \"Lies\" <live>"),
        album: Some((text("Nights"), text("al-1"))),
        artist: (text("Ann"), text("ar-1")),
        album_artist: Some((text("Ann & Bob"), text("ar-2"))),
        track: Some(3),
        disc: Some(1),
        year: Some(2026),
        genre: Some(text("Soul")),
        cover_art: Some(text("so-1")),
        size: 5_000_000_000,
        content_type: text("audio/flac"),
        suffix: text("flac"),
        duration: Some(181),
        bit_rate: Some(1411),
        sampling_rate: Some(44_100),
        bit_depth: Some(16),
        channels: Some(2),
        path: text("Ann/Nights/03 Love.flac"),
        created: text(TIME),
        gain: ReplayGain {
            track_gain: Some(-6.5),
            track_peak: Some(0.98),
            album_gain: Some(-7.0),
            album_peak: Some(1.0),
        },
        play_count: Some(4),
        played: Some(text(TIME)),
        starred: Some(text(TIME)),
        rating: Some(5),
        bookmark: Some(30_000),
    }
}

fn bare_album() -> Album {
    Album { id: text("al-2"), name: text("Singles"), created: text(TIME), ..Album::default() }
}

fn full_album() -> Album {
    Album {
        artist: (text("Ann"), text("ar-1")),
        cover_art: Some(text("al-2")),
        songs: 2,
        duration: 362,
        released: Date { year: Some(2026), month: Some(11), day: Some(21) },
        genre: Some(text("Soul")),
        play_count: Some(4),
        played: Some(text(TIME)),
        starred: Some(text(TIME)),
        rating: Some(1),
        ..bare_album()
    }
}

fn bare_artist() -> Artist {
    Artist { id: text("ar-2"), name: text("Bob"), ..Artist::default() }
}

fn full_artist() -> Artist {
    Artist {
        cover_art: Some(text("ar-2")),
        albums: 2,
        starred: Some(text(TIME)),
        rating: Some(3),
        ..bare_artist()
    }
}

fn bare_playlist() -> Playlist {
    Playlist {
        id: text("pl-1"),
        name: text("Quiet"),
        owner: text("ann"),
        created: text(TIME),
        changed: text(TIME),
        ..Playlist::default()
    }
}

fn full_playlist() -> Playlist {
    Playlist {
        comment: Some(text("for the night")),
        is_public: true,
        is_readonly: true,
        songs: 2,
        duration: 362,
        ..bare_playlist()
    }
}

fn bare_share() -> Share {
    Share {
        id: text("1"),
        url: text("https://music.example.org/s/x"),
        username: text("ann"),
        created: text(TIME),
        ..Share::default()
    }
}

fn full_share() -> Share {
    Share {
        description: Some(text("listen")),
        expires: Some(text(TIME)),
        last_visited: Some(text(TIME)),
        visits: 7,
        songs: vec![full_song(), bare_song()],
        ..bare_share()
    }
}

fn bookmark(song: Song, comment: Option<String>) -> Bookmark {
    Bookmark {
        position: 30_000,
        username: text("ann"),
        comment,
        created: text(TIME),
        changed: text(TIME),
        song,
    }
}

fn playing(song: Song) -> Playing {
    Playing {
        username: text("ann"),
        minutes_ago: 2,
        player_id: 1,
        player_name: text("phone"),
        song,
    }
}

fn queue(current: Option<usize>, songs: Vec<Song>) -> PlayQueue {
    PlayQueue {
        current,
        position: 1500,
        username: text("ann"),
        changed: text(TIME),
        changed_by: text("phone"),
        songs,
    }
}

/// A node with one list.
fn list<N: Into<Node>>(name: &'static str, items: impl IntoIterator<Item = N>) -> Node {
    Node::new().many(name, items)
}

fn songs() -> [Song; 2] {
    [full_song(), bare_song()]
}

/// Both albums as directories.
fn directories() -> [Node; 2] {
    [bare_album().as_directory(), full_album().as_directory()]
}

fn found(albums: impl IntoIterator<Item = impl Into<Node>>) -> Node {
    list("artist", [bare_artist(), full_artist()]).many("album", albums).many("song", songs())
}

fn user(is_manager: bool) -> User {
    let email = is_manager.then(|| text("ann@example.org"));
    User { username: text("ann"), email, is_manager }
}

/// What endpoints add to an answer, each type once with the least and once with all.
fn said() -> Vec<(&'static str, Node)> {
    let one = |name, node: Node| Node::new().one(name, node);
    let albums = || [bare_album(), full_album()];
    let queues = [queue(None, vec![]), queue(Some(1), songs().to_vec())];
    let mut said = vec![
        ("getUser", one("user", user(true).into())),
        ("getUser", one("user", user(false).into())),
        ("getSong", one("song", bare_song().into())),
        ("getSong", one("song", full_song().into())),
        ("getArtist", one("artist", Node::from(bare_artist()).many("album", Vec::<Node>::new()))),
        ("getArtist", one("artist", Node::from(full_artist()).many("album", albums()))),
        ("getAlbum", one("album", Node::from(bare_album()).many("song", songs()))),
        ("getAlbum", one("album", full_album().into())),
        ("getAlbumList", one("albumList", list("album", directories()))),
        ("getAlbumList2", one("albumList2", list("album", albums()))),
        ("search2", one("searchResult2", found(directories()))),
        ("search3", one("searchResult3", found(albums()))),
        ("getStarred", one("starred", found(directories()))),
        ("getStarred2", one("starred2", found(albums()))),
        ("getRandomSongs", one("randomSongs", list("song", songs()))),
        ("getPlaylists", one("playlists", list("playlist", [bare_playlist(), full_playlist()]))),
        ("getPlaylist", one("playlist", Node::from(full_playlist()).many("entry", songs()))),
        ("getShares", one("shares", list("share", [bare_share(), full_share()]))),
        ("getNowPlaying", one("nowPlaying", list("entry", songs().map(playing)))),
    ];
    let genre = Genre { name: text("R&B"), songs: 3, albums: 1 };
    said.push(("getGenres", one("genres", list("genre", [genre, Genre::default()]))));
    let bookmarks = [bookmark(bare_song(), None), bookmark(full_song(), Some(text("here")))];
    said.push(("getBookmarks", one("bookmarks", list("bookmark", bookmarks))));
    for queue in queues {
        said.push(("getPlayQueue", one("playQueue", queue.clone().into_node(false))));
        said.push(("getPlayQueueByIndex", one("playQueueByIndex", queue.into_node(true))));
    }
    said
}

fn json_of(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.write(&Format::Json).body).unwrap()
}

#[test]
fn every_type_has_the_fields_that_it_must_have() {
    for (endpoint, node) in said() {
        let answer = json_of(&Answer::new("0.1.0", Ok(node)));
        assert_eq!(subsonic::check(endpoint, &answer), [""; 0], "{endpoint}: {answer}");
    }
}

#[test]
fn every_error_has_a_code_and_says_why() {
    for (error, code) in [
        (Error::Generic(text("no")), 0),
        (Error::unreadable("size"), 0),
        (Error::Missing("id"), 10),
        (Error::ServerTooOld, 30),
        (Error::WrongPassword, 40),
        (Error::UnsupportedWay("t"), 42),
        (Error::ConflictingWays, 43),
        (Error::WrongKey, 44),
        (Error::NotAuthorized(text("no")), 50),
        (Error::NotFound("album"), 70),
    ] {
        let answer = json_of(&Answer::new("0.1.0", Err(error.clone())));
        assert_eq!(subsonic::check("getAlbum", &answer), [""; 0], "{answer}");
        let told = &answer["subsonic-response"]["error"];
        assert_eq!(told, &json!({ "code": code, "message": error.to_string() }));
    }
}

#[test]
fn every_type_is_well_formed_in_xml() {
    for (endpoint, node) in said() {
        let xml = Answer::new("0.1.0", Ok(node)).write(&Format::Xml);
        assert_eq!(xml.content_type, "text/xml; charset=utf-8");
        let text = String::from_utf8(xml.body).unwrap();
        let document = roxmltree::Document::parse(&text);
        assert!(document.is_ok(), "{endpoint}: {document:?}");
    }
}

#[test]
fn a_song_is_told_with_all_that_is_known() {
    let expected = r#"{
        "id": "so-1", "parent": "al-1", "isDir": false, "title": "Love & \"Lies\" <live>",
        "album": "Nights", "albumId": "al-1", "artist": "Ann", "artistId": "ar-1",
        "track": 3, "discNumber": 1, "year": 2026, "genre": "Soul", "coverArt": "so-1",
        "size": 5000000000, "contentType": "audio/flac", "suffix": "flac",
        "duration": 181, "bitRate": 1411, "samplingRate": 44100, "bitDepth": 16,
        "channelCount": 2, "path": "Ann/Nights/03 Love.flac", "created": "2026-11-21T22:09:20.123456Z",
        "type": "music", "mediaType": "song", "isVideo": false,
        "playCount": 4, "played": "2026-11-21T22:09:20.123456Z", "starred": "2026-11-21T22:09:20.123456Z", "userRating": 5,
        "bookmarkPosition": 30000, "bpm": 0, "comment": "", "musicBrainzId": "",
        "sortName": "Love & \"Lies\" <live>", "isrc": [], "genres": [{ "name": "Soul" }],
        "artists": [{ "id": "ar-1", "name": "Ann" }], "displayArtist": "Ann",
        "albumArtists": [{ "id": "ar-2", "name": "Ann & Bob" }],
        "displayAlbumArtist": "Ann & Bob", "contributors": [], "displayComposer": "",
        "moods": [], "explicitStatus": "",
        "replayGain": { "trackGain": -6.5, "albumGain": -7.0, "trackPeak": 0.98, "albumPeak": 1.0 }
    }"#;
    let expected: Value = serde_json::from_str(expected).unwrap();
    assert_eq!(Node::from(full_song()).to_json(), expected);
}

#[test]
fn a_playlist_is_told_in_xml() {
    let playlist = Node::from(full_playlist()).many("entry", [bare_song()]);
    let xml = Answer::new("0.1.0", Ok(Node::new().one("playlist", playlist))).write(&Format::Xml);
    let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
        <subsonic-response xmlns=\"http://subsonic.org/restapi\" status=\"ok\" version=\"1.16.1\" \
        type=\"studio\" serverVersion=\"0.1.0\" openSubsonic=\"true\">\
        <playlist id=\"pl-1\" name=\"Quiet\" comment=\"for the night\" owner=\"ann\" public=\"true\" \
        readonly=\"true\" songCount=\"2\" duration=\"362\" created=\"2026-11-21T22:09:20.123456Z\" \
        changed=\"2026-11-21T22:09:20.123456Z\">\
        <entry id=\"so-2\" isDir=\"false\" title=\"Untitled\" artist=\"\" artistId=\"\" size=\"0\" \
        contentType=\"\" suffix=\"\" path=\"\" created=\"2026-11-21T22:09:20.123456Z\" \
        type=\"music\" mediaType=\"song\" isVideo=\"false\" bpm=\"0\" comment=\"\" \
        sortName=\"Untitled\" musicBrainzId=\"\" displayArtist=\"\" displayAlbumArtist=\"\" \
        displayComposer=\"\" explicitStatus=\"\"><artists id=\"\" name=\"\"/><replayGain/></entry>\
        </playlist></subsonic-response>\n";
    assert_eq!(String::from_utf8(xml.body).unwrap(), expected);
}

#[test]
fn what_is_a_list_is_a_list_without_anything_in_it() {
    let node = Node::new().one("playlists", list("playlist", Vec::<Node>::new()));
    let answer = json_of(&Answer::new("0.1.0", Ok(node)));
    assert_eq!(answer["subsonic-response"]["playlists"], json!({ "playlist": [] }));
    let artist = Node::from(full_artist()).to_json();
    assert_eq!(artist["roles"], json!(["artist", "albumartist"]));
    let user = Node::from(user(false)).to_json();
    assert_eq!(user["folder"], json!([1]));
}

#[test]
fn texts_and_genres_stand_between_tags_in_xml() {
    let genre = Genre { name: text("R&B"), songs: 3, albums: 1 };
    let node = Node::new().one("genre", genre).one("artist", bare_artist());
    let xml = Answer::new("0.1.0", Ok(node)).write(&Format::Xml);
    let xml = String::from_utf8(xml.body).unwrap();
    let genre = "<genre songCount=\"3\" albumCount=\"1\">R&amp;B</genre>";
    let artist = "<artist id=\"ar-2\" name=\"Bob\" albumCount=\"0\" musicBrainzId=\"\" \
        sortName=\"Bob\"><roles>artist</roles><roles>albumartist</roles></artist>";
    assert!(xml.contains(&format!("{genre}{artist}</subsonic-response>")), "{xml}");
}
