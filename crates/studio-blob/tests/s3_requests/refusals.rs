//! Refusals that mean "not now", and answers of what is no S3 server at all. Neither is to be
//! told as an object that is not there.

use studio_blob::{
    Attributes, BlobStore, Error, MultipartUpload, PartReceipt, S3Store, WriteMode, crc64nvme,
};

use crate::server::{Answer, Scripted};
use crate::{OBJECT, key, put};

const HTML: &str = "content-type: text/html; charset=utf-8\r\n";
const PAGE: &str = "<!DOCTYPE html>\n<html><body>404 Not Found</body></html>";

async fn complete(store: &S3Store) -> studio_blob::Result<()> {
    let crc64nvme = crc64nvme(b"part");
    let upload = MultipartUpload {
        key: key(OBJECT),
        id: "u".to_owned(),
        part_size: 5 << 20,
        checks_whole: true,
    };
    let part = PartReceipt { number: 1, size: 4, crc64nvme, etag: None };
    store.complete(&upload, &[part], crc64nvme, WriteMode::CreateNew).await
}

/// What each operation that can fail says when the server answers so.
async fn errors_under(answer: Answer) -> Vec<(&'static str, Error)> {
    let server = Scripted::start(move |_, _| answer.clone());
    let store = server.store(|_| ());
    let object = key(OBJECT);
    let attributes = Attributes::default();
    vec![
        ("put", put(&store, OBJECT).await.unwrap_err()),
        ("begin", store.begin(&object, 10 << 20, 5 << 20, &attributes).await.unwrap_err()),
        ("complete", complete(&store).await.unwrap_err()),
        ("list", store.list("", None).await.unwrap_err()),
        ("open uploads", store.open_uploads("").await.unwrap_err()),
        ("head", store.head(&object).await.unwrap_err()),
        ("get", store.get(&object, None, None).await.unwrap_err()),
    ]
}

fn is_one_object(operation: &str) -> bool {
    matches!(operation, "head" | "get")
}

#[tokio::test]
async fn a_server_that_asks_for_patience_is_unreachable() {
    for (status, code) in [
        (400, "RequestTimeout"),
        (408, "RequestTimeout"),
        (409, "OperationAborted"),
        (429, "SlowDown"),
        (429, "TooManyRequests"),
        (500, "InternalError"),
        (503, "ServiceUnavailable"),
        (503, "SlowDown"),
    ] {
        for (operation, error) in errors_under(Answer::refusal(status, code)).await {
            let as_it_is = matches!(error, Error::Unreachable { .. });
            assert!(as_it_is, "{operation} {status} {code}: {error:?}");
        }
    }
}

#[tokio::test]
async fn an_error_in_an_answer_that_began_well_is_one() {
    let server = Scripted::start(|_, _| Answer::refusal(200, "InternalError"));
    let error = complete(&server.store(|settings| settings.attempts = Some(2))).await;
    assert!(matches!(error, Err(Error::Unreachable { .. })), "{error:?}");
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn a_web_server_is_no_store() {
    for headers in [HTML, ""] {
        for (operation, error) in errors_under(Answer::Whole(404, headers, PAGE)).await {
            // No body comes with a HEAD: without a header there is nothing to tell it by.
            if operation == "head" && headers.is_empty() {
                assert!(matches!(error, Error::NotFound { .. }), "{error:?}");
                continue;
            }
            let Error::Unreachable { source, .. } = error else { panic!("{operation}: {error:?}") };
            assert_eq!(source.to_string(), "it answers 404, but not as an S3 server does");
        }
        let server = Scripted::start(move |_, _| Answer::Whole(404, headers, PAGE));
        let deleted = server.store(|_| ()).delete(&key(OBJECT)).await;
        assert!(matches!(deleted, Err(Error::Unreachable { .. })), "{deleted:?}");
    }
}

#[tokio::test]
async fn an_object_may_be_missing_without_a_reason_and_nothing_else() {
    for answer in [Answer::Whole(404, "", ""), Answer::Whole(404, "", "no such thing")] {
        for (operation, error) in errors_under(answer).await {
            let right = match is_one_object(operation) {
                true => matches!(error, Error::NotFound { .. }),
                false => matches!(error, Error::Unreachable { .. }),
            };
            assert!(right, "{operation}: {error:?}");
        }
    }
}

#[tokio::test]
async fn a_missing_object_is_missing_even_if_head_speaks_html() {
    let server = Scripted::start(|asked, _| match asked.method.as_str() {
        "HEAD" => Answer::Whole(404, HTML, PAGE),
        _ => Answer::refusal(404, "NoSuchKey"),
    });
    let error = server.store(|_| ()).head(&key(OBJECT)).await.unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error:?}");
}

#[tokio::test]
async fn what_the_bucket_lacks_is_told_by_its_code() {
    for (operation, error) in errors_under(Answer::refusal(404, "NoSuchTenant")).await {
        let right = match is_one_object(operation) {
            true => matches!(error, Error::NotFound { .. }),
            false => matches!(error, Error::Backend { .. }),
        };
        assert!(right, "{operation}: {error:?}");
    }
    let server = Scripted::start(|_, _| Answer::refusal(404, "NoSuchBucket"));
    let listed = server.store(|_| ()).list("", None).await.unwrap();
    assert_eq!(listed, []);
    let read = server.store(|_| ()).get(&key(OBJECT), None, None).await.map(drop);
    assert!(matches!(read, Err(Error::NoSuchStore { .. })), "{read:?}");
}
