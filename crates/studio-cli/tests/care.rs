//! Verification, scrubbing and garbage collection, as the studio manager uses them.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use studio_api::v1::{self, DamageKind};
use studio_testkit::noise;

use self::common::Desk;
use self::common::shelf::{Shelf, on_each_store};

/// Stores four takes and gives their objects.
fn four_takes(desk: &Desk) -> Vec<String> {
    let tags = ["one", "two", "three", "four"];
    for (n, tag) in tags.iter().enumerate() {
        desk.store("a", "s", "t", tag, &noise::bytes(n as u64, 1000));
    }
    tags.iter().map(|tag| desk.key("a", "s", "t", tag)).collect()
}

fn damages(verified: &v1::Verified) -> Vec<(&str, DamageKind)> {
    verified.findings.iter().map(|f| (f.version.version.as_str(), f.damage)).collect()
}

#[test]
fn verify_names_each_damaged_version_and_no_other() {
    on_each_store(|desk, shelf| {
        let keys = four_takes(desk);
        let good: v1::Verified = desk.run(&["verify", "--full", "--json"]).answer(0);
        assert_eq!((good.full, good.versions, good.objects, good.bytes), (true, 4, 4, 4000));
        assert_eq!(good.findings, []);
        assert!(!good.dry_run);
        desk.run(&["verify", "--full"]).tells(0, &["4 of 4 versions good, 4.0 kB read back"], &[]);
        shelf.rot(&keys[0]);
        shelf.put(&keys[1], b"cut");
        shelf.remove(&keys[2]);
        desk.run(&["verify", "--full"]).tells(
            5,
            &[
                "DAMAGED  `one` of t in \"s\" by a: its bytes are not those that were stored\n",
                "DAMAGED  `two` of t in \"s\" by a: its bytes are of the wrong size\n",
                "DAMAGED  `three` of t in \"s\" by a: its bytes are missing\n",
                "1 of 4 versions good",
            ],
            &["error: 3 versions are damaged", "studio doctor --repair"],
        );
        let full: v1::Verified = desk.run(&["verify", "--full", "--json"]).answer(5);
        let expected = [
            ("one", DamageKind::WrongDigest),
            ("two", DamageKind::WrongSize),
            ("three", DamageKind::Missing),
        ];
        assert_eq!(damages(&full), expected);
        let list = desk.run(&["list"]).out();
        assert_eq!(list.matches("DAMAGED").count(), 3, "{list}");
        let show = ["show", "-a", "a", "-s", "s", "-t", "t", "-v", "one"];
        desk.run(&show).tells(0, &["verified       DAMAGED: its bytes were "], &[]);
        // The others are no worse for it.
        let four = ["verify", "-a", "a", "-s", "s", "-t", "t", "-v", "four", "--full"];
        desk.run(&four).tells(0, &["1 of 1 version good"], &[]);
        let five = ["verify", "-a", "a", "-s", "s", "-t", "t", "-v", "five"];
        desk.run(&five).fails(3, &["no version `five`", "there are: "]);
        // Nothing was looked at under a name that is not there: that is not success.
        for (names, told) in [
            (&["-a", "B"][..], &["no artist B", "artists there are: a"][..]),
            (&["-a", "a", "-s", "ss"], &["no song \"ss\" by a", "did you mean `s`?"]),
            (&["-a", "a", "-s", "s", "-t", "u"], &["no track u in \"s\"", "tracks there are: t"]),
        ] {
            desk.run(&[&["verify"], names].concat()).fails(3, told);
            desk.run(&[&["verify", "--json"], names].concat()).fails(3, told);
        }
    });
}

