//! The site: pages that everybody sees, whoever they are. They show what is published, and
//! nothing else, to those who sign in, too: what is worked on has places of its own.

mod covers;
mod feeds;
mod page;
mod pages;

use std::fmt;
use std::str::FromStr;

use axum::extract::{FromRequestParts, Request};
use axum::http::header::ACCEPT;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use axum::routing::get;
use studio_core::Shelf;
use studio_site::Site;
use url::Url;

use crate::State;
use crate::entry::{Guarded, Rule};
use crate::failure::Failure;
use crate::proxies::{self, Client};

/// What the pages that everybody sees are called, and where they are.
#[derive(Debug, Clone)]
pub struct SiteOptions {
    /// What the site is called.
    pub name: String,
    /// Where it is, if that is always the same: without it, where it was asked for.
    pub url: Option<SiteUrl>,
}

/// Where a site is: `https://music.example.org`, with a port if need be, and nothing behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteUrl(String);

/// A text that is no such address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is no address of a site: expected one such as https://music.example.org", .0.escape_debug())]
pub struct InvalidSiteUrl(String);

impl SiteUrl {
    /// Without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SiteUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for SiteUrl {
    type Err = InvalidSiteUrl;

    fn from_str(text: &str) -> Result<Self, InvalidSiteUrl> {
        let url = Url::parse(text).ok().filter(|url| {
            let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
            let is_nobody = url.username().is_empty() && url.password().is_none();
            matches!(url.scheme(), "http" | "https") && is_bare && is_nobody
        });
        let url = url.ok_or_else(|| InvalidSiteUrl(text.to_owned()))?;
        Ok(Self(url.as_str().trim_end_matches('/').to_owned()))
    }
}

impl Default for SiteOptions {
    fn default() -> Self {
        Self { name: "studio".to_owned(), url: None }
    }
}

/// The routes of the site.
pub(crate) fn routes() -> Guarded {
    let open = [("GET", Rule::OPEN)];
    let public = [("GET", Rule::PUBLIC)];
    Guarded::default()
        .route("/", &open, get(pages::home))
        .route("/search", &public, get(pages::search))
        .route("/licences/{licence}", &open, get(pages::licence))
        .route("/music/{artist}", &public, get(pages::artist))
        .route("/music/{artist}/{album}", &public, get(pages::album))
        .route("/music/{artist}/-/{recording}", &public, get(pages::recording))
        .route("/embed/{artist}/{album}", &public, get(pages::embed_album))
        .route("/embed/{artist}/-/{recording}", &public, get(pages::embed_recording))
        .route("/music/{artist}/{album}/playlist.m3u8", &public, get(feeds::playlist))
        .route("/music/{artist}/feed.atom", &public, get(feeds::atom))
        .route("/music/{artist}/podcast.rss", &public, get(feeds::podcast))
        .route("/music/{artist}/sitemap.xml", &public, get(feeds::artist_sitemap))
        .route("/sitemap.xml", &public, get(feeds::sitemap))
        .route("/robots.txt", &open, get(feeds::robots))
        .route("/oembed", &public, get(feeds::oembed))
        .route("/static/{version}/{name}", &open, get(page::asset))
        .route("/covers/albums/{id}/{tag}/{side}", &public, get(covers::album))
        .route("/covers/recordings/{id}/{tag}/{side}", &public, get(covers::recording))
        .route("/covers/none/{seed}", &open, get(covers::none))
}

/// A request for a page: what there is to show, and where it is asked for.
pub(crate) struct Visit {
    state: State,
    site: Site,
    headers: HeaderMap,
    method: Method,
}

impl Visit {
    /// What is released.
    ///
    /// # Errors
    /// 404 where the service has no music.
    fn shelf(&self) -> Result<&Shelf, Failure> {
        let none = || Failure::missing("no-music", "there is no music here");
        self.state.music.as_ref().map(|music| &music.shelf).ok_or_else(none)
    }
}

impl FromRequestParts<State> for Visit {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Failure> {
        Ok(Self {
            site: site_of(state, parts),
            state: state.clone(),
            headers: parts.headers.clone(),
            method: parts.method.clone(),
        })
    }
}

fn site_of(state: &State, parts: &Parts) -> Site {
    let SiteOptions { name, url } = &state.options.site;
    let origin = match url {
        Some(url) => url.to_string(),
        None => proxies::site(parts, parts.extensions.get::<Client>()),
    };
    Site::new(name.as_str(), origin)
}

/// The site for somebody who reads pages, and asks for one: nothing for a program.
pub(crate) fn of_reader(state: &State, request: &Request) -> Option<Site> {
    state.music.as_ref()?;
    let accepted = request.headers().get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let reads = accepted.flat_map(|value| value.split(',')).any(|one| {
        let kind = one.split(';').next().unwrap_or_default().trim();
        kind.eq_ignore_ascii_case("text/html")
    });
    let SiteOptions { name, url } = &state.options.site;
    let origin = url.as_ref().map(SiteUrl::to_string).unwrap_or_default();
    (reads && request.method().is_safe()).then(|| Site::new(name.as_str(), origin))
}

/// A failure as a page.
pub(crate) fn failure(site: &Site, failure: &Failure, path: &str) -> Response {
    let title = failure.status.canonical_reason().unwrap_or("Error");
    page::said(failure.status, site.failure(failure.status.as_u16(), title, &failure.detail, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_at_an_origin() {
        for (text, origin) in [
            ("https://music.example.org", "https://music.example.org"),
            ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
            ("https://MUSIC.example.org:443", "https://music.example.org"),
        ] {
            assert_eq!(text.parse::<SiteUrl>().map(|url| url.to_string()).as_deref(), Ok(origin));
        }
        for bad in [
            "music.example.org",
            "https://example.org/music",
            "ftp://example.org",
            "",
            "https://a@example.org",
            "https://example.org/?x",
            "javascript:alert(1)",
        ] {
            assert!(bad.parse::<SiteUrl>().is_err(), "{bad}");
        }
    }
}
