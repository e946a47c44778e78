//! Bytes that rotted behind the server's back, cannot be read, or vanish while they are
//! looked at: each is found, nothing else is, and the original file brings them back.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use std::path::PathBuf;
use std::sync::Arc;

use common::{Place, all, upload, version_path};
use studio_core::{
    Budget, CancellationToken, Damage, Depth, Error, ErrorKind, Event, Examination, Job, Outcome,
    Progress, S3Settings, S3Store, StoreError, Studio, UploadOutcome, VersionFilter,
};
use studio_testkit::noise;
use studio_testkit::proxy::{Fault, FaultProxy, Operation, Rule};
use studio_testkit::s3::TestS3;

/// A studio on a server, with a proxy between them.
struct Desk {
    server: TestS3,
    proxy: FaultProxy,
    place: Place,
    studio: Studio,
}

impl Desk {
    fn new() -> Self {
        let server = TestS3::start();
        let proxy = FaultProxy::start(&server.endpoint());
        let settings = S3Settings { endpoint: Some(proxy.endpoint()), ..server.settings() };
        let store = S3Store::new("vault", None, settings);
        let place = Place::new();
        let studio = Studio::new(place.catalog(), Arc::new(store));
        Self { server, proxy, place, studio }
    }

    /// Stores five versions and tells the key of the third.
    async fn with_five(&self) -> String {
        for tag in ["0", "1", "2", "3", "4"] {
            upload(&self.studio, &self.place.take(tag, &bytes(tag))).await.unwrap();
        }
        let third = self.studio.version(&version_path("2")).await.unwrap();
        third.object_key.to_string()
    }

    fn stored(&self, key: &str) -> Vec<u8> {
        self.server.bucket("vault").get(key).unwrap().to_vec()
    }

    /// Some bytes of it come, whenever it is read, and never more.
    fn make_unreadable(&self, key: &str) {
        let broken = Fault::TruncateDown { after: 0 };
        self.proxy.add(Rule::on(Operation::GetObject, broken).under(key).always());
    }
}

fn bytes(tag: &str) -> Vec<u8> {
    noise::bytes(tag.parse().unwrap(), 5000)
}

fn job() -> Job {
    Job::default()
}

fn full() -> Examination {
    let grace = std::time::Duration::from_secs(3600);
    Examination { depth: Depth::Full, grace, downloads: Vec::new() }
}

#[tokio::test]
async fn a_damaged_take_that_is_thrown_away_and_uploaded_again_is_good_again() {
    for another_place in [false, true] {
        let desk = Desk::new();
        let key = desk.with_five().await;
        desk.server.bucket("vault").flip_bit(&key, 777);
        let verified = desk.studio.verify(&VersionFilter::All, Depth::Full, &job()).await.unwrap();
        assert_eq!(verified.findings.len(), 1);
        let tag = match another_place {
            true => "mended",
            false => {
                desk.studio.throw_away(&version_path("2")).await.unwrap();
                "2"
            }
        };
        let take = desk.place.take(tag, &bytes("2"));
        let plan = desk.studio.plan_upload(&take, &job()).await.unwrap();
        assert_eq!(plan.bytes_to_send, 5000);
        let done = upload(&desk.studio, &take).await.unwrap();
        assert_eq!((done.outcome, done.sent_bytes), (UploadOutcome::Stored, 5000));
        assert_eq!(desk.stored(&key), bytes("2"));
        let again = desk.studio.verify(&VersionFilter::All, Depth::Full, &job()).await.unwrap();
        assert_eq!(again.findings, []);
    }
}

