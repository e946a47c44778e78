//! `studio discogs set`, `unset` and `show`.

use studio_api::v1;
use studio_core::SubjectId;
use studio_core::discogs::Known;
use studio_core::{Error, Job};

use super::knows::{Knows, entry_name};
use crate::args::{DiscogsSet, DiscogsShow, DiscogsUnset};
use crate::config::Config;
use crate::failure::Result;
use crate::output::text::{Out, note, print_fields};

pub(super) async fn set(
    knows: &Knows,
    config: &Config,
    arguments: &DiscogsSet,
    job: &Job,
) -> Result<()> {
    let subject = knows.subject(&arguments.subject, config).await?;
    let (entry, telling) = (arguments.entry.0, &arguments.telling);
    let known = tokio::select! {
        known = async {
            match telling.dry_run {
                true => knows.discogs.would_set(subject.id, entry).await,
                false => knows.discogs.set(subject.id, entry).await,
            }
        } => known?,
        () = job.cancelled() => return Err(Error::Cancelled.into()),
    };
    let mut out = Out::new();
    if telling.json {
        return out.json(&known.to_link());
    }
    let is = if telling.dry_run { "would be" } else { "is" };
    let what = match entry {
        Some(entry) => entry_name(entry),
        None => "none of Discogs' entries".to_owned(),
    };
    let named = match name_there(&known) {
        name if name.is_empty() => String::new(),
        name => format!(" ({name})"),
    };
    out.line(&format!("{}: {is} {what}{named}", subject.name))?;
    out.finish()?;
    if entry.is_some() && known.found.is_none() {
        note("Discogs could not be asked about it now");
    }
    Ok(())
}

fn name_there(known: &Known) -> String {
    let Some(found) = &known.found else { return String::new() };
    match (found.artist(), found.album()) {
        (Some(artist), _) => artist.name.clone(),
        (_, Some(album)) => format!("{} - {}", album.artist_line(), album.title),
        _ => String::new(),
    }
}

pub(super) async fn unset(knows: &Knows, config: &Config, arguments: &DiscogsUnset) -> Result<()> {
    let subject = knows.subject(&arguments.subject, config).await?;
    let telling = &arguments.telling;
    if !telling.dry_run {
        knows.discogs.unset(subject.id).await?;
    }
    let mut out = Out::new();
    if telling.json {
        return out.json(&Known { link: None, found: None }.to_link());
    }
    let verb = if telling.dry_run { "would take back" } else { "took back" };
    out.line(&format!("{}: {verb} which entry it is", subject.name))?;
    out.finish()
}

pub(super) async fn show(
    knows: &Knows,
    config: &Config,
    arguments: &DiscogsShow,
    job: &Job,
) -> Result<()> {
    let subject = knows.subject(&arguments.subject, config).await?;
    let known = tokio::select! {
        known = knows.discogs.known(subject.id) => known?,
        () = job.cancelled() => return Err(Error::Cancelled.into()),
    };
    let mut out = Out::new();
    match (subject.id, arguments.json) {
        (SubjectId::Artist(_), true) => return out.json(&known.to_artist()),
        (SubjectId::Album(_), true) => return out.json(&known.to_album()),
        _ => {}
    }
    let link = known.to_link();
    out.line(&subject.name)?;
    if known.found.as_ref().is_some_and(|found| !found.is_nothing()) {
        match subject.id {
            SubjectId::Artist(_) => print(&mut out, artist(&known.to_artist()))?,
            SubjectId::Album(_) => print(&mut out, album(&known.to_album()))?,
        }
    }
    print(&mut out, link_fields(&link))?;
    if let Some(attribution) = &link.attribution {
        let url = link.url.as_deref().unwrap_or_default();
        out.line(&format!("{attribution}: {url}"))?;
    }
    out.finish()?;
    if link.state == "unknown" {
        note("its entry was not looked for yet: `studio discogs match` does");
    }
    Ok(())
}

type Fields = Vec<(&'static str, String)>;

fn print(out: &mut Out, fields: Fields) -> Result<()> {
    let said = fields.into_iter().filter(|(_, value)| !value.is_empty());
    print_fields(out, "  ", 10, said)
}

fn link_fields(link: &v1::DiscogsLink) -> Fields {
    let entry = match (&link.kind, link.id) {
        (Some(kind), Some(id)) => format!("{kind}/{id}"),
        _ if link.state == "none" => "none".to_owned(),
        _ => "not looked for".to_owned(),
    };
    let who = match (link.said_by.as_deref(), link.score) {
        (Some("person"), _) => "a person".to_owned(),
        (Some(_), Some(score)) => format!("its name ({score} of 1000)"),
        _ => String::new(),
    };
    let asked = link.fetched_at.clone().unwrap_or_default();
    vec![("entry", entry), ("said by", who), ("asked at", asked)]
}

fn artist(artist: &v1::DiscogsArtist) -> Fields {
    vec![
        ("name", artist.name.clone()),
        ("real name", artist.real_name.clone()),
        ("profile", artist.profile.clone()),
        ("aliases", artist.aliases.join(", ")),
        ("members", artist.members.join(", ")),
        ("groups", artist.groups.join(", ")),
        ("pages", artist.urls.join("\n")),
        ("pictures", artist.images.len().to_string()),
    ]
}

fn album(album: &v1::DiscogsAlbum) -> Fields {
    let labels = album.labels.iter().map(|label| match label.catalogue_number.as_str() {
        "" => label.name.clone(),
        number => format!("{} {number}", label.name),
    });
    let tracks = album.tracks.iter().map(|track| {
        let length = track.seconds.map(|all| format!("  {}:{:02}", all / 60, all % 60));
        let position = track.position.as_str();
        format!("{position:<4} {}{}", track.title, length.unwrap_or_default())
    });
    let credits = album.credits.iter().map(|credit| format!("{} ({})", credit.name, credit.role));
    vec![
        ("title", album.title.clone()),
        ("artist", album.artist.clone()),
        ("released", album.released.clone().unwrap_or_default()),
        ("country", album.country.clone()),
        ("labels", labels.collect::<Vec<_>>().join(", ")),
        ("formats", album.formats.join("; ")),
        ("genres", album.genres.join(", ")),
        ("styles", album.styles.join(", ")),
        ("tracks", tracks.collect::<Vec<_>>().join("\n")),
        ("credits", credits.collect::<Vec<_>>().join("\n")),
        ("notes", album.notes.clone()),
        ("pictures", album.images.len().to_string()),
    ]
}
