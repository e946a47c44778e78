//! What is told of music: every resource, its parts, its conditions; and hostile requests.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};
use studio_repo::SqliteCatalog;

use crate::seed::{self, ALBUMS, ON_EACH, SOUND, Seeded};
use crate::support::{Answer, Service, raw};

const NOBODY: &str = "019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a11";

async fn music(everybody: bool) -> (Service, Seeded) {
    let seeded = seed::fill(Arc::new(SqliteCatalog::in_memory().unwrap()), everybody).await;
    (Service::of_state(seeded.state.clone()).await, seeded)
}

/// Every item of a listing, part by part; by the body's `next` and the header's address.
async fn walk(service: &Service, first: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut address = first.to_owned();
    loop {
        let answer = service.get(&address).await;
        assert_eq!(answer.status, 200, "{address}: {answer:?}");
        let part = answer.json["items"].as_array().unwrap().clone();
        items.extend(part);
        let link = answer.header("link").to_owned();
        match answer.json["next"].as_str() {
            None => {
                assert_eq!(link, "");
                return items;
            }
            Some(next) => {
                address = link.strip_prefix('<').unwrap().split_once('>').unwrap().0.to_owned();
                assert!(link.ends_with("; rel=\"next\"") && address.contains(next), "{link}");
            }
        }
    }
}

#[tokio::test]
async fn every_listing_is_walked_without_gap_or_repetition() {
    let (service, seeded) = music(false).await;
    let song = walk(&service, "/api/v1/artists/khruangbin/songs").await[0].clone();
    let song = song["id"].as_str().unwrap();
    let track = walk(&service, &format!("/api/v1/songs/{song}/tracks")).await[0].clone();
    let track = track["id"].as_str().unwrap();
    let listings = [
        ("artists".to_owned(), 1),
        ("albums".to_owned(), ALBUMS),
        ("artists/khruangbin/albums".to_owned(), ALBUMS),
        ("recordings".to_owned(), ALBUMS * ON_EACH + 2),
        ("artists/khruangbin/recordings".to_owned(), ALBUMS * ON_EACH + 2),
        ("artists/khruangbin/songs".to_owned(), 1),
        (format!("songs/{song}/tracks"), 1),
        (format!("songs/{song}/picks"), 1),
        (format!("songs/{song}/releases"), 0),
        (format!("tracks/{track}/versions"), 3),
        ("versions".to_owned(), 3),
        ("releases".to_owned(), 0),
        ("playlists".to_owned(), 1),
        (format!("playlists/{}/recordings", seeded.playlist), ALBUMS * ON_EACH + 2),
        ("search?q=third".to_owned(), ALBUMS * ON_EACH + 2),
    ];
    for (path, count) in listings {
        let whole = walk(&service, &format!("/api/v1/{path}")).await;
        assert_eq!(whole.len() as u64, count, "{path}");
        let distinct: BTreeSet<_> = whole.iter().map(Value::to_string).collect();
        assert_eq!(distinct.len(), whole.len(), "{path}");
        let sign = if path.contains('?') { '&' } else { '?' };
        for limit in [1, 2, 5, 16] {
            let parts = walk(&service, &format!("/api/v1/{path}{sign}limit={limit}")).await;
            assert_eq!(parts, whole, "{path} by {limit}");
        }
    }
}