#[tokio::test]
async fn damage_that_a_download_finds_is_mended_by_the_upload_that_it_asks_for() {
    let desk = Desk::new();
    let key = desk.with_five().await;
    desk.server.bucket("vault").flip_bit(&key, 777);
    let error = desk.studio.download(&desk.place.target("2"), &job()).await.unwrap_err();
    assert!(matches!(error, Error::Damaged { .. }), "{error:?}");
    // Nothing but reading shows it, and it is not forgotten.
    let quick = desk.studio.verify(&VersionFilter::All, Depth::Quick, &job()).await.unwrap();
    let found: Vec<_> = quick.findings.iter().map(|found| found.damage).collect();
    assert_eq!(found, [Damage::WrongDigest]);
    let done = upload(&desk.studio, &desk.place.take("2", &bytes("2"))).await.unwrap();
    assert_eq!(done.outcome, UploadOutcome::ObjectRestored);
    assert_eq!(desk.stored(&key), bytes("2"));
    desk.studio.download(&desk.place.target("2"), &job()).await.unwrap();
    let quick = desk.studio.verify(&VersionFilter::All, Depth::Quick, &job()).await.unwrap();
    assert_eq!(quick.findings, []);
}

#[tokio::test]
async fn an_object_that_cannot_be_read_stops_nothing_and_can_be_replaced() {
    let desk = Desk::new();
    let key = desk.with_five().await;
    desk.make_unreadable(&key);
    for _ in 0..2 {
        let scrubbed = desk.studio.scrub(Budget::Percent(100.0), &job()).await.unwrap();
        let found: Vec<_> =
            scrubbed.findings.iter().map(|(key, damage)| (key.to_string(), *damage)).collect();
        assert_eq!(found, [(key.clone(), Damage::Unreadable)]);
        assert_eq!(scrubbed.objects, 5);
    }
    // It has had its turn: a smaller scrub reads another one.
    let scrubbed = desk.studio.scrub(Budget::Bytes(1), &job()).await.unwrap();
    assert_eq!((scrubbed.objects, scrubbed.findings.len()), (1, 0));
    let verified = desk.studio.verify(&VersionFilter::All, Depth::Full, &job()).await.unwrap();
    assert_eq!((verified.versions, verified.findings.len()), (5, 1));

    // Sent again it still cannot be read: that is not called a success.
    let take = desk.place.take("2", &bytes("2"));
    let error = upload(&desk.studio, &take).await.unwrap_err();
    assert!(matches!(error, Error::NotStored { .. }), "{error:?}");
    desk.proxy.heal();
    let done = upload(&desk.studio, &take).await.unwrap();
    assert_eq!(done.outcome, UploadOutcome::AlreadyStored);
    let verified = desk.studio.verify(&VersionFilter::All, Depth::Quick, &job()).await.unwrap();
    assert_eq!(verified.findings, []);
}

#[tokio::test]
async fn the_doctor_replaces_what_cannot_be_read_by_the_original() {
    let desk = Desk::new();
    let key = desk.with_five().await;
    let broken = Fault::TruncateDown { after: 0 };
    // As long as it is looked at and compared with the original: a new object can be read.
    let rule = Rule::on(Operation::GetObject, broken).under(&key);
    desk.proxy.add(rule.times(12));
    let diagnosis = desk.studio.examine(&full(), &job()).await.unwrap();
    assert_eq!(diagnosis.problems.len(), 1, "{diagnosis:?}");
    let treatment = desk.studio.repair(&diagnosis, &job()).await.unwrap();
    assert!(matches!(treatment.outcomes[0].1, Outcome::Repaired(_)), "{treatment:?}");
    assert_eq!(desk.studio.examine(&full(), &job()).await.unwrap().problems, []);
}

