//! `studio discogs match`.

use studio_api::v1;
use studio_core::discogs::{Candidate, GOOD_ENOUGH, Matched, link_line};
use studio_core::repo::{DiscogsLink, LinkRepo as _, SaidBy};
use studio_core::{Error, Job, Timestamp};
use studio_discogs::Urgency;

use super::knows::{Knows, Subject, entry_name, of_artist};
use crate::args::{DiscogsMatch, DiscogsSubject};
use crate::commands::count;
use crate::config::Config;
use crate::failure::Result;
use crate::output::table::Table;
use crate::output::text::{Out, note};

pub(super) async fn run(
    knows: &Knows,
    config: &Config,
    arguments: &DiscogsMatch,
    job: &Job,
) -> Result<()> {
    let subjects = subjects(knows, config, arguments).await?;
    let telling = &arguments.telling;
    let mut out = Out::new();
    let mut matches = Vec::new();
    let mut taken = 0;
    // Many at once go behind those who look at pages meanwhile.
    let urgency = if arguments.all { Urgency::Background } else { Urgency::Interactive };
    for subject in &subjects {
        let matched = tokio::select! {
            matched = look(knows, subject, urgency, telling.dry_run) => matched?,
            () = job.cancelled() => return Err(Error::Cancelled.into()),
        };
        taken += u64::from(matched.link.entry.is_some());
        match telling.json {
            true => matches.push(wire(subject, &matched)),
            false => {
                tell(&mut out, subject, &matched, telling.dry_run)?;
                out.flush()?;
            }
        }
    }
    if telling.json {
        return out.json(&v1::DiscogsMatches { matches });
    }
    out.finish()?;
    if arguments.all {
        let looked = count(subjects.len() as u64, "artist or album", "artists and albums");
        note(&format!("looked for {looked}, found {taken}"));
    }
    Ok(())
}

/// What is looked for.
async fn subjects(
    knows: &Knows,
    config: &Config,
    arguments: &DiscogsMatch,
) -> Result<Vec<Subject>> {
    let names = DiscogsSubject { artist: arguments.artist.clone(), album: arguments.album.clone() };
    if !arguments.all {
        return Ok(vec![knows.subject(&names, config).await?]);
    }
    let all = match &names.artist {
        Some(_) => {
            let artist = knows.subject(&names, config).await?;
            let id = match artist.id {
                studio_core::SubjectId::Artist(id) => Some(id),
                studio_core::SubjectId::Album(_) => None,
            };
            let mut all = vec![artist];
            all.extend(knows.albums(id).await?);
            all
        }
        None => {
            let mut all: Vec<Subject> = knows.artists().await?.iter().map(of_artist).collect();
            all.extend(knows.albums(None).await?);
            all
        }
    };
    let mut open = Vec::new();
    for subject in all {
        let link = knows.catalog.discogs_link(subject.id).await.map_err(Error::from)?;
        let settled = link.is_some_and(|link| link.entry.is_some() || by_person(&link));
        if !settled {
            open.push(subject);
        }
    }
    Ok(open)
}

fn by_person(link: &DiscogsLink) -> bool {
    link.said_by == SaidBy::Person
}

async fn look(
    knows: &Knows,
    subject: &Subject,
    urgency: Urgency,
    dry_run: bool,
) -> Result<Matched> {
    if !dry_run {
        return Ok(knows.discogs.find(subject.id, urgency).await?);
    }
    let candidates = knows.discogs.candidates(subject.id, urgency).await?;
    let known = knows.catalog.discogs_link(subject.id).await.map_err(Error::from)?;
    let link = known.filter(by_person).unwrap_or_else(|| would_be(subject, &candidates));
    Ok(Matched { link, candidates })
}

/// What would be recorded.
fn would_be(subject: &Subject, candidates: &[Candidate]) -> DiscogsLink {
    let best = candidates.first();
    let now = Timestamp::from_micros(jiff::Timestamp::now().as_microsecond());
    DiscogsLink {
        subject: subject.id,
        entry: best.filter(|best| best.score >= GOOD_ENOUGH).map(|best| best.entry),
        score: best.map_or(0, |best| best.score),
        said_by: SaidBy::Match,
        said_at: now,
        looked_at: now,
    }
}

fn tell(out: &mut Out, subject: &Subject, matched: &Matched, dry_run: bool) -> Result<()> {
    let Matched { link, candidates } = matched;
    let is = if dry_run { "would be" } else { "is" };
    let verdict = match (link.entry, by_person(link)) {
        (Some(entry), true) => format!("is {}, as a person said", entry_name(entry)),
        (None, true) => "is none, as a person said".to_owned(),
        (Some(entry), false) => format!("{is} {}", entry_name(entry)),
        (None, false) if candidates.is_empty() => "nothing was found".to_owned(),
        (None, false) => format!("nothing is alike enough ({GOOD_ENOUGH})"),
    };
    out.line(&format!("{}: {verdict}", subject.name))?;
    let mut table = Table::new(&["", "SCORE", "ENTRY", "NAME", "YEAR"]).indented();
    for candidate in candidates {
        let hit = &candidate.hit;
        let name = match (hit.artist.as_str(), hit.title.as_str()) {
            (artist, "") => artist.to_owned(),
            ("", title) => title.to_owned(),
            (artist, title) if artist == title => artist.to_owned(),
            (artist, title) => format!("{artist} - {title}"),
        };
        table.row([
            if link.entry == Some(candidate.entry) { "*" } else { "-" }.to_owned(),
            candidate.score.to_string(),
            entry_name(candidate.entry),
            name,
            hit.year.map(|year| year.to_string()).unwrap_or_default(),
        ]);
    }
    if candidates.is_empty() { Ok(()) } else { table.print(out) }
}

fn wire(subject: &Subject, matched: &Matched) -> v1::DiscogsMatch {
    let id = match subject.id {
        studio_core::SubjectId::Artist(id) => id.to_string(),
        studio_core::SubjectId::Album(id) => id.to_string(),
    };
    v1::DiscogsMatch {
        subject: id,
        name: subject.name.clone(),
        link: link_line(&matched.link),
        candidates: matched.candidates.iter().map(Candidate::to_wire).collect(),
    }
}
