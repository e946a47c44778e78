//! What the S3 store asks of a server, and what it makes of the server's ill will.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod pages;
mod refusals;
mod server;
mod waits;

use std::time::Duration;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use studio_blob::{
    Attributes, BlobStore, Encryption, Error, S3Settings, S3Store, WriteMode, crc64nvme,
};
use studio_domain::ObjectKey;

use self::server::{Answer, Scripted};

const OBJECT: &str = "objects/ab/ab00000000000000000000000000000000000000000000000000000000000000";
const MANIFEST: &str = "versions/01234567-89ab-7def-8123-456789abcdef.json";

fn key(text: &str) -> ObjectKey {
    text.parse().unwrap()
}

async fn put(store: &dyn BlobStore, name: &str) -> studio_blob::Result<()> {
    let body = Bytes::from_static(b"bytes");
    let crc = crc64nvme(&body);
    store.put(&key(name), body, crc, &Attributes::default(), WriteMode::CreateNew).await
}

const OK: Answer = Answer::Whole(200, "", "");

#[tokio::test]
async fn objects_go_into_their_class_and_what_leads_to_them_does_not() {
    let begun = "<InitiateMultipartUploadResult><UploadId>u</UploadId>\
                 </InitiateMultipartUploadResult>";
    let server = Scripted::start(move |asked, _| match asked.method.as_str() {
        "POST" => Answer::Whole(200, "", begun),
        _ => OK,
    });
    let store = server.store(|settings| {
        settings.storage_class = "STANDARD_IA".parse().ok();
        settings.encryption = Encryption::new("aws:kms", Some("alias/vault".to_owned())).ok();
    });
    put(&store, OBJECT).await.unwrap();
    put(&store, MANIFEST).await.unwrap();
    let attributes = Attributes::default();
    let upload = store.begin(&key(OBJECT), 10 << 20, 5 << 20, &attributes).await.unwrap();
    let part = Bytes::from_static(b"part");
    let crc = crc64nvme(&part);
    store.put_part(&upload, 1, part, crc).await.unwrap();

    let [object, manifest, begun, part] = server.asked().try_into().unwrap();
    for (asked, class) in
        [(&object, Some("STANDARD_IA")), (&manifest, None), (&begun, Some("STANDARD_IA"))]
    {
        assert_eq!(asked.header("x-amz-storage-class"), class, "{asked:?}");
        assert_eq!(asked.header("x-amz-server-side-encryption"), Some("aws:kms"));
        let with = "x-amz-server-side-encryption-aws-kms-key-id";
        assert_eq!(asked.header(with), Some("alias/vault"));
    }
    // What is said when the upload begins holds for its parts.
    assert_eq!(part.header("x-amz-storage-class"), None);
    assert_eq!(part.header("x-amz-server-side-encryption"), None);
    // Nobody but us is on this wire: the checksum is enough.
    for body in [&object, &part] {
        assert_eq!(body.header("x-amz-content-sha256"), Some("UNSIGNED-PAYLOAD"));
        let signed = body.header("authorization").unwrap();
        assert!(signed.contains("x-amz-checksum-crc64nvme"), "{signed}");
    }
}

#[tokio::test]
async fn without_settings_the_bucket_decides() {
    let server = Scripted::start(|_, _| OK);
    put(&server.store(|_| ()), OBJECT).await.unwrap();
    let [asked] = server.asked().try_into().unwrap();
    for name in ["x-amz-storage-class", "x-amz-server-side-encryption", "x-amz-request-payer"] {
        assert_eq!(asked.header(name), None, "{name}");
    }
    assert_eq!(asked.target.split('?').next(), Some(&*format!("/bucket/vault/{OBJECT}")));
}

/// What may pass if one tries again.
fn passing() -> [Answer; 8] {
    [
        Answer::refusal(429, "TooManyRequests"),
        Answer::Whole(429, "", "slow down, says the gateway"),
        Answer::Whole(408, "", ""),
        Answer::refusal(500, "InternalError"),
        Answer::refusal(503, "SlowDown"),
        Answer::refusal(400, "RequestTimeout"),
        Answer::Whole(502, "", "<html>no gateway</html>"),
        Answer::HangUp,
    ]
}

