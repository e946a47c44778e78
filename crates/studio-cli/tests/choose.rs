//! Choosing: picks and their history, and how good versions are found to be.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use studio_api::v1;

use self::common::shelf::Shelf;
use self::common::takes::{blue_hour, pick_blue_hour, take};
use self::common::{Desk, Ran};

const SONG: [&str; 2] = ["-s", "Blue Hour"];

fn on_version<'a>(command: &'a str, track: &'a str, tag: &'a str) -> Vec<&'a str> {
    vec![command, "-s", "Blue Hour", "-t", track, "-v", tag]
}

fn run(desk: &Desk, words: &[&str], more: &[&str]) -> Ran {
    desk.run(&[words, more].concat())
}

fn pick(desk: &Desk, track: &str, tag: &str, more: &[&str]) -> Ran {
    run(desk, &on_version("pick", track, tag), more)
}

fn mark(desk: &Desk, track: &str, tag: &str, more: &[&str]) -> Ran {
    run(desk, &on_version("status", track, tag), more)
}

/// The tags of a listing with these flags, with their tracks.
fn listed(desk: &Desk, flags: &[&str]) -> Vec<String> {
    let list: v1::VersionList = run(desk, &["list", "--json"], flags).answer(0);
    let versions = list.versions.iter().map(|listed| &listed.version);
    versions.map(|version| format!("{} {}", version.track, version.version)).collect()
}

#[test]
fn one_version_of_each_track_is_the_pick() {
    let desk = blue_hour();
    let song = "\"Blue Hour\" by Ana Torres";
    assert_eq!(
        pick(&desk, "Bass", "take_1", &[]).out(),
        format!("picked `take_1` of Bass in {song}\n")
    );
    let again = pick(&desk, "bass", "TAKE_1", &[]).out();
    assert_eq!(again, format!("already picked: `take_1` of Bass in {song}\n"));
    let other = pick(&desk, "Bass", "take_2", &["--by", "Jo", "--note", "tighter"]).out();
    let expected =
        format!("picked `take_2` of Bass in {song}\n  instead of `take_1`, picked by Ana\n");
    assert_eq!(other, expected);
    assert_eq!(listed(&desk, &["--picked"]), ["Bass take_2"]);
    let sheet = run(&desk, &["picks"], &SONG).out();
    let rows: Vec<&str> = sheet.lines().collect();
    assert_eq!(rows[0], "Ana Torres: \"Blue Hour\"");
    assert!(rows[1].starts_with("TRACK   PICK    LENGTH  FORMAT "), "{sheet}");
    assert!(rows[2].starts_with("Bass    take_2  0:00.5  wav 48k/24 mono  "), "{sheet}");
    assert!(rows[2].contains("  Jo  ") && rows[2].ends_with("  tighter"), "{sheet}");
    assert_eq!(rows[3..], ["Guitar  none", "Vocal   none"]);
    let list: v1::PickList = run(&desk, &["picks", "--json"], &SONG).answer(0);
    assert_eq!((list.picks.len(), list.without.len()), (1, 2));
    assert_eq!(list.picks[0].version.as_deref(), Some("take_2"));
    let show = run(&desk, &on_version("show", "Bass", "take_2"), &[]).out();
    assert!(show.contains("picked         yes\n"), "{show}");
}

#[test]
fn a_pick_is_taken_back_and_its_history_stays() {
    let desk = blue_hour();
    pick_blue_hour(&desk);
    let unpick = ["unpick", "-s", "Blue Hour", "-t", "Bass"];
    let would = run(&desk, &unpick, &["--dry-run"]).out();
    assert_eq!(
        would,
        "would take back the pick of `take_1` for Bass in \"Blue Hour\" by Ana Torres\n"
    );
    let took = run(&desk, &unpick, &["--note", "not yet"]).out();
    assert_eq!(took, would.replace("would take", "took"));
    let none = run(&desk, &unpick, &[]).out();
    assert_eq!(none, "Bass in \"Blue Hour\" by Ana Torres has no pick\n");
    assert_eq!(listed(&desk, &["--picked"]), ["Guitar take_2", "Vocal take_1"]);
    let history = run(&desk, &["picks", "--history"], &SONG).out();
    let rows: Vec<&str> = history.lines().collect();
    assert_eq!(rows.len(), 5, "{history}");
    assert!(rows[1].contains("  Bass    (taken back)  Ana  not yet"), "{history}");
    assert!(rows[4].contains("  Bass    take_1 "), "{history}");
    let of_bass: v1::PickList =
        run(&desk, &["picks", "--history", "--json", "-t", "Bass"], &SONG).answer(0);
    let tags: Vec<_> = of_bass.picks.iter().map(|pick| pick.version.as_deref()).collect();
    assert_eq!(tags, [None, Some("take_1")]);
    desk.run(&["picks", "-s", "Blue Hour", "-t", "Bass"]).fails(2, &["--history"]);
}

