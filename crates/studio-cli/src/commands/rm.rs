//! `studio rm`.

use studio_api::v1;
use studio_core::{Error, ReleaseName, Studio, TrashedVersion, VersionPath};

use crate::args;
use crate::config::Config;
use crate::failure::Result;
use crate::output::hint::names_on_command_line;
use crate::output::text::{Out, note};
use crate::output::time;

pub(super) fn run(config: &Config, arguments: &args::Rm) -> Result<()> {
    let path = super::version_path(&arguments.names, config)?;
    let dry_run = arguments.dry_run;
    let studio = super::open(config, super::Use::Care)?;
    super::ask(async {
        let uses = uses(&studio, &path).await?;
        let thrown: Result<TrashedVersion, Error> = match dry_run {
            true => studio.version(&path).await.map(|version| TrashedVersion {
                record: version.record,
                check: version.check,
                trashed_at: studio.now(),
            }),
            false => studio.throw_away(&path).await,
        };
        let trashed = match thrown {
            Ok(trashed) => trashed,
            Err(error) => return Err(super::with_suggestions(&studio, error).await),
        };
        let retention = config.care.retention();
        let mut out = Out::new();
        if arguments.json {
            let trashed = v1::Trashed::new(&trashed, retention, &uses.releases);
            let releases = uses.releases.iter().map(ToString::to_string).collect();
            return out.json(&v1::TrashMove { dry_run, trashed, picked: uses.picked, releases });
        }
        let until = time::with_seconds(trashed.trashed_at.after(retention));
        match dry_run {
            true => out.line(&format!("would throw away {}", trashed.path))?,
            false => out.line(&format!("threw away {}", trashed.path))?,
        }
        out.line(&format!("  kept until  {until}"))?;
        if !dry_run {
            let names = names_on_command_line(&trashed.path);
            out.line(&format!("  taken back  by studio trash restore {names}"))?;
        }
        out.finish()?;
        warn(&uses, &trashed);
        Ok(())
    })
}

/// What a version is used for.
struct Uses {
    picked: bool,
    releases: Vec<ReleaseName>,
}

async fn uses(studio: &Studio, path: &VersionPath) -> Result<Uses> {
    let version = match studio.version(path).await {
        Ok(version) => version,
        Err(error) => return Err(super::with_suggestions(studio, error).await),
    };
    let details = studio.details(std::slice::from_ref(&version)).await?;
    let picked = details.first().is_some_and(|details| details.picked);
    Ok(Uses { picked, releases: studio.releases_with(version.id).await? })
}

/// Tells on stderr who may miss it.
fn warn(uses: &Uses, version: &TrashedVersion) {
    if uses.picked {
        let track = &version.path.track;
        note(&format!(
            "warning: it is the pick of {track}, and nothing is mixed or released of the song \
             until another version is picked or the pick is taken back"
        ));
    }
    if !uses.releases.is_empty() {
        let releases = super::kept::releases(&uses.releases, version);
        note(&format!("it is in {releases}, so it stays in the trash and is not purged"));
    }
}
