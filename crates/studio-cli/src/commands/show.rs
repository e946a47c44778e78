//! `studio show`.

use studio_api::v1;
use studio_core::{Check, Version};

use crate::args;
use crate::config::Config;
use crate::failure::Result;
use crate::output::text::{Out, bytes};
use crate::output::time;

pub(super) fn run(config: &Config, arguments: &args::Show) -> Result<()> {
    let path = super::version_path(&arguments.names, config)?;
    let studio = super::open(config, super::Use::Look)?;
    super::ask(async {
        match studio.version(&path).await {
            Ok(version) if arguments.json => {
                Out::new().json(&v1::CataloguedVersion::from(&version))
            }
            Ok(version) => print(&version),
            Err(error) => Err(super::with_suggestions(&studio, error).await),
        }
    })
}

fn print(version: &Version) -> Result<()> {
    let path = &version.path;
    let size = match version.size {
        size @ 0..1000 => bytes(size),
        size => format!("{} ({size} bytes)", bytes(size)),
    };
    let mut out = Out::new();
    for (name, value) in [
        ("artist", path.artist.to_string()),
        ("song", path.song.to_string()),
        ("track", path.track.to_string()),
        ("version", path.tag.to_string()),
        ("size", size),
        ("uploaded", time::with_seconds(version.uploaded_at)),
        ("original path", version.original_path.clone()),
        ("content type", version.content_type.clone()),
        ("SHA-256", version.digest.to_string()),
        ("CRC-64/NVME", version.crc64nvme.to_string()),
        ("store", version.store.to_string()),
        ("object key", version.object_key.to_string()),
        ("verified", verified(version)),
        ("id", version.id.to_string()),
    ] {
        out.line(&format!("{name:<14} {value}"))?;
    }
    out.finish()
}

/// When all bytes were last found right, or what was wrong with them.
fn verified(version: &Version) -> String {
    match version.check {
        None => "never; `studio verify --full` reads it back".to_owned(),
        Some(Check { at, damage: None }) => time::with_seconds(at),
        Some(Check { at, damage: Some(damage) }) => {
            format!("DAMAGED: its bytes were {damage} at {}", time::with_seconds(at))
        }
    }
}
