//! What can go wrong in the middle, one test each: a clear error, a hint that helps, the
//! right exit code, and nothing lost.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use studio_api::v1;
use studio_testkit::noise;
use studio_testkit::proxy::{Fault, FaultProxy, Operation, Rule};
use studio_testkit::s3::{Refusal, TestS3};

use self::common::shelf::{Shelf, on_each_store};
use self::common::{Desk, Ran};

const PLACE: [&str; 8] = ["--artist", "a", "--song", "s", "--track", "t", "--version", "v"];
const MIB: usize = 1 << 20;
/// Longer than anything takes; whoever waits for so long waits for nothing.
const NEVER: Duration = Duration::from_secs(120);

fn upload<'a>(options: &[&'a str]) -> Vec<&'a str> {
    [&["upload", "--file-path", "take.wav"], &PLACE[..], options].concat()
}

fn download(desk: &Desk, file: &str) -> Ran {
    desk.run(&[&["download", "--file-path", file], &PLACE[..]].concat())
}

/// A desk whose bucket is behind a proxy.
fn desk_behind(server: &TestS3) -> (Desk, FaultProxy) {
    let proxy = FaultProxy::start(&server.endpoint());
    let desk = Desk::new().on_s3(server, "music").with("AWS_ENDPOINT_URL", proxy.endpoint());
    (desk, proxy)
}

