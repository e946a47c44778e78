//! The server in the process answers as Amazon's does, or as weakly as it was told to.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::time::{Duration, SystemTime};

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::operation::complete_multipart_upload::CompleteMultipartUploadError;
use aws_sdk_s3::operation::list_parts::ListPartsOutput;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    ChecksumAlgorithm, ChecksumMode, ChecksumType, CompletedMultipartUpload, CompletedPart,
    ServerSideEncryption, StorageClass,
};
use studio_blob::crc64nvme;
use studio_testkit::noise;
use studio_testkit::s3::{ACCESS_KEY, SECRET_KEY, TestS3, Weakness};

const BUCKET: &str = "bucket";
const PART: usize = 5 << 20;

async fn bucket_with(weaknesses: &[Weakness]) -> (TestS3, Client) {
    let server = TestS3::start_with(weaknesses);
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .credentials_provider(Credentials::new(ACCESS_KEY, SECRET_KEY, None, None, "test"))
        .region(Region::new("us-east-1"))
        .endpoint_url(server.endpoint())
        .force_path_style(true)
        .build();
    let client = Client::from_conf(config);
    client.create_bucket().bucket(BUCKET).send().await.unwrap();
    (server, client)
}

async fn begin(client: &Client, key: &str) -> String {
    let begun = client
        .create_multipart_upload()
        .bucket(BUCKET)
        .key(key)
        .checksum_algorithm(ChecksumAlgorithm::Crc64Nvme)
        .checksum_type(ChecksumType::FullObject)
        .send();
    begun.await.unwrap().upload_id.unwrap()
}

async fn send_part(client: &Client, id: &str, number: i32, bytes: Vec<u8>) -> CompletedPart {
    let sent = client
        .upload_part()
        .bucket(BUCKET)
        .key("a")
        .upload_id(id)
        .part_number(number)
        .checksum_crc64_nvme(crc64nvme(&bytes).to_string())
        .body(ByteStream::from(bytes))
        .send();
    let e_tag = sent.await.unwrap().e_tag.unwrap();
    CompletedPart::builder().part_number(number).e_tag(e_tag).build()
}

async fn complete(
    client: &Client,
    id: &str,
    parts: &[CompletedPart],
) -> Result<String, CompleteMultipartUploadError> {
    let parts = CompletedMultipartUpload::builder().set_parts(Some(parts.to_vec())).build();
    let request = client
        .complete_multipart_upload()
        .bucket(BUCKET)
        .key("a")
        .upload_id(id)
        .if_none_match("*")
        .multipart_upload(parts);
    match request.send().await {
        Ok(done) => Ok(done.e_tag.unwrap()),
        Err(error) => Err(error.into_service_error()),
    }
}

async fn list_parts(client: &Client, id: &str, after: i32, most: i32) -> ListPartsOutput {
    let listed = client
        .list_parts()
        .bucket(BUCKET)
        .key("a")
        .upload_id(id)
        .part_number_marker(after.to_string())
        .max_parts(most);
    listed.send().await.unwrap()
}

#[tokio::test]
async fn parts_are_listed_by_pages_with_their_checksums() {
    let (_server, client) = bucket_with(&[]).await;
    let id = begin(&client, "a").await;
    for number in [4, 2, 9] {
        send_part(&client, &id, number, vec![number as u8; number as usize]).await;
    }
    let first = list_parts(&client, &id, 0, 2).await;
    assert_eq!(first.is_truncated(), Some(true));
    assert_eq!(first.next_part_number_marker(), Some("4"));
    assert_eq!(first.checksum_type(), Some(&ChecksumType::FullObject));
    let second = list_parts(&client, &id, 4, 2).await;
    assert_eq!(second.is_truncated(), Some(false));
    let parts: Vec<_> = first.parts().iter().chain(second.parts()).collect();
    let numbers: Vec<_> = parts.iter().filter_map(|part| part.part_number()).collect();
    assert_eq!(numbers, [2, 4, 9]);
    for part in parts {
        let number = part.part_number().unwrap();
        assert_eq!(part.size(), Some(i64::from(number)));
        let crc = crc64nvme(&vec![number as u8; number as usize]).to_string();
        assert_eq!(part.checksum_crc64_nvme(), Some(crc.as_str()));
        assert!(part.e_tag().is_some());
    }
}

