//! What programs ask of the site: sitemaps, robots.txt, oEmbed.

use serde_json::json;
use studio_domain::Slug;
use studio_repo::{AlbumPage, RecordingSheet, SitePlace};

use crate::feed::escaped;
use crate::links::{CoverOf, CoverSide, Links, Place};
use crate::{Site, time};

/// How large the player alone is that others put into their pages (pixels).
const EMBED: (u32, u32) = (480, 240);
/// The least that it can be used at.
const LEAST: (u32, u32) = (240, 120);

const SITEMAPS: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

impl Site {
    /// The sitemap of sitemaps (sitemaps.org, 0.9): one of each artist.
    pub fn sitemap(&self, artists: &[SitePlace]) -> String {
        let mut text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sitemapindex xmlns=\"{SITEMAPS}\">\n"
        );
        for artist in artists {
            let path = Place::Artist(artist.slug.clone()).path();
            let url = escaped(&self.links.whole(&format!("{path}/sitemap.xml")));
            text.push_str(&format!("<sitemap><loc>{url}</loc></sitemap>\n"));
        }
        text + "</sitemapindex>\n"
    }

    /// The sitemap of an artist: their page, and those of their albums and recordings.
    pub fn artist_sitemap(
        &self,
        artist: &Slug,
        albums: &[SitePlace],
        recordings: &[SitePlace],
    ) -> String {
        let mut text =
            format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"{SITEMAPS}\">\n");
        let mut add = |place: Place, updated: Option<studio_domain::Timestamp>| {
            let url = escaped(&self.links.whole(&place.path()));
            let when = updated.map(|time| format!("<lastmod>{}</lastmod>", time::rfc3339(time)));
            text.push_str(&format!("<url><loc>{url}</loc>{}</url>\n", when.unwrap_or_default()));
        };
        add(Place::Artist(artist.clone()), None);
        for one in albums {
            add(Place::Album(artist.clone(), one.slug.clone()), one.updated_at);
        }
        for one in recordings {
            add(Place::Recording(artist.clone(), one.slug.clone()), one.updated_at);
        }
        text + "</urlset>\n"
    }

    /// What search engines are asked (RFC 9309).
    pub fn robots(&self) -> String {
        let sitemap = self.links.whole("/sitemap.xml");
        format!(
            "User-agent: *\nAllow: /api/v1/recordings/\nDisallow: /api/\nDisallow: /rest/\n\
             Disallow: /s/\nDisallow: /search\n\nSitemap: {sitemap}\n"
        )
    }

    /// What oEmbed (oembed.com, 1.0) tells of an album: the player, within the bounds that are
    /// asked for.
    pub fn oembed_album(&self, sheet: &AlbumPage, bounds: (Option<u32>, Option<u32>)) -> Embed {
        let studio_repo::AlbumEntry { album, artist, slug } = &sheet.entry;
        let place = Place::Album(artist.slug.clone(), slug.clone());
        let of = CoverOf::Album(album.id);
        let picture = Links::cover(of, album.artwork.as_ref(), CoverSide::Square300);
        self.embed(&place, album.title.as_str(), artist, picture, bounds)
    }

    /// The same of a recording.
    pub fn oembed_recording(
        &self,
        sheet: &RecordingSheet,
        bounds: (Option<u32>, Option<u32>),
    ) -> Embed {
        let entry = &sheet.entry;
        let place = Place::Recording(entry.artist.slug.clone(), entry.slug.clone());
        let picture = Links::cover_of(sheet, CoverSide::Square300);
        self.embed(&place, entry.recording.title.as_str(), &entry.artist, picture, bounds)
    }

    fn embed(
        &self,
        place: &Place,
        title: &str,
        artist: &studio_domain::Artist,
        picture: Option<String>,
        (most_wide, most_high): (Option<u32>, Option<u32>),
    ) -> Embed {
        let width = most_wide.map_or(EMBED.0, |most| most.clamp(LEAST.0, EMBED.0));
        let height = most_high.map_or(EMBED.1, |most| most.clamp(LEAST.1, EMBED.1));
        let player = self.links.whole(&place.embed_path().unwrap_or_default());
        let html = format!(
            "<iframe src=\"{}\" width=\"{width}\" height=\"{height}\" title=\"{}\" \
             frameborder=\"0\" allow=\"autoplay\"></iframe>",
            escaped(&player),
            escaped(&format!("{title} by {}", artist.name)),
        );
        let author_url = self.links.whole(&Place::Artist(artist.slug.clone()).path());
        Embed {
            title: title.to_owned(),
            author: artist.name.to_string(),
            author_url,
            provider: self.name.clone(),
            provider_url: self.links.whole("/"),
            picture: picture.map(|path| self.links.whole(&path)),
            html,
            width,
            height,
        }
    }
}

/// What oEmbed tells of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Embed {
    title: String,
    author: String,
    author_url: String,
    provider: String,
    provider_url: String,
    picture: Option<String>,
    html: String,
    width: u32,
    height: u32,
}

impl Embed {
    /// As JSON.
    pub fn json(&self) -> String {
        let mut json = json!({
            "version": "1.0",
            "type": "rich",
            "title": self.title,
            "author_name": self.author,
            "author_url": self.author_url,
            "provider_name": self.provider,
            "provider_url": self.provider_url,
            "html": self.html,
            "width": self.width,
            "height": self.height,
        });
        if let (Some(picture), Some(members)) = (&self.picture, json.as_object_mut()) {
            members.insert("thumbnail_url".to_owned(), picture.as_str().into());
            members.insert("thumbnail_width".to_owned(), 300.into());
            members.insert("thumbnail_height".to_owned(), 300.into());
        }
        json.to_string()
    }

    /// As XML.
    pub fn xml(&self) -> String {
        let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<oembed>\
                        <version>1.0</version><type>rich</type>"
            .to_owned();
        let (width, height) = (self.width.to_string(), self.height.to_string());
        let picture = self.picture.as_deref();
        let side = picture.map(|_| "300");
        for (name, value) in [
            ("title", Some(self.title.as_str())),
            ("author_name", Some(&self.author)),
            ("author_url", Some(&self.author_url)),
            ("provider_name", Some(&self.provider)),
            ("provider_url", Some(&self.provider_url)),
            ("thumbnail_url", picture),
            ("thumbnail_width", side),
            ("thumbnail_height", side),
            ("html", Some(&self.html)),
            ("width", Some(&width)),
            ("height", Some(&height)),
        ] {
            if let Some(value) = value {
                text.push_str(&format!("<{name}>{}</{name}>", escaped(value)));
            }
        }
        text + "</oembed>\n"
    }
}
