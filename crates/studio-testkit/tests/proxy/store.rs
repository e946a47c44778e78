//! The S3 store behind the proxy.

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use studio_blob::{
    Attributes, BlobStore as _, Error, MultipartUpload, PartReceipt, S3Settings, S3Store,
    WriteMode, crc64nvme,
};
use studio_testkit::noise;
use studio_testkit::proxy::{Answered, Fault, FaultProxy, Operation, Rule};
use studio_testkit::s3::{TestS3, Weakness};

const PART: usize = 5 << 20;

struct Place {
    server: TestS3,
    proxy: FaultProxy,
    store: S3Store,
}

fn place(weaknesses: &[Weakness]) -> Place {
    let server = TestS3::start_with(weaknesses);
    let proxy = FaultProxy::start(&server.endpoint());
    let settings = S3Settings { endpoint: Some(proxy.endpoint()), ..server.settings() };
    Place { store: S3Store::new("bucket", None, settings), server, proxy }
}

impl Place {
    async fn put(&self, key: &str, bytes: &[u8]) -> Result<(), Error> {
        let (body, crc) = (Bytes::copy_from_slice(bytes), crc64nvme(bytes));
        let (key, mode) = (key.parse().unwrap(), WriteMode::CreateNew);
        self.store.put(&key, body, crc, &Attributes::default(), mode).await
    }

    async fn get(&self, key: &str) -> Result<Vec<u8>, Error> {
        let body = self.store.get(&key.parse().unwrap(), None, None).await?;
        let all = body.chunks.try_fold(Vec::new(), async |mut all, chunk| {
            all.extend_from_slice(&chunk);
            Ok(all)
        });
        all.await
    }

    async fn two_parts(&self, bytes: &[u8]) -> (MultipartUpload, Vec<PartReceipt>) {
        let key = "parts".parse().unwrap();
        let (size, part_size) = (bytes.len() as u64, PART as u64);
        let upload = self.store.begin(&key, size, part_size, &Attributes::default()).await.unwrap();
        let mut receipts = Vec::new();
        for (part, number) in bytes.chunks(PART).zip(1..) {
            let body = Bytes::copy_from_slice(part);
            receipts
                .push(self.store.put_part(&upload, number, body, crc64nvme(part)).await.unwrap());
        }
        (upload, receipts)
    }
}

#[tokio::test]
async fn signed_requests_come_through_and_are_counted() {
    let place = place(&[]);
    let bytes = noise::bytes(1, PART + 1000);
    place.put("a", b"small").await.unwrap();
    assert_eq!(place.get("a").await.unwrap(), b"small");
    let (upload, receipts) = place.two_parts(&bytes).await;
    let crc = crc64nvme(&bytes);
    place.store.complete(&upload, &receipts, crc, WriteMode::CreateNew).await.unwrap();
    assert!(place.server.bucket("bucket").get("parts").unwrap() == bytes);
    assert!(place.get("parts").await.unwrap() == bytes);
    assert_eq!(place.store.list("", None).await.unwrap().len(), 2);
    let traffic = place.proxy.take_traffic();
    let counted: Vec<_> = traffic.iter().map(|(kind, one)| (*kind, one.requests)).collect();
    let expected = [
        (Operation::CreateBucket, 1),
        (Operation::ListObjectsV2, 1),
        // The first of them found no bucket.
        (Operation::PutObject, 2),
        (Operation::GetObject, 2),
        (Operation::CreateMultipartUpload, 1),
        (Operation::UploadPart, 2),
        (Operation::CompleteMultipartUpload, 1),
    ];
    assert_eq!(counted, expected);
    assert_eq!(traffic[&Operation::UploadPart].up, bytes.len() as u64);
    assert_eq!(traffic[&Operation::GetObject].down, bytes.len() as u64 + 5);
}