#[tokio::test]
async fn documents_are_found_by_identity_and_by_address() {
    let (service, seeded) = music(false).await;
    let artist = service.get("/api/v1/artists/khruangbin").await.json;
    assert_eq!((&artist["name"], &artist["slug"]), (&json!("Khruangbin"), &json!("khruangbin")));
    let id = artist["id"].as_str().unwrap();
    assert_eq!(service.get(&format!("/api/v1/artists/{id}")).await.json, artist);
    let by_id = service.get(&format!("/api/v1/albums/{}", seeded.albums[1])).await.json;
    let at = service.get("/api/v1/artists/khruangbin/albums/album-1").await.json;
    assert_eq!(by_id, at);
    assert_eq!(at["artist"], artist);
    assert_eq!(
        (&at["released"], &at["licence"]["id"]),
        (&json!("2018-01-26"), &json!("cc-by-4.0"))
    );
    let numbers: Vec<_> =
        at["recordings"].as_array().unwrap().iter().map(|r| &r["number"]).collect();
    assert_eq!(numbers, [4, 5, 6]);
    let recording = &at["recordings"][0];
    let address = format!("/api/v1/recordings/{}", recording["id"].as_str().unwrap());
    assert_eq!(&service.get(&address).await.json, recording);
    assert_eq!(recording["stream"], format!("{address}/stream"));
    assert_eq!(recording["album"]["slug"], "album-1");
    assert_eq!(recording["genre"], "Soul");

    let song = service.get("/api/v1/artists/khruangbin/songs/maria-tambien").await.json;
    let songs = format!("/api/v1/songs/{}", song["id"].as_str().unwrap());
    assert_eq!(service.get(&songs).await.json, song);
    let track = service.get(&format!("{songs}/tracks")).await.json["items"][0].clone();
    let tracks = format!("/api/v1/tracks/{}", track["id"].as_str().unwrap());
    assert_eq!(service.get(&tracks).await.json, track);
    let versions = service.get(&format!("{tracks}/versions")).await.json;
    let picked: Vec<_> =
        versions["items"].as_array().unwrap().iter().map(|v| v["picked"] == true).collect();
    assert_eq!(picked, [false, false, true]);
    let version = &versions["items"][2];
    let id = version["id"].as_str().unwrap();
    assert_eq!(&service.get(&format!("/api/v1/versions/{id}")).await.json, version);
    let picks = service.get(&format!("{songs}/picks")).await.json;
    assert_eq!(
        (&picks["items"][0]["version_id"], &picks["items"][0]["by"]),
        (&json!(id), &json!("Laura"))
    );
    // Nobody is told where bytes lie.
    let text = format!("{by_id}{versions}{picks}");
    for secret in ["object", "memory", "take.wav", "\"store\""] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[tokio::test]
async fn a_search_finds_beginnings_of_words() {
    let (service, _) = music(false).await;
    let found = service.get("/api/v1/search?q=album%201").await.json;
    assert_eq!(found["items"][0]["title"], "Álbum 1");
    assert_eq!(found["items"][0]["kind"], "album");
    let url = found["items"][0]["url"].as_str().unwrap();
    assert_eq!(service.get(url).await.json["title"], "Álbum 1");
    assert_eq!(service.get("/api/v1/search?q=nothing+at+all").await.json["items"], json!([]));
    for query in ["q=", "", "q=%22%27*%20OR%20)(", &format!("q={}", "x".repeat(201))] {
        let status = service.get(&format!("/api/v1/search?{query}")).await.status;
        let expected = if query.contains("OR") { 200 } else { 400 };
        assert_eq!(status, expected, "{query}");
    }
}

#[tokio::test]
async fn everybody_sees_only_what_is_published() {
    let (service, seeded) = music(true).await;
    let albums = walk(&service, "/api/v1/albums?limit=2").await;
    assert_eq!(albums.len() as u64, ALBUMS - 1);
    let recordings = walk(&service, "/api/v1/recordings?limit=2").await;
    assert_eq!(recordings.len() as u64, (ALBUMS - 1) * ON_EACH + 1);
    assert!(recordings.iter().all(|recording| recording["published"] == true));
    let address = format!("/api/v1/playlists/{}/recordings?limit=2", seeded.playlist);
    assert_eq!(walk(&service, &address).await.len(), recordings.len());
    assert_eq!(walk(&service, "/api/v1/artists?limit=1").await.len(), 1);
    let hidden = [
        format!("albums/{}", seeded.albums[ALBUMS as usize - 1]),
        format!("artists/khruangbin/albums/album-{}", ALBUMS - 1),
        format!("recordings/{}", seeded.recordings.last().unwrap()),
        format!("recordings/{}/stream", seeded.recordings.last().unwrap()),
        "artists/khruangbin/songs".to_owned(),
        "artists/khruangbin/songs/maria-tambien".to_owned(),
        "versions".to_owned(),
        "releases".to_owned(),
    ];
    for path in hidden {
        assert_eq!(service.get(&format!("/api/v1/{path}")).await.status, 404, "{path}");
    }
    let body = json!({"name": "Mine", "recordings": []});
    let answer = service.post("/api/v1/playlists", &body).await;
    answer.assert_problem(403, "read-only", "/api/v1/playlists");
}

#[tokio::test]
async fn what_a_client_knows_is_not_sent_again() {
    let (service, seeded) = music(false).await;
    let paths = [
        "/api/v1/artists".to_owned(),
        "/api/v1/artists/khruangbin".to_owned(),
        format!("/api/v1/albums/{}", seeded.albums[0]),
        "/api/v1/recordings?limit=3".to_owned(),
        format!("/api/v1/playlists/{}", seeded.playlist),
        "/api/v1/search?q=third".to_owned(),
    ];
    for path in paths {
        let first = service.get(&path).await;
        let tag = first.header("etag").to_owned();
        assert!(tag.starts_with('"') && tag.len() > 2, "{path}: {tag}");
        assert_eq!(first.header("cache-control"), "no-cache");
        for (known, status) in [
            (tag.clone(), 304),
            (format!("W/{tag}"), 304),
            ("*".to_owned(), 304),
            ("\"x\"".to_owned(), 200),
        ] {
            let request = service.request("GET", &path).header("if-none-match", known);
            let answer = Answer::of(request.send().await.unwrap()).await;
            assert_eq!((answer.status, answer.header("etag")), (status, tag.as_str()), "{path}");
            assert_eq!(answer.text.is_empty(), status == 304);
        }
    }
}

#[tokio::test]
async fn a_playlist_is_made_changed_and_taken_out() {
    let (service, seeded) = music(false).await;
    let (a, b) = (seeded.recordings[0].to_string(), seeded.recordings[1].to_string());
    let body = json!({"name": "Mine", "recordings": [a, b, a]});
    let made = service.post("/api/v1/playlists", &body).await;
    assert_eq!((made.status, &made.json["recordings"]), (201, &json!([a, b, a])));
    let address = made.header("location").to_owned();
    assert_eq!(service.get(&address).await.json, made.json);
    let places = walk(&service, &format!("{address}/recordings?limit=2")).await;
    let places: Vec<_> =
        places.iter().map(|place| (&place["place"], &place["recording"]["id"])).collect();
    assert_eq!(places, [(&json!(0), &json!(a)), (&json!(1), &json!(b)), (&json!(2), &json!(a))]);
    service.post("/api/v1/playlists", &body).await.assert_problem(
        409,
        "playlist-exists",
        "/api/v1/playlists",
    );

    let put = async |tag: &str, body: &Value| {
        let request = service.request("PUT", &address).header("if-match", tag).json(body);
        Answer::of(request.send().await.unwrap()).await
    };
    let other = json!({"name": "Mine too", "recordings": [b]});
    put("\"1\"", &other).await.assert_problem(412, "precondition-failed", &address);
    put("x", &other).await.assert_problem(400, "invalid-condition", &address);
    let changed = put(made.header("etag"), &other).await;
    assert_eq!((changed.status, &changed.json["name"]), (200, &json!("Mine too")));
    assert!(changed.json["revision"].as_u64() > made.json["revision"].as_u64());
    put(made.header("etag"), &body).await.assert_problem(412, "precondition-failed", &address);
    // The same again changes nothing.
    assert_eq!(put("*", &other).await.json, changed.json);
    let taken = json!({"name": "Sunday", "recordings": []});
    put("*", &taken).await.assert_problem(409, "playlist-exists", &address);
    let nothing = json!({"name": "Mine", "recordings": [NOBODY]});
    put("*", &nothing).await.assert_problem(422, "no-such-recording", &address);

    let request = service.request("DELETE", &address).header("if-match", "\"1\"");
    let kept = Answer::of(request.send().await.unwrap()).await;
    kept.assert_problem(412, "precondition-failed", &address);
    assert_eq!(service.send("DELETE", &address).await.status, 204);
    service.get(&address).await.assert_problem(404, "playlist-not-found", &address);
    assert_eq!(service.send("DELETE", &address).await.status, 404);
    assert_eq!(put("*", &other).await.status, 404);
}

#[tokio::test]
async fn of_many_who_change_one_state_of_a_playlist_one_succeeds() {
    let (service, seeded) = music(false).await;
    let address = format!("/api/v1/playlists/{}", seeded.playlist);
    let tag = service.get(&address).await.header("etag").to_owned();
    let change = async |name: &str| {
        let body = json!({"name": name, "recordings": []});
        let request = service.request("PUT", &address).header("if-match", &tag).json(&body);
        request.send().await.unwrap().status().as_u16()
    };
    let (a, b, c) = tokio::join!(change("a"), change("b"), change("c"));
    let mut statuses = [a, b, c];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412]);
}

