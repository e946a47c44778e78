//! Hints about what is published.

use studio_core::Error;
use studio_repo::Error as CatalogError;

/// What to do about an error with something that is published.
pub(super) fn for_published(error: &Error) -> Option<String> {
    let hint = match error {
        Error::NoAlbumTitled { .. } => "`studio album create` makes one",
        Error::NoRecordingTitled { .. } => {
            "`studio recording list` tells which there are; `studio recording add` takes one in"
        }
        Error::SeveralRecordings { ids, .. } => {
            let ids: Vec<String> = ids.iter().take(8).map(ToString::to_string).collect();
            return Some(format!("say which with --album TITLE or --id ID: {}", ids.join(", ")));
        }
        Error::NoPlaylist { .. } => "`studio playlist create` makes one",
        Error::WrongEntry { .. } => {
            "an artist is artist/123; an album master/45 or release/6; `none` says that it has none"
        }
        Error::NoPlace { .. } => "`studio playlist show` tells the places",
        Error::NoObject { .. } => {
            "give its key as the store has it, without the store's name: \
             --object masters/white_gloves.wav"
        }
        Error::Picture { .. } => {
            "give a JPEG or PNG picture of at most 32 MiB and 8192 pixels on a side"
        }
        _ => return None,
    };
    Some(hint.to_owned())
}

/// What to do where Discogs gives no answer.
pub(super) fn for_discogs(error: &studio_discogs::Error) -> String {
    use studio_discogs::Error as E;
    let hint = match error {
        E::Unauthorized => {
            "set DISCOGS_TOKEN to a token from https://www.discogs.com/settings/developers"
        }
        E::RateLimited { .. } | E::Busy => "give the same command again in a minute",
        E::Setting { .. } => "`studio config` tells where the settings of [discogs] come from",
        E::Unavailable { .. } => {
            "check the network; what was found so far is kept, and the same command again goes on"
        }
        _ => "give the same command again; STUDIO_LOG=debug tells more",
    };
    hint.to_owned()
}

/// What to do about what the catalogue says of something that is published.
pub(super) fn for_catalog(error: &CatalogError) -> Option<String> {
    let hint = match error {
        CatalogError::AlbumExists { .. } => {
            "`studio album set` changes it; or give the new one another title"
        }
        CatalogError::AlbumInUse { .. } => "--with-recordings takes them out too",
        CatalogError::PlaylistExists { .. } => "give it another name",
        CatalogError::NoAlbum { .. } => "`studio album list` tells which there are",
        CatalogError::NoRecording { .. } => "`studio recording list --json` tells the ids",
        CatalogError::UnknownShelfCursor { .. } => "begin again without --after",
        CatalogError::AccountExists { email: None, .. } => {
            "`studio user set` and `studio user passwd` change it; or give the new one another name"
        }
        CatalogError::AccountExists { .. } => "give one of them another address, or none",
        CatalogError::LastManager => {
            "make another one first: `studio user add NAME --role manager`"
        }
        CatalogError::TokenExists { .. } => {
            "give the new one another name, or take the old one back with `revoke`"
        }
        CatalogError::IdentityTaken => {
            "`studio audit` tells to whose; take it back there with `studio user unlink`"
        }
        _ => return None,
    };
    Some(hint.to_owned())
}