#[tokio::test]
async fn a_passing_fault_is_overcome_by_trying_again() {
    let faults = [
        (Fault::INTERNAL_ERROR, false),
        (Fault::SLOW_DOWN, false),
        (Fault::ResetUp { after: 100 }, false),
        // The second attempt finds what the first one wrote, and cannot know whose it is.
        (Fault::ResetDown { after: 0 }, true),
        (Fault::TruncateDown { after: 0 }, true),
        (Fault::LostAnswer, true),
    ];
    for (fault, written) in faults {
        let place = place(&[]);
        place.put("other", b"").await.unwrap();
        place.proxy.add(Rule::on(Operation::PutObject, fault));
        match place.put("a", b"bytes of a").await {
            Err(Error::AlreadyExists { .. }) if written => {}
            put => assert!(put.is_ok() && !written, "{fault:?}: {put:?}"),
        }
        assert_eq!(place.proxy.struck(), 1, "{fault:?}");
        assert_eq!(&place.server.bucket("bucket").get("a").unwrap()[..], b"bytes of a");
    }
}

#[tokio::test]
async fn a_bit_flipped_on_the_way_up_is_refused() {
    let place = place(&[]);
    place.put("other", b"").await.unwrap();
    place.proxy.add(Rule::on(Operation::PutObject, Fault::FlipUp { byte: 3, bit: 1 }).always());
    let error = place.put("a", b"bytes of a").await.unwrap_err();
    assert!(matches!(error, Error::Corrupted { .. }), "{error:?}");
    assert!(place.proxy.struck() > 0);
    assert_eq!(place.server.bucket("bucket").keys(), ["other"]);
}

#[tokio::test]
async fn a_bit_flipped_on_the_way_down_is_noticed_in_a_whole_object() {
    let place = place(&[]);
    place.put("a", b"bytes").await.unwrap();
    place.proxy.add(Rule::on(Operation::GetObject, Fault::FlipDown { byte: 1, bit: 0 }));
    let error = place.get("a").await.unwrap_err();
    assert!(matches!(error, Error::Interrupted { .. }), "{error:?}");
    assert_eq!(place.get("a").await.unwrap(), b"bytes");
}

#[tokio::test]
async fn a_lost_answer_to_a_completion_is_asked_for_again() {
    for (weaknesses, forgotten) in [(&[][..], false), (&[Weakness::ForgetsCompleted][..], true)] {
        for fault in [Fault::LostAnswer, Fault::Duplicate { answer: Answered::Second }] {
            let place = place(weaknesses);
            let bytes = noise::bytes(1, PART + 1000);
            let (upload, receipts) = place.two_parts(&bytes).await;
            place.proxy.add(Rule::on(Operation::CompleteMultipartUpload, fault));
            let crc = crc64nvme(&bytes);
            let done = place.store.complete(&upload, &receipts, crc, WriteMode::CreateNew).await;
            match forgotten {
                true => assert!(matches!(done, Err(Error::NotFound { .. })), "{done:?}"),
                false => assert!(done.is_ok(), "{done:?}"),
            }
            assert_eq!(place.proxy.struck(), 1);
            assert!(place.server.bucket("bucket").get("parts").unwrap() == bytes);
        }
    }
}

#[tokio::test]
async fn an_error_within_a_completion_that_is_ok_is_an_error() {
    let place = place(&[]);
    let bytes = noise::bytes(1, PART + 1000);
    let (upload, receipts) = place.two_parts(&bytes).await;
    let rule = Rule::on(Operation::CompleteMultipartUpload, Fault::ErrorInOk);
    place.proxy.add(rule.clone().times(2));
    let crc = crc64nvme(&bytes);
    place.store.complete(&upload, &receipts, crc, WriteMode::CreateNew).await.unwrap();
    assert!(place.server.bucket("bucket").get("parts").unwrap() == bytes);
    assert!(place.server.bucket("bucket").remove("parts"));

    let (upload, receipts) = place.two_parts(&bytes).await;
    place.proxy.add(rule.always());
    let error = place.store.complete(&upload, &receipts, crc, WriteMode::CreateNew).await;
    assert!(error.is_err(), "{error:?}");
    assert!(place.server.bucket("bucket").keys().is_empty());
}
