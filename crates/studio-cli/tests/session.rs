//! Whole sessions: stored and fetched as their manager does it.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use studio_api::v1;
use studio_testkit::noise;

use self::common::Desk;
use self::common::shelf::on_each_store;

const IMPORT: [&str; 7] =
    ["import", "session", "--artist", "Khruangbin", "--song", "White Gloves", "--yes"];

fn words<'a>(first: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [first, more].concat()
}

/// A session of three takes.
fn record(desk: &Desk) {
    for (n, name) in ["Bass_take 1", "Bass_take 2", "Drums_take 1"].into_iter().enumerate() {
        desk.file(&format!("session/{name}.wav"), &noise::bytes(n as u64, 1000));
    }
    desk.file("session/.DS_Store", b"not a take");
}

fn listed(desk: &Desk) -> Vec<String> {
    let list: v1::VersionList = desk.run(&["list", "--json"]).answer(0);
    let name = |listed: &v1::CataloguedVersion| {
        let v1::Version { song, track, version, .. } = &listed.version;
        format!("{song}/{track}/{version}")
    };
    // In no order: several are stored at once.
    let mut names: Vec<_> = list.versions.iter().map(name).collect();
    names.sort();
    names
}

#[test]
fn a_session_is_stored_once_however_often_it_is_imported() {
    on_each_store(|desk, shelf| {
        record(desk);
        let plan = desk.changes_nothing(shelf, &words(&IMPORT, &["--dry-run"])).out();
        assert!(plan.contains("session/Bass_take 1.wav"), "{plan}");
        assert!(plan.contains("as `take 1` of Bass in \"White Gloves\" by Khruangbin"), "{plan}");
        assert!(plan.contains("would store 3 files, 3.0 kB, read as `{track}_{version}`"));
        let planned: v1::Imported =
            desk.changes_nothing(shelf, &words(&IMPORT, &["--dry-run", "--json"])).answer(0);
        assert_eq!((planned.dry_run, planned.files.len(), planned.refused.len()), (true, 3, 0));

        let first = desk.run(&IMPORT);
        first.tells(0, &["stored 3 versions, 3.0 kB sent; 0 were stored already"], &[]);
        assert_eq!(
            listed(desk),
            ["White Gloves/Bass/take 1", "White Gloves/Bass/take 2", "White Gloves/Drums/take 1"]
        );
        let dry = desk.changes_nothing(shelf, &words(&IMPORT, &["--dry-run"]));
        dry.tells(0, &["would store 0 files, 0 B, read as `{track}_{version}`; 3 stored"], &[]);
        let again = desk.run(&IMPORT);
        again.tells(0, &["stored 0 versions, 0 B sent; 3 were stored already"], &[]);
        desk.file("session/Drums_take 2.wav", b"one more");
        let answer: v1::Imported = desk.run(&words(&IMPORT, &["--json"])).answer(0);
        assert_eq!((answer.sent_bytes, answer.files.len()), (8, 4));
        let stored = |file: &&v1::ImportedFile| file.outcome == Some(v1::UploadOutcome::Stored);
        assert_eq!(answer.files.iter().filter(stored).count(), 1);
        assert_eq!(shelf.keys("objects/").len(), 4);
    });
}

#[test]
fn a_name_that_can_be_read_in_two_ways_is_asked_about_and_never_guessed() {
    on_each_store(|desk, shelf| {
        record(desk);
        desk.file("session/Lead_Guitar_take 1.wav", b"whose take?");
        desk.file("session/notes.txt", b"no take");
        let plain = desk.run(&IMPORT);
        plain.fails(
            2,
            &[
                "Lead_Guitar_take 1.wav: its name can be read in several ways: \
                 Lead | Guitar_take 1, or Lead_Guitar | take 1",
                "notes.txt: its name does not fit the pattern",
                "2 files cannot be read, nothing was stored",
                "read as `{track}_{version}`",
                "--skip",
            ],
        );
        assert_eq!(listed(desk), [""; 0]);
        let dry: v1::Imported =
            desk.changes_nothing(shelf, &words(&IMPORT, &["--dry-run", "--json"])).answer(2);
        assert_eq!((dry.files.len(), dry.refused.len()), (3, 2));
        let dry = desk.changes_nothing(shelf, &words(&IMPORT, &["--dry-run", "--skip"]));
        dry.tells(0, &["would store 3 files"], &["notes.txt: its name does not fit"]);
        let skipped: v1::Imported = desk.run(&words(&IMPORT, &["--skip", "--json"])).answer(0);
        assert_eq!((skipped.files.len(), skipped.refused.len()), (3, 2));
        assert_eq!(listed(desk).len(), 3);
        let fits =
            desk.run(&words(&IMPORT, &["--pattern", "{track}_take {version}.wav", "--skip"]));
        fits.tells(0, &["stored 4 versions"], &["notes.txt"]);
    });
}

