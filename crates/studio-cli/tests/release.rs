//! Mixes and releases: refused with every reason, made once, verified, rendered, delivered.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use std::io::Read as _;

use studio_api::v1;

use self::common::shelf::{Shelf, files_in};
use self::common::takes::{blue_hour, cd_take, pick_blue_hour, take, tone};
use self::common::{Desk, Ran};

const SONG: [&str; 2] = ["-s", "Blue Hour"];
const FIRST: [&str; 4] = ["-s", "Blue Hour", "-n", "1.0"];

fn run(desk: &Desk, words: &[&str], more: &[&str]) -> Ran {
    desk.run(&[words, more].concat())
}

fn mix(desk: &Desk, more: &[&str]) -> Ran {
    desk.run(&[&["mix"], &SONG[..], more].concat())
}

fn release(desk: &Desk, verb: &str, more: &[&str]) -> Ran {
    desk.run(&[&["release", verb], &FIRST[..], more].concat())
}

/// The song with a take of each track picked.
fn chosen() -> Desk {
    let desk = blue_hour();
    pick_blue_hour(&desk);
    desk
}

/// Stores bytes as a version of a track and picks it.
fn pick_also(desk: &Desk, track: &str, tag: &str, bytes: &[u8]) {
    desk.store("Ana Torres", "Blue Hour", track, tag, bytes);
    desk.run(&["pick", "-s", "Blue Hour", "-t", track, "-v", tag]).out();
}

/// The audio digest of a file.
fn audio_digest(desk: &Desk, file: &str) -> String {
    let list: v1::AnalysisList = desk.run(&["analyse", file, "--json"]).answer(0);
    list.analyses[0].audio_sha256.clone().unwrap()
}

#[test]
fn a_song_is_heard_before_anything_is_frozen() {
    let desk = blue_hour();
    desk.run(&["pick", "-s", "Blue Hour", "-t", "Bass", "-v", "take_1"]).out();
    let ran = mix(&desk, &[]);
    let out = [
        "mixed 1 stem, only to measure (--output FILE keeps it)\n  TRACK  VERSION\n  Bass   take_1\n",
        "\n  length        0:00.5\n  format        48k/24 stereo\n  loudness      -",
    ];
    ran.tells(0, &out, &["not in the mix, for want of a pick: Guitar, Vocal"]);
    pick_blue_hour(&desk);
    let levels = ["--gain", "Bass=-3dB", "--gain", "vocal=+1.5", "--pan", "Guitar=L30"];
    let more = [&levels[..], &["--offset", "Vocal=250ms", "--mute", "Guitar"]].concat();
    let text = mix(&desk, &[&more[..], &["-o", "rough.wav"]].concat()).out();
    let table = "mixed 2 stems into rough.wav\n  \
                 TRACK   VERSION   GAIN  PAN  OFFSET\n  \
                 Bass    take_1   -3.00\n  \
                 Guitar  take_2   muted  L30\n  \
                 Vocal   take_1   +1.50        12000\n  length        0:00.7\n";
    assert!(text.starts_with(table), "{text}");
    let wav = desk.read("rough.wav");
    assert_eq!((&wav[..4], &wav[8..12]), (&b"RIFF"[..], &b"WAVE"[..]));
    // The same again, in another file and in other bits.
    let flac: v1::Audition =
        mix(&desk, &[&more[..], &["-o", "rough.flac", "--json"]].concat()).answer(0);
    assert_eq!(desk.read("rough.flac")[..4], *b"fLaC");
    assert_eq!(flac.mix.audio_sha256, audio_digest(&desk, "rough.wav"));
    assert_eq!((flac.stems.len(), flac.without.len()), (3, 0));
    let floats: v1::Audition = mix(&desk, &["--bits", "32f", "-o", "f.wav", "--json"]).answer(0);
    assert_eq!((floats.mix.bits_per_sample, floats.mix.dither_seed), (None, None));
    let sixteen: v1::Audition = mix(&desk, &["--bits", "16", "--json"]).answer(0);
    let plain: v1::Audition = mix(&desk, &["--bits", "16", "--no-dither", "--json"]).answer(0);
    assert_eq!((sixteen.mix.dither_seed, plain.mix.dither_seed), (Some(0), None));
    assert_ne!(sixteen.mix.audio_sha256, plain.mix.audio_sha256);
    let ran = mix(&desk, &["--master-gain", "+30"]);
    ran.tells(0, &["  clipped       "], &["warning: ", "beyond full scale", "--master-gain -3"]);
    let none: v1::ReleaseList = desk.run(&["release", "list", "--json"]).answer(0);
    assert!(none.releases.is_empty());
}

