//! What is read of Discogs' answers, and that no answer does harm.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use proptest::prelude::*;
use studio_discogs::{
    Album, Artist, Entry, EntryKind, Error, Lookup, ReleaseDate, SearchQuery, clean_name, parse,
    parse_date, parse_duration, plain_text,
};

fn artist(body: &str) -> Artist {
    match parse(&Lookup::Artist(7), body.as_bytes()).unwrap() {
        Entry::Artist(artist) => artist,
        other => panic!("{other:?}"),
    }
}

fn release(body: &str) -> Album {
    match parse(&Lookup::Release(7), body.as_bytes()).unwrap() {
        Entry::Release(album) => album,
        other => panic!("{other:?}"),
    }
}

#[test]
fn names_are_as_people_write_them() {
    for (listed, name) in [
        ("Marfa Lights (2)", "Marfa Lights"),
        ("Night Ferries, The", "The Night Ferries"),
        ("Night Ferries, The (12)", "The Night Ferries"),
        ("Ada Brandt*", "Ada Brandt"),
        ("  Two\n  Lines ", "Two Lines"),
        ("Sum 41", "Sum 41"),
        ("1975 (1975)", "1975 (1975)"),
        ("Live (Remastered)", "Live (Remastered)"),
        ("(2)", "(2)"),
        (" (2)", "(2)"),
        (", The", ", The"),
        ("The The", "The The"),
        ("Ångström Ö, The", "The Ångström Ö"),
        ("日本, The", "The 日本"),
        ("", ""),
    ] {
        assert_eq!(clean_name(listed), name, "{listed:?}");
    }
}

#[test]
fn durations_and_dates_are_read_as_far_as_they_are_known() {
    for (text, seconds) in [
        ("4:45", Some(285)),
        ("1:02:03", Some(3723)),
        (" 0:07 ", Some(7)),
        ("75:00", Some(4500)),
        ("0:00", None),
        ("4:75", None),
        ("", None),
        ("4", None),
        ("-1:00", None),
        ("4:4x", None),
        ("9999:59:59", Some(35_999_999)),
        ("99999:00", None),
        ("1:2:3:4", None),
    ] {
        assert_eq!(parse_duration(text), seconds, "{text:?}");
    }
    for (text, year, month, day) in [
        ("1999-03-21", Some(1999), Some(3), Some(21)),
        ("1999-03-00", Some(1999), Some(3), None),
        ("1999-00-00", Some(1999), None, None),
        ("1999-00-21", Some(1999), None, None),
        ("1999", Some(1999), None, None),
        ("1999-13-01", Some(1999), None, None),
        ("0", None, None, None),
        ("0000-00-00", None, None, None),
        ("99999", None, None, None),
        ("Mar 1999", None, None, None),
        ("", None, None, None),
    ] {
        assert_eq!(parse_date(text), ReleaseDate { year, month, day }, "{text:?}");
    }
}

#[test]
fn markup_becomes_plain_text() {
    for (marked, plain) in [
        ("[b]Trio[/b] by [a=Ada Brandt (3)] and [a555].", "Trio by Ada Brandt and ."),
        ("See [url=https://x.test/]their page[/url]", "See their page"),
        ("[l=Quiet Dunes]\r\n[r123] [m=501]", "Quiet Dunes\n"),
        ("an array[0] and [not a tag", "an array[0] and [not a tag"),
        ("[[b]]", "[]"),
    ] {
        assert_eq!(plain_text(marked), plain.trim(), "{marked:?}");
    }
}

#[test]
fn what_is_left_out_is_empty() {
    let named = Artist { id: 7, name: "X".into(), listed_as: "X".into(), ..Artist::default() };
    for body in [
        r#"{"id": 7, "name": "X"}"#,
        r#"{"id": "7", "name": " X\u0000", "images": null, "urls": {}, "profile": 3}"#,
        r#"{"id": 7, "name": "X", "images": [{}, null, 3, [[]], {"uri": ""}, {"uri": "ftp://x/"}],
            "members": [{"id": 4}, {"name": null}], "namevariations": ["", null, 4]}"#,
    ] {
        assert_eq!(artist(body), named, "{body}");
    }
    let album = release(r#"{"id": 7, "title": "Y", "year": "2018", "tracklist": [{}, 3]}"#);
    let year = ReleaseDate { year: Some(2018), ..ReleaseDate::default() };
    let expected = Album { id: 7, title: "Y".into(), released: year, ..Album::default() };
    assert_eq!(album, expected);
    assert_eq!(Artist::default().site_url(), None);
    assert_eq!(named.site_url().unwrap(), "https://www.discogs.com/artist/7");
    assert_eq!(EntryKind::Other.site_url(7), None);
}