#[test]
fn what_cannot_be_imported_is_told_with_what_to_do() {
    let desk = Desk::new();
    let import = |directory| desk.run(&["import", directory, "-a", "a", "-s", "s", "--yes"]);
    import("nowhere").fails(3, &["no directory nowhere", "check its spelling"]);
    desk.file("take.wav", b"x");
    import("take.wav").fails(2, &["take.wav is not a directory", "studio upload"]);
    std::fs::create_dir(desk.path("empty")).unwrap();
    import("empty").fails(2, &["there is nothing to import", "`{track}_{version}`"]);
    desk.file("twice/Bass_one.wav", b"x");
    desk.file("twice/bass_ONE.flac", b"y");
    import("twice").fails(2, &["the same version as twice/", "nothing was stored"]);
    let bad = desk.run(&["import", "twice", "--pattern", "{artist}{song}"]);
    assert_eq!(bad.code, Some(2), "{bad:?}");
    assert!(bad.stderr.contains("nothing tells where one of its fields ends"), "{bad:?}");
    assert!(desk.is_empty());
}

#[test]
fn nothing_is_stored_that_nobody_agreed_to() {
    let desk = Desk::new();
    record(&desk);
    let unasked = &IMPORT[..IMPORT.len() - 1];
    for json in [&[][..], &["--json"]] {
        desk.run(&words(unasked, json)).fails(
            2,
            &["session/Bass_take 1.wav", "this stores 3 files, and nobody can be asked", "--yes"],
        );
    }
    assert!(desk.is_empty());
    desk.run(&words(unasked, &["--dry-run"])).tells(0, &["would store 3 files"], &[]);
    desk.run(&IMPORT).tells(0, &["stored 3 versions"], &[]);
}

#[test]
fn a_take_that_is_there_with_other_bytes_keeps_no_other_from_being_stored() {
    on_each_store(|desk, _| {
        record(desk);
        desk.store("Khruangbin", "White Gloves", "Bass", "take 1", b"another take 1");
        desk.run(&IMPORT).tells(
            4,
            &["stored 2 versions"],
            &[
                "session/Bass_take 1.wav: version `take 1` of Bass in \"White Gloves\" by \
                 Khruangbin is stored already, with other bytes",
                "versions are immutable",
            ],
        );
        let again: v1::Imported = desk.run(&words(&IMPORT, &["--json"])).answer(4);
        assert_eq!((again.sent_bytes, again.files.len(), again.refused.len()), (0, 2, 1));
        assert_eq!(listed(desk).len(), 3);
    });
}

#[test]
fn a_session_is_fetched_as_it_was_and_never_over_other_files() {
    on_each_store(|desk, shelf| {
        record(desk);
        desk.run(&IMPORT).out();
        let export = ["export", "mix", "--artist", "Khruangbin", "--song", "White Gloves"];
        let plan = desk.changes_nothing(shelf, &words(&export, &["--dry-run"])).out();
        assert!(plan.contains("mix/Drums_take 1.wav"), "{plan}");
        assert!(plan.ends_with("would make 3 files, 3.0 kB\n"), "{plan}");
        let planned: v1::Exported =
            desk.changes_nothing(shelf, &words(&export, &["--dry-run", "--json"])).answer(0);
        assert_eq!((planned.dry_run, planned.files.len()), (true, 3));

        desk.file("mix/Bass_take 2.wav", b"my own mix");
        desk.run(&export).tells(
            4,
            &["made 2 files, 2.0 kB, verified; 0 were there already"],
            &[
                "error: mix/Bass_take 2.wav exists already\n",
                "error: 1 of 3 files could not be made\n",
                "export into another directory",
            ],
        );
        let json = desk.run(&words(&export, &["--json"]));
        let answer: v1::Exported = json.answer(4);
        assert_eq!((answer.files.len(), answer.failed.len()), (2, 1));
        assert!(!json.stderr.contains("--force"), "export has no such flag: {json:?}");
        assert_eq!(desk.read("mix/Bass_take 2.wav"), b"my own mix");
        std::fs::remove_file(desk.path("mix/Bass_take 2.wav")).unwrap();
        desk.run(&export).tells(0, &["made 1 file, 1.0 kB, verified; 2 were there"], &[]);
        for name in ["Bass_take 1.wav", "Bass_take 2.wav", "Drums_take 1.wav"] {
            let (taken, fetched) = (format!("session/{name}"), format!("mix/{name}"));
            assert_eq!(desk.read(&fetched), desk.read(&taken), "{name}");
        }
        let again: v1::Exported = desk.run(&words(&export, &["--json"])).answer(0);
        assert!(again.files.iter().all(|file| file.was_there), "{again:?}");
    });
}

fn outcomes(imported: &v1::Imported) -> Vec<v1::UploadOutcome> {
    imported.files.iter().map(|file| file.outcome.unwrap()).collect()
}

