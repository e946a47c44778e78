//! `studio list`.

use studio_api::v1;
use studio_core::{PageRequest, Studio, Version, VersionFilter, VersionId};

use crate::args;
use crate::config::{Config, Set};
use crate::failure::{Failure, Result};
use crate::output::text::{Out, note, printable};
use crate::output::versions::VersionTable;

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
    next: Option<VersionId>,
    left: Option<u32>,
    done: bool,
}

impl<'a> Listing<'a> {
    fn new(studio: &'a Studio, filter: VersionFilter, arguments: &args::List) -> Self {
        let (next, left) = (arguments.after, arguments.limit);
        Self { studio, filter, next, left, done: false }
    }

    /// The next page; empty when all are out. Afterwards `next` tells where a further
    /// listing would begin.
    async fn page(&mut self) -> Result<Vec<Version>> {
        let limit = self.left.unwrap_or(PAGE).min(PAGE);
        if self.done || limit == 0 {
            return Ok(Vec::new());
        }
        let request = PageRequest { after: self.next, limit };
        let page = self.studio.versions(&self.filter, request).await?;
        self.next = page.next;
        self.done = page.next.is_none();
        // A page has at most `limit` versions, so the count fits.
        self.left = self.left.map(|left| left - page.items.len() as u32);
        Ok(page.items)
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
        note(&nothing_found(&listing.filter, config, arguments));
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

fn nothing_found(filter: &VersionFilter, config: &Config, arguments: &args::List) -> String {
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
    match (&arguments.filter.artist, &config.artist) {
        (None, Some(Set { source, .. })) if !arguments.filter.all_artists => {
            format!("{what} (the artist is from {source}; --all-artists lists every one)")
        }
        _ => what,
    }
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
        for version in &page {
            out.raw(separator)?;
            out.json_value(&v1::CataloguedVersion::from(version))?;
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
        for version in &page {
            let v1::CataloguedVersion { version, checked_at, damage } = version.into();
            csv.serialize((version, checked_at, damage)).map_err(csv_failure)?;
        }
    }
    Ok(csv.flush()?)
}

/// The fields of [`v1::CataloguedVersion`] in their order, for a header even where no row follows.
const CSV_COLUMNS: [&str; 15] = [
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
