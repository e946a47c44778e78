//! `deploy/`: the files of a real deployment, held to each other and to the code.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// What the AWS SDK reads by itself.
const READ_BY_THE_SDK: [&str; 2] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];

/// Where the code that reads variables is.
const READERS: [&str; 3] =
    ["crates/studio-cli/src", "crates/studio-blob/src/s3", "crates/studio-aws/src"];

/// Who can be reached, and by whom.
const PORTS: [(&str, &str); 1] = [("server", "127.0.0.1:8000:8000")];

#[derive(Deserialize)]
struct Compose {
    services: BTreeMap<String, Service>,
}

#[derive(Deserialize)]
struct Service {
    image: String,
    #[serde(default)]
    environment: BTreeMap<String, String>,
    #[serde(default)]
    ports: Vec<String>,
    #[serde(default)]
    command: Vec<String>,
    healthcheck: Option<serde_json::Value>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn compose() -> BTreeMap<String, Service> {
    let compose: Compose = serde_saphyr::from_str(&read("deploy/compose.yaml")).unwrap();
    compose.services
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

/// The names in `${NAME:?}`, wherever they stand.
fn needed(text: &str) -> BTreeSet<String> {
    let parts = text.split("${").skip(1);
    parts.map(|part| part.split([':', '}']).next().unwrap().to_owned()).collect()
}

#[test]
fn images_are_pinned_or_our_own() {
    for (name, service) in compose() {
        let (image, tag) = service.image.rsplit_once(':').unwrap();
        let version = tag.split('-').next().unwrap();
        let numeric = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let is_pinned = version.contains('.') && version.split('.').all(numeric);
        assert!(is_pinned || image == "studio", "{name}: {}", service.image);
    }
    let trial = read("docker-compose.yml");
    assert!(trial.contains(&format!("image: {}", compose()["s3"].image)), "one server for both");
}

#[test]
fn nothing_listens_for_other_machines() {
    let ports: Vec<(String, String)> = compose()
        .into_iter()
        .flat_map(|(name, service)| service.ports.into_iter().map(move |port| (name.clone(), port)))
        .collect();
    assert_eq!(ports, PORTS.map(|(name, port)| (name.to_owned(), port.to_owned())));
}

#[test]
fn secrets_come_from_the_example_and_have_no_default() {
    let example = read("deploy/.env.example");
    let set: BTreeMap<&str, &str> = example
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .collect();
    let compose = read("deploy/compose.yaml");
    let named: BTreeSet<String> = set.keys().map(|name| (*name).to_owned()).collect();
    assert_eq!(needed(&compose), named);
    // What may stay empty has nothing in its place.
    let without = compose.matches(":?}").count() + compose.matches(":-}").count();
    assert_eq!(compose.matches("${").count(), without);
    assert_eq!(set["AWS_SECRET_ACCESS_KEY"], "", "everybody has one of their own");
}

#[test]
fn whatever_our_programs_are_told_is_read_by_the_code() {
    let code: String = READERS.iter().map(|path| sources(&root().join(path))).collect();
    let known = |name: &str| {
        READ_BY_THE_SDK.contains(&name) || name == "HOME" || code.contains(&format!("\"{name}\""))
    };
    let own = compose().into_values().filter(|service| service.image.starts_with("studio:"));
    for service in own {
        for name in service.environment.keys() {
            assert!(known(name), "nothing reads {name}");
        }
    }
    for line in read("deploy/studio.service").lines() {
        if let Some(variable) = line.strip_prefix("Environment=") {
            let name = variable.split('=').next().unwrap();
            assert!(known(name), "nothing reads {name}");
        }
    }
    let dockerfile = read("deploy/Dockerfile");
    for name in ["STUDIO_DATABASE", "STUDIO_SPOOL", "STUDIO_LOG_FORMAT"] {
        assert!(dockerfile.contains(&format!("{name}=")) && known(name), "{name}");
    }
}

#[test]
fn commands_are_those_of_the_program() {
    let arguments = sources(&root().join("crates/studio-cli/src/args"));
    for (name, service) in compose() {
        if !service.image.starts_with("studio:") {
            continue;
        }
        assert!(["serve", "ingest", "worker"].contains(&service.command[0].as_str()), "{name}");
        for flag in service.command.iter().filter_map(|word| word.strip_prefix("--")) {
            let field = flag.replace('-', "_");
            assert!(arguments.contains(&format!("pub(crate) {field}:")), "--{flag}");
        }
    }
    let server = &compose()["server"];
    let asked = server.healthcheck.as_ref().unwrap().to_string();
    assert!(asked.contains("http://127.0.0.1:8000/health/ready"), "{asked}");
}

#[test]
fn the_proxy_says_who_asks_and_holds_no_sound_back() {
    let nginx = read("deploy/nginx.conf");
    for line in [
        "proxy_set_header Host $host;",
        "proxy_set_header X-Forwarded-For $remote_addr;",
        "proxy_set_header X-Forwarded-Proto $scheme;",
        "proxy_set_header X-Forwarded-Host $host;",
        "proxy_set_header Forwarded \"\";",
        "proxy_buffering off;",
    ] {
        assert!(nginx.contains(line), "{line}");
    }
}