#[tokio::test]
async fn open_uploads_are_listed_by_pages() {
    let (server, client) = bucket_with(&[]).await;
    let mut begun = Vec::new();
    for key in ["x/b", "x/a", "x/b", "y"] {
        begun.push((key.to_owned(), begin(&client, key).await));
    }
    assert_eq!(server.bucket(BUCKET).open_uploads(), begun);
    let hour = Duration::from_secs(3600);
    server.bucket(BUCKET).age_open_uploads(hour);
    let (mut listed, mut key, mut id) = (Vec::new(), None, None);
    loop {
        let page = client
            .list_multipart_uploads()
            .bucket(BUCKET)
            .prefix("x/")
            .max_uploads(1)
            .set_key_marker(key)
            .set_upload_id_marker(id);
        let page = page.send().await.unwrap();
        for upload in page.uploads() {
            let age = SystemTime::try_from(*upload.initiated().unwrap()).unwrap().elapsed();
            assert!(age.unwrap() >= hour);
            listed.push((upload.key().unwrap().to_owned(), upload.upload_id().unwrap().to_owned()));
        }
        (key, id) = (page.next_key_marker.clone(), page.next_upload_id_marker.clone());
        if page.is_truncated() != Some(true) {
            break;
        }
    }
    assert_eq!(listed, [begun[1].clone(), begun[0].clone(), begun[2].clone()]);
}

#[tokio::test]
async fn an_upload_completed_again_gets_the_first_answer_as_long_as_its_object_is_there() {
    let (server, client) = bucket_with(&[]).await;
    let id = begin(&client, "a").await;
    let parts = [send_part(&client, &id, 1, vec![1; 10]).await];
    let e_tag = complete(&client, &id, &parts).await.unwrap();
    assert_eq!(complete(&client, &id, &parts).await.unwrap(), e_tag);
    let others = [CompletedPart::builder().part_number(1).e_tag("other").build()];
    assert_eq!(complete(&client, &id, &others).await.unwrap_err().code(), Some("NoSuchUpload"));
    assert!(server.bucket(BUCKET).remove("a"));
    assert_eq!(complete(&client, &id, &parts).await.unwrap_err().code(), Some("NoSuchUpload"));
}

#[tokio::test]
async fn class_and_encryption_come_back_and_an_archive_is_not_read() {
    let (_server, client) = bucket_with(&[]).await;
    let put = |key: &str, class: StorageClass| {
        let put = client.put_object().bucket(BUCKET).key(key).storage_class(class);
        let put = put.server_side_encryption(ServerSideEncryption::AwsKms).ssekms_key_id("key");
        put.body(ByteStream::from_static(b"bytes")).send()
    };
    for class in [StorageClass::StandardIa, StorageClass::Glacier, StorageClass::DeepArchive] {
        put("a", class.clone()).await.unwrap();
        let head = client.head_object().bucket(BUCKET).key("a").send().await.unwrap();
        assert_eq!(head.storage_class(), Some(&class));
        assert_eq!(head.server_side_encryption(), Some(&ServerSideEncryption::AwsKms));
        assert_eq!(head.ssekms_key_id(), Some("key"));
        match client.get_object().bucket(BUCKET).key("a").send().await {
            Ok(got) => {
                assert_eq!(got.storage_class(), Some(&StorageClass::StandardIa));
                assert_eq!(&got.body.collect().await.unwrap().into_bytes()[..], b"bytes");
            }
            Err(error) => {
                assert_eq!(error.raw_response().unwrap().status().as_u16(), 403);
                assert_eq!(error.code(), Some("InvalidObjectState"));
                assert_ne!(class, StorageClass::StandardIa);
            }
        }
    }
    put("a", StorageClass::Standard).await.unwrap();
    let head = client.head_object().bucket(BUCKET).key("a").send().await.unwrap();
    assert_eq!(head.storage_class(), None, "the usual class is not told");
    let odd = put("a", StorageClass::from("COLD")).await.unwrap_err();
    assert_eq!(odd.code(), Some("InvalidStorageClass"));
}