#[test]
fn a_mix_that_makes_no_sense_is_refused() {
    let desk = chosen();
    for (wrong, part) in [
        (["--gain", "Bass"], "write TRACK=VALUE"),
        (["--gain", "Bass=loud"], "`loud` is not a number of decibels"),
        (["--gain", "Bass=nan"], "`nan` is not a number of decibels"),
        (["--gain", "Bass=1e9"], "is not a number of decibels"),
        (["--master-gain", "inf"], "is not a number of decibels"),
        (["--pan", "Bass=L101"], "is not a place in the stereo field"),
        (["--offset", "Bass=1h"], "`1h` is no time; write 480 (frames), 250ms or 1.5s"),
        (["--sample-rate", "0"], "`0` is no sample rate; write 48000, or 44.1k"),
        (["--sample-rate", "fast"], "`fast` is no sample rate"),
        (["--bits", "12"], "[possible values: 16, 24, 32f]"),
        (["-o", "rough.mp3"], "let its name end in .wav or .flac"),
        (["-o", "rough"], "does not tell what kind of file"),
    ] {
        mix(&desk, &wrong).fails(2, &[part]);
    }
    for option in ["--gain=Bas=-3", "--pan=Bas=L3", "--offset=Bas=3", "--mute=Bas"] {
        mix(&desk, &[option]).fails(4, &["has no track Bas", "did you mean `Bass`?"]);
    }
    mix(&desk, &["--mute", "Bass", "--mute", "Guitar", "--mute", "Vocal"]).fails(4, &["muted"]);
    desk.file("there.wav", b"mine");
    mix(&desk, &["-o", "there.wav"]).fails(4, &["there.wav exists already", "--force"]);
    assert_eq!(desk.read("there.wav"), b"mine");
    mix(&desk, &["-o", "there.wav", "--force"]).out();
    assert_eq!(desk.read("there.wav")[..4], *b"RIFF");
    mix(&desk, &["-o", "none/rough.wav"]).fails(3, &["no directory none", "mkdir -p none"]);
    mix(&desk, &["-o", "home"]).fails(2, &["does not tell what kind of file"]);
    desk.run(&["mix", "-s", "Blu Hour"]).fails(3, &["did you mean `Blue Hour`?"]);
    let desk = blue_hour();
    let told =
        ["  no-pick  Bass has no pick\n", "for 3 reasons", "pick a version with `studio pick`"];
    mix(&desk, &[]).fails(4, &told);
}

