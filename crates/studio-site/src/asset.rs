//! The files that pages load: one stylesheet and a few modules, by addresses that change with
//! their bytes, so that browsers may keep them for ever.

use std::sync::LazyLock;

use sha2::{Digest as _, Sha256};

/// A file.
#[derive(Debug, Clone, Copy)]
pub struct Asset {
    /// What it is called, such as `site.css`.
    pub name: &'static str,
    /// Its media type.
    pub content_type: &'static str,
    /// All of it.
    pub text: &'static str,
}

const SCRIPT: &str = "text/javascript; charset=utf-8";

/// All of them. What one module imports of another stands beside it, under the same hash.
pub const ASSETS: [Asset; 8] = [
    Asset {
        name: "site.css",
        content_type: "text/css; charset=utf-8",
        text: include_str!("../assets/site.css"),
    },
    Asset { name: "site.js", content_type: SCRIPT, text: include_str!("../assets/site.js") },
    Asset { name: "player.js", content_type: SCRIPT, text: include_str!("../assets/player.js") },
    Asset { name: "decks.js", content_type: SCRIPT, text: include_str!("../assets/decks.js") },
    Asset { name: "queue.js", content_type: SCRIPT, text: include_str!("../assets/queue.js") },
    Asset { name: "keys.js", content_type: SCRIPT, text: include_str!("../assets/keys.js") },
    Asset { name: "pages.js", content_type: SCRIPT, text: include_str!("../assets/pages.js") },
    Asset {
        name: "icon.svg",
        content_type: "image/svg+xml",
        text: include_str!("../assets/icon.svg"),
    },
];

/// What stands before the names of all of them: the hash of all their bytes.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hasher = Sha256::new();
    for asset in ASSETS {
        hasher.update(asset.name.as_bytes());
        hasher.update((asset.text.len() as u64).to_le_bytes());
        hasher.update(asset.text.as_bytes());
    }
    hasher.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
});

/// The address of a file, below `/static/`.
pub(crate) fn path(name: &str) -> String {
    format!("/static/{}/{name}", *VERSION)
}

/// The file with a name, as it is at present; nothing for that of another version.
pub fn asset(version: &str, name: &str) -> Option<&'static Asset> {
    let named = ASSETS.iter().find(|asset| asset.name == name);
    named.filter(|_| version == VERSION.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_their_version() {
        let path = path("site.css");
        let mut parts = path.split('/').skip(2);
        let (version, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        assert_eq!(asset(version, name).map(|asset| asset.name), Some("site.css"));
        assert!(asset("0000000000000000", name).is_none());
        assert!(asset(version, "../Cargo.toml").is_none());
    }

    #[test]
    fn all_of_them_are_small() {
        let bytes: usize = ASSETS.iter().map(|asset| asset.text.len()).sum();
        assert!(bytes < 48 << 10, "{bytes} bytes");
    }
}
