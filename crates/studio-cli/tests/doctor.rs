//! The doctor: each problem is named, and repaired without a version lost.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use studio_api::v1;
use studio_repo::{CatalogRepo as _, Reservation, SqliteCatalog, TrashRepo as _};
use studio_testkit::{catalog_suite, noise};

use self::common::shelf::{Shelf, age_file, on_each_store};
use self::common::{Desk, Ran};

fn place(tag: &str) -> [&str; 8] {
    ["--artist", "a", "--song", "s", "--track", "t", "--version", tag]
}

/// Runs a command on a version.
fn on(desk: &Desk, command: &[&str], tag: &str) -> Ran {
    desk.run(&[command, &place(tag)].concat())
}

/// Uploads a take from a file of its own, which stays.
fn take(desk: &Desk, tag: &str, options: &[&str]) {
    let file = format!("takes/{tag}.wav");
    if !desk.path(&file).exists() {
        desk.file(&file, &noise::bytes(tag.len() as u64, 500 + tag.len()));
    }
    on(desk, &[&["upload", "-f", &file], options].concat(), tag).out();
}

fn object(desk: &Desk, tag: &str) -> String {
    desk.key("a", "s", "t", tag)
}

fn manifest(desk: &Desk, tag: &str) -> String {
    let shown = on(desk, &["show", "--json"], tag).json();
    format!("versions/{}.json", shown["id"].as_str().unwrap())
}

/// What the doctor says in a run that ends with this code.
fn examine(desk: &Desk, options: &[&str], code: i32) -> v1::Diagnosis {
    desk.run(&[&["doctor", "--json"], options].concat()).answer(code)
}

fn kinds(diagnosis: &v1::Diagnosis) -> Vec<&str> {
    let mut kinds: Vec<_> = diagnosis.problems.iter().map(|p| p.kind.as_str()).collect();
    kinds.sort();
    kinds
}

#[test]
fn a_studio_in_order_has_no_problem() {
    on_each_store(|desk, shelf| {
        take(desk, "one", &[]);
        take(desk, "other", &[]);
        on(desk, &["rm"], "one").out();
        let healthy: v1::Diagnosis =
            desk.changes_nothing(shelf, &["doctor", "--dry-run", "--full", "--json"]).answer(0);
        assert_eq!((healthy.versions, healthy.trashed, healthy.objects), (1, 1, 2));
        assert_eq!(healthy.problems, []);
        desk.run(&["doctor", "--repair", "--full"]).tells(
            0,
            &["1 version, 1 in the trash, 2 objects: 0 problems found"],
            &[],
        );
    });
}

#[test]
fn damaged_objects_come_back_from_the_files_they_were_uploaded_from() {
    on_each_store(|desk, shelf| {
        for tag in ["missing", "short", "rotten", "good"] {
            take(desk, tag, &[]);
        }
        shelf.remove(&object(desk, "missing"));
        shelf.put(&object(desk, "short"), b"short");
        shelf.rot(&object(desk, "rotten"));
        let dry = desk.changes_nothing(shelf, &["doctor", "--dry-run", "--full"]);
        dry.tells(
            5,
            &[
                "object missing: `missing` of t in \"s\" by a\n",
                "object of the wrong size: `short` of t in \"s\" by a\n",
                "object with other bytes: `rotten` of t in \"s\" by a\n",
                "4 versions, 0 in the trash, 3 objects: 3 problems found",
            ],
            &["error: 3 problems are left", "`studio doctor --repair`"],
        );
        let found = examine(desk, &["--full"], 5);
        assert_eq!(kinds(&found), ["object_missing", "wrong_digest", "wrong_size"]);
        assert!(found.problems.iter().all(|problem| problem.repaired.is_none()));
        let repaired = examine(desk, &["--full", "--repair"], 0);
        for problem in &repaired.problems {
            assert_eq!(problem.repaired, Some(true), "{problem:?}");
            assert!(problem.outcome.as_ref().unwrap().starts_with("sent again from takes/"));
        }
        assert_eq!(examine(desk, &["--full"], 0).problems, []);
        desk.run(&["verify", "--full"]).tells(0, &["4 of 4 versions good"], &[]);
    });
}

