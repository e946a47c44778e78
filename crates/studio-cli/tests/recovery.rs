//! Backup and recovery: a catalogue is lost, and comes back from the store.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use studio_api::v1;

use self::common::Desk;
use self::common::shelf::{Shelf, on_each_store};
use self::common::takes::{blue_hour, pick_blue_hour};

fn three_takes(desk: &Desk) {
    for tag in ["one", "two", "three"] {
        desk.store("a", "s", "t", tag, tag.as_bytes());
    }
}

fn list(desk: &Desk) -> String {
    desk.run(&["list", "--json"]).out()
}

/// The disk with the catalogue is lost.
fn lose_catalogue(desk: &Desk) {
    for file in std::fs::read_dir(desk.path("home/.local/share/studio")).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            std::fs::remove_file(path).unwrap();
        }
    }
    assert!(desk.is_empty());
}

#[test]
fn a_lost_catalogue_comes_back_from_manifests_as_it_was() {
    on_each_store(|desk, shelf| {
        three_takes(desk);
        desk.run(&["rm", "-a", "a", "-s", "s", "-t", "t", "-v", "two"]).out();
        let (before, trash) = (list(desk), desk.run(&["trash", "list", "--json"]).out());
        lose_catalogue(desk);
        let dry = desk.changes_nothing(shelf, &["recover", "--dry-run"]).out();
        assert!(dry.starts_with("would recover 2 versions from the manifests in "), "{dry}");
        let told: v1::Recovered =
            desk.changes_nothing(shelf, &["recover", "--dry-run", "--json"]).answer(0);
        assert_eq!((told.dry_run, told.versions, told.trashed), (true, 2, 1));
        let objects = shelf.keys("");
        let done: v1::Recovered = desk.run(&["recover", "--json"]).answer(0);
        assert_eq!((done.versions, done.trashed, done.without_object), (2, 1, 0));
        assert_eq!(list(desk), before);
        assert_eq!(desk.run(&["trash", "list", "--json"]).out(), trash);
        assert_eq!(shelf.keys(""), objects, "the store is only read");
        let again: v1::Recovered = desk.run(&["recover", "--json"]).answer(0);
        assert_eq!((again.known, again.versions, again.trashed), (3, 0, 0));
        assert_eq!(list(desk), before);
    });
}

#[test]
fn a_release_alone_is_a_catalogue_worth_keeping() {
    let desk = blue_hour();
    pick_blue_hour(&desk);
    desk.run(&["release", "create", "-s", "Blue Hour", "-n", "1.0"]).out();
    let shelf = Shelf::of_directory(&desk);
    for kind in ["versions/", "picks/", "trash/"] {
        shelf.keys(kind).iter().for_each(|key| shelf.remove(key));
    }
    lose_catalogue(&desk);
    let done: v1::Recovered = desk.run(&["recover", "--json"]).answer(0);
    assert_eq!((done.versions, done.picks, done.releases), (0, 0, 1));
    let list: v1::ReleaseList = desk.run(&["release", "list", "--json"]).answer(0);
    assert_eq!(list.releases.len(), 1);
    desk.run(&["release", "verify", "-s", "Blue Hour", "-n", "1.0"]).out();
}

#[test]
fn a_backup_and_what_is_younger_make_the_catalogue() {
    on_each_store(|desk, shelf| {
        three_takes(desk);
        // What only the catalogue knows.
        desk.run(&["verify", "--full"]).out();
        let dry: v1::BackedUp =
            desk.changes_nothing(shelf, &["backup", "--dry-run", "--json"]).answer(0);
        assert_eq!((dry.dry_run, dry.backup, dry.removed.len()), (true, None, 0));
        let first: v1::BackedUp = desk.run(&["backup", "--json"]).answer(0);
        assert_eq!((first.kept, first.removed.len()), (1, 0));
        desk.store("a", "s", "t", "younger", b"than the backup");
        let before = list(desk);
        lose_catalogue(desk);
        let dry = desk.changes_nothing(shelf, &["recover", "--dry-run"]).out();
        assert!(dry.contains("would begin with the backup "), "{dry}");
        let done: v1::Recovered = desk.run(&["recover", "--json"]).answer(0);
        assert_eq!(done.backup, first.backup);
        assert_eq!((done.known, done.versions), (3, 1));
        assert_eq!(list(desk), before);
        let manifests = ["recover", "--no-backup", "--database", "other.db", "--json"];
        let bare: v1::Recovered = desk.run(&manifests).answer(0);
        assert_eq!((bare.backup, bare.known, bare.versions), (None, 0, 4));
    });
}

