//! The walk through the ingest in docs/ingest.md, on a real server with queues: the one that
//! the environment names; `cargo xtask test` starts some and does so.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use studio_testkit::wav::Wav;
use studio_testkit::wav::signal::sine;

use self::common::service::Service;
use self::common::{Desk, Ran};

/// The servers that send events.
const SERVERS: [&str; 2] = ["ministack", "moto"];
/// How long what goes on behind a command may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the walk uses of Amazon's own program, by the same requests: it is not everywhere.
const AWS: &str = r#"#!/bin/sh
# aws s3 cp FILE s3://BUCKET/KEY | aws s3 ls s3://BUCKET/ | aws sqs send-message ...
set -eu
ask() {
    service=$1; shift
    curl -sS --fail --aws-sigv4 "aws:amz:$AWS_REGION:$service" \
        --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" "$@"
}
case "$1 $2" in
"s3 cp")
    ask s3 -o /dev/null -H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' -T "$3" \
        "$AWS_ENDPOINT_URL/${4#s3://}"
    echo "upload: $3 to $4" ;;
"s3 ls")
    bucket=${3#s3://}
    ask s3 -H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' \
        "$AWS_ENDPOINT_URL/${bucket%/}?delimiter=%2F&list-type=2" |
        grep -o '<Key>[^<]*' | sed 's/<Key>/2026-11-22 12:00:00 17280044 /' ;;
"sqs send-message")
    body=$(printf '{"QueueUrl":"%s","MessageBody":"%s"}' \
        "$AWS_ENDPOINT_URL/$ACCOUNT/$4" "$6")
    ask sqs -o /dev/null -H 'Content-Type: application/x-amz-json-1.0' \
        -H 'X-Amz-Target: AmazonSQS.SendMessage' -d "$body" "$AWS_ENDPOINT_URL/" ;;
*) echo "aws $*: not here" >&2; exit 2 ;;
esac
"#;

/// A command and the output that the guide shows below it.
struct Shown {
    command: String,
    output: String,
}

/// The commands in the `console` blocks.
fn walk(guide: &str) -> Vec<Shown> {
    let mut walk: Vec<Shown> = Vec::new();
    for block in guide.split("```console\n").skip(1) {
        for line in block.split("```").next().unwrap().lines() {
            match line.strip_prefix("$ ") {
                Some(command) => {
                    walk.push(Shown { command: command.to_owned(), output: String::new() });
                }
                None => {
                    let output = &mut walk.last_mut().unwrap().output;
                    output.push_str(line);
                    output.push('\n');
                }
            }
        }
    }
    walk
}

/// A place on the server under test; `None` where there is none that sends events.
fn desk() -> Option<Desk> {
    let server = std::env::var("STUDIO_TEST_S3").unwrap_or_default();
    if !SERVERS.contains(&server.as_str()) {
        let reason = "STUDIO_TEST_S3 names no server with queues (`cargo xtask test` starts some)";
        studio_testkit::say_skipped("the walk through the ingest", reason);
        return None;
    }
    if Command::new("curl").arg("--version").output().is_err() {
        studio_testkit::say_skipped("the walk through the ingest", "there is no curl");
        return None;
    }
    let variables =
        ["AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
    let desk = variables
        .into_iter()
        .fold(Desk::new(), |desk, name| desk.with(name, std::env::var(name).unwrap()));
    let account = if server == "moto" { "123456789012" } else { "000000000000" };
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let desk = desk.with("ACCOUNT", account).with("STUDIO_LISTEN", format!("127.0.0.1:{port}"));
    let aws = desk.file("bin/aws", AWS.as_bytes());
    std::fs::set_permissions(&aws, std::fs::Permissions::from_mode(0o755)).unwrap();
    for (n, rate, bits) in
        [(1, 48_000, 24), (2, 44_100, 16), (3, 48_000, 24), (4, 48_000, 32), (5, 48_000, 24)]
    {
        let samples = sine(60 * rate as usize, 2, rate, 220.0 * f64::from(n), 0.3);
        let wav = Wav::pcm(rate, 2, bits).ints(&samples).build();
        desk.file(&format!("media/audio_{n}.wav"), &wav);
    }
    Some(desk.with("STUDIO_TEST_PORT", port.to_string()))
}

/// The output without what differs from run to run: times of day.
fn settled(text: &str) -> String {
    let is_time = |word: &str| {
        let shape = "0000-00-00T00:00:00.000000Z";
        word.len() == shape.len()
            && word.bytes().zip(shape.bytes()).all(|(b, s)| match s {
                b'0' => b.is_ascii_digit(),
                s => b == s,
            })
    };
    let words = text.trim_end().split_inclusive([' ', '\n']);
    let words = words.map(|word| match is_time(word.trim()) {
        true => word.replace(word.trim(), "TIME"),
        false => word.to_owned(),
    });
    words.collect()
}

/// Whether a command only looks, so that it can be run until it sees what is to come.
fn only_looks(command: &str) -> bool {
    let looks = ["studio ingest list", "studio queue list", "aws s3 ls", "grep ", "curl -s http"];
    looks.iter().any(|start| command.starts_with(start))
}

#[test]
fn the_walk_through_is_true() {
    let Some(desk) = desk() else { return };
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/ingest.md");
    let walk = walk(&std::fs::read_to_string(guide).unwrap());
    assert!(walk.len() > 12);
    let program = env!("CARGO_BIN_EXE_studio");
    let address = desk.variable("STUDIO_LISTEN");
    let mut services = Vec::new();
    for Shown { command, output } in walk {
        let command = command.replace("localhost:8000", &address);
        if let Some(service) = command.strip_suffix(" &") {
            let service = service.replacen("studio", &format!("exec '{program}'"), 1);
            services.push(Service(desk.shell(&service, &[""; 0]).spawn().unwrap()));
            continue;
        }
        let path = desk.path("bin");
        let script = format!(
            "PATH='{}':$PATH; studio() {{ '{program}' \"$@\"; }}\n{command}",
            path.display()
        );
        let deadline = Instant::now() + PATIENCE;
        loop {
            let ran: Ran = desk.shell(&script, &[""; 0]).output().unwrap().into();
            let seen = settled(&format!("{}{}", ran.stdout, ran.stderr));
            if seen == settled(&output) {
                break;
            }
            let late = Instant::now() > deadline || !only_looks(&command);
            let logs = || ["worker.log", "service.log"].map(|log| desk.text(log)).join("\n");
            assert!(!late, "{command}\nsaw:\n{seen}\nnot:\n{output}\n{}", logs());
            std::thread::sleep(Duration::from_millis(300));
        }
    }
    services.into_iter().for_each(Service::stop);
}
