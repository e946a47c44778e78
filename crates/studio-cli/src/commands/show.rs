//! `studio show`.

use studio_api::v1;
use studio_core::{Check, Note, ReleaseName, Version, VersionDetails};

use crate::args;
use crate::config::Config;
use crate::failure::Result;
use crate::output::text::{Out, bytes, print_fields};
use crate::output::{sound, time};

pub(super) fn run(config: &Config, arguments: &args::Show) -> Result<()> {
    let path = super::version_path(&arguments.names, config)?;
    let studio = super::open(config, super::Use::Look)?;
    super::ask(async {
        match studio.version(&path).await {
            Ok(version) => {
                let details = studio.details(std::slice::from_ref(&version)).await?;
                let details = details.into_iter().next().unwrap_or_default();
                match arguments.json {
                    true => Out::new().json(&v1::CataloguedVersion::new(&version, &details)),
                    false => {
                        let releases = studio.releases_with(version.id).await?;
                        print(&version, &details, &releases)
                    }
                }
            }
            Err(error) => Err(super::with_suggestions(&studio, error).await),
        }
    })
}

fn print(version: &Version, details: &VersionDetails, releases: &[ReleaseName]) -> Result<()> {
    let path = &version.path;
    let size = match version.size {
        size @ 0..1000 => bytes(size),
        size => format!("{} ({size} bytes)", bytes(size)),
    };
    let mut fields = vec![
        ("artist", path.artist.to_string()),
        ("song", path.song.to_string()),
        ("track", path.track.to_string()),
        ("version", path.tag.to_string()),
    ];
    fields.extend(known(details, releases));
    fields.extend([
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
    ]);
    let mut out = Out::new();
    print_fields(&mut out, "", 14, fields)?;
    out.finish()
}

/// What is known and thought of it, as far as something is.
fn known(details: &VersionDetails, releases: &[ReleaseName]) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    if details.picked {
        lines.push(("picked", "yes".to_owned()));
    }
    if let Some(mark) = &details.mark {
        let status = mark.status.map_or("", |status| status.as_str());
        let note = mark.said.note.as_ref().map(Note::as_str).map(super::pick::one_line);
        let note = note.map(|note| format!(": {note}")).unwrap_or_default();
        lines.push(("status", format!("{status}, says {}{note}", mark.said.by)));
    }
    if !releases.is_empty() {
        let names: Vec<_> = releases.iter().map(ReleaseName::as_str).collect();
        let releases = if names.len() == 1 { "release" } else { "releases" };
        lines.push(("in", format!("{releases} {}", names.join(", "))));
    }
    if let Some(facts) = &details.sound {
        let length = sound::length(&facts.format).unwrap_or_else(|| "not told".to_owned());
        lines.push(("sound", sound::format(&facts.format)));
        lines.push(("length", length));
        if let Some(measured) = &facts.measured {
            let loudness = &measured.loudness;
            let (integrated, peak) =
                (sound::level(loudness.integrated), sound::level(loudness.true_peak));
            lines.push(("loudness", format!("{integrated} LUFS, true peak {peak} dBTP")));
            lines.push(("audio digest", measured.audio_digest.to_string()));
        }
    }
    lines
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