#[test]
fn programs_are_told_what_a_choice_changed() {
    let desk = blue_hour();
    let shelf = Shelf::of_directory(&desk);
    let would: v1::PickMove = {
        let words = [&on_version("pick", "Bass", "take_1")[..], &["--dry-run", "--json"]].concat();
        desk.changes_nothing(&shelf, &words).answer(0)
    };
    assert!(would.dry_run && would.changed && would.pick.is_none() && would.before.is_none());
    assert_eq!((would.track.as_str(), would.version.as_deref()), ("Bass", Some("take_1")));
    let did: v1::PickMove = pick(&desk, "Bass", "take_1", &["--json"]).answer(0);
    assert!(!did.dry_run && did.changed);
    assert_eq!(did.pick.unwrap().by, "Ana");
    let again: v1::PickMove = pick(&desk, "Bass", "take_1", &["--json"]).answer(0);
    assert!(!again.changed && again.before.is_some());
    let would: v1::PickMove = pick(&desk, "Bass", "take_1", &["--json", "--dry-run"]).answer(0);
    assert!(!would.changed);
    let text = pick(&desk, "Bass", "take_1", &["--dry-run"]).out();
    assert!(text.starts_with("already picked: `take_1`") && text.ends_with("nothing to do\n"));

    let unpick = ["unpick", "-s", "Blue Hour", "-t", "Bass", "--json"];
    let would: v1::PickMove =
        desk.changes_nothing(&shelf, &[&unpick[..], &["--dry-run"]].concat()).answer(0);
    assert!(would.changed && would.before.is_some());
    let did: v1::PickMove = desk.run(&unpick).answer(0);
    assert!(did.changed && did.version.is_none());
    let again: v1::PickMove = desk.run(&unpick).answer(0);
    assert!(!again.changed);

    let words = [&on_version("status", "Bass", "take_1")[..], &["circled", "--json"]].concat();
    let would: v1::MarkMove =
        desk.changes_nothing(&shelf, &[&words[..], &["--dry-run"]].concat()).answer(0);
    assert!(would.dry_run && would.changed && would.mark.is_none());
    let did: v1::MarkMove = desk.run(&words).answer(0);
    assert_eq!((did.changed, did.status), (true, Some(v1::VersionStatus::Circled)));
    let again: v1::MarkMove = desk.run(&words).answer(0);
    assert!(!again.changed);
}

#[test]
fn names_that_lead_nowhere_are_told_with_what_there_is() {
    let desk = blue_hour();
    pick(&desk, "Bas", "take_1", &[]).fails(3, &["no track Bas", "did you mean `Bass`?"]);
    pick(&desk, "Bass", "9", &[]).fails(3, &["no version `9`", "there are: take_1, take_2"]);
    pick(&desk, "Bass", "9", &["--dry-run"]).fails(3, &["no version `9`"]);
    mark(&desk, "Bass", "9", &["circled"]).fails(3, &["no version `9`"]);
    mark(&desk, "Bass", "9", &["circled", "--dry-run"]).fails(3, &["no version `9`"]);
    mark(&desk, "Bass", "9", &[]).fails(3, &["no version `9`"]);
    for dry_run in [&[][..], &["--dry-run"]] {
        let ran = run(&desk, &["unpick", "-s", "Blue Hour", "-t", "Gitar"], dry_run);
        ran.fails(3, &["no track Gitar in \"Blue Hour\" by Ana Torres", "did you mean `Guitar`?"]);
    }
    for words in [&["picks"][..], &["picks", "--history"]] {
        let words = [words, &["-s", "Blu Hour"]].concat();
        desk.run(&words).fails(3, &["no song \"Blu Hour\"", "did you mean `Blue Hour`?"]);
    }
    let ran = run(&desk, &["picks", "--history"], &SONG);
    ran.tells(0, &[], &["nothing was ever picked for \"Blue Hour\" by Ana Torres"]);
    desk.run(&["pick", "-s", "Blue Hour", "-t", "Bass"]).fails(2, &["--version <TAG>"]);
    let desk = Desk::new();
    let ran = desk.run(&["pick", "-a", "Ana", "-s", "s", "-t", "t", "-v", "v", "--dry-run"]);
    ran.fails(3, &["no artist Ana", "there are no artists yet"]);
    assert!(!desk.path("home").exists());
}

