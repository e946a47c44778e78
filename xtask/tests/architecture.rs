//! The layers of ARCHITECTURE.md, as a test.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use cargo_metadata::{DependencyKind, MetadataCommand, Package};

/// Which of our crates each crate may use, tests aside. A crate that is not here has no
/// layer yet.
const MAY_USE: [(&str, &[&str]); 18] = [
    ("studio-domain", &[]),
    ("studio-repo", &["studio-domain"]),
    ("studio-aws", &["studio-domain"]),
    ("studio-blob", &["studio-domain", "studio-aws"]),
    ("studio-queue", &["studio-domain", "studio-aws"]),
    ("studio-discogs", &["studio-domain", "studio-blob"]),
    ("studio-audio", &["studio-domain"]),
    ("studio-api", &["studio-domain"]),
    (
        "studio-core",
        &[
            "studio-domain",
            "studio-repo",
            "studio-blob",
            "studio-queue",
            "studio-discogs",
            "studio-oidc",
            "studio-audio",
            "studio-api",
        ],
    ),
    ("studio-oidc", &[]),
    ("studio-subsonic", &[]),
    ("studio-site", &["studio-domain", "studio-repo"]),
    (
        "studio-web",
        &["studio-domain", "studio-api", "studio-core", "studio-site", "studio-subsonic"],
    ),
    ("studio-worker", &["studio-domain", "studio-api", "studio-core"]),
    (
        "studio-cli",
        &[
            "studio-domain",
            "studio-repo",
            "studio-blob",
            "studio-queue",
            "studio-discogs",
            "studio-audio",
            "studio-api",
            "studio-core",
            "studio-web",
            "studio-worker",
        ],
    ),
    ("studio-testkit", &["studio-domain", "studio-repo", "studio-blob", "studio-queue"]),
    ("studio-examples", &["studio-core"]),
    ("xtask", &["studio-domain", "studio-repo", "studio-audio"]),
];

/// What must not be in a crate's tree at all, with the features named.
const MUST_NOT_REACH: [(&str, &[&str], &[&str]); 5] = [
    ("studio-domain", &[], &["tokio", "serde", "diesel", "aws-"]),
    ("studio-audio", &[], &["tokio", "diesel", "aws-"]),
    ("studio-api", &[], &["tokio", "diesel", "aws-"]),
    ("studio-site", &[], &["tokio", "diesel", "aws-"]),
    ("studio-core", &["--no-default-features"], &["diesel", "libsqlite3-sys", "aws-"]),
];

fn ours() -> Vec<Package> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    let metadata = MetadataCommand::new()
        .manifest_path(manifest)
        .no_deps()
        .other_options(["--offline".to_owned(), "--locked".to_owned()])
        .exec()
        .unwrap();
    metadata.packages
}

#[test]
fn every_crate_has_a_layer_and_uses_only_those_below() {
    let layers = BTreeMap::from(MAY_USE);
    let packages = ours();
    let names: BTreeSet<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    assert_eq!(names, layers.keys().copied().collect(), "crates and layers");
    for package in &packages {
        let allowed = layers[package.name.as_str()];
        let used = package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind != DependencyKind::Development)
            .map(|dependency| dependency.name.as_str())
            .filter(|name| names.contains(name));
        for name in used {
            assert!(allowed.contains(&name), "{} must not use {name}", package.name);
        }
    }
}

#[test]
fn the_testkit_is_for_tests() {
    for package in ours() {
        for dependency in &package.dependencies {
            let in_tests = dependency.kind == DependencyKind::Development;
            let name = dependency.name.as_str();
            let test_only = ["studio-testkit", "s3s", "proptest", "insta"].contains(&name);
            let allowed = in_tests || package.name.as_str() == "studio-testkit";
            assert!(!test_only || allowed, "{} uses {name} outside of tests", package.name);
        }
    }
}

#[test]
fn folders_bear_the_names_of_their_crates() {
    for package in ours() {
        let folder = package.manifest_path.parent().unwrap().file_name().unwrap();
        let name = package.name.as_str();
        assert!(folder == name || name == format!("studio-{folder}"), "{name} in {folder}");
    }
}

