//! `studio status`.

use jiff::tz::TimeZone;
use studio_api::v1;
use studio_core::{Mark, Studio, VersionPath};

use super::pick::one_line;
use crate::args;
use crate::config::Config;
use crate::failure::Result;
use crate::output::table::Table;
use crate::output::text::{Out, note};
use crate::output::time;

pub(super) fn run(config: &Config, arguments: &args::Mark) -> Result<()> {
    let path = super::version_path(&arguments.names, config)?;
    let Some(args::Wanted(status)) = arguments.status else {
        let studio = super::open(config, super::Use::Look)?;
        return super::ask(show(&studio, &path, arguments.json));
    };
    let by = config.person(arguments.by.as_ref())?;
    let studio = super::open(config, super::Use::of(arguments.dry_run))?;
    super::ask(async {
        let mut out = Out::new();
        let wanted = status.map_or("no status", |status| status.as_str());
        if arguments.dry_run {
            let version = match studio.version(&path).await {
                Ok(version) => version,
                Err(error) => return Err(super::with_suggestions(&studio, error).await),
            };
            let details = studio.details(std::slice::from_ref(&version)).await?;
            let mark = details.into_iter().next().and_then(|details| details.mark);
            let stands = mark.and_then(|mark| mark.status);
            let changed = stands != status || arguments.note.is_some();
            let path = &version.path;
            if arguments.json {
                return out.json(&v1::MarkMove { changed, ..v1::MarkMove::new(path, status) });
            }
            match changed {
                true => out.line(&format!("would mark {path}: {wanted}"))?,
                false => out.line(&format!("already so: {path}: {wanted}; nothing to do"))?,
            }
            return out.finish();
        }
        let marked = match studio.mark(&path, status, &by, arguments.note.clone()).await {
            Ok(marked) => marked,
            Err(error) => return Err(super::with_suggestions(&studio, error).await),
        };
        if arguments.json {
            return out.json(&v1::MarkMove {
                dry_run: false,
                changed: marked.fresh,
                mark: marked.mark.as_ref().map(v1::Mark::from),
                ..v1::MarkMove::new(&marked.version.path, status)
            });
        }
        let path = &marked.version.path;
        match marked.fresh {
            true => out.line(&format!("marked {path}: {wanted}"))?,
            false => out.line(&format!("already so: {path}: {wanted}"))?,
        }
        out.finish()
    })
}

async fn show(studio: &Studio, path: &VersionPath, json: bool) -> Result<()> {
    let marks = match studio.marks(path).await {
        Ok(marks) => marks,
        Err(error) => return Err(super::with_suggestions(studio, error).await),
    };
    let mut out = Out::new();
    if json {
        return out.json(&v1::MarkList { marks: marks.iter().map(v1::Mark::from).collect() });
    }
    if marks.is_empty() {
        note(&format!("nothing was said of {path}"));
        return Ok(());
    }
    let zone = TimeZone::system();
    let mut table = Table::new(&["WHEN", "STATUS", "BY", "NOTE"]);
    for Mark { status, said, .. } in &marks {
        table.row([
            time::to_minute(said.at, &zone),
            status.map_or("(taken back)", |status| status.as_str()).to_owned(),
            said.by.to_string(),
            said.note.as_ref().map(|note| one_line(note.as_str())).unwrap_or_default(),
        ]);
    }
    table.print(&mut out)?;
    out.finish()
}