#[tokio::test]
async fn sound_is_sent_whole_and_in_parts() {
    let (service, seeded) = music(false).await;
    let address = format!("/api/v1/recordings/{}/stream", seeded.recordings[0]);
    let whole = service.get(&address).await;
    assert_eq!((whole.status, whole.text.as_bytes()), (200, SOUND));
    assert_eq!(whole.header("content-type"), "audio/wav");
    let head = service.send("HEAD", &address).await;
    assert_eq!((head.status, head.text.as_str()), (200, ""));
    assert_eq!(head.header("content-length"), SOUND.len().to_string());
    let request = service.request("GET", &address).header("range", "bytes=5-8");
    let part = Answer::of(request.send().await.unwrap()).await;
    assert_eq!((part.status, part.text.as_bytes()), (206, &SOUND[5..9]));
    let request = service.request("GET", &address).header("range", "bytes=1000-");
    assert_eq!(request.send().await.unwrap().status(), 416);
    let saved = service.get(&format!("{address}?download=1")).await;
    let disposition = saved.header("content-disposition");
    assert!(disposition.starts_with("attachment") && disposition.contains(".wav"), "{disposition}");
    let known = service.request("GET", &address).header("if-none-match", whole.header("etag"));
    assert_eq!(known.send().await.unwrap().status(), 304);
    // Of what is no sound nothing can be made.
    let path = format!("{address}?format=flac");
    service.get(&path).await.assert_problem(404, "no-rendition", &address);
    assert_eq!(service.get(&format!("{address}?format=mp3")).await.status, 400);
    let artwork = format!("/api/v1/albums/{}/artwork", seeded.albums[0]);
    service.get(&format!("{artwork}?size=300")).await.assert_problem(
        404,
        "artwork-not-found",
        &artwork,
    );
}

