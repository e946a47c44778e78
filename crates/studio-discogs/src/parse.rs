//! From what Discogs sends to what we say.

use serde_json::Value;

use crate::fields::{Fields, items};
use crate::text::{clean_name, known_year, parse_date, parse_duration, plain_text};
use crate::{
    Album, Artist, Company, Credit, Entry, EntryKind, Error, Format, Identifier, Image, Label,
    Lookup, Reference, ReleaseDate, Result, SearchHit, Track, TrackKind,
};

/// Reads the body of an answer with status 200. Whatever the bytes are, this returns.
///
/// # Errors
/// [`Junk`](Error::Junk) for what is no JSON, is no such answer, or is about something else.
pub fn parse(lookup: &Lookup, body: &[u8]) -> Result<Entry> {
    // The reader's own words may hold a part of the body: only the place is told.
    let value: Value = serde_json::from_slice(body).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        Error::junk(format!("it is no JSON at {place}"))
    })?;
    let page = Fields::of(&value).ok_or_else(|| Error::junk("it is no object"))?;
    match lookup {
        Lookup::Search(_) => {
            let results = page.list("results").ok_or_else(|| Error::junk("it has no results"))?;
            Ok(Entry::Hits(items(results, hit)))
        }
        Lookup::Artist(id) => {
            expect(page, *id, "name")?;
            Ok(Entry::Artist(artist(page)))
        }
        Lookup::Master(id) => {
            expect(page, *id, "title")?;
            Ok(Entry::Master(album(page)))
        }
        Lookup::Release(id) => {
            expect(page, *id, "title")?;
            Ok(Entry::Release(album(page)))
        }
    }
}

fn expect(page: Fields<'_>, asked: u64, name: &str) -> Result<()> {
    let came = page.number("id");
    match () {
        () if came != asked => Err(Error::junk(format!("it is about {came}, not {asked}"))),
        () if page.text(name).is_empty() => Err(Error::junk("it has no name")),
        () => Ok(()),
    }
}

fn hit(hit: Fields<'_>) -> Option<SearchHit> {
    let kind = match hit.raw("type") {
        "artist" => EntryKind::Artist,
        "master" => EntryKind::Master,
        "release" => EntryKind::Release,
        _ => EntryKind::Other,
    };
    let whole = hit.text("title");
    let (artist, title) = match kind {
        EntryKind::Artist => (clean_name(&whole), String::new()),
        // Names may hold hyphens, but seldom with spaces around.
        _ => whole.split_once(" - ").map_or_else(
            || (String::new(), whole.clone()),
            |(artist, title)| (clean_name(artist), title.trim().to_owned()),
        ),
    };
    (!whole.is_empty()).then_some(SearchHit {
        kind,
        id: hit.id("id")?,
        artist,
        title,
        year: known_year(hit.number("year")),
        country: hit.text("country"),
        formats: hit.texts("format"),
        labels: hit.texts("label"),
        catalogue_number: hit.text("catno"),
        barcodes: hit.texts("barcode"),
        genres: hit.texts("genre"),
        styles: hit.texts("style"),
        thumb: hit.address("thumb"),
        cover: hit.address("cover_image"),
        master_id: hit.id("master_id"),
    })
}

fn artist(page: Fields<'_>) -> Artist {
    Artist {
        id: page.number("id"),
        name: page.name("name"),
        listed_as: page.text("name"),
        real_name: page.text("realname"),
        profile: plain_text(page.raw("profile")),
        variations: page.texts("namevariations"),
        aliases: page.items("aliases", reference),
        members: page.items("members", reference),
        groups: page.items("groups", reference),
        urls: page.addresses("urls"),
        images: page.items("images", image),
    }
}

fn reference(person: Fields<'_>) -> Option<Reference> {
    let name = person.name("name");
    let reference = Reference { id: person.number("id"), name, active: person.flag("active") };
    (!reference.name.is_empty()).then_some(reference)
}

fn credit(person: Fields<'_>) -> Option<Credit> {
    // The name that stands on the record, where it is another.
    let on_it = person.name("anv");
    let name = if on_it.is_empty() { person.name("name") } else { on_it };
    let (join, role) = (person.text("join"), person.text("role"));
    (!name.is_empty()).then_some(Credit { id: person.number("id"), name, join, role })
}

fn image(picture: Fields<'_>) -> Option<Image> {
    let url = picture.address("uri");
    (!url.is_empty()).then_some(Image {
        primary: picture.raw("type") == "primary",
        url,
        thumb: picture.address("uri150"),
        width: picture.small("width"),
        height: picture.small("height"),
    })
}

fn album(page: Fields<'_>) -> Album {
    let told = parse_date(page.raw("released"));
    let released = match told.year {
        Some(_) => told,
        None => ReleaseDate { year: known_year(page.number("year")), ..ReleaseDate::default() },
    };
    Album {
        id: page.number("id"),
        master_id: page.id("master_id"),
        main_release: page.id("main_release"),
        title: page.text("title"),
        artists: page.items("artists", credit),
        credits: page.items("extraartists", credit),
        released,
        country: page.text("country"),
        labels: page.items("labels", |label| {
            let (name, catalogue_number) = (label.name("name"), label.text("catno"));
            (!name.is_empty()).then_some(Label { name, catalogue_number })
        }),
        companies: page.items("companies", |company| {
            let (name, role) = (company.name("name"), company.text("entity_type_name"));
            (!name.is_empty()).then_some(Company { name, role })
        }),
        formats: page.items("formats", |format| {
            let (name, quantity) = (format.text("name"), format.small("qty"));
            let descriptions = format.texts("descriptions");
            (!name.is_empty()).then_some(Format { name, quantity, descriptions })
        }),
        identifiers: page.items("identifiers", |number| {
            let (kind, value) = (number.text("type"), number.text("value"));
            (!value.is_empty()).then_some(Identifier { kind, value })
        }),
        genres: page.texts("genres"),
        styles: page.texts("styles"),
        tracks: page.items("tracklist", |line| {
            let parts = line.items("sub_tracks", |part| track(part, Vec::new()));
            track(line, parts)
        }),
        images: page.items("images", image),
        notes: plain_text(page.raw("notes")),
    }
}

fn track(line: Fields<'_>, parts: Vec<Track>) -> Option<Track> {
    let kind = match line.raw("type_") {
        "heading" => TrackKind::Heading,
        "index" => TrackKind::Index,
        _ => TrackKind::Track,
    };
    let (position, title) = (line.text("position"), line.text("title"));
    (!title.is_empty() || !position.is_empty()).then(|| Track {
        kind,
        position,
        title,
        seconds: parse_duration(line.raw("duration")),
        artists: line.items("artists", credit),
        credits: line.items("extraartists", credit),
        parts,
    })
}