#[test]
fn somebody_says_how_good_a_version_is() {
    let desk = blue_hour();
    let nothing = mark(&desk, "Bass", "take_1", &[]);
    nothing.tells(0, &[], &["nothing was said of `take_1` of Bass"]);
    let said = mark(&desk, "Bass", "take_1", &["circled", "--note", "nice"]).out();
    assert_eq!(said, "marked `take_1` of Bass in \"Blue Hour\" by Ana Torres: circled\n");
    let again = mark(&desk, "Bass", "take_1", &["circled"]).out();
    assert!(again.starts_with("already so: "), "{again}");
    mark(&desk, "Bass", "take_2", &["no-good", "--by", "Jo", "--note", "amp hums"]).out();
    mark(&desk, "Vocal", "take_1", &["approved"]).out();
    assert_eq!(listed(&desk, &["--status", "circled"]), ["Bass take_1"]);
    assert_eq!(listed(&desk, &["--status", "no-good"]), ["Bass take_2"]);
    let list = run(&desk, &["list"], &SONG).out();
    assert!(list.lines().nth(1).unwrap().contains("STATUS"), "{list}");
    let show = run(&desk, &on_version("show", "Bass", "take_2"), &[]).out();
    assert!(show.contains("status         no-good, says Jo: amp hums\n"), "{show}");
    let warned = pick(&desk, "Bass", "take_2", &[]);
    warned.tells(0, &["picked `take_2`"], &["warning: this version is marked no-good"]);
    mark(&desk, "Bass", "take_1", &["none", "--note", "heard it again"]).out();
    assert!(listed(&desk, &["--status", "circled"]).is_empty());
    let ran = run(&desk, &["list", "--status", "circled", "--latest"], &[]);
    ran.tells(0, &[], &["no versions by Ana Torres with --latest --status circled"]);
    let marks = mark(&desk, "Bass", "take_1", &[]).out();
    let rows: Vec<&str> = marks.lines().collect();
    assert!(rows[1].contains("(taken back)  Ana  heard it again"), "{marks}");
    assert!(rows[2].contains("circled       Ana  nice"), "{marks}");
    let list: v1::MarkList = mark(&desk, "Bass", "take_1", &["--json"]).answer(0);
    assert_eq!(list.marks.len(), 2);
    mark(&desk, "Bass", "take_1", &["circeld"]).fails(2, &["circled, approved, no-good, none"]);
    mark(&desk, "Bass", "take_1", &["--note", "x"]).fails(2, &["<STATUS>"]);
}

#[test]
fn listings_are_narrowed_to_the_last_and_the_picked() {
    let desk = blue_hour();
    pick_blue_hour(&desk);
    assert_eq!(listed(&desk, &["--latest"]), ["Bass take_2", "Guitar take_2", "Vocal take_2"]);
    assert_eq!(listed(&desk, &["--latest", "--picked"]), ["Guitar take_2"]);
    let tracks = run(&desk, &["list", "--picked", "-t", "Bass"], &SONG).out();
    assert!(tracks.contains("take_1   *     0:00.5  wav 48k/24 mono"), "{tracks}");
    let page: v1::VersionList = desk.run(&["list", "--picked", "--limit", "2", "--json"]).answer(0);
    assert_eq!(page.versions.len(), 2);
    let next = page.next.unwrap();
    assert_eq!(listed(&desk, &["--picked", "--after", &next]), ["Vocal take_1"]);
    let csv = desk.run(&["list", "--picked", "--csv"]).out();
    let row = csv.lines().nth(1).unwrap();
    assert!(row.contains(",wav,pcm,1,48000,24,24000,0.5,"), "{row}");
    assert!(row.ends_with(",,true,0"), "{row}");
}