#[tokio::test]
async fn hostile_requests_get_the_right_problem() {
    let (service, seeded) = music(false).await;
    for id in [NOBODY, "no-uuid", "..%2F..%2Fetc%2Fpasswd", "%00", "a%2Fb", &"x".repeat(500)] {
        for kind in [
            "artists",
            "albums",
            "recordings",
            "songs",
            "tracks",
            "versions",
            "releases",
            "playlists",
        ] {
            let address = format!("/api/v1/{kind}/{id}");
            let code = format!("{}-not-found", &kind[..kind.len() - 1]);
            let answer = service.get(&address).await;
            // What stands in front of all routes refuses some paths before they are looked at.
            match answer.status {
                400 => answer.assert_problem(400, "invalid-path", &address),
                _ => answer.assert_problem(404, &code, &address),
            }
        }
    }
    let strange = service.get("/api/v1/artists/%FF").await;
    strange.assert_problem(400, "invalid-path", "/api/v1/artists/%FF");
    for query in [
        "limit=0",
        "limit=201",
        "limit=-1",
        "limit=99999999999999999999",
        "limit=x",
        "limit=1&limit=2",
        "after=",
        "after=first",
        "after=%FF",
        "unknown=1",
        "offset=3",
    ] {
        let answer = service.get(&format!("/api/v1/albums?{query}")).await;
        let code = if query.starts_with("after") { "invalid-cursor" } else { "invalid-parameter" };
        answer.assert_problem(400, code, "/api/v1/albums");
    }
    // The place of another listing.
    let next = service.get("/api/v1/recordings?limit=1").await.json["next"].clone();
    let path = format!("/api/v1/albums?after={}", next.as_str().unwrap());
    service.get(&path).await.assert_problem(400, "invalid-cursor", "/api/v1/albums");
    let unknown = format!("/api/v1/albums/{}?x=1", seeded.albums[0]);
    assert_eq!(service.get(&unknown).await.status, 400);

    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let bodies = [
        (format!("{{\"name\":{deep}}}"), 400, "invalid-json"),
        ("{".to_owned(), 400, "invalid-json"),
        ("[\"Mine\"]".to_owned(), 422, "invalid-body"),
        ("{\"name\":\"\"}".to_owned(), 422, "invalid-body"),
        ("{\"name\":\"a\",\"recordings\":[\"x\"]}".to_owned(), 422, "invalid-body"),
        ("{\"name\":\"a\",\"other\":1}".to_owned(), 422, "invalid-body"),
        (format!("{{\"name\":\"{}\"}}", "x".repeat(2 << 20)), 413, "body-too-large"),
    ];
    for (body, status, code) in bodies {
        let request = service.request("POST", "/api/v1/playlists");
        let request = request.header("content-type", "application/json").body(body);
        let answer = Answer::of(request.send().await.unwrap()).await;
        answer.assert_problem(status, code, "/api/v1/playlists");
    }
    let traversal =
        b"GET /api/v1/../../etc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    assert!(raw(&service.address, traversal).await.starts_with("HTTP/1.1 400"));
    assert_eq!(service.send("PATCH", "/api/v1/albums").await.status, 405);
}

#[tokio::test]
async fn a_service_without_music_says_so() {
    let service = Service::new().await;
    for path in ["/api/v1/artists", "/api/v1/search", "/api/v1/playlists"] {
        let answer = service.get(&format!("{path}?q=x")).await;
        answer.assert_problem(404, "no-music", path);
    }
}