#[test]
fn rates_and_lengths_differ_only_when_that_was_asked_for() {
    let desk = chosen();
    pick_also(&desk, "Bass", "cd", &cd_take());
    let rates = ["the sample rates differ: Bass 44100 Hz, Guitar 48000 Hz, Vocal 48000 Hz"];
    mix(&desk, &[]).fails(4, &[rates[0], "hint: --sample-rate 48000 converts them"]);
    mix(&desk, &["--mute", "Bass"]).out();
    // Times are counted in the rate of the mix, which what is muted does not decide.
    let vocal = mix(&desk, &["--mute", "bass", "--offset", "Vocal=10ms", "--offset", "Bass=1s"]);
    let out = ["  Bass    cd       muted   48000\n", "  Vocal   take_1             480\n"];
    vocal.tells(0, &out, &[]);
    let json: v1::Audition = mix(&desk, &["--sample-rate", "48k", "--json"]).answer(0);
    assert_eq!(json.mix.sample_rate, 48_000);
    let low = mix(&desk, &["--sample-rate", "44.1k", "--offset", "Guitar=10ms", "--mixed-lengths"]);
    assert!(low.out().contains("  Guitar  take_2      441\n"));
    pick_also(&desk, "Vocal", "longer", &tone(300.0, 36_000, 2));
    let both = mix(&desk, &[]);
    both.fails(
        4,
        &[
            "  mixed-rates    the sample rates differ",
            "  mixed-lengths  the lengths differ: Bass 0.500 s, Guitar 0.500 s, Vocal 0.750 s",
            "cannot be used for 2 reasons",
            "--sample-rate 48000 converts them; --mixed-lengths lets them be so",
        ],
    );
    let json: v1::Audition =
        mix(&desk, &["--sample-rate", "48000", "--mixed-lengths", "--json"]).answer(0);
    assert_eq!(json.mix.frame_count, 36_000);
}

