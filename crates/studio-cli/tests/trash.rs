//! The trash, as the studio manager uses it.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use studio_api::v1;

use self::common::Desk;
use self::common::shelf::{Shelf, on_each_store};

const PLACE: [&str; 8] = ["--artist", "a", "--song", "s", "--track", "t", "--version", "v"];

fn with_place<'a>(first: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [first, &PLACE[..], more].concat()
}

fn trash(desk: &Desk) -> Vec<v1::Trashed> {
    desk.run(&["trash", "list", "--json"]).answer::<v1::TrashList>(0).trash
}

#[test]
fn what_was_thrown_away_comes_back_as_it_was() {
    on_each_store(|desk, shelf| {
        desk.store("a", "s", "t", "v", b"precious");
        let before = desk.run(&["list", "--json"]).out();
        let dry = desk.changes_nothing(shelf, &with_place(&["rm"], &["--dry-run"])).out();
        assert!(dry.starts_with("would throw away `v` of t in \"s\" by a\n  kept until  "));

        let thrown = desk.run(&with_place(&["rm"], &[])).out();
        assert!(thrown.contains("studio trash restore --artist a --song s"), "{thrown}");
        assert!(desk.is_empty());
        desk.run(&["trash", "list"]).tells(0, &["kept until", "`v` of t in \"s\" by a"], &[]);
        let listed = trash(desk);
        assert_eq!((listed.len(), listed[0].version.size), (1, 8));
        desk.run(&with_place(&["download", "-f", "back.wav"], &[])).fails(3, &["no artist a"]);

        let dry = with_place(&["trash", "restore"], &["--dry-run", "--json"]);
        let answer: v1::TrashMove = desk.changes_nothing(shelf, &dry).answer(0);
        assert!(answer.dry_run);
        // Nor does clearing up take what can still be taken back.
        let cleared: v1::Cleared = desk.run(&["gc", "--grace", "0s", "--json"]).answer(0);
        assert_eq!((cleared.purged.len(), cleared.orphans.len()), (0, 0));
        let back = desk.run(&with_place(&["trash", "restore"], &[])).out();
        assert_eq!(back, "took back `v` of t in \"s\" by a\n");
        assert_eq!(desk.run(&["list", "--json"]).out(), before);
        assert_eq!(shelf.keys("trash/"), [""; 0]);
        let empty = desk.run(&["trash", "list"]);
        assert_eq!((empty.stderr.as_str(), trash(desk).len()), ("the trash is empty\n", 0));
    });
}

#[test]
fn a_place_that_is_taken_is_not_taken_back_over() {
    on_each_store(|desk, _| {
        desk.store("a", "s", "t", "v", b"first");
        let first: v1::TrashMove = desk.run(&with_place(&["rm"], &["--json"])).answer(0);
        desk.store("a", "s", "t", "v", b"second");
        desk.run(&with_place(&["trash", "restore"], &[]))
            .fails(4, &["version `v` of t in \"s\" by a is stored already", "studio rm"]);
        assert_eq!(trash(desk).len(), 1);
        desk.run(&with_place(&["rm"], &[])).out();
        let id = first.trashed.version.id.as_str();
        let chosen = desk.run(&with_place(&["trash", "restore"], &["--id", id, "--dry-run"]));
        assert_eq!(chosen.stderr, "");
        let newest = desk.run(&with_place(&["trash", "restore"], &[]));
        newest.tells(0, &["took back"], &["--id chooses one of 1 older one"]);
        desk.run(&with_place(&["download", "-f", "back.wav"], &[])).out();
        assert_eq!(desk.read("back.wav"), b"second");
    });
}

#[test]
fn names_that_are_not_there_are_told() {
    let desk = Desk::new();
    desk.store("a", "s", "t", "v", b"x");
    let other = ["-a", "a", "-s", "s", "-t", "t", "-v", "w"];
    desk.run(&[&["rm"], &other[..]].concat()).fails(3, &["no version `w`", "there are: v"]);
    desk.run(&[&["trash", "restore"], &other[..]].concat())
        .fails(3, &["no version `w` of t in \"s\" by a is in the trash", "studio trash list"]);
    let nobody = "00000000-0000-0000-0000-000000000000";
    desk.run(&["trash", "purge", "--id", nobody, "--yes"])
        .fails(3, &["no version with the id", "studio trash list"]);
}

