//! URLs of stores: what they name, and that they survive as text.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::path::PathBuf;

use proptest::prelude::*;
use studio_domain::{Digest, MAX_KEY_BYTES, ObjectKey, StoreUrl};

fn url(text: &str) -> StoreUrl {
    text.parse().unwrap()
}

fn s3(bucket: &str, prefix: Option<&str>) -> StoreUrl {
    StoreUrl::S3 { bucket: bucket.to_owned(), prefix: prefix.map(str::to_owned) }
}

fn file(path: &str) -> StoreUrl {
    StoreUrl::File(PathBuf::from(path))
}

/// Why a text names no store.
fn refusal(text: &str) -> String {
    let error = text.parse::<StoreUrl>().unwrap_err().to_string();
    let start = format!("`{}` names no store: ", text.escape_debug());
    error.strip_prefix(&start).unwrap_or_else(|| panic!("{error}")).to_owned()
}

#[test]
fn a_bucket_is_named_with_or_without_a_prefix() {
    assert_eq!(url("s3://music"), s3("music", None));
    assert_eq!(url("s3://music/"), s3("music", None));
    assert_eq!(url("s3://music/studio"), s3("music", Some("studio")));
    assert_eq!(url("s3://music/studio/a b/"), s3("music", Some("studio/a b")));
    assert_eq!(url("s3://my.music-2/x%20y"), s3("my.music-2", Some("x%20y")));
}

#[test]
fn a_directory_is_named_by_url_or_path() {
    assert_eq!(url("/srv/studio"), file("/srv/studio"));
    assert_eq!(url("file:///srv/studio"), file("/srv/studio"));
    assert_eq!(url("file:///srv/my%20studio%23%25%3F"), file("/srv/my studio#%?"));
    assert_eq!(url("/srv/100%20#?"), file("/srv/100%20#?"));
    assert_eq!(url("memory:"), StoreUrl::Memory);
}

#[test]
fn a_url_is_shown_so_that_it_can_be_given_again() {
    assert_eq!(file("/srv/a b#c%d?e").to_string(), "file:///srv/a%20b%23c%25d%3Fe");
    assert_eq!(file("/srv/студия").to_string().parse::<StoreUrl>().unwrap(), file("/srv/студия"));
    assert_eq!(s3("music", Some("a/b")).to_string(), "s3://music/a/b");
    assert_eq!(StoreUrl::Memory.to_string(), "memory:");
}

#[test]
fn what_names_no_store_is_refused_with_the_reason() {
    assert_eq!(refusal(""), "it is empty");
    for text in ["http://music", "S3://music", "ftp://x"] {
        assert_eq!(refusal(text), "only s3:// and file:// are known");
    }
    for text in ["studio", "./studio", "file://studio", "file://", "memory", "~/studio"] {
        let expected = "a directory is given by its absolute path, as in file:///srv/studio";
        assert_eq!(refusal(text), expected, "{text}");
    }
    assert_eq!(refusal("file:///a%FF"), "its path is not UTF-8");
    assert_eq!(refusal("file:///a%00b"), "its path has a NUL character");
    assert_eq!(refusal("/a\0b"), "its path has a NUL character");
    let too_long = format!("s3://{}", "x".repeat(64));
    for text in
        ["s3://", "s3:///x", "s3://ab", "s3://Music", "s3://my_music", "s3://-ab", "s3://ab."]
            .into_iter()
            .chain([too_long.as_str()])
    {
        let expected = "a bucket's name has 3 to 63 lower-case letters, digits, dots or hyphens";
        assert_eq!(refusal(text), expected, "{text}");
    }
    for text in ["s3://music//a", "s3://music/a//b", "s3://music/../a", "s3://music/a\tb"] {
        assert_eq!(refusal(text), "its prefix cannot begin an object key", "{text:?}");
    }
}

#[test]
fn a_prefix_leaves_room_for_every_key() {
    let own = ObjectKey::of_object(&Digest::from_bytes([0; 32])).as_str().len();
    let room = MAX_KEY_BYTES - own - 1;
    assert!(format!("s3://music/{}", "x".repeat(room)).parse::<StoreUrl>().is_ok());
    let refused = refusal(&format!("s3://music/{}", "x".repeat(room + 1)));
    assert_eq!(refused, "its prefix cannot begin an object key");
}

#[test]
fn an_object_is_located_below_its_store() {
    let key: ObjectKey = "objects/ab/abc".parse().unwrap();
    assert_eq!(url("s3://music").locate(&key), "s3://music/objects/ab/abc");
    assert_eq!(url("s3://music/a/").locate(&key), "s3://music/a/objects/ab/abc");
    assert_eq!(url("/srv/my studio/").locate(&key), "file:///srv/my%20studio/objects/ab/abc");
    assert_eq!(url("/").locate(&key), "file:///objects/ab/abc");
    assert_eq!(StoreUrl::Memory.locate(&key), "memory:/objects/ab/abc");
}

proptest! {
    #[test]
    fn any_text_is_refused_or_survives(text in "(s3://|file://|/)?\\PC{0,40}|[\\x00-\\x7F]{0,20}") {
        if let Ok(url) = text.parse::<StoreUrl>() {
            prop_assert_eq!(url.to_string().parse::<StoreUrl>().unwrap(), url);
        }
    }

    #[test]
    fn every_path_survives_as_a_url(path in "/([^\\x00/]{1,12}/?){0,4}|(/[ %#?\"&+é\n\\\\]{1,6}){1,3}") {
        let url = StoreUrl::File(PathBuf::from(&path));
        let text = url.to_string();
        prop_assert!(text.is_ascii() && !text.contains([' ', '#', '?']), "{}", text);
        let again: StoreUrl = text.parse().unwrap();
        let same = matches!(&again, StoreUrl::File(again) if again.to_str() == Some(path.as_str()));
        prop_assert!(same, "{:?}", again);
        prop_assert_eq!(path.parse::<StoreUrl>().unwrap(), url);
    }

    #[test]
    fn every_bucket_survives_as_a_url(
        bucket in "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
        prefix in proptest::option::of("[a-zA-Z0-9 %#?&é.-]{3,9}(/[a-z]{1,9}){0,3}"),
    ) {
        prop_assume!(prefix.as_ref().is_none_or(|prefix| prefix.parse::<ObjectKey>().is_ok()));
        let url = s3(&bucket, prefix.as_deref());
        prop_assert_eq!(url.to_string().parse::<StoreUrl>().unwrap(), url);
    }

    #[test]
    fn an_object_in_a_directory_is_located_by_a_url_of_its_own(
        path in "(/[a-z %#é]{1,6}){1,3}/?",
        key in "[a-z %#é]{1,6}(/[a-z0-9%]{1,6}){0,2}",
    ) {
        let key: ObjectKey = key.parse().unwrap();
        let located = StoreUrl::File(PathBuf::from(&path)).locate(&key);
        let expected = StoreUrl::File(PathBuf::from(&path).join(key.as_str()));
        prop_assert_eq!(located.parse::<StoreUrl>().unwrap(), expected);
    }
}
