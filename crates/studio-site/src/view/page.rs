//! What all pages have.

use crate::Site;
use crate::links::{Links, Place};

/// What all pages have around what is their own.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    /// What the site is called.
    pub(crate) site: String,
    /// What stands in the window's title, but for the site's name.
    pub(crate) title: String,
    /// The one address of this page, whole.
    pub(crate) canonical: String,
    /// What it is about, in a sentence or two.
    pub(crate) description: String,
    /// What Open Graph (ogp.me) calls it.
    pub(crate) kind: &'static str,
    /// A picture for those who link to it, whole.
    pub(crate) image: Option<String>,
    /// Where the player of it alone is, whole.
    pub(crate) embed: Option<String>,
    /// Where oEmbed tells of it, whole.
    pub(crate) oembed: Option<String>,
    /// The path of the artist whose feeds it names.
    pub(crate) feeds: Option<String>,
    /// What it is about, for programs (JSON-LD, schema.org), as it may stand in a script.
    pub(crate) json_ld: Option<String>,
    /// What was searched for.
    pub(crate) searched: String,
    /// Whether search engines are asked to pass it by.
    pub(crate) is_private: bool,
}

impl Page {
    /// One with a title at a path.
    pub(crate) fn new(site: &Site, title: impl Into<String>, path: &str) -> Self {
        Self {
            site: site.name.clone(),
            title: title.into(),
            canonical: site.links.whole(path),
            description: String::new(),
            kind: "website",
            image: None,
            embed: None,
            oembed: None,
            feeds: None,
            json_ld: None,
            searched: String::new(),
            is_private: false,
        }
    }

    /// That of something which others may link to and put into pages of their own.
    pub(crate) fn of_place(site: &Site, title: impl Into<String>, place: &Place) -> Self {
        let path = place.path();
        let page = Self::new(site, title, &path);
        let url = Links::encoded(&page.canonical);
        let embed = place.embed_path();
        Self {
            oembed: embed
                .as_ref()
                .map(|_| site.links.whole(&format!("/oembed?format=json&url={url}"))),
            embed: embed.map(|path| site.links.whole(&path)),
            ..page
        }
    }

    pub(crate) fn asset(&self, name: &str) -> String {
        Links::asset(name)
    }
}

/// A text as it may stand in a script element: no markup can end it.
pub(crate) fn in_script(json: &serde_json::Value) -> String {
    let text = json.to_string();
    text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_ends_no_script() {
        let evil = serde_json::json!({ "name": "</script><script>alert(1)</script><!--&" });
        let text = in_script(&evil);
        assert!(!text.contains(['<', '>', '&']), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).ok(), Some(evil));
    }
}