#[test]
fn what_must_not_be_in_a_tree_is_not_in_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for (name, features, forbidden) in MUST_NOT_REACH {
        let tree = Command::new(env!("CARGO"))
            .current_dir(root)
            .args(["tree", "--offline", "--locked", "--edges", "normal", "--prefix", "none"])
            .args(["--package", name])
            .args(features)
            .output()
            .unwrap();
        let text = String::from_utf8(tree.stdout).unwrap();
        assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
        let crates: BTreeSet<&str> =
            text.lines().filter_map(|line| line.split(' ').next()).collect();
        assert!(crates.contains(name), "{text}");
        for part in forbidden {
            let found = crates
                .iter()
                .find(|found| **found == *part || (part.ends_with('-') && found.starts_with(part)));
            assert_eq!(found, None, "in the tree of {name}");
        }
    }
}

#[test]
fn every_declared_dependency_is_used() {
    for package in ours() {
        let folder = package.manifest_path.parent().unwrap();
        let mut source = String::new();
        let mut folders = vec![folder.to_path_buf().into_std_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().flatten() {
                let path = entry.path();
                match path.extension().and_then(|extension| extension.to_str()) {
                    Some("rs") => source.push_str(&std::fs::read_to_string(&path).unwrap()),
                    None if path.is_dir() => folders.push(path),
                    _ => {}
                }
            }
        }
        for dependency in &package.dependencies {
            let name = dependency.rename.as_ref().unwrap_or(&dependency.name).replace('-', "_");
            // The one whose library has another name than its package.
            let name = if name == "md_5" { "md5".to_owned() } else { name };
            // Only there to choose how diesel's SQLite is built.
            let used = source.contains(&name) || name == "libsqlite3_sys";
            assert!(used, "{} does not use {}", package.name, dependency.name);
        }
    }
}

#[test]
fn nothing_heavy_is_built_that_was_left_out_on_purpose() {
    // A second TLS stack, a second HTTP stack, a second SQLite; see CONTRIBUTING.md.
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
    let lock = std::fs::read_to_string(lock).unwrap();
    for name in ["aws-lc-sys", "openssl-sys", "native-tls", "rusqlite", "sqlx"] {
        assert!(!lock.contains(&format!("name = \"{name}\"\n")), "{name} is in the tree");
    }
    for once in [
        "aws-sdk-s3",
        "diesel",
        "hyper",
        "image",
        "libsqlite3-sys",
        "rustls",
        "symphonia-core",
        "tokio",
    ] {
        let versions = lock.matches(&format!("name = \"{once}\"\n")).count();
        assert_eq!(versions, 1, "versions of {once}");
    }
}

#[test]
fn every_licence_is_permissive_or_weak_copyleft() {
    // What is built here: crates for other systems are not even downloaded.
    let rustc = Command::new("rustc").arg("-vV").output().unwrap();
    let rustc = String::from_utf8(rustc.stdout).unwrap();
    let host = rustc.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    let metadata = MetadataCommand::new()
        .manifest_path(manifest)
        .other_options(["--offline", "--locked", "--filter-platform", host].map(str::to_owned))
        .exec()
        .unwrap();
    const FINE: [&str; 12] = [
        "MIT",
        "Apache-2.0",
        "ISC",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "Zlib",
        "Unicode-3.0",
        "BSL-1.0",
        "CC0-1.0",
        "0BSD",
        "Unlicense",
        "MPL-2.0",
    ];
    for package in metadata.packages {
        let licence = package.license.clone().unwrap_or_default().replace('/', " OR ");
        // One alternative must consist of fine licences only.
        let fine = licence.split(" OR ").any(|alternative| {
            alternative.split(" AND ").all(|part| {
                let part = part.trim_matches(|c| c == '(' || c == ')' || c == ' ');
                FINE.contains(&part) || part == "Apache-2.0 WITH LLVM-exception"
            })
        });
        assert!(fine, "{} {}: `{licence}`", package.name, package.version);
    }
}