#[test]
fn manifests_that_are_garbled_or_foreign_keep_no_other_from_being_recovered() {
    on_each_store(|desk, shelf| {
        for tag in ["one", "two", "three"] {
            desk.store("a", "s", "t", tag, tag.as_bytes());
        }
        let one = shelf.keys("versions/").remove(0);
        let text = String::from_utf8(shelf.get(&one)).unwrap();
        let id = "01890a5d-ac96-774b-bcce-b302099a80";
        let key = |n: u32| format!("versions/{id}{n}.json");
        shelf.put(&key(50), b"");
        shelf.put(&key(51), &noise::bytes(1, 5000));
        shelf.put(&key(52), &text.as_bytes()[..text.len() / 2]);
        shelf.put(&key(53), br#"{"format":"someone.else/7"}"#);
        // A copy under another name, and fields that nobody wrote so.
        shelf.put(&key(54), text.as_bytes());
        shelf.put(&key(55), text.replace("\"size\": ", "\"size\": -").as_bytes());
        shelf.put(&key(56), text.replace("\"artist\": \"a\"", "\"artist\": \"\"").as_bytes());
        shelf.put(&key(57), &vec![b' '; 17 * MIB]);
        shelf.put("versions/README.md", b"hello");
        let orphan = format!("objects/00/{}", "00".repeat(32));
        shelf.put(&orphan, b"whose?");
        shelf.age(&orphan);

        let new = ["recover", "--no-backup", "--database", "new.db"];
        let told: v1::Recovered =
            desk.changes_nothing(shelf, &[&new[..], &["--dry-run", "--json"]].concat()).answer(5);
        assert_eq!((told.versions, told.unreadable.len()), (3, 9));
        desk.run(&new).tells(
            5,
            &["recovered 3 versions"],
            &[
                &format!("{} was passed over: not the JSON of a manifest", key(51)),
                &format!("{} was passed over: format `someone.else/7` is not", key(53)),
                &format!("{} was passed over: it describes another version", key(54)),
                &format!("{} was passed over: field `artist` is not valid", key(56)),
                &format!("{} was passed over: it is too large", key(57)),
                "README.md was passed over: studio makes no such name",
                "error: 8 objects cannot be read",
            ],
        );
        for database in [&["--database", "new.db"][..], &[]] {
            let doctor = desk.run(&[&["doctor", "--repair", "--json"], database].concat());
            let doctor: v1::Diagnosis = doctor.answer(5);
            assert_eq!(doctor.problems.len(), 10, "{doctor:?}");
            assert!(doctor.problems.iter().all(|problem| problem.repaired == Some(false)));
            let gc = desk.run(&[&["gc", "--json"], database].concat());
            let gc: v1::Cleared = gc.answer(0);
            assert_eq!((gc.orphans.len(), gc.unreadable.len()), (0, 7), "{gc:?}");
        }
        // One of those that cannot be read may name it.
        assert_eq!(shelf.get(&orphan), b"whose?");
        desk.run(&["gc"]).tells(0, &["removed 0 orphans"], &["cannot be read and may name any"]);
        (50..58).for_each(|n| shelf.remove(&key(n)));
        desk.run(&["gc"]).tells(0, &["removed 1 orphan"], &[]);
        assert_eq!(shelf.keys("objects/").len(), 3);
    });
}

#[test]
fn what_another_tool_did_to_the_bucket_is_found_and_undone_as_far_as_can_be() {
    on_each_store(|desk, shelf| {
        let tags = ["overwritten", "renamed", "deleted", "untouched"];
        for (n, tag) in tags.iter().enumerate() {
            let file = format!("{tag}.wav");
            desk.file(&file, &noise::bytes(n as u64, 2000));
            let place = ["-a", "a", "-s", "s", "-t", "t", "-v", tag, "-f", &file];
            desk.run(&[&["upload"], &place[..]].concat()).out();
        }
        let key = |tag| desk.key("a", "s", "t", tag);
        shelf.put(&key("overwritten"), &noise::bytes(9, 2000));
        shelf.rename(&key("renamed"), "objects/favourite.wav");
        shelf.remove(&key("deleted"));
        shelf.put("mixes/final.wav", b"another tool's own");
        let full: v1::Verified = desk.run(&["verify", "--full", "--json"]).answer(5);
        assert_eq!(full.findings.len(), 3);
        let get = ["download", "-a", "a", "-s", "s", "-t", "t", "-f", "back.wav", "-v"];
        desk.run(&[&get[..], &["overwritten"]].concat()).fails(5, &["are damaged"]);
        desk.run(&[&get[..], &["renamed"]].concat()).fails(5, &["are not in"]);
        assert!(!desk.path("back.wav").exists());
        desk.run(&["doctor", "--repair", "--full"]).tells(
            5,
            &["not written by studio", "favourite.wav"],
            &["1 problem is left"],
        );
        desk.run(&["verify", "--full"]).tells(0, &["4 of 4 versions good"], &[]);
        assert_eq!(shelf.get("mixes/final.wav"), b"another tool's own");
        assert_eq!(shelf.get("objects/favourite.wav").len(), 2000);
    });
}

/// A manifest that another tool has moved aside still keeps what it names.
#[test]
fn a_renamed_manifest_keeps_its_object_from_being_removed() {
    on_each_store(|desk, shelf| {
        desk.store("a", "s", "t", "v", b"precious");
        let object = desk.key("a", "s", "t", "v");
        let manifest = shelf.keys("versions/").remove(0);
        shelf.rename(&manifest, "versions/backup of v.json");
        shelf.age(&object);
        // A catalogue that knows nothing of it.
        desk.file("take.wav", b"another");
        desk.run(&upload(&["--database", "other.db"])).out();
        let other: v1::Cleared = desk.run(&["gc", "--database", "other.db", "--json"]).answer(0);
        assert_eq!((other.orphans.len(), other.young_orphans), (0, 0));
        assert_eq!(shelf.get(&object), b"precious");
    });
}

#[test]
fn bytes_that_rotted_without_the_server_knowing_come_back_by_uploading_again() {
    on_each_store(|desk, shelf| {
        desk.store("a", "s", "t", "v", b"precious");
        let key = desk.key("a", "s", "t", "v");
        shelf.rot(&key);
        download(desk, "back.wav").fails(5, &["are damaged", "upload it to the same version"]);
        desk.run(&["verify", "--full"]).tells(5, &["DAMAGED"], &["upload the original file"]);
        let dry: v1::Upload =
            desk.changes_nothing(shelf, &upload(&["--dry-run", "--json"])).answer(0);
        assert_eq!(dry.outcome, v1::UploadOutcome::ObjectRestored);
        let again: v1::Upload = desk.run(&upload(&["--json"])).answer(0);
        assert_eq!(again.outcome, v1::UploadOutcome::ObjectRestored);
        assert_eq!(shelf.get(&key), b"precious");
        desk.run(&["verify"]).tells(0, &["1 of 1 version good"], &[]);
        let list: v1::VersionList = desk.run(&["list", "--json"]).answer(0);
        assert_eq!(list.versions[0].damage, None);
        download(desk, "back.wav").out();
    });
}

/// A disk that is not mounted, a bucket that is on another server: nothing is damaged, and
/// nothing is to be written where the store would be.
#[test]
fn a_store_that_is_not_there_is_not_taken_for_damage() {
    let desk = Desk::new();
    desk.store("a", "s", "t", "thrown", b"thrown away");
    desk.run(&["rm", "-a", "a", "-s", "s", "-t", "t", "-v", "thrown"]).out();
    desk.store("a", "s", "t", "v", b"precious");
    desk.file("new.wav", b"another take");
    std::fs::create_dir(desk.path("session")).unwrap();
    desk.file("session/t_w.wav", b"one more");
    let new = ["upload", "-f", "new.wav", "-a", "a", "-s", "s", "-t", "t", "-v", "new"];
    let (mount, disk) = (desk.path("home/.local/share/studio/store"), desk.path("disk"));
    std::fs::rename(&mount, &disk).unwrap();
    let server = TestS3::start();
    for there in [false, true] {
        if there {
            std::fs::create_dir(&mount).unwrap();
        }
        let shelf = Shelf::of_directory(&desk);
        for command in [
            &["verify", "--full"][..],
            &["verify"],
            &["scrub", "--budget", "100%"],
            &["doctor", "--repair", "--full"],
            &["gc", "--grace", "0s"],
            &["backup"],
            &["trash", "purge", "--all", "--yes"],
            &[&["rm"], &PLACE[..]].concat(),
            &[&["download", "-f", "back.wav"], &PLACE[..]].concat(),
            &["export", "mix", "-a", "a", "-s", "s"],
            &new,
            &[&new[..], &["--dry-run"]].concat(),
            &["import", "session", "-a", "a", "-s", "s", "--yes"],
        ] {
            let ran = desk.changes_nothing(&shelf, command);
            let said = "/store is empty or not there, and should have versions in it";
            ran.tells(6, &[], &[said, "is its disk mounted?"]);
        }
    }
    // It is truly lost, says somebody, and has the original.
    desk.file("original.wav", b"precious");
    let again = [&["upload", "-f", "original.wav", "--refill"], &PLACE[..]].concat();
    desk.run(&again).tells(0, &["its missing bytes are back"], &[]);
    std::fs::remove_dir_all(&mount).unwrap();
    std::fs::rename(&disk, &mount).unwrap();
    desk.run(&new).out();
    desk.run(&["verify", "--full"]).tells(0, &["2 of 2 versions good"], &[]);

    let desk = desk.on_s3(&server, "music");
    desk.store("a", "s", "t", "w", b"in a bucket");
    let other = TestS3::start();
    let desk = desk.with("AWS_ENDPOINT_URL", other.endpoint());
    desk.run(&["verify"]).fails(6, &["s3://music is empty or not there", "AWS_ENDPOINT_URL"]);
}

#[test]
fn a_clock_that_is_wrong_is_told_as_that() {
    let server = TestS3::start();
    let desk = Desk::new().on_s3(&server, "music");
    desk.file("take.wav", b"x");
    desk.run(&upload(&[])).out();
    let refusal = Refusal { status: 403, code: "RequestTimeTooSkewed", header: None };
    server.refuse(Some(refusal));
    for command in [
        &upload(&[])[..],
        &["verify"],
        &["doctor"],
        &["gc"],
        &["backup"],
        &["recover", "--database", "new.db"],
    ] {
        desk.run(command).fails(
            6,
            &["cannot sign in to s3://music: this machine's clock differs", "set this machine's"],
        );
    }
    server.refuse(None);
    desk.run(&["verify", "--full"]).tells(0, &["1 of 1 version good"], &[]);
}

/// What an upload says of a file that is meddled with after its first reading.
fn meddled(size: usize, meddle: impl Fn(&Path)) {
    let server = TestS3::start();
    let (desk, proxy) = desk_behind(&server);
    // Each try is given up soon, and there are many: they end when the proxy is healed.
    let desk = desk.with("STUDIO_S3_PATIENCE", "200ms").with("STUDIO_S3_ATTEMPTS", "20");
    let path = desk.file("take.wav", &noise::bytes(1, size));
    proxy.add(Rule::on(Operation::HeadObject, Fault::StallDown { after: 0 }).always());
    let mut command = desk.command(&upload(&[]));
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The first question about the object comes when the file has been read.
    assert!(proxy.wait_until_struck(1, NEVER));
    meddle(&path);
    proxy.heal();
    let ran = Ran::from(child.wait_with_output().unwrap());
    ran.fails(5, &["take.wav changed while it was uploaded", "when nothing writes to it"]);
    assert!(desk.is_empty());
    // At most the object of what the file was, which nothing names.
    let bucket = server.bucket("music");
    assert!(bucket.keys().iter().all(|key| key.starts_with("objects/")), "{:?}", bucket.keys());
    assert_eq!(bucket.open_uploads().len(), 0);
    // What is in the file now is as good as any other.
    desk.run(&upload(&[])).out();
    download(&desk, "back.wav").out();
    assert_eq!(desk.read("back.wav"), desk.read("take.wav"));
}

#[test]
fn a_file_that_changes_while_it_is_uploaded() {
    for size in [1000, 20 * MIB] {
        meddled(size, |path| {
            let mut bytes = std::fs::read(path).unwrap();
            bytes[size - 1] ^= 1;
            std::fs::write(path, bytes).unwrap();
        });
    }
}

#[test]
fn a_file_that_shrinks_while_it_is_uploaded() {
    for (size, left) in [(1000, 0), (20 * MIB, 9 * MIB)] {
        meddled(size, |path| {
            let file = OpenOptions::new().write(true).open(path).unwrap();
            file.set_len(left as u64).unwrap();
        });
    }
}

#[test]
fn a_file_that_grows_while_it_is_uploaded() {
    meddled(1000, |path| {
        OpenOptions::new().append(true).open(path).unwrap().write_all(b"more").unwrap();
    });
}

#[test]
fn permission_that_is_lost_midway_stops_an_upload_which_then_goes_on() {
    let server = TestS3::start();
    let (desk, proxy) = desk_behind(&server);
    desk.file("take.wav", &noise::bytes(1, 21 * MIB));
    proxy.add(Rule::on(Operation::UploadPart, Fault::ACCESS_DENIED).skip(2).always());
    let parts = ["--part-size", "5MiB", "--parallel", "1"];
    desk.run(&upload(&parts)).fails(
        6,
        &["s3://music does not permit to", "AccessDenied", "check the permissions of the bucket"],
    );
    assert!(desk.is_empty());
    proxy.heal();
    let done: v1::Upload = desk.run(&upload(&[&parts[..], &["--json"]].concat())).answer(0);
    assert_eq!((done.kept_bytes, done.sent_bytes), (10 << 20, 11 << 20));
    assert_eq!(server.bucket("music").open_uploads().len(), 0);
    download(&desk, "back.wav").out();
    assert!(desk.read("back.wav") == desk.read("take.wav"));
}

#[test]
fn permission_that_is_lost_midway_stops_an_import_which_then_goes_on() {
    let server = TestS3::start();
    let (desk, proxy) = desk_behind(&server);
    // The first upload of all makes the bucket.
    desk.store("a", "before", "t", "v", b"x");
    for n in 0..12 {
        desk.file(&format!("session/Bass_{n}.wav"), &noise::bytes(n, 1000));
    }
    proxy.add(
        Rule::on(Operation::PutObject, Fault::ACCESS_DENIED).under("objects/").skip(3).always(),
    );
    let import = ["import", "session", "-a", "a", "-s", "s", "--yes"];
    desk.run(&import).tells(
        6,
        &["stored 3 versions"],
        &[
            "AccessDenied",
            "not begun",
            "9 of 12 files could not be stored",
            "check the permissions",
        ],
    );
    // Every file is told, those too that nobody came to.
    let again: v1::Imported = desk.run(&[&import[..], &["--json"]].concat()).answer(6);
    assert_eq!((again.files.len(), again.refused.len()), (3, 9));
    tells_what_was_not_begun(&again.refused);
    proxy.heal();
    desk.run(&import).tells(0, &["stored 9 versions", "3 were stored already"], &[]);
    desk.run(&["verify", "--full"]).tells(0, &["13 of 13 versions good"], &[]);

    proxy.add(Rule::on(Operation::GetObject, Fault::ACCESS_DENIED).always());
    let export = ["export", "mix", "-a", "a", "-s", "s"];
    let export: v1::Exported = desk.run(&[&export[..], &["--json"]].concat()).answer(6);
    assert_eq!((export.files.len(), export.failed.len()), (0, 12));
    tells_what_was_not_begun(&export.failed);
}

fn tells_what_was_not_begun(refused: &[v1::RefusedFile]) {
    let (not_begun, failed): (Vec<_>, Vec<_>) =
        refused.iter().partition(|file| file.reason == "not begun");
    assert!(!not_begun.is_empty() && !failed.is_empty(), "{refused:?}");
    // With what the server said, not only that it said no.
    assert!(failed.iter().all(|file| file.reason.contains("AccessDenied")), "{failed:?}");
}

#[test]
fn permission_that_is_lost_midway_leaves_no_half_file_of_a_download() {
    let server = TestS3::start();
    let (desk, proxy) = desk_behind(&server);
    desk.file("take.wav", &noise::bytes(1, 21 * MIB));
    desk.run(&upload(&[])).out();
    proxy.add(Rule::on(Operation::GetObject, Fault::ACCESS_DENIED).skip(2).always());
    let parts = ["--part-size", "5MiB", "--parallel", "1"];
    let get = [&["download", "-f", "back.wav"], &PLACE[..], &parts].concat();
    desk.run(&get).fails(6, &["s3://music does not permit to", "AccessDenied"]);
    assert!(!desk.path("back.wav").exists());
    // Damage and a lack of permission are not the same.
    desk.run(&["verify", "--full"]).fails(6, &["AccessDenied"]);
    let list: v1::VersionList = desk.run(&["list", "--json"]).answer(0);
    assert_eq!(list.versions[0].damage, None);
    proxy.heal();
    let done: v1::Download = desk.run(&[&get[..], &["--json"]].concat()).answer(0);
    assert_eq!(done.kept_bytes, 10 << 20);
    assert!(desk.read("back.wav") == desk.read("take.wav"));
}

#[test]
fn a_disk_that_is_full_during_an_export_leaves_whole_files_only() {
    let desk = Desk::new();
    for (name, size) in [("small", 1000), ("large", 3 * MIB)] {
        desk.file(&format!("session/Bass_{name}.wav"), &noise::bytes(1, size));
    }
    desk.run(&["import", "session", "-a", "a", "-s", "s", "--yes"]).out();
    let shelf = Shelf::of_directory(&desk);
    let objects = shelf.keys("");
    // 512-byte blocks by POSIX, 1024-byte ones in some shells.
    let script = "trap '' XFSZ; ulimit -f 1000; exec \"$0\" \"$@\"";
    let export = ["export", "mix", "-a", "a", "-s", "s"];
    let ran = Ran::from(desk.shell(script, &export).output().unwrap());
    ran.tells(6, &[], &["no space left for mix/Bass_large.wav", "make room"]);
    let made: Vec<_> = common::shelf::files_in(&desk.path("mix"));
    assert!(made.iter().all(|file| file.ends_with("Bass_small.wav")), "{made:?}");
    assert_eq!(shelf.keys(""), objects);
    desk.run(&export).out();
    assert!(desk.read("mix/Bass_large.wav") == desk.read("session/Bass_large.wav"));
}

#[test]
fn a_disk_that_is_full_during_recovery_leaves_no_half_catalogue() {
    let desk = Desk::new();
    desk.store("a", "s", "t", "v", b"precious");
    desk.run(&["backup"]).out();
    let script = "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"";
    let recover = ["recover", "--database", "new/studio.db"];
    let ran = Ran::from(desk.shell(script, &recover).output().unwrap());
    ran.tells(6, &[], &["no space left for ", "make room"]);
    assert_eq!(common::shelf::files_in(&desk.path("new")), [""; 0].map(std::path::PathBuf::from));
    desk.run(&recover).out();
    desk.run(&["verify", "--full", "--database", "new/studio.db"]).tells(
        0,
        &["1 of 1 version good"],
        &[],
    );
}
