//! The effective configuration, for people and programs.

use std::path::{Path, PathBuf};
use std::time::Duration;

use etcetera::BaseStrategy as _;
use studio_api::v1::Setting;
use studio_core::Clearing;
use studio_core::ingest::OnInvalid;
use studio_worker::WorkerOptions;

use super::care::{BACKUPS, Care};
use super::discogs::Discogs;
use super::ingest::{EVENTS, Ingest, LISTEN, ORDERS};
use super::resolve::variable;
use super::s3::S3;
use super::serve::{Serve, per_client_default};
use super::transfer::Transfer;
use super::{Config, Set, Source};
use crate::units::{ByteSize, Span};

/// Every setting in a fixed order, secrets masked.
pub(crate) fn report(config: &Config) -> Vec<Setting> {
    let mut settings = vec![
        optional("artist", config.artist.as_ref(), "not set"),
        optional("person", config.person.as_ref(), "default: your login name"),
        optional("profile", config.profile.as_ref(), "default: any for uploads, ingest for check"),
        optional("analyse", config.analyse.as_ref(), "default: false"),
        line("store", config.store.value.to_string(), &config.store.source),
        line("database", config.database.value.display().to_string(), &config.database.source),
    ];
    let spool = config.spool.as_ref();
    settings.push(optional(
        "spool",
        spool
            .map(|set| Set { value: set.value.display().to_string(), source: set.source.clone() })
            .as_ref(),
        "default: the system's directory for temporary files",
    ));
    settings.extend(of_s3(&config.s3));
    settings.extend([
        credential("s3.access_key_id", "AWS_ACCESS_KEY_ID", masked_id),
        credential("s3.secret_access_key", "AWS_SECRET_ACCESS_KEY", masked),
        credential("s3.session_token", "AWS_SESSION_TOKEN", masked),
    ]);
    settings.extend(of_transfer(&config.transfer));
    settings.extend(of_care(&config.care));
    settings.extend(of_ingest(&config.ingest));
    settings.extend(of_serve(&config.serve));
    settings.extend(of_discogs(&config.discogs));
    settings.extend(config.oidc.iter().map(|table| Setting {
        name: format!("oidc.{}", table.name),
        value: Some(table.told()),
        source: "studio.toml".to_owned(),
    }));
    settings.push(studio_secret(config));
    settings
}

fn of_s3(s3: &S3) -> [Setting; 9] {
    [
        optional("s3.endpoint", s3.endpoint.as_ref(), "default: Amazon S3"),
        optional("s3.region", s3.region.as_ref(), "default: the AWS profile's, or us-east-1"),
        optional(
            "s3.path_style",
            s3.path_style.as_ref(),
            "default: true with an endpoint of its own",
        ),
        optional("s3.profile", s3.profile.as_ref(), "default: default"),
        optional("s3.storage_class", s3.storage_class.as_ref(), "default: the bucket's"),
        optional("s3.encryption", s3.encryption_name().as_ref(), "default: the bucket's"),
        optional("s3.kms_key", s3.kms_key.as_ref(), "default: the account's own"),
        optional("s3.attempts", s3.attempts.as_ref(), "default: 4"),
        optional("s3.patience", s3.patience.as_ref(), "default: 20s in a body, 15m for a part"),
    ]
}

fn of_care(care: &Care) -> [Setting; 3] {
    let usual = Clearing::default();
    let span = |time| format!("default: {}", Span(time));
    [
        optional(
            "care.retention",
            care.retention.as_ref().map(shown).as_ref(),
            &span(usual.retention),
        ),
        optional("care.grace", care.grace.as_ref().map(shown).as_ref(), &span(usual.grace)),
        optional("care.backups", care.backups.as_ref(), &format!("default: {BACKUPS}")),
    ]
}

fn of_ingest(ingest: &Ingest) -> Vec<Setting> {
    let on_invalid = ingest.on_invalid.as_ref().map(|set| {
        let value = match set.value {
            OnInvalid::Quarantine => "quarantine",
            OnInvalid::Delete => "delete",
        };
        Set { value, source: set.source.clone() }
    });
    let usual = WorkerOptions::default();
    let visibility = ingest.visibility.as_ref().map(shown);
    let parallel = format!("default: {}", usual.parallel);
    let held = format!("default: {}", Span(usual.visibility));
    let asset_token = ingest.asset_token.as_ref();
    let asset_token = asset_token.map(|set| Set { value: masked(""), source: set.source.clone() });
    vec![
        optional("listen", ingest.listen.as_ref(), &format!("default: {LISTEN}")),
        optional("ingest.bucket", ingest.bucket.as_ref(), "not set"),
        optional("ingest.queue", ingest.queue.as_ref(), &format!("default: {EVENTS}")),
        optional(
            "ingest.delete_queue",
            ingest.delete_queue.as_ref(),
            &format!("default: {ORDERS}"),
        ),
        optional("ingest.queue_endpoint", ingest.queue_endpoint.as_ref(), "default: that of s3"),
        optional("ingest.profile", ingest.profile.as_ref(), "default: ingest"),
        optional("ingest.on_invalid", on_invalid.as_ref(), "default: quarantine"),
        optional("ingest.quarantine_prefix", ingest.quarantine.as_ref(), "default: quarantine/"),
        optional("ingest.file_as", ingest.file_as.as_ref(), "not set"),
        optional("ingest.file_by_ixml", ingest.file_by_ixml.as_ref(), "default: false"),
        optional("ingest.asset_url", ingest.asset_url.as_ref(), "not set"),
        optional("ingest.asset_token", asset_token.as_ref(), "not set"),
        optional("ingest.parallel", ingest.parallel.as_ref(), &parallel),
        optional("ingest.visibility", visibility.as_ref(), &held),
    ]
}