/// A dry run is asked to find out whether it would work.
#[test]
fn a_dry_run_tells_what_would_come_of_each_file_and_ends_as_the_run_would() {
    on_each_store(|desk, shelf| {
        record(desk);
        desk.run(&IMPORT).out();
        desk.file("session/Bass_take 2.wav", b"not the take that is stored");
        desk.file("session/Keys_take 1.wav", b"new");
        shelf.remove(&desk.key("Khruangbin", "White Gloves", "Drums", "take 1"));
        let dry_run = words(&IMPORT, &["--dry-run", "--json"]);
        let dry: v1::Imported = desk.changes_nothing(shelf, &dry_run).answer(4);
        desk.changes_nothing(shelf, &words(&IMPORT, &["--dry-run"])).tells(
            4,
            &[
                "as `take 1` of Bass in \"White Gloves\" by Khruangbin (stored already)",
                "come back",
            ],
            &["Bass_take 2.wav: version `take 2`", "1 of 4 files would not be stored"],
        );
        // In a bucket and a directory alike, what would be fetched and what is there.
        desk.file("mix/Bass_take 1.wav", &desk.read("session/Bass_take 1.wav"));
        desk.file("mix/Bass_take 2.wav", b"my own mix");
        let export = ["export", "mix", "-a", "Khruangbin", "-s", "White Gloves", "--json"];
        let dry_export = words(&export, &["--dry-run"]);
        // Lost bytes weigh more than a file in the way.
        let lost: v1::Exported = desk.changes_nothing(shelf, &dry_export).answer(5);
        assert_eq!((lost.files.len(), lost.failed.len()), (1, 2));
        let done: v1::Imported = desk.run(&words(&IMPORT, &["--json"])).answer(4);
        assert_eq!(outcomes(&dry), outcomes(&done));
        assert_eq!(dry.refused, done.refused);

        let dry: v1::Exported = desk.changes_nothing(shelf, &dry_export).answer(4);
        let dry_text = words(&export[..6], &["--dry-run"]);
        desk.changes_nothing(shelf, &dry_text).tells(
            4,
            &["(there already)\n", "would make 2 files, 1.0 kB; 1 there already\n"],
            &["error: mix/Bass_take 2.wav exists already", "1 of 4 files would not be made"],
        );
        let done: v1::Exported = desk.run(&export).answer(4);
        assert_eq!((dry.files, dry.failed), (done.files, done.failed));
    });
}

/// How names are read can be tried out without the store.
#[test]
fn a_dry_run_of_an_import_shows_the_plan_though_the_store_does_not_answer() {
    let desk = {
        let server = studio_testkit::s3::TestS3::start();
        Desk::new().on_s3(&server, "music")
    };
    record(&desk);
    let plain = desk.run(&words(&IMPORT, &["--dry-run"]));
    plain.tells(6, &["session/Bass_take 1.wav"], &["3 files were not begun", "cannot reach"]);
}

/// Whichever file comes last: a file in the way must not hide that bytes are lost.
#[test]
fn of_several_failures_the_gravest_decides_the_exit_code() {
    for (rotten, taken) in [("take 1", "take 2"), ("take 2", "take 1")] {
        on_each_store(|desk, shelf| {
            record(desk);
            desk.run(&IMPORT).out();
            shelf.rot(&desk.key("Khruangbin", "White Gloves", "Bass", rotten));
            let mine = format!("mix/Bass_{taken}.wav");
            desk.file(&mine, b"my own mix");
            desk.run(&["export", "mix", "-a", "Khruangbin", "-s", "White Gloves"]).tells(
                5,
                &["made 1 file"],
                &[
                    &format!("error: {mine} exists already\n"),
                    &format!("error: mix/Bass_{rotten}.wav: the stored bytes of version"),
                    "error: 2 of 3 files could not be made\n",
                    "upload it to the same version again",
                ],
            );
        });
    }
}

/// A take that is stored already may be what brings lost bytes back.
#[test]
fn an_import_says_what_it_put_back() {
    on_each_store(|desk, shelf| {
        record(desk);
        desk.run(&IMPORT).out();
        shelf.remove(&desk.key("Khruangbin", "White Gloves", "Bass", "take 1"));
        desk.run(&IMPORT).tells(
            0,
            &[
                "stored 0 versions, 1.0 kB sent; 2 were stored already",
                "  put back the missing bytes of 1 version\n",
            ],
            &[],
        );
    });
}

#[test]
fn an_export_that_cannot_be_makes_no_file() {
    on_each_store(|desk, shelf| {
        desk.run(&["export", "mix"]).fails(3, &["there is nothing to export", "studio list"]);
        record(desk);
        desk.run(&IMPORT).out();
        desk.run(&["export", "mix", "--pattern", "{song}"])
            .fails(2, &["2 versions would get a name that another one has", "--pattern"]);
        assert!(!desk.path("mix").exists());
        shelf.rot(&desk.key("Khruangbin", "White Gloves", "Bass", "take 2"));
        let damaged = desk.run(&["export", "mix", "--all-artists"]);
        damaged.tells(5, &["made 2 files"], &["Bass_take 2.wav: the stored bytes of version"]);
        assert!(!desk.path("mix/Khruangbin/White Gloves/Bass_take 2.wav").exists());
        assert!(desk.path("mix/Khruangbin/White Gloves/Bass_take 1.wav").exists());
    });
}