/// Before anything is changed it is told what would come.
#[test]
fn a_dry_run_of_recover_counts_what_the_backup_has() {
    on_each_store(|desk, shelf| {
        three_takes(desk);
        desk.run(&["backup"]).out();
        desk.store("a", "s", "t", "younger", b"than the backup");
        lose_catalogue(desk);
        let dry: v1::Recovered =
            desk.changes_nothing(shelf, &["recover", "--dry-run", "--json"]).answer(0);
        let done: v1::Recovered = desk.run(&["recover", "--json"]).answer(0);
        assert_eq!((dry.known, dry.versions), (done.known, done.versions));
        assert_eq!(dry.backup, done.backup);
    });
}

#[test]
fn only_the_newest_backups_are_kept() {
    on_each_store(|desk, shelf| {
        three_takes(desk);
        for _ in 0..3 {
            desk.run(&["backup", "--keep", "2"]).tells(0, &["backed up the catalogue"], &[]);
        }
        assert_eq!(shelf.keys("backups/").len(), 2);
        let newest = shelf.keys("backups/").remove(1);
        let dry = ["backup", "--keep", "1", "--dry-run", "--json"];
        let dry: v1::BackedUp = desk.changes_nothing(shelf, &dry).answer(0);
        assert_eq!((dry.removed.len(), dry.kept), (2, 1));
        desk.changes_nothing(shelf, &["backup", "--keep", "1", "--dry-run"]).tells(
            0,
            &["would back up the catalogue into ", "would remove "],
            &[],
        );
        let done: v1::BackedUp = desk.run(&["backup", "--keep", "1", "--json"]).answer(0);
        assert_eq!((done.removed.len(), done.kept), (2, 1));
        assert!(!shelf.keys("backups/").contains(&newest));
        desk.run(&["backup", "--keep", "0"]).fails(2, &["--keep"]);
    });
}

#[test]
fn a_damaged_backup_is_passed_over_for_the_one_before_it() {
    on_each_store(|desk, shelf| {
        three_takes(desk);
        let before = list(desk);
        desk.run(&["backup"]).out();
        desk.run(&["backup"]).out();
        shelf.rot(&shelf.keys("backups/")[1]);
        lose_catalogue(desk);
        let recovered = desk.run(&["recover"]);
        recovered.tells(0, &["began with the backup "], &["is damaged; the one before it is used"]);
        assert!(recovered.stdout.contains(&shelf.keys("backups/")[0]), "{recovered:?}");
        assert_eq!(list(desk), before);
        // And with none that is whole the manifests are enough.
        shelf.put(&shelf.keys("backups/")[0], b"");
        lose_catalogue(desk);
        desk.run(&["recover"]).tells(0, &["recovered 3 versions"], &["is damaged"]);
        assert_eq!(list(desk), before);
    });
}

/// A store is copied elsewhere with other tools, and the first one is gone.
#[test]
fn a_copied_store_brings_a_catalogue_that_leads_to_the_copy() {
    let desk = Desk::new();
    three_takes(&desk);
    desk.run(&["backup"]).out();
    desk.store("a", "s", "t", "younger", b"than the backup");
    let first = Shelf::of_directory(&desk);
    let copy = Shelf::Directory(desk.path("copy"));
    for key in first.keys("") {
        copy.put(&key, &first.get(&key));
    }
    let place = desk.path("copy").to_string_lossy().into_owned();
    std::fs::remove_dir_all(desk.path("home/.local/share/studio")).unwrap();
    for backup in [&["--no-backup"][..], &[]] {
        let database = format!("{}.db", backup.len());
        let new = ["--database", &database, "--store", &place];
        desk.run(&[&["recover", "--from", &place, "--database", &database], backup].concat()).out();
        desk.run(&[&["verify", "--full"], &new[..]].concat()).tells(
            0,
            &["4 of 4 versions good"],
            &[],
        );
        let get = ["download", "-a", "a", "-s", "s", "-t", "t", "-v", "one", "-f", &database[..1]];
        desk.run(&[&get[..], &new[..]].concat()).out();
    }
}