#[test]
fn addresses_that_do_more_than_lead_somewhere_are_left_out() {
    let body = r#"{"id": 7, "name": "X", "urls": ["javascript:alert(1)", "https://a.test/",
        "https://b.test/\" onclick=\"x", "//c.test", "data:text/html,x", "http://d.test/?a=b"]}"#;
    assert_eq!(artist(body).urls, ["https://a.test/", "http://d.test/?a=b"]);
}

#[test]
fn an_answer_about_something_else_is_junk() {
    for (lookup, body) in [
        (Lookup::Artist(7), r#"{"id": 8, "name": "X"}"#),
        (Lookup::Artist(7), r#"{"id": 7}"#),
        (Lookup::Artist(7), r#"{"id": 7, "name": " "}"#),
        (Lookup::Release(7), r#"{"id": 7, "name": "X"}"#),
        (Lookup::Master(7), "[]"),
        (Lookup::Master(7), "null"),
        (Lookup::Master(7), ""),
        (Lookup::Master(7), "<html>secret</html>"),
        (Lookup::Master(7), "{\"id\": 7, \"title\": \"\\ud800\"}"),
        (Lookup::Search(SearchQuery::artist("x")), "{}"),
        (Lookup::Search(SearchQuery::artist("x")), r#"{"results": {}}"#),
    ] {
        let error = parse(&lookup, body.as_bytes()).unwrap_err();
        assert!(matches!(error, Error::Junk { .. }), "{body}: {error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[test]
fn deep_json_and_endless_markup_do_no_harm() {
    for deep in ["[".repeat(1_000_000), "{\"a\":".repeat(300_000)] {
        let body = format!("{{\"id\": 7, \"name\": \"X\", \"aliases\": {deep}");
        assert!(parse(&Lookup::Artist(7), body.as_bytes()).is_err());
    }
    let body = format!(r#"{{"id": 7, "name": "X", "profile": "{}"}}"#, "[".repeat(1_900_000));
    assert_eq!(artist(&body).profile.len(), 1_900_000);
    let many = vec![r#"{"name": "m"}"#; 100_000].join(",");
    let body = format!(r#"{{"id": 7, "name": "X", "members": [{many}]}}"#);
    assert_eq!(artist(&body).members.len(), 2000);
}

#[test]
fn equal_searches_are_one() {
    let query = SearchQuery::album("Marfa  Lights", "Salt Flat\tHymns");
    assert_eq!(query, SearchQuery::album(" MARFA lights ", "salt flat hymns"));
    assert_eq!(query.digest(), SearchQuery::album("marfa lights", "salt flat hymns").digest());
    assert_ne!(query.digest(), SearchQuery::release("marfa lights", "salt flat hymns").digest());
    assert_ne!(SearchQuery::album("a b", "c").digest(), SearchQuery::album("a", "b c").digest());
    assert!(SearchQuery::artist(" \u{7} ").is_empty());
    assert!(SearchQuery::album("x", "").is_empty());
    let key = Lookup::Search(query).object_key().to_string();
    assert!(key.starts_with("discogs/v1/searches/"), "{key}");
    assert_eq!(Lookup::Artist(45).object_key().as_str(), "discogs/v1/artists/45.json");
}

fn any_json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        "[a-z(), \\[\\]=/:0-9*-]{0,12}".prop_map(|text| format!("\"{text}\"")),
    ];
    let name = prop_oneof![
        Just("id"),
        Just("name"),
        Just("title"),
        Just("results"),
        Just("tracklist"),
        Just("sub_tracks"),
        Just("images"),
        Just("uri"),
        Just("released"),
        Just("type"),
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6)
                .prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec((name.clone(), inner), 0..6).prop_map(|fields| {
                let fields = fields.iter().map(|(name, value)| format!("\"{name}\": {value}"));
                format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_comes_is_answered(json in any_json(), bytes in any::<Vec<u8>>(), text in any::<String>()) {
        for lookup in [
            Lookup::Search(SearchQuery::artist(&text)),
            Lookup::Artist(0),
            Lookup::Master(7),
            Lookup::Release(7),
        ] {
            let _ = parse(&lookup, json.as_bytes());
            let _ = parse(&lookup, &bytes);
            let named = format!(r#"{{"id": 7, "title": "T", "tracklist": {json}, "images": {json}}}"#);
            let _ = parse(&lookup, named.as_bytes());
        }
        let name = clean_name(&text);
        prop_assert!(!name.chars().any(char::is_control));
        let _ = (parse_date(&text), parse_duration(&text), plain_text(&text));
    }
}
