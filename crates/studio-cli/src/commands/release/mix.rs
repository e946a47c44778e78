//! `studio mix`.

use studio_api::v1;
use studio_core::{Audition, Job, MixFile, MixSettings};

use super::{
    fits, kind_of, lines_of_mix, mix_failure, picked, plan, print_stems, settings, song,
    warn_of_clipping, warn_of_unheard,
};
use crate::args::{self, Bits};
use crate::commands::BEGINS_ANEW;
use crate::config::Config;
use crate::failure::Result;
use crate::output::text::{Out, note};

pub(in crate::commands) fn run(config: &Config, arguments: &args::Mix) -> Result<()> {
    let song = song(&arguments.names, config)?;
    let file = match &arguments.output {
        None => None,
        Some(target) => {
            let kind = kind_of(target)?;
            fits(kind, arguments.mixing.bits == Bits::Float32)?;
            Some(MixFile { target: target.clone(), overwrite: arguments.force, kind })
        }
    };
    let studio = crate::commands::open(config, crate::commands::Use::Look)?;
    crate::commands::work(BEGINS_ANEW, async |job: Job| {
        let settings = settings(&studio, &song, &arguments.mixing).await?;
        warn_of_unheard(&settings, &picked(&studio, &song).await?);
        if arguments.dry_run {
            let what = (&song, &settings, file.as_ref());
            return plan::mix(&studio, what, arguments.json, &job).await;
        }
        let audition = match studio.audition(&song, &settings, file.as_ref(), &job).await {
            Ok(audition) => audition,
            Err(error) => return Err(mix_failure(&studio, &song, error).await),
        };
        warn_of_clipping(&audition.mix);
        if !audition.without.is_empty() {
            let names: Vec<_> = audition.without.iter().map(ToString::to_string).collect();
            note(&format!("not in the mix, for want of a pick: {}", names.join(", ")));
        }
        match arguments.json {
            true => Out::new().json(&wire(&audition, &settings, arguments)),
            false => print(&audition, &settings, arguments),
        }
    })
}

fn wire(audition: &Audition, settings: &MixSettings, arguments: &args::Mix) -> v1::Audition {
    let stems = audition
        .stems
        .iter()
        .map(|stem| v1::AuditionStem::new(&stem.track, &stem.tag, &settings.level_of(&stem.track)));
    v1::Audition {
        file: arguments.output.as_ref().map(|file| file.display().to_string()),
        stems: stems.collect(),
        without: audition.without.iter().map(ToString::to_string).collect(),
        mix: v1::Mix::from(&audition.mix),
    }
}

fn print(audition: &Audition, settings: &MixSettings, arguments: &args::Mix) -> Result<()> {
    let mut out = Out::new();
    let level = |track| settings.level_of(track);
    let heard = audition.stems.iter().filter(|stem| !level(&stem.track).mute).count();
    let stems = crate::commands::count(heard as u64, "stem", "stems");
    match &arguments.output {
        Some(file) => out.line(&format!("mixed {stems} into {}", file.display()))?,
        None => out.line(&format!("mixed {stems}, only to measure (--output FILE keeps it)"))?,
    }
    let stems: Vec<_> =
        audition.stems.iter().map(|stem| (&stem.track, &stem.tag, level(&stem.track))).collect();
    print_stems(&mut out, &stems)?;
    for (name, value) in lines_of_mix(&audition.mix) {
        out.line(&format!("  {name:<13} {value}"))?;
    }
    out.finish()
}