#[test]
fn damage_without_an_original_is_left_and_told_each_time() {
    on_each_store(|desk, shelf| {
        take(desk, "gone", &[]);
        let key = object(desk, "gone");
        let bytes = desk.read("takes/gone.wav");
        std::fs::remove_file(desk.path("takes/gone.wav")).unwrap();
        shelf.rot(&key);
        let rotten = shelf.get(&key);
        for _ in 0..2 {
            desk.run(&["doctor", "--repair", "--full"]).tells(
                5,
                &["LEFT      object with other bytes: `gone` of t in \"s\" by a: no good copy"],
                &["error: 1 problem is left", "upload the original file"],
            );
            assert_eq!(shelf.get(&key), rotten, "what is there stays");
        }
        // A file that is not the original any more is not sent.
        desk.file("takes/gone.wav", &noise::bytes(77, bytes.len()));
        assert_eq!(examine(desk, &["--repair", "--full"], 5).problems[0].repaired, Some(false));
        desk.file("takes/gone.wav", &bytes);
        assert_eq!(examine(desk, &["--repair", "--full"], 0).problems[0].repaired, Some(true));
    });
}

#[test]
fn catalogue_and_manifests_are_brought_together() {
    on_each_store(|desk, shelf| {
        for tag in ["kept", "unwritten", "garbled", "back", "thrown"] {
            take(desk, tag, &[]);
        }
        shelf.remove(&manifest(desk, "unwritten"));
        shelf.put(&manifest(desk, "garbled"), b"{}");
        on(desk, &["rm"], "thrown").out();
        shelf.remove(&shelf.keys("trash/")[0]);
        on(desk, &["rm"], "back").out();
        let tombstone = shelf.keys("trash/").remove(0);
        let said = shelf.get(&tombstone);
        on(desk, &["trash", "restore"], "back").out();
        shelf.put(&tombstone, &said);
        // What another catalogue did in this store.
        take(desk, "theirs", &["--database", "other.db"]);
        take(desk, "their rubbish", &["--database", "other.db"]);
        on(desk, &["rm", "--database", "other.db"], "their rubbish").out();
        let garbled = [
            "manifest_without_row",
            "manifest_without_row",
            "row_without_manifest",
            "row_without_tombstone",
            "stray_tombstone",
            "tombstone_without_row",
            "wrong_manifest",
        ];
        let dry = ["doctor", "--dry-run", "--full", "--json"];
        let dry: v1::Diagnosis = desk.changes_nothing(shelf, &dry).answer(5);
        assert_eq!(kinds(&dry), garbled);
        let repaired = examine(desk, &["--repair", "--full"], 0);
        assert!(repaired.problems.iter().all(|problem| problem.repaired == Some(true)));
        let after = examine(desk, &["--full"], 0);
        assert_eq!((after.versions, after.trashed, after.problems.len()), (5, 2, 0));
        let recovered: v1::Recovered =
            desk.run(&["recover", "--database", "again.db", "--json"]).answer(0);
        assert_eq!((recovered.versions, recovered.trashed), (5, 2));
    });
}

#[test]
fn a_place_that_has_other_bytes_keeps_them_and_the_trash_the_others() {
    on_each_store(|desk, shelf| {
        take(desk, "v", &[]);
        desk.file("takes/v.wav", b"other bytes at the same place");
        take(desk, "v", &["--database", "other.db"]);
        let dry: v1::Diagnosis =
            desk.changes_nothing(shelf, &["doctor", "--dry-run", "--json"]).answer(5);
        assert_eq!(dry.problems[0].description, "manifest of a version whose place is taken");
        desk.run(&["doctor", "--repair"]).tells(0, &["put into the trash"], &[]);
        assert_eq!(shelf.keys("objects/").len(), 2);
        let trash: v1::TrashList = desk.run(&["trash", "list", "--json"]).answer(0);
        assert_eq!(trash.trash[0].version.size, 29);
        assert_eq!(examine(desk, &["--full"], 0).problems, []);
    });
}

