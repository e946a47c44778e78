//! Which objects are covers of albums.

use studio_domain::AssetKey;

/// Names that covers have, the likeliest first.
const NAMES: [&str; 4] = ["cover", "folder", "front", "albumart"];

/// The media type of a picture by its name.
pub fn picture_type(key: &str) -> Option<&'static str> {
    let (_, extension) = key.rsplit_once('.')?;
    match extension.to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" => Some("image/jpeg"),
        "png" => Some("image/png"),
        "webp" => Some("image/webp"),
        "gif" => Some("image/gif"),
        _ => None,
    }
}

/// How likely an object is the cover of the music in its directory: 0 first; `None` for what is
/// no cover.
pub fn rank(key: &AssetKey) -> Option<u8> {
    picture_type(key.as_str())?;
    let (stem, _) = key.file_name().rsplit_once('.')?;
    let stem = stem.to_lowercase();
    let place = NAMES.iter().position(|name| *name == stem)?;
    u8::try_from(place).ok()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test's way to fail")]

    use super::*;

    #[test]
    fn covers_are_told_by_their_names() {
        let rank = |key: &str| super::rank(&key.parse().unwrap());
        assert_eq!(rank("A/B/cover.jpg"), Some(0));
        assert_eq!(rank("A/B/Folder.JPEG"), Some(1));
        assert_eq!(rank("front.png"), Some(2));
        for none in ["A/B/cover.txt", "A/B/back.jpg", "A/B/cover", "cover.jpg/x", "A/cover.jpg.exe"]
        {
            assert_eq!(rank(none), None, "{none}");
        }
        assert_eq!(picture_type("x.WebP"), Some("image/webp"));
    }
}