#[test]
fn what_is_written_by_hand_stays_in_its_line() {
    let desk = blue_hour();
    pick(&desk, "Bass", "take_1", &["--note", "first line\n\nsecond\tline"]).out();
    let sheet = run(&desk, &["picks"], &SONG).out();
    let row = sheet.lines().nth(2).unwrap();
    assert!(row.ends_with("  first line second line"), "{row}");
    pick(&desk, "Bass", "take_1", &["--note", "\u{1b}[2J"]).fails(2, &["control character"]);
    assert_eq!(sheet.lines().count(), 5, "{sheet}");
    pick(&desk, "Bass", "take_1", &["--note", ""]).fails(2, &["--note"]);
    pick(&desk, "Bass", "take_1", &["--note", &"x".repeat(100_000)]).fails(2, &["--note"]);
    pick(&desk, "Bass", "take_1", &["--by", ""]).fails(2, &["--by"]);
    pick(&desk, "Bass", "take_1", &["--by", "Jo\nSmith"]).fails(2, &["--by"]);
    // Long names widen their columns, and no more.
    let long = "a very long name of a track ".repeat(6);
    desk.store("Ana Torres", "Blue Hour", &long, "\u{1f3b8} t\u{e4}ke", &take(200.0));
    pick(&desk, &long, "\u{1f3b8} T\u{c4}KE", &[]).out();
    let sheet = run(&desk, &["picks"], &SONG).out();
    assert_eq!(sheet.lines().count(), 6, "{sheet}");
}

#[test]
fn who_says_so_comes_from_the_strongest_source() {
    let desk = Desk::new().with("STUDIO_ARTIST", "Ana Torres");
    common::takes::store_blue_hour(&desk);
    let by = |desk: &Desk, tag: &str, more: &[&str]| {
        let picked: v1::PickMove = pick(desk, "Bass", tag, &[&["--json"], more].concat()).answer(0);
        picked.pick.unwrap().by
    };
    assert_eq!(by(&desk, "take_1", &[]), "unknown");
    let desk = desk.with("USER", "ana");
    assert_eq!(by(&desk, "take_2", &[]), "ana");
    desk.file("studio.toml", b"person = \"Laura Lee\"\n");
    assert_eq!(by(&desk, "take_1", &[]), "Laura Lee");
    let desk = desk.with("STUDIO_PERSON", "Mark");
    assert_eq!(by(&desk, "take_2", &[]), "Mark");
    assert_eq!(by(&desk, "take_1", &["--by", "DJ"]), "DJ");
}

#[test]
fn a_pick_that_was_thrown_away_or_rotted_is_told() {
    let desk = blue_hour();
    pick_blue_hour(&desk);
    run(&desk, &on_version("rm", "Bass", "take_1"), &[]).out();
    Shelf::of_directory(&desk).rot(&desk.key("Ana Torres", "Blue Hour", "Vocal", "take_1"));
    assert_eq!(run(&desk, &["verify", "--full"], &[]).code, Some(5));
    let sheet = run(&desk, &["picks"], &SONG).out();
    let rows: Vec<&str> = sheet.lines().collect();
    assert!(rows[2].starts_with("Bass    take_1") && rows[2].contains("IN TRASH"), "{sheet}");
    assert!(rows[4].starts_with("Vocal   take_1") && rows[4].contains("DAMAGED"), "{sheet}");
    desk.run(&["trash", "purge", "--all", "--yes"]).out();
    let sheet = run(&desk, &["picks"], &SONG).out();
    assert!(sheet.lines().nth(2).unwrap().contains("GONE"), "{sheet}");
}
