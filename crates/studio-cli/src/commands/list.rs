//! `studio list`.

use studio_api::v1;
use studio_core::{
    CatalogError, Error, NameKind, PageRequest, Selection, Studio, VersionFilter, VersionId,
    VersionPath,
};

use crate::args;
use crate::config::{Config, Set};
use crate::failure::{Failure, Result};
use crate::output::hint::for_mistyped;
use crate::output::text::{Out, note, printable};
use crate::output::versions::{ListedVersion, VersionTable};

/// How many versions are asked for at once; also what a table's columns are fitted to.
const PAGE: u32 = 1000;

pub(super) fn run(config: &Config, arguments: &args::List) -> Result<()> {
    let filter = super::filter(config, &arguments.filter)?;
    let studio = super::open(config, super::Use::Look)?;
    super::ask(async {
        let mut listing = Listing::new(&studio, filter.clone(), arguments);
        match (arguments.json, arguments.csv) {
            (true, _) => print_json(&mut listing).await?,
            (_, true) => print_csv(&mut listing).await?,
            _ => print_table(&mut listing, config, arguments).await?,
        }
        match listing.next {
            Some(next) if !arguments.json => {
                note(&format!("there are more: add --after {next}"));
                Ok(())
            }
            _ => Ok(()),
        }
    })
}

/// The wanted versions, page by page.
struct Listing<'a> {
    studio: &'a Studio,
    filter: VersionFilter,
    selection: Selection,
    next: Option<VersionId>,
    left: Option<u32>,
    done: bool,
}

impl<'a> Listing<'a> {
    fn new(studio: &'a Studio, filter: VersionFilter, arguments: &args::List) -> Self {
        let (next, left) = (arguments.after, arguments.limit);
        let args::List { picked, latest, status, .. } = *arguments;
        let selection = Selection { picked, latest, status };
        Self { studio, filter, selection, next, left, done: false }
    }

    /// The next page; empty when all are out. Afterwards `next` tells where a further
    /// listing would begin.
    async fn page(&mut self) -> Result<Vec<ListedVersion>> {
        let limit = self.left.unwrap_or(PAGE).min(PAGE);
        if self.done || limit == 0 {
            return Ok(Vec::new());
        }
        let request = PageRequest { after: self.next, limit };
        let page = self.studio.select_versions(&self.filter, self.selection, request).await?;
        self.next = page.next;
        self.done = page.next.is_none();
        // A page has at most `limit` versions, so the count fits.
        self.left = self.left.map(|left| left - page.items.len() as u32);
        let details = self.studio.details(&page.items).await?;
        let pairs = page.items.into_iter().zip(details);
        Ok(pairs.map(|(version, details)| ListedVersion { version, details }).collect())
    }
}

async fn print_table(
    listing: &mut Listing<'_>,
    config: &Config,
    arguments: &args::List,
) -> Result<()> {
    let mut out = Out::new();
    let mut page = listing.page().await?;
    if page.is_empty() {
        // Not data, so that whoever counts lines counts none.
        note(&nothing_found(listing, config, arguments));
        if let Some(hint) = mistyped(listing.studio, &listing.filter).await? {
            note(&format!("hint: {hint}"));
        }
        return Ok(());
    }
    let mut table = VersionTable::new(&listing.filter, &page);
    table.print_head(&mut out)?;
    while !page.is_empty() {
        table.print_rows(&mut out, &page)?;
        page = listing.page().await?;
    }
    out.finish()
}

fn nothing_found(listing: &Listing<'_>, config: &Config, arguments: &args::List) -> String {
    let filter = &listing.filter;
    if arguments.after.is_some() {
        return "no more versions".to_owned();
    }
    let what = match filter {
        VersionFilter::All => format!("no versions in {}", config.database.value.display()),
        VersionFilter::Artist(artist) => format!("no versions by {artist}"),
        VersionFilter::Song(artist, song) => format!("no versions of \"{song}\" by {artist}"),
        VersionFilter::Track(artist, song, track) => {
            format!("no versions of {track} in \"{song}\" by {artist}")
        }
        VersionFilter::Version(path) => format!("no version {path}"),
    };
    let what = match listing.selection == Selection::ALL {
        true => what,
        false => format!("{what} with {}", flags(listing.selection)),
    };
    match (&arguments.filter.artist, &config.artist) {
        (None, Some(Set { source, .. })) if !arguments.filter.all_artists => {
            format!("{what} (the artist is from {source}; --all-artists lists every one)")
        }
        _ => what,
    }
}

