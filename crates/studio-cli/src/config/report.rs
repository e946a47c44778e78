//! The effective configuration, for people and programs.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;
use studio_api::v1::Setting;

use super::resolve::variable;
use super::{Config, Set, Source};

/// Every setting in a fixed order, secrets masked.
pub(crate) fn report(config: &Config) -> Vec<Setting> {
    vec![
        optional("artist", config.artist.as_ref(), "not set"),
        line("store", config.store.value.to_string(), &config.store.source),
        line("database", config.database.value.display().to_string(), &config.database.source),
        optional("s3.endpoint", config.endpoint.as_ref(), "default: Amazon S3"),
        optional("s3.region", config.region.as_ref(), "default: the AWS profile's, or us-east-1"),
        optional(
            "s3.path_style",
            config.path_style.as_ref(),
            "default: true with an endpoint of its own",
        ),
        profile(),
        credential("s3.access_key_id", "AWS_ACCESS_KEY_ID", masked_id),
        credential("s3.secret_access_key", "AWS_SECRET_ACCESS_KEY", masked),
        credential("s3.session_token", "AWS_SESSION_TOKEN", masked),
    ]
}

fn line(name: &str, value: String, source: &Source) -> Setting {
    Setting { name: name.to_owned(), value: Some(value), source: source.to_string() }
}

fn optional<T: ToString>(name: &str, set: Option<&Set<T>>, otherwise: &str) -> Setting {
    match set {
        Some(Set { value, source }) => line(name, value.to_string(), source),
        None => Setting { name: name.to_owned(), value: None, source: otherwise.to_owned() },
    }
}

fn profile() -> Setting {
    let set = variable(&["AWS_PROFILE"]);
    optional("s3.profile", set.as_ref(), "default: default")
}

/// The environment's credentials; those of files and roles are the AWS SDK's affair.
fn credential(name: &str, variable_name: &'static str, mask: fn(&str) -> String) -> Setting {
    match variable(&[variable_name]) {
        Some(Set { value, source }) => line(name, mask(&value), &source),
        None => {
            let source = match credentials_file() {
                Some(file) => format!("not set; {} may have it", file.display()),
                None => "not set".to_owned(),
            };
            Setting { name: name.to_owned(), value: None, source }
        }
    }
}

fn credentials_file() -> Option<PathBuf> {
    let named = variable(&["AWS_SHARED_CREDENTIALS_FILE"]).map(|set| PathBuf::from(set.value));
    let file = match named {
        Some(file) => file,
        None => etcetera::base_strategy::Xdg::new().ok()?.home_dir().join(".aws/credentials"),
    };
    Path::exists(&file).then_some(file)
}

fn masked(_secret: &str) -> String {
    "********".to_owned()
}

/// The last four characters tell keys apart without giving one away.
fn masked_id(id: &str) -> String {
    let chars = id.chars().count();
    match chars {
        0..=8 => masked(id),
        _ => format!("********{}", id.chars().skip(chars - 4).collect::<String>()),
    }
}
