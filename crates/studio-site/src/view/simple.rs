//! Pages that say something: of a licence, of a failure.

use askama::Template;
use studio_domain::Licence;

use super::lists::rendered;
use super::page::Page;
use crate::Site;
use crate::links::Links;

#[derive(Template)]
#[template(path = "licence.html")]
struct LicenceTemplate {
    page: Page,
    title: &'static str,
    url: Option<&'static str>,
    /// What it allows, and what it asks for.
    terms: Vec<&'static str>,
}

#[derive(Template)]
#[template(path = "failure.html")]
struct FailureTemplate {
    page: Page,
    status: u16,
    title: String,
    detail: String,
}

/// What a licence says, in short.
fn terms(licence: Licence) -> Vec<&'static str> {
    const NAME: &str = "Name the artist, link to the licence, and say what you changed.";
    const SHARE: &str = "Copy it and pass it on, in any medium or format.";
    const ADAPT: &str = "Remix it, change it and build upon it.";
    const ALIKE: &str = "Publish what you make of it under the same licence.";
    const WHOLE: &str = "Pass it on as it is: what you make of it stays with you.";
    const NO_TRADE: &str = "Not for commercial purposes.";
    match licence {
        Licence::AllRightsReserved => {
            vec!["Listen to it here.", "Ask the artist before you do anything else with it."]
        }
        Licence::Cc0 => vec![
            "Do with it whatever you like, without asking.",
            "The artist has given up all rights as far as the law allows.",
        ],
        Licence::CcBy => vec![SHARE, ADAPT, NAME],
        Licence::CcBySa => vec![SHARE, ADAPT, NAME, ALIKE],
        Licence::CcByNd => vec![SHARE, NAME, WHOLE],
        Licence::CcByNc => vec![SHARE, ADAPT, NAME, NO_TRADE],
        Licence::CcByNcSa => vec![SHARE, ADAPT, NAME, NO_TRADE, ALIKE],
        Licence::CcByNcNd => vec![SHARE, NAME, NO_TRADE, WHOLE],
        _ => Vec::new(),
    }
}

impl Site {
    /// What a licence says.
    pub fn licence(&self, licence: Licence) -> String {
        let title = licence.title();
        let page = Page {
            description: format!("What you may do with music under {title}."),
            ..Page::new(self, title, &Links::licence(licence))
        };
        rendered(&LicenceTemplate { page, title, url: licence.url(), terms: terms(licence) })
    }

    /// That something cannot be shown: the status of HTTP, its name, and why.
    pub fn failure(&self, status: u16, title: &str, detail: &str, path: &str) -> String {
        let page = Page { is_private: true, ..Page::new(self, title, path) };
        let (title, detail) = (title.to_owned(), detail.to_owned());
        rendered(&FailureTemplate { page, status, title, detail })
    }
}
