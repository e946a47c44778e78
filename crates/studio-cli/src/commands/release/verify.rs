//! `studio release verify`.

use studio_api::v1;
use studio_core::Job;

use super::{release, title};
use crate::args;
use crate::commands::{BEGINS_ANEW, Use, count, damage_found, open, work};
use crate::config::Config;
use crate::failure::Result;
use crate::output::text::{Out, bytes};

pub(super) fn run(config: &Config, arguments: &args::ReleaseVerify) -> Result<()> {
    let studio = open(config, Use::Care)?;
    work(BEGINS_ANEW, async |job: Job| {
        let release = release(&studio, &arguments.names, config).await?;
        let verified = studio.verify_release(&release, &job).await?;
        let mut out = Out::new();
        if arguments.json {
            out.json(&v1::VerifiedRelease {
                release: v1::Release::from(&release),
                whole: verified.flaws.is_empty(),
                bytes: verified.bytes,
                mixed_again: verified.mixed,
                flaws: verified.flaws.iter().map(ToString::to_string).collect(),
            })?;
        } else {
            for flaw in &verified.flaws {
                out.line(&format!("  {flaw}"))?;
            }
            if verified.flaws.is_empty() {
                let stems = count(release.stems.len() as u64, "stem", "stems");
                let size = bytes(verified.bytes);
                out.line(&format!("{} is whole", title(&release)))?;
                out.line(&format!("  {stems}, {size}: every byte is what was frozen"))?;
                out.line("  mixed again: every sample is what was frozen")?;
            }
        }
        out.finish()?;
        match verified.flaws.len() {
            0 => Ok(()),
            flaws => {
                let things = count(flaws as u64, "thing is", "things are");
                let what = format!("{things} not as {} promises", title(&release));
                Err(damage_found(what, "`studio doctor` tells what can be done about objects"))
            }
        }
    })
}