#[tokio::test]
async fn a_weak_server_tells_less() {
    let weaknesses = [
        Weakness::NoPartChecksums,
        Weakness::NoChecksumType,
        Weakness::Md5ETags,
        Weakness::NoConditionalWrites,
        Weakness::NoUploadListing,
        Weakness::ForgetsCompleted,
    ];
    let (server, client) = bucket_with(&weaknesses).await;
    server.bucket(BUCKET).put("a", "there before");
    let id = begin(&client, "a").await;
    let part = send_part(&client, &id, 1, b"abc".to_vec()).await;
    let listed = list_parts(&client, &id, 0, 10).await;
    assert_eq!(listed.checksum_type(), None);
    assert_eq!(listed.parts()[0].checksum_crc64_nvme(), None);
    // The MD5 of "abc" (RFC 1321, A.5).
    assert_eq!(listed.parts()[0].e_tag(), Some("\"900150983cd24fb0d6963f7d28e17f72\""));
    let error = client.list_multipart_uploads().bucket(BUCKET).send().await.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 501);
    let e_tag = complete(&client, &id, std::slice::from_ref(&part)).await.unwrap();
    assert!(e_tag.ends_with("-1\""), "{e_tag}");
    let again = complete(&client, &id, &[part]).await.unwrap_err();
    assert_eq!(again.code(), Some("NoSuchUpload"));
    assert_eq!(&server.bucket(BUCKET).get("a").unwrap()[..], b"abc");
}

#[tokio::test]
async fn without_crc64nvme_nothing_is_compared_or_told() {
    let (server, client) = bucket_with(&[Weakness::NoCrc64Nvme]).await;
    let wrong = crc64nvme(b"other").to_string();
    let put = client.put_object().bucket(BUCKET).key("a").checksum_crc64_nvme(wrong);
    put.body(ByteStream::from_static(b"bytes")).send().await.unwrap();
    let head = client.head_object().bucket(BUCKET).key("a").checksum_mode(ChecksumMode::Enabled);
    assert_eq!(head.send().await.unwrap().checksum_crc64_nvme(), None);
    let begun = client
        .create_multipart_upload()
        .bucket(BUCKET)
        .key("b")
        .checksum_type(ChecksumType::FullObject);
    assert_eq!(begun.send().await.unwrap().checksum_type(), None);
    assert_eq!(server.bucket(BUCKET).open_uploads().len(), 1);
}

#[tokio::test]
async fn a_test_can_damage_what_the_server_believes_to_be_whole() {
    let (server, client) = bucket_with(&[]).await;
    let bucket = server.bucket(BUCKET);
    let (one, other) = (noise::bytes(1, PART), noise::bytes(2, PART));
    bucket.put("one", one.clone());
    bucket.put("other", other.clone());
    let crc = async |key: &str| {
        let head = client.head_object().bucket(BUCKET).key(key);
        let head = head.checksum_mode(ChecksumMode::Enabled).send().await.unwrap();
        head.checksum_crc64_nvme.unwrap()
    };
    bucket.swap("one", "other");
    assert!(bucket.get("one").unwrap() == other && bucket.get("other").unwrap() == one);
    assert_eq!(crc("one").await, crc64nvme(&one).to_string());
    bucket.swap("other", "one");
    bucket.flip_bit("one", 8 * 100 + 3);
    let flipped = bucket.get("one").unwrap();
    let different: Vec<usize> = (0..PART).filter(|index| flipped[*index] != one[*index]).collect();
    assert_eq!(different, [100]);
    assert_eq!(flipped[100] ^ one[100], 0b1000);
    bucket.truncate("other", 7);
    assert_eq!(bucket.get("other").unwrap(), other[..7]);
    let before = client.head_object().bucket(BUCKET).key("one").send().await.unwrap();
    bucket.age("one", Duration::from_secs(60));
    let after = client.head_object().bucket(BUCKET).key("one").send().await.unwrap();
    let seconds = |head: &aws_sdk_s3::operation::head_object::HeadObjectOutput| {
        head.last_modified().unwrap().secs()
    };
    assert_eq!(seconds(&before) - seconds(&after), 60);
    assert_eq!(bucket.keys(), ["one", "other"]);
    assert!(bucket.remove("one") && !bucket.remove("one"));
    assert!(server.bucket("nowhere").keys().is_empty());
}

