//! Listings that come in pages, as servers are free to cut them: a page may be short, or
//! empty, and is not the last for that. What is not listed counts as not there, so half a
//! listing must never be taken for a whole one.

use studio_blob::{BlobStore as _, Error, OpenUpload};

use crate::server::{Answer, Asked, Scripted};

const XML: &str = "content-type: application/xml\r\n";

/// A page of objects, with the keys below the store's prefix that it has.
fn objects(keys: &[&str], rest: &str) -> Answer {
    let listed = keys.iter().map(|key| {
        format!("<Contents><Key>vault/{key}</Key><Size>5</Size><ETag>\"e\"</ETag></Contents>")
    });
    let listed = listed.collect::<String>();
    page(&format!("<ListBucketResult>{listed}{rest}</ListBucketResult>"))
}

fn uploads(ids: &[&str], rest: &str) -> Answer {
    let listed = ids
        .iter()
        .map(|id| format!("<Upload><Key>vault/objects/a</Key><UploadId>{id}</UploadId></Upload>"));
    let listed = listed.collect::<String>();
    page(&format!("<ListMultipartUploadsResult>{listed}{rest}</ListMultipartUploadsResult>"))
}

fn parts(numbers: &[u32], rest: &str) -> Answer {
    let listed = numbers.iter().map(|number| {
        format!("<Part><PartNumber>{number}</PartNumber><Size>5</Size><ETag>\"e\"</ETag></Part>")
    });
    let listed = listed.collect::<String>();
    let kind = "<ChecksumType>FULL_OBJECT</ChecksumType>";
    page(&format!("<ListPartsResult>{listed}{kind}{rest}</ListPartsResult>"))
}

fn page(body: &str) -> Answer {
    Answer::Whole(200, XML, body.to_owned().leak())
}

/// A server that answers with one page after the other, the last one for good.
fn serve(pages: Vec<Answer>) -> Scripted {
    Scripted::start(move |_, before| pages[before.min(pages.len() - 1)].clone())
}

/// Each value of a parameter of the queries.
fn told(asked: &[Asked], name: &str) -> Vec<Option<String>> {
    let value = |asked: &Asked| {
        let (_, query) = asked.target.split_once('?')?;
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find_map(|(found, value)| (found == name).then(|| value.replace("%2F", "/")))
    };
    asked.iter().map(value).collect()
}

fn detail(error: Error) -> String {
    let Error::Backend { source, .. } = error else { panic!("{error:?}") };
    source.to_string()
}

const ENDLESS: &str =
    "the server's answer is wrong: it is truncated and does not say where it goes on";
const CIRCULAR: &str = "the server's answer is wrong: it is truncated and goes on where it began";

fn upload() -> OpenUpload {
    OpenUpload { key: Some("objects/a".parse().unwrap()), id: "u".to_owned(), begun: None }
}

#[tokio::test]
async fn a_page_without_objects_is_not_the_end() {
    let more = "<IsTruncated>true</IsTruncated><NextContinuationToken>t1</NextContinuationToken>";
    let again = "<IsTruncated>true</IsTruncated><NextContinuationToken>t2</NextContinuationToken>";
    let server = serve(vec![
        objects(&[], more),
        objects(&[], again),
        objects(&["objects/a"], more),
        objects(&["objects/b"], ""),
    ]);
    let after = Some("objects/0".parse().unwrap());
    let listed = server.store(|_| ()).list("objects/", after).await.unwrap();
    let keys: Vec<_> = listed.iter().map(|info| info.key.as_str()).collect();
    assert_eq!(keys, ["objects/a", "objects/b"]);
    let asked = server.asked();
    let some = |text: &str| Some(text.to_owned());
    let tokens = [None, some("t1"), some("t2"), None];
    assert_eq!(told(&asked, "continuation-token"), tokens);
    let places = ["objects/0", "objects/0", "objects/0", "objects/a"];
    let places: Vec<_> = places.iter().map(|place| some(&format!("vault/{place}"))).collect();
    assert_eq!(told(&asked, "start-after"), places);
}

#[tokio::test]
async fn half_a_listing_of_objects_is_an_error() {
    let truncated = "<IsTruncated>true</IsTruncated>";
    let server = serve(vec![objects(&["objects/a"], truncated), objects(&[], truncated)]);
    let error = server.store(|_| ()).list("", None).await.unwrap_err();
    assert_eq!(detail(error), ENDLESS);

    let circle = "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>";
    for page in [objects(&[], circle), objects(&["of others/"], truncated)] {
        let error = serve(vec![page]).store(|_| ()).list("", None).await.unwrap_err();
        assert_eq!(detail(error), CIRCULAR);
    }
}

#[tokio::test]
async fn a_page_without_uploads_is_not_the_end() {
    let more = "<IsTruncated>true</IsTruncated><NextKeyMarker>vault/o</NextKeyMarker>\
                <NextUploadIdMarker>i</NextUploadIdMarker>";
    let server = serve(vec![uploads(&[], more), uploads(&["u"], "")]);
    let open = server.store(|_| ()).open_uploads("").await.unwrap();
    assert_eq!(open, [upload()]);
    let asked = server.asked();
    assert_eq!(told(&asked, "key-marker"), [None, Some("vault/o".to_owned())]);
    assert_eq!(told(&asked, "upload-id-marker"), [None, Some("i".to_owned())]);
}

#[tokio::test]
async fn half_a_listing_of_uploads_is_an_error() {
    let truncated = "<IsTruncated>true</IsTruncated><NextKeyMarker></NextKeyMarker>";
    let circle = "<IsTruncated>true</IsTruncated><NextKeyMarker>vault/o</NextKeyMarker>";
    for (rest, wrong) in [(truncated, ENDLESS), (circle, CIRCULAR)] {
        let server = serve(vec![uploads(&["u"], rest)]);
        let error = server.store(|_| ()).open_uploads("").await.unwrap_err();
        assert_eq!(detail(error), wrong);
    }
}

#[tokio::test]
async fn a_page_without_parts_is_not_the_end() {
    let more = "<IsTruncated>true</IsTruncated><NextPartNumberMarker>1</NextPartNumberMarker>";
    let server = serve(vec![parts(&[], more), parts(&[2], "")]);
    let stored = server.store(|_| ()).parts(&upload()).await.unwrap();
    assert_eq!(stored.parts.iter().map(|part| part.number).collect::<Vec<_>>(), [2]);
    assert_eq!(told(&server.asked(), "part-number-marker"), [None, Some("1".to_owned())]);
}

#[tokio::test]
async fn half_a_listing_of_parts_is_an_error() {
    let truncated = "<IsTruncated>true</IsTruncated>";
    let circle = "<IsTruncated>true</IsTruncated><NextPartNumberMarker>1</NextPartNumberMarker>";
    for (rest, wrong) in [(truncated, ENDLESS), (circle, CIRCULAR)] {
        let error = serve(vec![parts(&[1], rest)]).store(|_| ()).parts(&upload()).await;
        assert_eq!(detail(error.unwrap_err()), wrong);
    }
}
