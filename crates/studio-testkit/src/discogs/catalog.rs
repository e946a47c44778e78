//! What this Discogs knows. The form is the documented one; the music is made up.

/// Status and body for a path with a query.
pub(super) fn answer(target: &str, authorised: bool) -> (u16, String) {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let body = match path {
        "/artists/101" => MARFA_LIGHTS.to_owned(),
        "/artists/102" => NIGHT_FERRIES.to_owned(),
        "/masters/501" => SALT_FLAT_HYMNS.to_owned(),
        "/releases/901" => FIRST_EDITION.to_owned(),
        "/releases/902" => SHORT_ONE.to_owned(),
        "/database/search" if !authorised => {
            return (401, message("You must authenticate to access this resource."));
        }
        "/database/search" => search(query),
        _ => return (404, message("The requested resource was not found.")),
    };
    match authorised {
        true => (200, body),
        // Without a token, pictures have no addresses.
        false => (200, body.replace("https://i.discogs.test/", "").replace("SIGNED.jpeg", "")),
    }
}

/// The body of an answer that only says something.
pub(super) fn message(text: &str) -> String {
    format!("{{\"message\": \"{text}\"}}")
}

/// Finds what has all words that are searched for in its title.
fn search(query: &str) -> String {
    let mut wanted = Vec::new();
    let mut kind = String::new();
    for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        match name {
            "type" => kind = decoded(value),
            "q" | "artist" | "release_title" => {
                wanted.extend(decoded(value).to_lowercase().split(' ').map(str::to_owned));
            }
            _ => {}
        }
    }
    let matches = |(of_kind, title, _): &&(&str, &str, &str)| {
        let title = title.to_lowercase();
        *of_kind == kind && wanted.iter().all(|word| title.contains(word.as_str()))
    };
    let found: Vec<&str> = HITS.iter().filter(matches).map(|(_, _, json)| *json).collect();
    format!(
        "{{\"pagination\": {{\"page\": 1, \"pages\": 1, \"per_page\": 25, \"items\": {}, \
         \"urls\": {{}}}}, \"results\": [{}]}}",
        found.len(),
        found.join(", ")
    )
}

/// A part of a query as it was meant.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let hex: Vec<u8> = rest.by_ref().take(2).collect();
                let hex = std::str::from_utf8(&hex).unwrap();
                u8::from_str_radix(hex, 16).unwrap()
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).unwrap()
}

const HITS: [(&str, &str, &str); 4] = [
    ("artist", "Marfa Lights (2)", ARTIST_HIT),
    ("artist", "Night Ferries, The", OTHER_ARTIST_HIT),
    ("master", "Marfa Lights (2) - Salt Flat Hymns", MASTER_HIT),
    ("release", "Marfa Lights (2) - Salt Flat Hymns", RELEASE_HIT),
];

const ARTIST_HIT: &str = r#"{"id": 101, "type": "artist", "master_id": null, "master_url": null,
  "uri": "/artist/101-Marfa-Lights-2", "title": "Marfa Lights (2)",
  "thumb": "https://i.discogs.test/101-t-SIGNED.jpeg",
  "cover_image": "https://i.discogs.test/101-SIGNED.jpeg",
  "resource_url": "https://api.discogs.com/artists/101", "user_data": {"in_wantlist": false}}"#;

const OTHER_ARTIST_HIT: &str = r#"{"id": 102, "type": "artist", "title": "Night Ferries, The",
  "thumb": "", "cover_image": "", "uri": "/artist/102"}"#;

const MASTER_HIT: &str = r#"{"id": 501, "type": "master", "master_id": 501, "year": "2018",
  "title": "Marfa Lights (2) - Salt Flat Hymns", "country": "US",
  "format": ["Vinyl", "LP", "Album"], "label": ["Quiet Dunes"], "catno": "QD-07",
  "barcode": ["0 12345 67890 5"], "genre": ["Rock", "Funk / Soul"], "style": ["Psychedelic Rock"],
  "thumb": "https://i.discogs.test/501-t-SIGNED.jpeg", "cover_image": "https://i.discogs.test/501-SIGNED.jpeg",
  "community": {"want": 120, "have": 340}, "uri": "/master/501"}"#;

const RELEASE_HIT: &str = r#"{"id": 901, "type": "release", "master_id": 501, "year": "2018",
  "title": "Marfa Lights (2) - Salt Flat Hymns", "country": "US", "format": ["Vinyl", "LP"],
  "label": ["Quiet Dunes"], "catno": "QD-07", "thumb": "", "cover_image": "", "uri": "/release/901"}"#;