/// Whether an answer is this error.
fn is_code<T, E>(answer: &Result<T, aws_sdk_s3::error::SdkError<E>>, code: &str) -> bool
where
    E: ProvideErrorMetadata,
{
    answer.as_ref().err().and_then(ProvideErrorMetadata::code) == Some(code)
}

#[tokio::test]
async fn copies_and_deletions_heed_their_conditions() {
    for is_weak in [false, true] {
        let weak = [Weakness::NoCopyConditions, Weakness::NoConditionalDeletes];
        let (server, client) = bucket_with(if is_weak { &weak } else { &[] }).await;
        let bucket = server.bucket(BUCKET);
        bucket.put("a b+c", "bytes");
        let copy = || client.copy_object().bucket(BUCKET).copy_source("bucket/a%20b%2Bc");
        let copied = copy().key("b").send().await.unwrap();
        let result = copied.copy_object_result().unwrap();
        let crc = crc64nvme(b"bytes").to_string();
        assert_eq!(result.checksum_crc64_nvme(), Some(crc.as_str()));
        assert_eq!(bucket.get("b").unwrap(), "bytes");
        let changed = copy().key("c").copy_source_if_match("\"other\"").send().await;
        assert_eq!(is_code(&changed, "PreconditionFailed"), !is_weak);
        assert_eq!(bucket.get("c").is_some(), is_weak);
        let occupied = copy().key("b").if_none_match("*").send().await;
        assert_eq!(is_code(&occupied, "PreconditionFailed"), !is_weak);
        let itself = copy().key("a b+c").send().await;
        assert!(is_code(&itself, "InvalidRequest"), "{itself:?}");
        let missing = client.copy_object().bucket(BUCKET).copy_source("bucket/no").key("d");
        assert!(is_code(&missing.send().await, "NoSuchKey"));
        let elsewhere = client.copy_object().bucket("nowhere").copy_source("bucket/b").key("d");
        assert!(is_code(&elsewhere.send().await, "NoSuchBucket"));
        let delete = |key: &str| client.delete_object().bucket(BUCKET).key(key);
        let gone = delete("never").if_match("\"some\"").send().await;
        assert_eq!(is_code(&gone, "NoSuchKey"), !is_weak);
        let changed = delete("b").if_match("\"other\"").send().await;
        assert_eq!(is_code(&changed, "PreconditionFailed"), !is_weak);
        assert_eq!(bucket.get("b").is_none(), is_weak);
        delete("never").send().await.unwrap();
    }
}

#[tokio::test]
async fn parts_are_copied_by_ranges() {
    let (server, client) = bucket_with(&[]).await;
    let bytes = noise::bytes(3, PART + 1000);
    server.bucket(BUCKET).put("source", bytes.clone());
    let id = begin(&client, "a").await;
    let copy = |number: i32, range: String| {
        client
            .upload_part_copy()
            .bucket(BUCKET)
            .key("a")
            .upload_id(&id)
            .part_number(number)
            .copy_source("bucket/source")
            .copy_source_range(range)
    };
    let mut parts = Vec::new();
    for (number, range) in
        [(1, format!("bytes=0-{}", PART - 1)), (2, format!("bytes={PART}-{}", PART + 999))]
    {
        let copied = copy(number, range).send().await.unwrap();
        let e_tag = copied.copy_part_result().unwrap().e_tag().unwrap().to_owned();
        parts.push(CompletedPart::builder().part_number(number).e_tag(e_tag).build());
    }
    complete(&client, &id, &parts).await.unwrap();
    assert!(server.bucket(BUCKET).get("a").unwrap() == bytes);
    let beyond = begin(&client, "a").await;
    let copied = copy(1, format!("bytes=0-{}", PART + 1000)).upload_id(beyond).send().await;
    assert!(is_code(&copied, "InvalidRange"), "{copied:?}");
}