/// Nothing comes to its end: then it is the line, and no object is called damaged for it.
#[tokio::test]
async fn a_line_that_breaks_off_everything_is_no_damage() {
    let desk = Desk::new();
    desk.with_five().await;
    desk.make_unreadable("objects/");
    let error = desk.studio.verify(&VersionFilter::All, Depth::Full, &job()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
    desk.proxy.heal();
    let quick = desk.studio.verify(&VersionFilter::All, Depth::Quick, &job()).await.unwrap();
    assert_eq!(quick.findings, []);
}

#[tokio::test]
async fn what_is_in_an_archive_is_passed_over_and_counted() {
    let desk = Desk::new();
    let key = desk.with_five().await;
    desk.server.bucket("vault").flip_bit(&key, 777);
    desk.studio.verify(&VersionFilter::All, Depth::Full, &job()).await.unwrap();
    let archived = Fault::Refuse { status: 403, code: "InvalidObjectState" };
    let zero = desk.studio.version(&version_path("0")).await.unwrap().object_key.to_string();
    for key in [&key, &zero] {
        desk.proxy.add(Rule::on(Operation::GetObject, archived).under(key).always());
    }
    // What was found by reading is not forgotten, and what is not read is not called good.
    let verified = desk.studio.verify(&VersionFilter::All, Depth::Full, &job()).await.unwrap();
    let found: Vec<_> = verified.findings.iter().map(|finding| finding.damage).collect();
    assert_eq!((found, verified.archived), (vec![Damage::WrongDigest], 1));
    assert_eq!(verified.bytes, 3 * 5000);
    let diagnosis = desk.studio.examine(&full(), &job()).await.unwrap();
    assert_eq!((diagnosis.problems.len(), diagnosis.archived), (1, 2));
    // A budget is for what is read.
    for budget in [10_000, 15_000, 1 << 40] {
        let scrubbed = desk.studio.scrub(Budget::Bytes(budget), &job()).await.unwrap();
        assert_eq!(scrubbed.bytes, budget.min(15_000));
        assert_eq!(scrubbed.objects * 5000, scrubbed.bytes);
    }
    // Sent again, it is in the archive as it should be, and in doubt no more.
    let take = desk.place.take("2", &bytes("2"));
    let done = upload(&desk.studio, &take).await.unwrap();
    assert_eq!((done.outcome, done.sent_bytes), (UploadOutcome::ObjectRestored, 5000));
    assert_eq!(desk.stored(&key), bytes("2"));
    let again = upload(&desk.studio, &desk.place.take("elsewhere", &bytes("2"))).await.unwrap();
    assert_eq!((again.outcome, again.sent_bytes), (UploadOutcome::Stored, 0));
}

#[tokio::test]
async fn an_object_that_is_replaced_while_it_is_read_is_read_again() {
    let desk = Desk::new();
    let key = desk.with_five().await;
    let replaced = Fault::Refuse { status: 412, code: "PreconditionFailed" };
    desk.proxy.add(Rule::on(Operation::GetObject, replaced).under(&key).times(2));
    let verified = desk.studio.verify(&VersionFilter::All, Depth::Full, &job()).await.unwrap();
    assert_eq!((verified.versions, verified.findings.len()), (5, 0));
    desk.proxy.add(Rule::on(Operation::GetObject, replaced).under(&key).always());
    let error = desk.studio.verify(&VersionFilter::All, Depth::Full, &job()).await.unwrap_err();
    assert!(matches!(error, Error::Store(StoreError::Changed { .. })), "{error:?}");
}

/// Takes a directory away when the first bytes have moved.
struct PullsTheDisk {
    mount: PathBuf,
    disk: PathBuf,
}

impl Progress for PullsTheDisk {
    fn on(&self, event: Event) {
        if matches!(event, Event::Moved { .. }) {
            let _ = std::fs::rename(&self.mount, &self.disk);
        }
    }
}

#[tokio::test]
async fn a_disk_that_is_pulled_out_while_it_is_read_has_lost_nothing() {
    let place = Place::new();
    let studio = place.studio();
    for n in 0..20u64 {
        // The first of several ranges.
        let size = if n == 7 { 20 << 20 } else { 9000 };
        let take = place.take(&n.to_string(), &noise::bytes(n, size));
        upload(&studio, &take).await.unwrap();
    }
    let (mount, disk) = (place.store_directory(), place.path("disk"));
    for _ in 0..3 {
        let pulls = PullsTheDisk { mount: mount.clone(), disk: disk.clone() };
        let job = Job::new(Arc::new(pulls), CancellationToken::new());
        let error = studio.verify(&VersionFilter::All, Depth::Full, &job).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
        std::fs::rename(&disk, &mount).unwrap();
        let damaged = |version: &studio_core::Version| {
            version.check.is_some_and(|check| check.damage.is_some())
        };
        assert_eq!(all(&studio).await.iter().filter(|version| damaged(version)).count(), 0);
    }
}