#[test]
fn what_a_new_catalogue_lacks_and_how_it_is_used_is_told() {
    let desk = Desk::new();
    desk.store("a", "s", "t", "one", b"precious");
    let copy = Shelf::Directory(desk.path("the copy"));
    let first = Shelf::of_directory(&desk);
    for key in first.keys("") {
        copy.put(&key, &first.get(&key));
    }
    let place = desk.path("the copy").to_string_lossy().into_owned();
    let unknown = "hint: manifests tell no length, format or loudness; `studio analyse` measures";
    let setting = format!("store = \"file://{}", desk.path("the").to_string_lossy());
    let again = |database: &str, more: &[&str]| {
        desk.run(&[&["recover", "--database", database, "--from", &place], more].concat())
    };
    again("one.db", &[]).tells(0, &[], &[unknown, &setting, "STUDIO_STORE="]);
    assert_eq!(again("two.db", &["--dry-run"]).stderr, "");
    let own = desk.run(&["recover", "--database", "three.db"]);
    own.tells(0, &[], &[unknown]);
    assert!(!own.stderr.contains("STUDIO_STORE"), "{own:?}");
    // What is known from before needs no measuring.
    desk.run(&["recover"]).tells(0, &["known before"], &[]);
    assert_eq!(desk.run(&["recover"]).stderr, "");
}

#[test]
fn a_store_that_is_not_there_or_empty_recovers_nothing() {
    on_each_store(|desk, shelf| {
        let said = ["error: nothing of a studio is in ", "is that its name?"];
        for dry_run in [&["recover", "--dry-run"][..], &["recover"]] {
            let json = [dry_run, &["--json"]].concat();
            let empty: v1::Recovered = desk.changes_nothing(shelf, &json).answer(3);
            assert_eq!((empty.backup, empty.versions), (None, 0));
            desk.changes_nothing(shelf, dry_run).tells(3, &["recover"], &said);
        }
        // An empty catalogue would make the next command believe that all is garbage.
        let catalogue = desk.path("home/.local/share/studio/studio.db");
        assert!(!catalogue.exists());
        // Nor does one come of what nobody can read.
        shelf.put("versions/README.md", b"hello");
        desk.run(&["recover"]).tells(3, &["recovered 0 versions"], &["README.md", said[0]]);
        shelf.put("versions/01890a5d-ac96-774b-bcce-b302099a8057.json", b"{");
        desk.run(&["recover"]).tells(5, &["recovered 0 versions"], &["1 object cannot be read"]);
        assert!(!catalogue.exists());
        desk.run(&["recover", "--from", "nowhere://"]).fails(2, &["only s3:// and file://"]);
    });
}

#[test]
fn versions_without_bytes_are_recovered_and_named() {
    on_each_store(|desk, shelf| {
        three_takes(desk);
        // Somebody's own, as a file manager leaves it, is no reason to fail.
        shelf.put("objects/.DS_Store", b"x");
        shelf.remove(&desk.key("a", "s", "t", "two"));
        lose_catalogue(desk);
        let dry: v1::Recovered =
            desk.changes_nothing(shelf, &["recover", "--dry-run", "--json"]).answer(5);
        assert_eq!((dry.versions, dry.without_object), (3, 1));
        let names = &dry.versions_without_object[0];
        assert_eq!((names.artist.as_str(), names.version.as_str()), ("a", "two"));
        desk.run(&["recover"]).tells(
            5,
            &["recovered 3 versions"],
            &["warning: the bytes of `two` of t", "error: 1 version is without bytes"],
        );
        let found: v1::VersionList = desk.run(&["list", "--json"]).answer(0);
        assert_eq!(found.versions.len(), 3);
    });
}

/// The hint leads out of it.
#[test]
fn a_damaged_catalogue_is_kept_and_a_new_one_made_of_the_store() {
    let desk = Desk::new();
    three_takes(&desk);
    let before = list(&desk);
    let catalogue = desk.path("home/.local/share/studio/studio.db");
    let mut bytes = std::fs::read(&catalogue).unwrap();
    let first_page = 4096;
    bytes[first_page..].fill(0xAA);
    std::fs::write(&catalogue, &bytes).unwrap();
    for command in [&["list"][..], &["verify"], &["recover"]] {
        desk.run(command).fails(5, &["the database is damaged", "`studio recover --database NEW`"]);
    }
    assert_eq!(std::fs::read(&catalogue).unwrap(), bytes);
    desk.run(&["recover", "--database", "new.db"]).out();
    assert_eq!(desk.run(&["list", "--json", "--database", "new.db"]).out(), before);
}

/// Whoever expects the backup to be used finds out why it is not.
#[test]
fn a_backup_that_is_passed_over_is_told() {
    on_each_store(|desk, _| {
        three_takes(desk);
        let recover = desk.run(&["recover"]);
        assert_eq!(recover.stderr, "", "there is no backup to be told of");
        desk.run(&["backup"]).out();
        let said = ["1 backup was passed over, because ", "--database NEW"];
        desk.run(&["recover"]).tells(0, &["recovered 0 versions"], &said);
        let bare = desk.run(&["recover", "--no-backup"]);
        assert_eq!(bare.stderr, "");
    });
}
