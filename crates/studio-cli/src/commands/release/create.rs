//! `studio release create`.

use studio_api::v1;
use studio_core::{Job, Release, ReleasePlan, ReleaseRequest};

use super::{
    lines_of_mix, mix_failure, picked, plan, print_stems, settings, song, title, warn_of_clipping,
    warn_of_no_good, warn_of_unheard,
};
use crate::args;
use crate::commands::{BEGINS_ANEW, with_suggestions};
use crate::config::Config;
use crate::failure::Result;
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
        let picked = picked(&studio, &song).await?;
        warn_of_unheard(&request.settings, &picked);
        warn_of_no_good(&picked);
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
        out.json(&v1::ReleasePlan {
            stems: plan::wire_stems(&plan.stems, &request.settings),
            bytes: plan.bytes,
            master_gain_db: request.settings.gain.as_f64(),
            obstacles: plan::wire_obstacles(&plan.obstacles),
        })?;
    } else {
        let size = bytes(plan.bytes);
        out.line(&format!("would make release {name} of {song}, reading {size}"))?;
        plan::print_planned_stems(&mut out, &plan.stems, &request.settings)?;
        plan::print_master_gain(&mut out, &request.settings)?;
        plan::print_obstacles(&mut out, &plan.obstacles)?;
        out.finish()?;
    }
    plan::verdict(&plan.obstacles)
}
