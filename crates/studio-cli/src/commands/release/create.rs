//! `studio release create`.

use studio_api::v1;
use studio_core::{Job, Release, ReleasePlan, ReleaseRequest};

use super::{lines_of_mix, mix_failure, print_stems, settings, song, title, warn_of_clipping};
use crate::args;
use crate::commands::{BEGINS_ANEW, with_suggestions};
use crate::config::Config;
use crate::failure::{CONFLICT, Failure, INTEGRITY, Result, in_columns};
use crate::output::hint::for_obstacles;
use crate::output::text::{Out, bytes};

pub(super) fn run(config: &Config, arguments: &args::ReleaseCreate) -> Result<()> {
    let song = song(&arguments.names, config)?;
    let by = config.person(arguments.saying.by.as_ref())?;
    let purpose = crate::commands::Use::of(arguments.dry_run);
    let studio = crate::commands::open(config, purpose)?;
    crate::commands::work(BEGINS_ANEW, async |job: Job| {
        let request = ReleaseRequest {
            settings: settings(&studio, &song, &arguments.mixing).await?,
            song: song.clone(),
            name: arguments.name.clone(),
            by: by.clone(),
            note: arguments.saying.note.clone(),
        };
        if arguments.dry_run {
            let plan = match studio.plan_release(&request, &job).await {
                Ok(plan) => plan,
                Err(error) => return Err(with_suggestions(&studio, error).await),
            };
            return print_plan(&plan, &request, arguments.json);
        }
        let release = match studio.create_release(&request, &job).await {
            Ok(release) => release,
            Err(error) => return Err(mix_failure(&studio, &song, error).await),
        };
        warn_of_clipping(&release.mix);
        match arguments.json {
            true => Out::new().json(&v1::Release::from(&release)),
            false => print(&release),
        }
    })
}

fn print(release: &Release) -> Result<()> {
    let mut out = Out::new();
    out.line(&format!("made {}", title(release)))?;
    let stems: Vec<_> =
        release.stems.iter().map(|stem| (&stem.track, &stem.tag, stem.level)).collect();
    print_stems(&mut out, &stems)?;
    for (name, value) in lines_of_mix(&release.mix) {
        out.line(&format!("  {name:<13} {value}"))?;
    }
    let key = studio_core::ObjectKey::of_release(release.id);
    out.line(&format!("  {:<13} {}", "manifest", release.store.locate(&key)))?;
    out.finish()
}

fn print_plan(plan: &ReleasePlan, request: &ReleaseRequest, json: bool) -> Result<()> {
    let mut out = Out::new();
    let ReleaseRequest { song, name, .. } = request;
    if json {
        let obstacles = plan.obstacles.iter().map(|obstacle| v1::GateFinding {
            code: obstacle.code().to_owned(),
            detail: obstacle.to_string(),
        });
        let stems = plan.stems.iter().map(|(track, tag)| v1::AuditionStem {
            track: track.to_string(),
            version: tag.to_string(),
        });
        let (stems, obstacles) = (stems.collect(), obstacles.collect());
        out.json(&v1::ReleasePlan { stems, bytes: plan.bytes, obstacles })?;
    } else {
        let size = bytes(plan.bytes);
        out.line(&format!("would make release {name} of {song}, reading {size}"))?;
        let level = |track| request.settings.level_of(track);
        let stems: Vec<_> =
            plan.stems.iter().map(|(track, tag)| (track, tag, level(track))).collect();
        if !stems.is_empty() {
            print_stems(&mut out, &stems)?;
        }
        if !plan.obstacles.is_empty() {
            out.line("against it:")?;
        }
        let reasons = plan.obstacles.iter().map(|obstacle| (obstacle.code(), obstacle.to_string()));
        for reason in in_columns(reasons.collect()) {
            out.line(&format!("  {reason}"))?;
        }
        out.finish()?;
    }
    match plan.obstacles.len() {
        0 => Ok(()),
        many => {
            let reasons = crate::commands::count(many as u64, "reason", "reasons");
            let integrity = plan.obstacles.iter().any(|obstacle| obstacle.concerns_bytes());
            Err(Failure::Own {
                message: format!("it would be refused for {reasons}"),
                code: if integrity { INTEGRITY } else { CONFLICT },
                source: None,
                hint: for_obstacles(&plan.obstacles),
            })
        }
    }
}
