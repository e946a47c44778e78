//! `docker-compose.yml`, the walk-through of the README and the code, held to each other.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// What the AWS SDK reads by itself.
const READ_BY_THE_SDK: [&str; 2] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];

/// Where the code that reads variables is.
const READERS: [&str; 2] = ["crates/studio-cli/src/config", "crates/studio-blob/src/s3"];

#[derive(Deserialize)]
struct Compose {
    services: BTreeMap<String, Service>,
}

#[derive(Deserialize)]
struct Service {
    image: String,
    environment: BTreeMap<String, String>,
    ports: Vec<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The one service.
fn service() -> Service {
    let compose: Compose = serde_saphyr::from_str(&read("docker-compose.yml")).unwrap();
    assert_eq!(compose.services.len(), 1);
    compose.services.into_values().next().unwrap()
}

/// What `export NAME=VALUE` lines set, in a shell block or in comments.
fn exports(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter_map(|line| {
            let line = line.trim_start_matches(['#', '$', '>', ' ']);
            let (name, value) = line.strip_prefix("export ")?.split_once('=')?;
            Some((name.to_owned(), value.split([' ', '#']).next()?.replace(['"', '\''], "")))
        })
        .collect()
}

/// The first fenced block of the README that names an endpoint: that of the walk-through.
fn walk_through() -> BTreeMap<String, String> {
    let readme = read("README.md");
    let mut blocks = readme.split("```").skip(1).step_by(2).map(exports);
    let found = blocks.find(|block| block.contains_key("AWS_ENDPOINT_URL"));
    found.unwrap_or_else(|| panic!("README.md has no block with `export AWS_ENDPOINT_URL=`"))
}

/// The default in `${NAME:-default}`.
fn default_of(value: &str) -> (&str, &str) {
    let inner = value.strip_prefix("${").and_then(|value| value.strip_suffix('}')).unwrap();
    inner.split_once(":-").unwrap()
}

/// Everything below a directory that is Rust.
fn sources(directory: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text += &sources(&path);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text += &fs::read_to_string(path).unwrap();
        }
    }
    text
}

#[test]
fn exports_are_read_from_blocks_and_comments() {
    let text = "export A=1\n#   export B=\"two\" # why\n$ export C=s3://x\nexports D=4\n";
    let expected = [("A", "1"), ("B", "two"), ("C", "s3://x")];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(exports(text), BTreeMap::from(expected));
}

#[test]
fn the_image_is_pinned_to_a_version() {
    let image = service().image;
    let (_, tag) = image.rsplit_once(':').unwrap();
    let numbers: Vec<&str> = tag.split('.').collect();
    let numeric = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    assert!(numbers.len() > 1 && numbers.iter().all(numeric), "{image}");
}

#[test]
fn ports_are_for_this_machine_only() {
    let ports = service().ports;
    assert!(!ports.is_empty());
    for port in ports {
        let (host, _) = port.split_once(':').unwrap();
        assert_eq!(host, "127.0.0.1", "{port}");
    }
}

#[test]
fn the_comment_and_the_walk_through_export_the_same() {
    let comment = exports(&read("docker-compose.yml"));
    let walk_through = walk_through();
    for (name, value) in &comment {
        assert_eq!(walk_through.get(name), Some(value), "{name} in README.md");
    }
}

#[test]
fn the_walk_through_goes_to_the_port_of_the_server() {
    let endpoint = walk_through()["AWS_ENDPOINT_URL"].clone();
    let port = endpoint.strip_prefix("http://localhost:").unwrap().trim_end_matches('/').to_owned();
    let published = format!("127.0.0.1:{port}:{port}");
    assert!(service().ports.contains(&published), "nothing listens at {endpoint}");
}

#[test]
fn the_default_credentials_are_those_of_the_walk_through() {
    let environment = service().environment;
    let walk_through = walk_through();
    for name in READ_BY_THE_SDK {
        let (variable, default) = default_of(&environment[name]);
        assert_eq!(variable, name);
        assert_eq!(walk_through[name], default, "{name}");
    }
    // One account for S3 and for the console.
    assert_eq!(environment["WEED_ADMIN_USER"], environment["AWS_ACCESS_KEY_ID"]);
    assert_eq!(environment["WEED_ADMIN_PASSWORD"], environment["AWS_SECRET_ACCESS_KEY"]);
}

#[test]
fn whatever_the_readme_exports_is_read_by_the_code() {
    let code: String = READERS.iter().map(|path| sources(&root().join(path))).collect();
    for name in exports(&read("README.md")).into_keys() {
        let known =
            READ_BY_THE_SDK.contains(&name.as_str()) || code.contains(&format!("\"{name}\""));
        assert!(known, "nothing reads {name}");
    }
}
