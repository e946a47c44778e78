//! Settings of transfers and buckets: where they come from, what they may be, what they do.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use std::time::{Duration, Instant};

use studio_testkit::s3::TestS3;

use self::common::{Desk, Ran};

const PLACE: [&str; 8] = ["-a", "a", "-s", "s", "-t", "t", "-v", "v"];

fn upload(desk: &Desk, flags: &[&str]) -> Ran {
    desk.file("take.wav", b"a take");
    desk.run(&[&["upload", "-f", "take.wav"], &PLACE[..], flags].concat())
}

/// A setting's value and source, as `studio config` reports them.
fn setting(desk: &Desk, name: &str) -> (String, String) {
    let config = desk.run(&["config", "--json"]).json();
    let settings = config["settings"].as_array().unwrap().clone();
    let setting = settings.iter().find(|setting| setting["name"] == name).unwrap();
    let text = |field: &str| setting[field].as_str().unwrap_or("-").to_owned();
    (text("value"), text("source"))
}

const FILE: &str = "\
[s3]
profile = \"vault\"
storage_class = \"glacier_ir\"
kms_key = \"alias/vault\"
attempts = 7
patience = \"1.5m\"
[transfer]
part_size = \"16MiB\"
parallel_parts = 6
range_size = 1000000
parallel_ranges = \"8\"
limit_rate = \"5MB/s\"
";

/// A shell expands `~` in few of the places where people write it.
#[test]
fn a_tilde_is_the_home_directory_wherever_it_is_written() {
    let home = |desk: &Desk, name: &str| desk.path(&format!("home/{name}"));
    let is_at_home = |desk: &Desk| {
        let store = format!("file://{}", home(desk, "takes").display());
        assert_eq!(setting(desk, "store").0, store);
        assert_eq!(setting(desk, "database").0, home(desk, "studio.db").display().to_string());
    };
    let desk = Desk::new();
    desk.file("studio.toml", b"store = \"~/takes\"\ndatabase = \"~/studio.db\"\n");
    is_at_home(&desk);
    upload(&desk, &[]).out();
    assert!(home(&desk, "studio.db").is_file() && home(&desk, "takes/objects").is_dir());
    assert!(!desk.path("~").exists());
    is_at_home(&Desk::new().with("STUDIO_STORE", "~/takes").with("STUDIO_DATABASE", "~/studio.db"));
    is_at_home(&Desk::new().with("STUDIO_STORE", "~/takes").with("DB_FILE_PATH", "~/studio.db"));

    let desk = Desk::new();
    upload(&desk, &["--store=~/takes", "--database=~/studio.db"]).out();
    assert!(home(&desk, "studio.db").is_file() && home(&desk, "takes/objects").is_dir());
    desk.run(&["store", "test", "~/other"]).tells(0, &["/home/other: usable"], &[]);
    // Only where it stands for it.
    upload(&desk, &["--store=./~/takes", "--database=a~b.db"]).out();
    assert!(desk.path("~/takes/objects").is_dir() && desk.path("a~b.db").is_file());
}

#[test]
fn every_setting_can_stand_in_the_file() {
    let desk = Desk::new();
    let (value, source) = setting(&desk, "transfer.part_size");
    assert_eq!((value.as_str(), source.as_str()), ("-", "default: 8MiB"));
    desk.file("studio.toml", FILE.as_bytes());
    for (name, value) in [
        ("s3.profile", "vault"),
        ("s3.storage_class", "GLACIER_IR"),
        ("s3.encryption", "aws:kms"),
        ("s3.kms_key", "alias/vault"),
        ("s3.attempts", "7"),
        ("s3.patience", "90s"),
        ("transfer.part_size", "16MiB"),
        ("transfer.parallel_parts", "6"),
        ("transfer.range_size", "1MB"),
        ("transfer.parallel_ranges", "8"),
        ("transfer.limit_rate", "5MB/s"),
    ] {
        let (found, source) = setting(&desk, name);
        assert_eq!(found, value, "{name}");
        assert!(source.ends_with("studio.toml"), "{name}: {source}");
    }
}

#[test]
fn the_file_in_the_help_is_a_file_with_every_setting() {
    let desk = Desk::new();
    let help = desk.run(&["config", "--help"]).out();
    let (_, file) = help.split_once("A studio.toml with every setting:\n").unwrap();
    desk.file("studio.toml", file.as_bytes());
    let config = desk.run(&["config", "--json"]).json();
    for setting in config["settings"].as_array().unwrap() {
        let name = setting["name"].as_str().unwrap();
        // Keys do not belong in a file that lies beside the music.
        let secret = ["key_id", "access_key", "token"].iter().any(|end| name.ends_with(end));
        assert_eq!(setting["value"].is_null(), secret, "{name}");
    }
}