#[test]
fn a_dry_run_finds_damage_and_writes_nothing_down() {
    on_each_store(|desk, shelf| {
        let keys = four_takes(desk);
        shelf.rot(&keys[0]);
        let budget = ["scrub", "--budget", "100%", "--dry-run"];
        for command in [&["verify", "--full", "--dry-run"][..], &budget] {
            let plain = desk.changes_nothing(shelf, command);
            plain.tells(5, &["DAMAGED"], &["1 ", " damaged"]);
        }
        let json = |command: &[&str]| desk.run(&[command, &["--json"]].concat());
        let full: v1::Verified = json(&["verify", "--full", "--dry-run"]).answer(5);
        assert_eq!((full.dry_run, damages(&full)), (true, vec![("one", DamageKind::WrongDigest)]));
        let read: v1::Scrubbed = json(&budget).answer(5);
        assert_eq!((read.dry_run, read.objects, read.findings.len()), (true, 4, 1));
        let list: v1::VersionList = json(&["list"]).answer(0);
        let known = |version: &v1::CataloguedVersion| version.checked_at.clone();
        assert!(list.versions.iter().all(|version| known(version).is_none()), "{list:?}");
    });
}

#[test]
fn a_quick_look_reads_no_audio_and_says_what_it_could_not_tell() {
    on_each_store(|desk, shelf| {
        let keys = four_takes(desk);
        shelf.remove(&keys[1]);
        // Replaced by another tool: a bucket knows the checksum of what is there now.
        shelf.put(&keys[2], &noise::bytes(99, 1000));
        let quick: v1::Verified = desk.run(&["verify", "--json"]).answer(5);
        match shelf {
            Shelf::Directory(_) => {
                assert_eq!(damages(&quick), [("two", DamageKind::Missing)]);
                assert_eq!(quick.by_size_only, 3);
                desk.run(&["verify", "--quick"]).tells(
                    5,
                    &["3 of 4 versions good"],
                    &["this store keeps no checksums: of 3 objects only the size was compared"],
                );
            }
            Shelf::Bucket(..) => {
                let expected = [("two", DamageKind::Missing), ("three", DamageKind::WrongDigest)];
                assert_eq!(damages(&quick), expected);
                assert_eq!(quick.by_size_only, 0);
            }
        }
        desk.run(&["verify", "--quick", "--full"]).fails(2, &["--quick", "--full"]);
    });
}

#[test]
fn versions_in_another_store_are_told_and_not_looked_at() {
    let desk = Desk::new();
    four_takes(&desk);
    let other = desk.path("other").to_string_lossy().into_owned();
    let verify = desk.run(&["verify", "--full", "--store", &other]);
    verify.tells(0, &["0 of 4 versions good"], &["4 versions are in another store"]);
    let answer: v1::Verified = desk.run(&["verify", "--json", "--store", &other]).answer(0);
    assert_eq!((answer.versions, answer.elsewhere, answer.objects), (4, 4, 0));
    desk.run(&["rm", "-a", "a", "-s", "s", "-t", "t", "-v", "one", "--store", &other])
        .fails(4, &["is stored in file:///", "try again with --store file:///"]);
    assert!(!desk.path("other").exists());
    // As a shell takes it.
    desk.file("take.wav", b"elsewhere");
    let place = ["-a", "a", "-s", "s", "-t", "t", "-v", "five"];
    let upload = ["upload", "-f", "take.wav", "--store", "R&B"];
    desk.run(&[&upload, &place[..]].concat()).out();
    let rm = desk.run(&[&["rm"], &place[..]].concat());
    rm.fails(4, &["--store 'file://", "R&B'"]);
    let download = desk.run(&[&["download", "-f", "back.wav"], &place[..]].concat());
    download.fails(3, &["--store 'file://", "R&B'"]);
}