#[test]
fn nothing_is_removed_for_good_without_a_yes() {
    on_each_store(|desk, shelf| {
        desk.store("a", "s", "t", "v", b"precious");
        desk.store("a", "s", "t", "w", b"precious");
        desk.store("a", "s", "t", "x", b"alone");
        for tag in ["v", "x"] {
            desk.run(&["rm", "-a", "a", "-s", "s", "-t", "t", "-v", tag]).out();
        }
        let id = trash(desk)[0].version.id.clone();
        for which in [&["--all"][..], &["--id", &id]] {
            desk.run(&[&["trash", "purge"], which].concat())
                .fails(2, &["removes versions for good, and nobody can be asked", "--yes"]);
        }
        assert_eq!(trash(desk).len(), 2);
        // Their time is not over.
        let none: v1::Purged = desk.run(&["trash", "purge", "--json"]).answer(0);
        assert_eq!((none.versions.len(), none.objects), (0, 0));
        let dry = ["trash", "purge", "--all", "--dry-run", "--json"];
        let dry: v1::Purged = desk.changes_nothing(shelf, &dry).answer(0);
        // Each object once, and none that another version has: as many as then go.
        assert_eq!((dry.dry_run, dry.versions.len(), dry.objects, dry.bytes), (true, 2, 1, 5));
        desk.changes_nothing(shelf, &["trash", "purge", "--all", "--dry-run"]).tells(
            0,
            &["would remove 2 versions, 5 B in the store\n"],
            &[],
        );

        let gone: v1::Purged = desk.run(&["trash", "purge", "--all", "--yes", "--json"]).answer(0);
        // The bytes that a version has stay.
        assert_eq!((gone.versions.len(), gone.objects, gone.bytes), (2, 1, 5));
        assert_eq!((shelf.keys("objects/").len(), shelf.keys("versions/").len()), (1, 1));
        desk.run(&["download", "-a", "a", "-s", "s", "-t", "t", "-v", "w", "-f", "w.wav"]).out();
        assert_eq!(desk.read("w.wav"), b"precious");
        desk.run(&with_place(&["trash", "restore"], &[])).fails(3, &["is in the trash"]);
    });
}

/// Versions with the same bytes go together, and their object goes once.
#[test]
fn a_dry_run_of_a_purge_counts_an_object_once() {
    let desk = Desk::new().with("STUDIO_RETENTION", "0s");
    let shelf = Shelf::of_directory(&desk);
    for tag in ["v", "w"] {
        desk.store("a", "s", "t", tag, b"precious");
        desk.run(&["rm", "-a", "a", "-s", "s", "-t", "t", "-v", tag]).out();
    }
    let one = trash(&desk)[0].version.id.clone();
    let one: v1::Purged = desk
        .changes_nothing(&shelf, &["trash", "purge", "--id", &one, "--dry-run", "--json"])
        .answer(0);
    assert_eq!((one.versions.len(), one.objects, one.bytes), (1, 0, 0));
    let dry: v1::Purged =
        desk.changes_nothing(&shelf, &["trash", "purge", "--dry-run", "--json"]).answer(0);
    desk.changes_nothing(&shelf, &["gc", "--dry-run"]).tells(
        0,
        &["would remove 2 versions past their time in the trash, 8 B"],
        &[],
    );
    let done: v1::Purged = desk.run(&["trash", "purge", "--json"]).answer(0);
    assert_eq!((dry.objects, dry.bytes), (done.objects, done.bytes));
    assert_eq!(done.objects, 1);
}

#[test]
fn the_time_in_the_trash_is_a_setting() {
    let desk = Desk::new().with("STUDIO_RETENTION", "0s");
    let shelf = Shelf::of_directory(&desk);
    desk.store("a", "s", "t", "v", b"precious");
    desk.run(&with_place(&["rm"], &[])).out();
    let told = desk.changes_nothing(&shelf, &["gc", "--dry-run"]).out();
    assert!(told.contains("would remove 1 version past their time in the trash, 8 B"), "{told}");
    let purged = desk.run(&["trash", "purge"]).out();
    assert!(purged.contains("removed 1 version, 8 B in the store"), "{purged}");
    assert_eq!(shelf.keys("objects/"), [""; 0]);
}