#[test]
fn the_environment_is_stronger_than_the_file() {
    let desk = Desk::new();
    desk.file("studio.toml", FILE.as_bytes());
    let desk = [
        ("AWS_PROFILE", "other"),
        ("STUDIO_S3_STORAGE_CLASS", "STANDARD"),
        ("STUDIO_S3_ENCRYPTION", "aws:kms:dsse"),
        ("STUDIO_S3_KMS_KEY", "alias/other"),
        ("STUDIO_S3_ATTEMPTS", "1"),
        ("STUDIO_S3_PATIENCE", "500ms"),
        ("STUDIO_PART_SIZE", "10MB"),
        ("STUDIO_PARALLEL", "2"),
        ("STUDIO_LIMIT_RATE", "300kB"),
    ]
    .into_iter()
    .fold(desk, |desk, (name, value)| desk.with(name, value));
    for (name, value, variable) in [
        ("s3.profile", "other", "AWS_PROFILE"),
        ("s3.storage_class", "STANDARD", "STUDIO_S3_STORAGE_CLASS"),
        ("s3.encryption", "aws:kms:dsse", "STUDIO_S3_ENCRYPTION"),
        ("s3.kms_key", "alias/other", "STUDIO_S3_KMS_KEY"),
        ("s3.attempts", "1", "STUDIO_S3_ATTEMPTS"),
        ("s3.patience", "500ms", "STUDIO_S3_PATIENCE"),
        ("transfer.part_size", "10MB", "STUDIO_PART_SIZE"),
        ("transfer.range_size", "10MB", "STUDIO_PART_SIZE"),
        ("transfer.parallel_parts", "2", "STUDIO_PARALLEL"),
        ("transfer.parallel_ranges", "2", "STUDIO_PARALLEL"),
        ("transfer.limit_rate", "300kB/s", "STUDIO_LIMIT_RATE"),
    ] {
        assert_eq!(setting(&desk, name), (value.to_owned(), variable.to_owned()), "{name}");
    }
}

#[test]
fn what_makes_no_sense_is_refused_with_what_does() {
    for (name, value, told) in [
        ("STUDIO_S3_STORAGE_CLASS", "STANDART_IA", "there are STANDARD, STANDARD_IA"),
        ("STUDIO_S3_ENCRYPTION", "kms", "there are AES256, aws:kms and aws:kms:dsse"),
        ("STUDIO_S3_ATTEMPTS", "0", "from 1 to 20"),
        ("STUDIO_S3_ATTEMPTS", "21", "from 1 to 20"),
        ("STUDIO_S3_PATIENCE", "20", "write 30s, 15m, 1h or 7d"),
        ("STUDIO_S3_PATIENCE", "2h", "not from 100ms to 1h"),
        ("STUDIO_PART_SIZE", "5MB", "not from 5MiB to 5GiB"),
        ("STUDIO_PART_SIZE", "6GiB", "not from 5MiB to 5GiB"),
        ("STUDIO_PART_SIZE", "8M", "write 500kB, 8MiB or 1.5GB"),
        ("STUDIO_PARALLEL", "0", "from 1 to 64"),
        ("STUDIO_PARALLEL", "65", "from 1 to 64"),
        ("STUDIO_LIMIT_RATE", "999", "less than 1kB/s"),
        ("STUDIO_LIMIT_RATE", "fast", "write 500kB, 8MiB or 1.5GB"),
    ] {
        let desk = Desk::new().with(name, value);
        desk.run(&["config"]).fails(2, &[name, told]);
    }
    let both = Desk::new().with("STUDIO_S3_ENCRYPTION", "AES256");
    both.with("STUDIO_S3_KMS_KEY", "k").run(&["config"]).fails(2, &["AES256 takes no key"]);
    let desk = Desk::new();
    desk.file("studio.toml", b"[transfer]\npart_size = true\n");
    desk.run(&["config"]).fails(2, &["line 2", "a number, or a text such as \"8MiB\""]);
    for (flag, value, told) in [
        ("--storage-class", "STANDART", "there are STANDARD, STANDARD_IA"),
        ("--part-size", "1MiB", "not from 5MiB to 5GiB"),
        ("--parallel", "many", "from 1 to 64"),
        ("--limit-rate", "5Mbit", "write 500kB, 8MiB or 1.5GB"),
    ] {
        upload(&Desk::new(), &[flag, value]).fails(2, &[flag, told]);
    }
}

#[test]
fn a_directory_has_no_storage_classes() {
    let desk = Desk::new();
    let told = ["has no storage classes", "leave out --storage-class"];
    upload(&desk, &["--storage-class", "STANDARD_IA"]).fails(2, &told);
    // In the settings it is for the buckets, should there be one.
    upload(&desk.with("STUDIO_S3_STORAGE_CLASS", "STANDARD_IA"), &[]).out();
}

#[test]
fn flags_reach_the_transfer() {
    let server = TestS3::start();
    let desk = Desk::new().on_s3(&server, "bucket");
    let bytes = studio_testkit::noise::bytes(7, 12 << 20);
    desk.file("take.wav", &bytes);
    let flags = ["--part-size", "5MiB", "--parallel", "2", "--limit-rate", "1GB"];
    let kept = ["--storage-class", "STANDARD_IA"];
    desk.run(&[&["upload", "-f", "take.wav"], &PLACE[..], &flags, &kept].concat()).out();
    desk.run(&[&["download", "-f", "back.wav"], &PLACE[..], &flags].concat()).out();
    assert!(desk.read("back.wav") == bytes);
}

#[test]
fn a_limit_is_kept() {
    let server = TestS3::start();
    let desk = Desk::new().on_s3(&server, "bucket");
    desk.file("take.wav", &studio_testkit::noise::bytes(7, 4_000_000));
    // Of its two seconds one may have been saved up while nothing moved.
    let least = Duration::from_secs(1);
    for command in [["upload", "-f", "take.wav"], ["download", "-f", "back.wav"]] {
        let began = Instant::now();
        desk.run(&[&command, &PLACE[..], &["--limit-rate", "2MB/s"]].concat()).out();
        assert!(began.elapsed() >= least, "{command:?}: {:?}", began.elapsed());
    }
}
