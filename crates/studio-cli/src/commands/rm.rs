//! `studio rm`.

use studio_api::v1;
use studio_core::{Error, TrashedVersion};

use crate::args;
use crate::config::Config;
use crate::failure::Result;
use crate::output::hint::names_on_command_line;
use crate::output::text::Out;
use crate::output::time;

pub(super) fn run(config: &Config, arguments: &args::Rm) -> Result<()> {
    let path = super::version_path(&arguments.names, config)?;
    let dry_run = arguments.dry_run;
    let studio = super::open(config, super::Use::Care)?;
    super::ask(async {
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
            let trashed = v1::Trashed::new(&trashed, retention);
            return out.json(&v1::TrashMove { dry_run, trashed });
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
        out.finish()
    })
}