#[test]
fn what_dead_processes_left_is_cleared_away_when_it_is_old() {
    on_each_store(|desk, shelf| {
        take(desk, "kept", &[]);
        take(desk, "purged", &[]);
        on(desk, &["rm"], "purged").out();
        let orphan = format!("objects/00/{}", "00".repeat(32));
        shelf.put(&orphan, b"orphan");
        shelf.begin_upload(&format!("objects/01/{}", "01".repeat(32)));
        let in_directory = matches!(shelf, Shelf::Directory(_));
        if let Shelf::Directory(root) = shelf {
            std::fs::write(root.join(".studio-staging/.tmp123"), b"half").unwrap();
        }
        desk.file(".studio-0000-1.part", b"half a download");
        leave_claim_and_removal(desk);
        // All of it may still be in use, but for what the catalogue alone has.
        let young = examine(desk, &[], 5);
        assert_eq!(kinds(&young), ["dead_reservation", "pending_removal"]);
        assert_eq!(young.young_orphans, 2, "that of the removal too");

        shelf.age(&orphan);
        shelf.age_open_uploads();
        age_file(&desk.path(".studio-0000-1.part"));
        let mut expected =
            vec!["dead_reservation", "dead_upload", "left_download", "orphan", "pending_removal"];
        if in_directory {
            expected.push("temporary_file");
        }
        let dry: v1::Diagnosis =
            desk.changes_nothing(shelf, &["doctor", "--dry-run", "--json"]).answer(5);
        assert_eq!(kinds(&dry), expected);
        let repaired = examine(desk, &["--repair"], 0);
        assert!(repaired.problems.iter().all(|problem| problem.repaired == Some(true)));
        assert_eq!(examine(desk, &["--full"], 0).problems, []);
        assert_eq!(shelf.keys("objects/"), [object(desk, "kept")]);
        assert!(!desk.path(".studio-0000-1.part").exists());
    });
}

/// As of an upload and a purge that were killed.
fn leave_claim_and_removal(desk: &Desk) {
    let catalog = SqliteCatalog::open(&desk.path("home/.local/share/studio/studio.db")).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let version = catalog_suite::version(catalog_suite::path("a", "s", "t", "claimed"), 1);
    let claim = Reservation {
        id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
        version: version.id,
        path: version.path,
        digest: version.digest,
        object_key: version.object_key,
        expires_at: version.uploaded_at,
    };
    runtime.block_on(async {
        catalog.reserve(&claim, claim.expires_at).await.unwrap();
        let trashed = catalog.trashed(None, 10).await.unwrap().items;
        catalog.purge(trashed[0].id, trashed[0].trashed_at).await.unwrap();
    });
}

#[test]
fn what_studio_did_not_write_is_told_and_left() {
    on_each_store(|desk, shelf| {
        take(desk, "kept", &[]);
        let foreign = [
            "notes.txt",
            "mixes/final.wav",
            "objects/readme.txt",
            "versions/readme.txt",
            "versions/00000000-0000-4000-8000-000000000000.json",
            "trash/00000000-0000-4000-8000-000000000000.json",
        ];
        for key in foreign {
            shelf.put(key, b"somebody's");
            shelf.age(key);
        }
        let found = examine(desk, &["--full"], 5);
        // Those outside of our names concern nobody.
        assert_eq!(kinds(&found), ["foreign_manifest"; 4]);
        let repaired = examine(desk, &["--repair"], 5);
        assert!(repaired.problems.iter().all(|problem| problem.repaired == Some(false)));
        desk.run(&["gc", "--grace", "0s"]).tells(0, &["removed 0 orphans"], &[]);
        for key in foreign {
            assert_eq!(shelf.get(key), b"somebody's", "{key}");
        }
        desk.run(&["verify", "--full"]).tells(0, &["1 of 1 version good"], &[]);
    });
}