#[test]
fn a_scrub_reads_as_much_as_its_budget_and_the_longest_unread_first() {
    on_each_store(|desk, shelf| {
        let keys = four_takes(desk);
        desk.run(&["scrub"]).fails(2, &["--budget"]);
        desk.run(&["scrub", "--budget", "much"]).fails(2, &["much"]);
        let half: v1::Scrubbed = desk.run(&["scrub", "--budget", "50%", "--json"]).answer(0);
        assert_eq!((half.objects, half.bytes, half.of_objects, half.of_bytes), (2, 2000, 4, 4000));
        let list: v1::VersionList = desk.run(&["list", "--json"]).answer(0);
        let read = list.versions.iter().filter(|version| version.checked_at.is_some());
        assert_eq!(read.count(), 2);
        desk.run(&["scrub", "--budget", "1500B"]).tells(
            0,
            &["read 2 of 4 objects, 2.0 kB of 4.0 kB"],
            &[],
        );
        let list: v1::VersionList = desk.run(&["list", "--json"]).answer(0);
        assert!(list.versions.iter().all(|version| version.checked_at.is_some()));
        shelf.rot(&keys[3]);
        let found: v1::Scrubbed = desk.run(&["scrub", "--budget", "100%", "--json"]).answer(5);
        let expected =
            v1::ObjectFinding { damage: DamageKind::WrongDigest, object_key: keys[3].clone() };
        assert_eq!(found.findings, [expected]);
        desk.run(&["scrub", "--budget", "100%"]).tells(
            5,
            &[&format!("DAMAGED  {}", keys[3])],
            &["error: 1 object is damaged", "studio doctor --repair"],
        );
    });
}

#[test]
fn garbage_goes_only_past_its_grace_period() {
    on_each_store(|desk, shelf| {
        four_takes(desk);
        let orphan = format!("objects/00/{}", "00".repeat(32));
        shelf.put(&orphan, b"nobody's");
        let young = desk.run(&["gc"]);
        young.tells(
            0,
            &["removed 0 orphans"],
            &["1 object is named by nothing, but younger than the grace period of "],
        );
        assert_eq!(shelf.keys("objects/").len(), 5);
        let setting = desk.run(&["gc", "--grace", "soon"]);
        setting.fails(2, &["soon"]);
        shelf.age(&orphan);
        let dry: v1::Cleared =
            desk.changes_nothing(shelf, &["gc", "--dry-run", "--json"]).answer(0);
        assert_eq!((dry.dry_run, dry.orphans.len(), dry.young_orphans), (true, 1, 0));
        desk.changes_nothing(shelf, &["gc", "--dry-run"]).tells(
            0,
            &["would remove 1 orphan, 8 B"],
            &[],
        );
        // Longer than it has been there.
        let patient: v1::Cleared = desk.run(&["gc", "--grace", "365d", "--json"]).answer(0);
        assert_eq!((patient.orphans.len(), patient.young_orphans), (0, 1));
        desk.run(&["gc", "--grace", "30d"]).tells(0, &["removed 1 orphan, 8 B"], &[]);
        assert_eq!(shelf.keys("objects/").len(), 4);
        desk.run(&["verify", "--full"]).tells(0, &["4 of 4 versions good"], &[]);
    });
}

/// To an empty catalogue all that is in a store would look like garbage.
#[test]
fn commands_of_care_make_no_catalogue() {
    on_each_store(|desk, shelf| {
        four_takes(desk);
        let before = (desk.tree().len(), shelf.keys(""));
        let place = ["-a", "a", "-s", "s", "-t", "t", "-v", "one"];
        for command in [
            &["gc", "--grace", "0s"][..],
            &["doctor", "--repair", "--grace", "0s"],
            &["verify", "--full"],
            &["verify", "--json"],
            &["scrub", "--budget", "1%"],
            &["backup"],
            &["trash", "list"],
            &["trash", "purge", "--all", "--yes"],
            &[&["rm"], &place[..]].concat(),
            &[&["trash", "restore"], &place[..]].concat(),
        ] {
            desk.run(&[command, &["--database", "none.db"]].concat()).fails(
                3,
                &["there is no catalogue", "none.db", "`studio config`", "`studio recover`"],
            );
        }
        assert_eq!((desk.tree().len(), shelf.keys("")), before);
    });
}
