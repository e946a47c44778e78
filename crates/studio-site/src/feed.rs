//! What an artist published last, for those who follow: Atom (RFC 4287), and RSS 2.0 with the
//! elements that players of podcasts ask for.

use studio_domain::{Artist, Timestamp};
use studio_repo::{ArtistPart, RecordingSheet};

use crate::Site;
use crate::links::{CoverSide, Links, Place};
use crate::time::{self, Length};

/// A text as it may stand anywhere in XML, without the characters that XML has no place for.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // XML 1.0, 2.2.
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c if c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{7f}'..='\u{9f}') => {
                out.push('\u{fffd}');
            }
            c => out.push(c),
        }
    }
    out
}

/// One of the recordings of a feed.
struct Item<'a> {
    sheet: &'a RecordingSheet,
    title: String,
    url: String,
    sound: String,
    size: u64,
    kind: String,
    time: Timestamp,
}

impl Site {
    fn items<'a>(&self, part: &'a ArtistPart<RecordingSheet>) -> Vec<Item<'a>> {
        let item = |sheet: &'a RecordingSheet| {
            let (entry, recording) = (&sheet.entry, &sheet.entry.recording);
            let place = Place::Recording(entry.artist.slug.clone(), entry.slug.clone());
            let path = Links::sound(entry);
            let is_made = path.contains('?');
            Item {
                sheet,
                title: escaped(recording.title.as_str()),
                url: escaped(&self.links.whole(&place.path())),
                sound: escaped(&self.links.whole(&path)),
                // Of what is made anew nobody knows the size before.
                size: if is_made { 0 } else { recording.sound.size },
                kind: match is_made {
                    true => "audio/flac".to_owned(),
                    false => escaped(&recording.sound.content_type),
                },
                time: recording.sound.modified_at,
            }
        };
        part.items.iter().map(item).collect()
    }

    /// The identity of something for ever: no address, which can change.
    fn urn(id: impl std::fmt::Display) -> String {
        format!("urn:uuid:{id}")
    }

    /// What is new, as Atom.
    pub fn atom(&self, part: &ArtistPart<RecordingSheet>) -> String {
        let Artist { id, name, slug } = &part.artist;
        let path = Place::Artist(slug.clone()).path();
        let url = escaped(&self.links.whole(&path));
        let newest = part.items.iter().map(|sheet| sheet.entry.recording.sound.modified_at).max();
        let updated = time::rfc3339(newest.unwrap_or(Timestamp::from_micros(0)));
        let name = escaped(name.as_str());
        let mut text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <feed xmlns=\"http://www.w3.org/2005/Atom\">\n<title>{name}</title>\n\
             <id>{}</id>\n<updated>{updated}</updated>\n<author><name>{name}</name>\
             <uri>{url}</uri></author>\n<link rel=\"alternate\" type=\"text/html\" href=\"{url}\"/>\n\
             <link rel=\"self\" type=\"application/atom+xml\" href=\"{url}/feed.atom\"/>\n",
            Self::urn(id)
        );
        for item in self.items(part) {
            let Item { sheet, title, url, sound, size, kind, time } = item;
            let (id, time) = (Self::urn(sheet.entry.recording.id), time::rfc3339(time));
            let length = if size > 0 { format!(" length=\"{size}\"") } else { String::new() };
            text.push_str(&format!(
                "<entry><title>{title}</title><id>{id}</id><updated>{time}</updated>\
                 <link rel=\"alternate\" type=\"text/html\" href=\"{url}\"/>\
                 <link rel=\"enclosure\" type=\"{kind}\"{length} href=\"{sound}\"/>{}</entry>\n",
                summary(sheet, "summary")
            ));
        }
        text + "</feed>\n"
    }

    /// What is new, as RSS for players of podcasts.
    pub fn podcast(&self, part: &ArtistPart<RecordingSheet>) -> String {
        let Artist { name, slug, .. } = &part.artist;
        let path = Place::Artist(slug.clone()).path();
        let url = escaped(&self.links.whole(&path));
        let name = escaped(name.as_str());
        let cover =
            part.items.iter().find_map(|sheet| Links::cover_of(sheet, CoverSide::Square300));
        let image = cover.map(|path| {
            let picture = escaped(&self.links.whole(&path));
            format!("<itunes:image href=\"{picture}\"/>\n")
        });
        let mut text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" \
             xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\" \
             xmlns:atom=\"http://www.w3.org/2005/Atom\">\n<channel>\n<title>{name}</title>\n\
             <link>{url}</link>\n<description>Music by {name}</description>\n\
             <language>en</language>\n\
             <atom:link rel=\"self\" type=\"application/rss+xml\" href=\"{url}/podcast.rss\"/>\n\
             <itunes:author>{name}</itunes:author>\n<itunes:explicit>false</itunes:explicit>\n\
             <itunes:category text=\"Music\"/>\n{}",
            image.unwrap_or_default()
        );
        for item in self.items(part) {
            let Item { sheet, title, url, sound, size, kind, time } = item;
            let (id, time) = (Self::urn(sheet.entry.recording.id), time::rfc822(time));
            let length = Length::of(&sheet.entry.recording.sound)
                .map(|Length(seconds)| format!("<itunes:duration>{seconds}</itunes:duration>"));
            text.push_str(&format!(
                "<item><title>{title}</title><link>{url}</link>\
                 <guid isPermaLink=\"false\">{id}</guid><pubDate>{time}</pubDate>\
                 <enclosure url=\"{sound}\" length=\"{size}\" type=\"{kind}\"/>{}{}</item>\n",
                length.unwrap_or_default(),
                summary(sheet, "description")
            ));
        }
        text + "</channel>\n</rss>\n"
    }
}

/// What is said of a recording, as an element.
fn summary(sheet: &RecordingSheet, element: &str) -> String {
    let said = sheet.description.as_ref().map(|said| escaped(said.as_str()));
    said.map(|said| format!("<{element}>{said}</{element}>")).unwrap_or_default()
}