const MARFA_LIGHTS: &str = r#"{"id": 101, "name": "Marfa Lights (2)", "data_quality": "Correct",
  "uri": "https://www.discogs.com/artist/101-Marfa-Lights-2",
  "resource_url": "https://api.discogs.com/artists/101",
  "releases_url": "https://api.discogs.com/artists/101/releases",
  "profile": "Trio from [b]Texas[/b], founded by [a=Ada Brandt (3)] and [a5550].\r\nSee [url=https://marfa.test/]their page[/url].",
  "urls": ["https://marfa.test/", "javascript:alert(1)", "", "http://music.test/marfa"],
  "namevariations": ["Marfa L.", "The Marfa Lights"],
  "aliases": [{"id": 103, "name": "Desert Trio, The", "resource_url": "https://api.discogs.com/artists/103"}],
  "members": [
    {"id": 201, "name": "Ada Brandt (3)", "active": true, "resource_url": "https://api.discogs.com/artists/201"},
    {"id": 202, "name": "Noor Haddad", "active": false, "resource_url": "https://api.discogs.com/artists/202"}],
  "images": [
    {"type": "primary", "uri": "https://i.discogs.test/101-SIGNED.jpeg", "resource_url": "", "uri150": "https://i.discogs.test/101-t-SIGNED.jpeg", "width": 600, "height": 400},
    {"type": "secondary", "uri": "", "resource_url": "", "uri150": "", "width": 600, "height": 600}]}"#;

const NIGHT_FERRIES: &str = r#"{"id": 102, "name": "Night Ferries, The"}"#;

const SALT_FLAT_HYMNS: &str = r#"{"id": 501, "main_release": 901, "most_recent_release": 955,
  "title": "Salt Flat Hymns", "year": 2018, "num_for_sale": 12, "lowest_price": 14.99,
  "resource_url": "https://api.discogs.com/masters/501", "versions_url": "https://api.discogs.com/masters/501/versions",
  "artists": [{"id": 101, "name": "Marfa Lights (2)", "anv": "", "join": "", "role": "", "tracks": ""}],
  "genres": ["Rock", "Funk / Soul"], "styles": ["Psychedelic Rock"],
  "tracklist": [
    {"position": "A1", "type_": "track", "title": "Borderlight", "duration": "4:45"},
    {"position": "A2", "type_": "track", "title": "Two Fish", "duration": ""}],
  "images": [{"type": "primary", "uri": "https://i.discogs.test/501-SIGNED.jpeg", "uri150": "https://i.discogs.test/501-t-SIGNED.jpeg", "width": 600, "height": 600}],
  "videos": [{"uri": "https://video.test/1", "title": "Borderlight", "duration": 285, "embed": true}]}"#;

const FIRST_EDITION: &str = r#"{"id": 901, "status": "Accepted", "year": 2018, "master_id": 501,
  "title": "Salt Flat Hymns", "country": "US", "released": "2018-03-00", "released_formatted": "Mar 2018",
  "notes": "Recorded in a barn.\r\nMastered at half speed.",
  "artists": [{"id": 101, "name": "Marfa Lights (2)", "anv": "Marfa L.", "join": "", "role": "", "tracks": ""}],
  "extraartists": [{"id": 300, "name": "Ines Roth", "anv": "", "join": "", "role": "Mastered By", "tracks": ""}],
  "labels": [{"id": 70, "name": "Quiet Dunes (2)", "catno": "QD-07", "entity_type": "1", "entity_type_name": "Label"}],
  "companies": [{"id": 71, "name": "The Barn", "catno": "", "entity_type": "23", "entity_type_name": "Recorded At"}],
  "formats": [{"name": "Vinyl", "qty": "2", "descriptions": ["LP", "Album"], "text": "Sand"}],
  "identifiers": [{"type": "Barcode", "value": "0 12345 67890 5", "description": "Text"}, {"type": "Matrix / Runout", "value": "QD-07-A"}],
  "genres": ["Rock"], "styles": ["Psychedelic Rock"], "community": {"have": 340, "rating": {"average": 4.6, "count": 61}},
  "tracklist": [
    {"position": "", "type_": "heading", "title": "Day", "duration": ""},
    {"position": "A1", "type_": "track", "title": "Borderlight", "duration": "4:45",
     "extraartists": [{"id": 202, "name": "Noor Haddad", "anv": "", "join": "", "role": "Congas"}]},
    {"position": "", "type_": "index", "title": "Crossing", "duration": "1:02:03", "sub_tracks": [
      {"position": "B1a", "type_": "track", "title": "I. Ebb", "duration": "3:00"},
      {"position": "B1b", "type_": "track", "title": "II. Flow", "duration": "x"}]}],
  "images": []}"#;

const SHORT_ONE: &str = r#"{"id": 902, "title": "One Evening", "year": 0, "released": null, "artists": [
    {"id": 101, "name": "Marfa Lights (2)", "join": "&"}, {"id": 102, "name": "Night Ferries, The", "join": ""}],
  "images": null, "tracklist": "none"}"#;
