//! Playlists for players of their own (M3U8: extended M3U in UTF-8).

use studio_repo::AlbumPage;

use crate::Site;
use crate::links::Links;
use crate::time::Length;

impl Site {
    /// All of an album as a playlist, each recording by its whole address.
    pub fn playlist(&self, sheet: &AlbumPage) -> String {
        let title = &sheet.entry.album.title;
        let mut text = format!("#EXTM3U\n#EXTENC:UTF-8\n#PLAYLIST:{title}\n");
        for sheet in &sheet.recordings {
            let (entry, recording) = (&sheet.entry, &sheet.entry.recording);
            // -1 is a length that nobody knows. Names have no line breaks.
            let length = Length::of(&recording.sound)
                .map_or_else(|| "-1".to_owned(), |Length(seconds)| seconds.to_string());
            let (artist, title) = (&entry.artist.name, &recording.title);
            let url = self.links.whole(&Links::sound(entry));
            text.push_str(&format!("#EXTINF:{length},{artist} - {title}\n{url}\n"));
        }
        text
    }
}