/// What may have been meant where the names of a filter lead nowhere.
async fn mistyped(studio: &Studio, filter: &VersionFilter) -> Result<Option<String>> {
    let any = "any";
    let (artist, song, track, tag) = match filter {
        VersionFilter::All => return Ok(None),
        VersionFilter::Artist(artist) => (artist, None, None, None),
        VersionFilter::Song(artist, song) => (artist, Some(song), None, None),
        VersionFilter::Track(artist, song, track) => (artist, Some(song), Some(track), None),
        VersionFilter::Version(path) => {
            (&path.artist, Some(&path.song), Some(&path.track), Some(&path.tag))
        }
    };
    // A place below; only what is missing of the names that were given is of interest.
    let path = VersionPath {
        artist: artist.clone(),
        song: song.map_or_else(|| any.parse(), |song| Ok(song.clone()))?,
        track: track.map_or_else(|| any.parse(), |track| Ok(track.clone()))?,
        tag: tag.map_or_else(|| any.parse(), |tag| Ok(tag.clone()))?,
    };
    let Err(Error::Catalog(CatalogError::NotFound { path, missing })) = studio.version(&path).await
    else {
        return Ok(None);
    };
    let given = match missing {
        NameKind::Artist => true,
        NameKind::Song => song.is_some(),
        NameKind::Track => track.is_some(),
        NameKind::Version => tag.is_some(),
        _ => false,
    };
    if !given {
        return Ok(None);
    }
    Ok(for_mistyped(&path, &studio.neighbours(&path, missing).await?))
}

/// The flags of a selection, as they are typed.
fn flags(selection: Selection) -> String {
    let Selection { picked, latest, status } = selection;
    let flags = [
        picked.then(|| "--picked".to_owned()),
        latest.then(|| "--latest".to_owned()),
        status.map(|status| format!("--status {status}")),
    ];
    flags.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

async fn print_json(listing: &mut Listing<'_>) -> Result<()> {
    let mut out = Out::new();
    // One document, but written as the pages come: a catalogue may have a million versions.
    out.raw("{\"versions\":[")?;
    let mut separator = "\n";
    loop {
        let page = listing.page().await?;
        if page.is_empty() {
            break;
        }
        for ListedVersion { version, details } in &page {
            out.raw(separator)?;
            out.json_value(&v1::CataloguedVersion::new(version, details))?;
            separator = ",\n";
        }
    }
    out.raw("],\n\"next\":")?;
    out.json_value(&listing.next.map(|id| id.to_string()))?;
    out.raw("}\n")
}

async fn print_csv(listing: &mut Listing<'_>) -> Result<()> {
    let mut csv =
        csv::WriterBuilder::new().has_headers(false).from_writer(std::io::stdout().lock());
    csv.write_record(CSV_COLUMNS).map_err(csv_failure)?;
    loop {
        let page = listing.page().await?;
        if page.is_empty() {
            break;
        }
        for ListedVersion { version, details } in &page {
            let listed = v1::CataloguedVersion::new(version, details);
            let v1::CataloguedVersion { version, checked_at, damage, .. } = &listed;
            let audio = listed.audio.as_ref();
            let format = (
                audio.map(|audio| &audio.container),
                audio.map(|audio| &audio.codec),
                audio.map(|audio| audio.channel_count),
                audio.map(|audio| audio.sample_rate),
                audio.and_then(|audio| audio.bits_per_sample),
                audio.and_then(|audio| audio.frame_count),
                audio.and_then(|audio| audio.duration.as_ref()),
            );
            let loudness =
                listed.measured.as_ref().map(|measured| measured.loudness).unwrap_or_default();
            let levels = (loudness.integrated_lufs, loudness.range_lu, loudness.true_peak_dbtp);
            let sound = (format, levels);
            let choice = (listed.status, listed.picked, listed.releases);
            csv.serialize((version, checked_at, damage, sound, choice)).map_err(csv_failure)?;
        }
    }
    Ok(csv.flush()?)
}

/// The fields of [`v1::CataloguedVersion`] in their order, for a header even where no row follows.
const CSV_COLUMNS: [&str; 28] = [
    "id",
    "artist",
    "song",
    "track",
    "version",
    "original_path",
    "uploaded_at",
    "size",
    "sha256",
    "crc64nvme",
    "content_type",
    "store",
    "object_key",
    "checked_at",
    "damage",
    "container",
    "codec",
    "channel_count",
    "sample_rate",
    "bits_per_sample",
    "frame_count",
    "duration",
    "integrated_lufs",
    "range_lu",
    "true_peak_dbtp",
    "status",
    "picked",
    "releases",
];

fn csv_failure(error: csv::Error) -> Failure {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.into(),
        kind => Failure::Own {
            message: printable(&format!("cannot write CSV: {kind:?}")).into_owned(),
            code: 1,
            source: None,
            hint: None,
        },
    }
}