#[test]
fn a_release_is_refused_with_every_reason() {
    let desk = chosen();
    pick_also(&desk, "Bass", "cd", &cd_take());
    desk.store("Ana Torres", "Blue Hour", "Keys", "take_1", &take(500.0));
    desk.run(&["rm", "-s", "Blue Hour", "-t", "Guitar", "-v", "take_2"]).out();
    let shelf = Shelf::of_directory(&desk);
    let list = [
        "no-pick",
        "Keys has no pick",
        "trashed",
        "the pick of Guitar, `take_2`, is in the trash",
        "mixed-rates",
        "the sample rates differ: Bass 44100 Hz, Vocal 48000 Hz",
    ];
    let create = [&["release", "create"], &FIRST[..]].concat();
    desk.changes_nothing(&shelf, &create).fails(4, &list);
    let dry = desk.changes_nothing(&shelf, &[&create[..], &["--dry-run"]].concat());
    dry.tells(4, &list, &["error: it would be refused for 3 reasons\nhint: pick a version"]);
    let plan: v1::ReleasePlan =
        desk.changes_nothing(&shelf, &[&create[..], &["--dry-run", "--json"]].concat()).answer(4);
    let codes: Vec<_> = plan.obstacles.iter().map(|obstacle| obstacle.code.as_str()).collect();
    assert_eq!(codes, ["no-pick", "trashed", "mixed-rates"]);
    let none: v1::ReleaseList = desk.run(&["release", "list", "--json"]).answer(0);
    assert!(none.releases.is_empty());
    // Damage is graver than what is in the way.
    shelf.rot(&desk.key("Ana Torres", "Blue Hour", "Vocal", "take_1"));
    release(&desk, "create", &["--sample-rate", "48000"]).fails(4, &["no-pick"]);
    desk.run(&["pick", "-s", "Blue Hour", "-t", "Keys", "-v", "take_1"]).out();
    desk.run(&["pick", "-s", "Blue Hour", "-t", "Guitar", "-v", "take_1"]).out();
    let damaged = ["the pick of Vocal, `take_1`, is damaged", "hint: `studio doctor` tells"];
    release(&desk, "create", &["--sample-rate", "48000", "--mixed-lengths"]).fails(5, &damaged);
    desk.run(&["release", "create", "-s", "Blue Hour"]).fails(2, &["--name <NAME>"]);
    let ran = desk.run(&["release"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    assert!(ran.stderr.contains("Usage: studio release"), "{ran:?}");
}

#[test]
fn a_release_is_made_once_and_never_changes() {
    let desk = chosen();
    let shelf = Shelf::of_directory(&desk);
    let create = [&["release", "create"], &FIRST[..], &["--gain", "Vocal=+1.5"]].concat();
    let dry = desk.changes_nothing(&shelf, &[&create[..], &["--dry-run"]].concat()).out();
    let would = "would make release 1.0 of \"Blue Hour\" by Ana Torres, reading 216.1 kB\n";
    assert!(dry.starts_with(would) && dry.contains("  Vocal   take_1   +1.50\n"), "{dry}");
    let text = run(&desk, &create, &["--note", "vocal up\nby a hair"]).out();
    assert!(text.starts_with("made release 1.0 of \"Blue Hour\" by Ana Torres\n"), "{text}");
    assert!(text.contains("\n  manifest      file:///"), "{text}");
    let releases = shelf.keys("releases/");
    assert_eq!(releases.len(), 1);
    let taken = ["there is a release 1.0 already", "a release never changes"];
    run(&desk, &create, &[]).fails(4, &taken);
    let shown = release(&desk, "show", &[]).out();
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines[0], "release 1.0 of \"Blue Hour\" by Ana Torres");
    assert!(lines[1].starts_with("  made by       Ana, 20"), "{shown}");
    assert_eq!(lines[2..4], ["  note          vocal up", "                by a hair"]);
    assert!(shown.contains("\n\nTRACK   VERSION  LENGTH  FORMAT"), "{shown}");
    assert!(lines.iter().all(|line| line.chars().count() <= 100), "{shown}");
    let json: v1::Release = release(&desk, "show", &["--json"]).answer(0);
    assert_eq!((json.name.as_str(), json.stems.len(), json.by.as_str()), ("1.0", 3, "Ana"));
    assert_eq!(json.stems[2].gain_db, 1.5);
    let list = desk.run(&["release", "list"]).out();
    assert!(list.lines().nth(1).unwrap().ends_with("  vocal up by a hair"), "{list}");
    assert_eq!(desk.run(&["release", "list", "-s", "blue hour"]).out(), list);
    let other = desk.run(&["release", "list", "-a", "Nobody"]);
    other.tells(0, &[], &["no releases"]);
    desk.run(&["release", "list", "-s", "Blu Hour"]).fails(3, &["did you mean `Blue Hour`?"]);
    desk.run(&["release", "show", "-s", "Blue Hour", "-n", "1.1"])
        .fails(3, &["no release 1.1 of \"Blue Hour\"", "did you mean `1.0`?"]);
    desk.run(&["release", "verify", "-s", "Blu Hour", "-n", "1.0"])
        .fails(3, &["no song \"Blu Hour\"", "did you mean `Blue Hour`?"]);
}

#[test]
fn what_a_release_uses_stays_and_who_keeps_it_is_told() {
    let desk = chosen();
    let json: v1::Release = release(&desk, "create", &["--json"]).answer(0);
    desk.run(&["release", "create", "-s", "Blue Hour", "-n", "1.1"]).out();
    let bass = ["-s", "Blue Hour", "-t", "Bass", "-v", "take_1"];
    let show = run(&desk, &["show"], &bass).out();
    assert!(show.contains("in             releases 1.0, 1.1\n"), "{show}");
    let by = "releases 1.0 and 1.1 of \"Blue Hour\" by Ana Torres";
    let told = ["it is the pick of Bass, and nothing is mixed", &format!("it is in {by}, so it")];
    run(&desk, &["rm", "--dry-run"], &bass).tells(0, &["would throw away"], &told);
    let dry: v1::TrashMove = run(&desk, &["rm", "--dry-run", "--json"], &bass).answer(0);
    assert_eq!((dry.picked, dry.releases), (true, vec!["1.0".to_owned(), "1.1".to_owned()]));
    run(&desk, &["rm"], &bass).tells(0, &["threw away"], &told);
    mix(&desk, &[]).fails(4, &["is in the trash"]);
    let id = &json.stems[0].version_id;
    let stays = format!(
        "`take_1` of Bass in \"Blue Hour\" by Ana Torres stays in the trash: it is in {by}"
    );
    desk.run(&["trash", "purge", "--id", id, "--yes"]).fails(4, &[&stays]);
    let ran = desk.run(&["trash", "purge", "--all", "--yes"]);
    ran.tells(0, &["removed 0 versions"], &[&stays]);
    let purged: v1::Purged = desk.run(&["trash", "purge", "--all", "--yes", "--json"]).answer(0);
    assert_eq!((purged.kept.len(), purged.kept[0].releases.len()), (1, 2));
    desk.file("studio.toml", b"[care]\nretention = \"0s\"\n");
    desk.run(&["gc"]).tells(0, &["removed 0 versions past their time"], &[&stays]);
    let cleared: v1::Cleared = desk.run(&["gc", "--json"]).answer(0);
    assert_eq!(cleared.kept[0].releases, ["1.0", "1.1"]);
    release(&desk, "verify", &[]).out();
}

#[test]
fn a_release_is_verified_and_rendered_sample_for_sample() {
    let desk = chosen();
    let made: v1::Release = release(&desk, "create", &["--pan", "Guitar=R40", "--json"]).answer(0);
    let whole = release(&desk, "verify", &[]).out();
    assert!(whole.starts_with("release 1.0 of \"Blue Hour\" by Ana Torres is whole\n"), "{whole}");
    assert!(whole.contains("3 stems, 216.1 kB: every byte is what was frozen"), "{whole}");
    let verified: v1::VerifiedRelease = release(&desk, "verify", &["--json"]).answer(0);
    assert!(verified.whole && verified.mixed_again && verified.flaws.is_empty());

    let text = release(&desk, "render", &["-o", "mix.wav"]).out();
    assert!(text.starts_with("rendered mix.wav, sample for sample as it was frozen\n"), "{text}");
    let flac: v1::RenderedRelease =
        release(&desk, "render", &["-o", "mix.flac", "--json"]).answer(0);
    assert_eq!((flac.as_frozen, desk.read("mix.flac").starts_with(b"fLaC")), (Some(true), true));
    for file in ["mix.wav", "mix.flac"] {
        assert_eq!(audio_digest(&desk, file), made.mix.audio_sha256, "{file}");
    }
    let first = desk.read("mix.wav");
    release(&desk, "render", &["-o", "mix.wav"]).fails(4, &["mix.wav exists already", "--force"]);
    release(&desk, "render", &["-o", "mix.wav", "--force"]).out();
    assert_eq!(desk.read("mix.wav"), first, "the same bytes again");
    let other = release(&desk, "render", &["-o", "cd.flac", "--bits", "16"]).out();
    assert!(other.starts_with("rendered cd.flac, with other bits than were frozen\n"), "{other}");
    release(&desk, "render", &["-o", "mix.mp3"]).fails(2, &[".wav or .flac"]);
    release(&desk, "render", &[]).fails(2, &["--output <FILE>"]);

    let shelf = Shelf::of_directory(&desk);
    shelf.rot(&desk.key("Ana Torres", "Blue Hour", "Bass", "take_1"));
    let ran = release(&desk, "verify", &[]);
    let promise = ["error: ", "not as release 1.0 of \"Blue Hour\" by Ana Torres promises"];
    ran.tells(5, &["Bass"], &promise);
    let verified: v1::VerifiedRelease = release(&desk, "verify", &["--json"]).answer(5);
    assert!(!verified.whole && !verified.flaws.is_empty());
    assert_eq!(release(&desk, "render", &["-o", "new.wav"]).code, Some(5));
    assert_eq!(release(&desk, "deliver", &["new"]).code, Some(5));
    assert!(!desk.path("new.wav").exists() && !desk.path("new").exists());
}

#[test]
fn a_delivery_brings_the_same_catalogue_into_an_empty_studio() {
    let desk = chosen();
    desk.run(&["pick", "-s", "Blue Hour", "-t", "Bass", "-v", "take_2", "--note", "deeper"]).out();
    let made: v1::Release = release(&desk, "create", &["--json"]).answer(0);
    let deliver = |more: &[&str]| release(&desk, "deliver", more);
    deliver(&["out", "--credit", "Laura Lee"]).fails(2, &["write ROLE=NAME"]);
    let text = deliver(&["out", "--credit", "Mixed by=Laura Lee"]).out();
    let files = [
        "AT_BlueHour_01_Bass_48k24.wav",
        "AT_BlueHour_01_Guitar_48k24.wav",
        "AT_BlueHour_01_Mix_48k24.wav",
        "AT_BlueHour_01_Vocal_48k24.wav",
        "README.txt",
        "checksums.txt",
        "credits.txt",
        "session.json",
    ];
    assert!(text.starts_with("delivered 8 files, ") && text.contains(", to out\n"), "{text}");
    assert!(files.iter().all(|file| text.contains(&format!("  {file}\n"))), "{text}");
    assert_eq!(files_in(&desk.path("out")).len(), files.len());
    let credits = String::from_utf8(desk.read("out/credits.txt")).unwrap();
    assert!(credits.contains("Mixed by: Laura Lee\n"), "{credits}");
    let sums = desk.shell("cd out && sha256sum --check --quiet checksums.txt", &[""; 0]).status();
    assert!(sums.unwrap().success());
    assert_eq!(audio_digest(&desk, &format!("out/{}", files[2])), made.mix.audio_sha256);
    assert_eq!(audio_digest(&desk, &format!("out/{}", files[0])), made.stems[0].audio_sha256);
    let bext: v1::ProbeList =
        desk.run(&["probe", "out/AT_BlueHour_01_Bass_48k24.wav", "--json"]).answer(0);
    let ixml = bext.probes[0].ixml.as_ref().unwrap();
    assert_eq!(ixml.scene.as_deref(), Some("Blue Hour"));
    assert_eq!(ixml.take.as_deref(), Some("take_2"));
    deliver(&["out"]).fails(4, &["out exists already", "nothing was replaced"]);

    let zipped: v1::Delivered =
        deliver(&["out.zip", "--credit", "Mixed by=Laura Lee", "--json"]).answer(0);
    assert_eq!(zipped.files.len(), files.len());
    deliver(&["out.zip"]).fails(4, &["out.zip exists already"]);
    let mut archive =
        zip::ZipArchive::new(std::fs::File::open(desk.path("out.zip")).unwrap()).unwrap();
    assert_eq!(archive.len(), files.len());
    for name in files {
        let mut bytes = Vec::new();
        archive.by_name(&format!("out/{name}")).unwrap().read_to_end(&mut bytes).unwrap();
        assert!(bytes == desk.read(&format!("out/{name}")), "{name}");
    }

    comes_back(&desk, &files, &made);
    desk.run(&["import", "out.zip"]).fails(2, &["out.zip is not a directory", "unpack it"]);
}

/// What was delivered makes the same picks, and the same mix, in an empty studio.
fn comes_back(desk: &Desk, files: &[&str], made: &v1::Release) {
    let other = Desk::new();
    for file in files {
        other.file(&format!("got/{file}"), &desk.read(&format!("out/{file}")));
    }
    let dry = other.run(&["import", "got", "--dry-run"]).out();
    assert!(dry.contains("would store 3 files, ") && dry.contains("as session.json says"), "{dry}");
    assert!(!other.path("home").exists());
    let did = other.run(&["import", "got", "--yes"]).out();
    assert!(did.contains("stored 3 versions") && did.contains("\n  3 picks set\n"), "{did}");
    let again = other.run(&["import", "got", "--yes"]).out();
    assert!(again.contains("stored 0 versions") && again.contains("3 were stored already"));
    assert!(again.contains("\n  3 picks stood already\n"), "{again}");
    let other = other.with("STUDIO_ARTIST", "Ana Torres");
    let picks: v1::PickList = run(&other, &["picks", "--json"], &SONG).answer(0);
    let here: v1::PickList = run(desk, &["picks", "--json"], &SONG).answer(0);
    let of = |list: &v1::PickList| {
        let picks = list.picks.iter().map(|pick| {
            (
                pick.track.clone(),
                pick.version.clone(),
                pick.by.clone(),
                pick.at.clone(),
                pick.note.clone(),
            )
        });
        picks.collect::<Vec<_>>()
    };
    assert_eq!(of(&picks), of(&here));
    let there: v1::Audition = mix(&other, &["--json"]).answer(0);
    assert_eq!(there.mix.audio_sha256, made.mix.audio_sha256, "the same mix can be made there");
}

#[test]
fn a_delivery_tells_its_own_names_and_takes_no_pick_from_a_track() {
    let desk = chosen();
    release(&desk, "create", &[]).out();
    release(&desk, "deliver", &["out"]).out();
    let other = Desk::new().with("STUDIO_PERSON", "Ben");
    for file in files_in(&desk.path("out")) {
        let name = file.file_name().unwrap().to_str().unwrap();
        other.file(&format!("got/{name}"), &std::fs::read(&file).unwrap());
    }
    let named = ["import", "got", "--yes", "--song", "Red Hour", "--pattern", "{track}_{version}"];
    for dry in [&[][..], &["--dry-run"]] {
        run(&other, &named, dry)
            .fails(2, &["session.json tells the names", "leave out --song, --pattern"]);
    }
    assert!(other.is_empty());
    // Two tracks have a pick already, and for one of those the delivered take is refused.
    for (track, tag) in [("Bass", "take_9"), ("Guitar", "take_2")] {
        other.store("Ana Torres", "Blue Hour", track, tag, &take(440.0));
        let place = ["-a", "Ana Torres", "-s", "Blue Hour", "-t", track, "-v", tag];
        run(&other, &["pick"], &place).out();
    }
    // What the environment says of the artist is no name that was given for these.
    let other = other.with("STUDIO_ARTIST", "Somebody Else");
    let ran = other.run(&["import", "got", "--yes"]);
    ran.tells(4, &["stored 2 versions", "\n  1 pick set; 1 track keeps its own\n"], &["take_2"]);
    let json: v1::Imported = other.run(&["import", "got", "--yes", "--json"]).answer(4);
    let picks = v1::ImportedPicks { stood: 1, kept_own: 1, ..Default::default() };
    assert_eq!(json.picks, Some(picks));
}

#[test]
fn what_was_chosen_is_recovered_from_the_store_alone() {
    let desk = chosen();
    desk.run(&["status", "-s", "Blue Hour", "-t", "Bass", "-v", "take_1", "approved"]).out();
    let made: v1::Release = release(&desk, "create", &["--json"]).answer(0);
    let doctor = desk.run(&["doctor", "--full"]).out();
    assert!(doctor.contains("0 problems found"), "{doctor}");
    let text = desk.run(&["recover", "--database", "new.db"]).out();
    for line in ["recovered 6 versions", "picks          3", "marks          1", "releases       1"]
    {
        assert!(text.contains(line), "{text}");
    }
    let again: v1::Release = release(&desk, "show", &["--json", "--database", "new.db"]).answer(0);
    assert_eq!(again, made);
    release(&desk, "verify", &["--database", "new.db"]).out();
    // A manifest that somebody removed is found missing, and is put back.
    let shelf = Shelf::of_directory(&desk);
    shelf.remove(&shelf.keys("releases/")[0]);
    let ran = desk.run(&["doctor"]);
    ran.tells(5, &["choice without a manifest"], &[]);
    release(&desk, "verify", &[]).tells(5, &["manifest"], &[]);
    desk.run(&["doctor", "--repair"]);
    assert_eq!(shelf.keys("releases/").len(), 1);
    release(&desk, "verify", &[]).out();
}