fn of_serve(serve: &Serve) -> Vec<Setting> {
    let usual = studio_web::Options::default();
    let span = |name: &str, set: Option<&Set<Span>>, usual: Duration| {
        optional(name, set.map(shown).as_ref(), &format!("default: {}", Span(usual)))
    };
    let body = format!("default: {}", ByteSize(usual.largest_body as u64));
    let connections = format!("default: {}", usual.most_connections);
    vec![
        optional("serve.site_name", serve.site_name.as_ref(), "default: studio"),
        optional("serve.site_url", serve.site_url.as_ref(), "default: where it is asked for"),
        optional("serve.hosts", serve.hosts.as_ref(), "default: this machine's"),
        optional("serve.trusted_proxies", serve.trusted_proxies.as_ref(), "default: none"),
        optional("serve.forwarded", serve.forwarded.as_ref(), "default: x-forwarded"),
        optional("serve.cors_origins", serve.cors_origins.as_ref(), "default: none"),
        optional(
            "serve.redirect",
            serve.redirect.as_ref().map(shown).as_ref(),
            "not set: sound comes from here",
        ),
        span("serve.grace", serve.grace.as_ref(), usual.grace),
        span("serve.request_timeout", serve.request_timeout.as_ref(), usual.timeout),
        span("serve.header_timeout", serve.header_timeout.as_ref(), usual.header_timeout),
        span("serve.write_timeout", serve.write_timeout.as_ref(), usual.write_timeout),
        optional("serve.largest_body", serve.largest_body.as_ref(), &body),
        optional("serve.connections", serve.connections.as_ref(), &connections),
        optional(
            "serve.connections_per_client",
            serve.connections_per_client.as_ref(),
            &per_client_default(),
        ),
    ]
}

fn of_discogs(discogs: &Discogs) -> [Setting; 8] {
    let usual = discogs.lifetimes();
    let span = |name: &str, set: Option<&Set<Span>>, usual: Duration| {
        optional(name, set.map(shown).as_ref(), &format!("default: {}", Span(usual)))
    };
    let token = discogs.token.as_ref();
    let token = token.map(|set| Set { value: masked(""), source: set.source.clone() });
    [
        optional("discogs.token", token.as_ref(), "not set: nothing can be searched for"),
        optional("discogs.url", discogs.url.as_ref(), "default: Discogs itself"),
        optional("discogs.contact", discogs.contact.as_ref(), "not set"),
        optional("discogs.redis", discogs.redis.as_ref(), "not set"),
        optional("discogs.objects", discogs.objects.as_ref(), "default: true"),
        span("discogs.soft", discogs.soft.as_ref(), usual.soft),
        span("discogs.hard", discogs.hard.as_ref(), usual.hard),
        span("discogs.missing", discogs.missing.as_ref(), usual.missing),
    ]
}

fn shown(set: &Set<Span>) -> Set<String> {
    Set { value: set.value.to_string(), source: set.source.clone() }
}

fn of_transfer(transfer: &Transfer) -> [Setting; 5] {
    let Transfer { part_size, parallel_parts, range_size, parallel_ranges, limit_rate } = transfer;
    let usual = Transfer::default().options();
    let size = |bytes| format!("default: {}", ByteSize(bytes));
    let count = |count: usize| format!("default: {count}");
    [
        optional("transfer.part_size", part_size.as_ref(), &size(usual.part_size)),
        optional("transfer.parallel_parts", parallel_parts.as_ref(), &count(usual.parallel_parts)),
        optional("transfer.range_size", range_size.as_ref(), &size(usual.range_size)),
        optional(
            "transfer.parallel_ranges",
            parallel_ranges.as_ref(),
            &count(usual.parallel_ranges),
        ),
        optional("transfer.limit_rate", limit_rate.as_ref(), "default: no limit"),
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

/// Where what only the studio knows is, and not what it is.
fn studio_secret(config: &Config) -> Setting {
    match variable(&["STUDIO_SECRET"]) {
        Some(Set { value, source }) => line("secret", masked(&value), &source),
        None => line("secret", config.secret_file().display().to_string(), &Source::Default),
    }
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
