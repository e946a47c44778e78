//! `studio release render`.

use studio_api::v1;
use studio_core::audio::write::SampleFormat;
use studio_core::{Job, MixFile, Rendered};

use super::{fits, kind_of, lines_of_mix, plan, release, samples, warn_of_clipping};
use crate::args;
use crate::commands::{BEGINS_ANEW, Use, open, work};
use crate::config::Config;
use crate::failure::Result;
use crate::output::text::Out;

pub(super) fn run(config: &Config, arguments: &args::ReleaseRender) -> Result<()> {
    let kind = kind_of(&arguments.output)?;
    let target = arguments.output.clone();
    let file = MixFile { target, overwrite: arguments.force, kind };
    let studio = open(config, Use::Look)?;
    work(BEGINS_ANEW, async |job: Job| {
        let release = release(&studio, &arguments.names, config).await?;
        let bits = arguments.bits.map(samples);
        let frozen = release.mix.bits.is_none();
        fits(file.kind, bits.map_or(frozen, |bits| bits == SampleFormat::Float32))?;
        if arguments.dry_run {
            return plan::render(&release, bits, &file, arguments.json);
        }
        let rendered = match studio.render_release(&release, bits, &file, &job).await {
            Ok(rendered) => rendered,
            Err(error) => return Err(error.into()),
        };
        warn_of_clipping(&rendered.mix);
        match arguments.json {
            true => Out::new().json(&v1::RenderedRelease {
                file: file.target.display().to_string(),
                as_frozen: rendered.as_frozen,
                mix: v1::Mix::from(&rendered.mix),
            }),
            false => print(&rendered, &file),
        }
    })
}

fn print(rendered: &Rendered, file: &MixFile) -> Result<()> {
    let mut out = Out::new();
    let same = match rendered.as_frozen {
        Some(_) => "sample for sample as it was frozen",
        None => "with other bits than were frozen",
    };
    out.line(&format!("rendered {}, {same}", file.target.display()))?;
    for (name, value) in lines_of_mix(&rendered.mix) {
        out.line(&format!("  {name:<13} {value}"))?;
    }
    out.finish()
}