#[tokio::test]
async fn what_may_pass_is_tried_again() {
    for trouble in passing() {
        let shown = format!("{trouble:?}");
        let server = Scripted::start(move |_, before| match before {
            0 | 1 => trouble.clone(),
            _ => OK,
        });
        let stored = put(&server.store(|settings| settings.attempts = Some(3)), OBJECT).await;
        assert!(stored.is_ok(), "{shown}: {stored:?}");
        assert_eq!(server.asked().len(), 3, "{shown}");
    }
}

#[tokio::test]
async fn no_request_is_sent_more_often_than_it_may() {
    for trouble in passing() {
        let shown = format!("{trouble:?}");
        let server = Scripted::start(move |_, _| trouble.clone());
        let error = put(&server.store(|_| ()), OBJECT).await.unwrap_err();
        assert_eq!(server.asked().len(), 1, "{shown}: {error:?}");
        assert!(matches!(error, Error::Unreachable { .. }), "{shown}: {error:?}");
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_not_waited_for() {
    let server = Scripted::start(|_, before| if before == 0 { Answer::Silence } else { OK });
    let impatient = server.store(|settings| settings.patience = Some(Duration::from_millis(300)));
    let error = put(&impatient, OBJECT).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    put(&impatient, OBJECT).await.unwrap();
}

#[tokio::test]
async fn a_body_that_stands_still_is_noticed() {
    let server = Scripted::start(|_, _| Answer::Stall("only this"));
    let impatient = server.store(|settings| settings.patience = Some(Duration::from_millis(300)));
    let mut body = impatient.get(&key(OBJECT), None, None).await.unwrap();
    assert_eq!(body.chunks.try_next().await.unwrap().unwrap(), "only this");
    let error = body.chunks.try_next().await.unwrap_err();
    assert!(matches!(error, Error::Interrupted { .. }), "{error:?}");
}

#[tokio::test]
async fn an_object_in_the_archive_is_told_from_one_that_is_forbidden() {
    let head = "content-type: audio/wav\r\nx-amz-storage-class: DEEP_ARCHIVE\r\n";
    let restored = "x-amz-storage-class: GLACIER\r\nx-amz-restore: ongoing-request=\"true\"\r\n";
    for (headers, class, under_way) in [(head, "DEEP_ARCHIVE", false), (restored, "GLACIER", true)]
    {
        let server = Scripted::start(move |asked, _| match asked.method.as_str() {
            "HEAD" => Answer::Whole(200, headers, "12345"),
            _ => Answer::refusal(403, "InvalidObjectState"),
        });
        let error = server.store(|_| ()).get(&key(OBJECT), Some(0..5), None).await.unwrap_err();
        let Error::Archived { object, class: found, restoring } = error else {
            panic!("{error:?}");
        };
        assert_eq!(object, format!("s3://bucket/vault/{OBJECT}"));
        assert_eq!((found.as_deref(), restoring), (Some(class), under_way));
    }
}

/// Where a link to an object leads: that shows how the bucket is addressed, without a
/// server.
async fn address(bucket: &str, change: impl FnOnce(&mut S3Settings)) -> String {
    let mut settings = S3Settings {
        region: Some("eu-central-1".to_owned()),
        credentials: Some(("id".to_owned(), "secret".to_owned())),
        ..S3Settings::default()
    };
    change(&mut settings);
    let store = S3Store::new(bucket, None, settings);
    let link = store.presigned_url(&key("a"), Duration::from_secs(60), None).await;
    let link = link.unwrap().unwrap();
    link.split('?').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_bucket_is_in_the_path_or_in_the_name_of_the_host() {
    let own = |settings: &mut S3Settings| {
        settings.endpoint = Some("http://s3.example.org:9000".to_owned());
    };
    assert_eq!(address("music", own).await, "http://s3.example.org:9000/music/a");
    let virtual_host = |settings: &mut S3Settings| {
        own(settings);
        settings.path_style = Some(false);
    };
    assert_eq!(address("music", virtual_host).await, "http://music.s3.example.org:9000/a");
    let amazon = address("music", |_| ()).await;
    assert_eq!(amazon, "https://music.s3.eu-central-1.amazonaws.com/a");
    let in_path = address("music", |settings| settings.path_style = Some(true)).await;
    assert_eq!(in_path, "https://s3.eu-central-1.amazonaws.com/music/a");
    // No certificate covers a name with more dots.
    let dots = address("music.of.ours", |_| ()).await;
    assert_eq!(dots, "https://s3.eu-central-1.amazonaws.com/music.of.ours/a");
}
