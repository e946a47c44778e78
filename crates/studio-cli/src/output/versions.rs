//! The table of versions.

use jiff::tz::TimeZone;
use studio_core::{Check, Version, VersionFilter};
use unicode_width::UnicodeWidthStr as _;

use super::text::{Out, bytes, printable};
use super::time;
use crate::failure::Result;

/// The space between two columns.
const GAP: &str = "  ";

/// A table whose columns are fitted to the first page and grow with later ones.
///
/// Names that the filter fixes stand above the table once, not in each row.
#[derive(Debug)]
pub(crate) struct VersionTable {
    title: Option<String>,
    columns: Vec<Column>,
    widths: Vec<usize>,
    zone: TimeZone,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Artist,
    Song,
    Track,
    Version,
    Size,
    Uploaded,
    Verified,
    OriginalPath,
}

impl Column {
    const ALL: [Self; 8] = [
        Self::Artist,
        Self::Song,
        Self::Track,
        Self::Version,
        Self::Size,
        Self::Uploaded,
        Self::Verified,
        Self::OriginalPath,
    ];

    fn head(self) -> &'static str {
        match self {
            Self::Artist => "ARTIST",
            Self::Song => "SONG",
            Self::Track => "TRACK",
            Self::Version => "VERSION",
            Self::Size => "SIZE",
            Self::Uploaded => "UPLOADED",
            Self::Verified => "VERIFIED",
            Self::OriginalPath => "ORIGINAL PATH",
        }
    }

    fn cell(self, version: &Version, zone: &TimeZone) -> String {
        let path = &version.path;
        let text = match self {
            Self::Artist => path.artist.as_str(),
            Self::Song => path.song.as_str(),
            Self::Track => path.track.as_str(),
            Self::Version => path.tag.as_str(),
            Self::OriginalPath => &version.original_path,
            Self::Size => return bytes(version.size),
            Self::Uploaded => return time::to_minute(version.uploaded_at, zone),
            Self::Verified => return verified(version, zone),
        };
        // Made printable here, so that the columns fit what is shown.
        printable(text).into_owned()
    }
}

/// When a version's bytes were last found right.
fn verified(version: &Version, zone: &TimeZone) -> String {
    match version.check {
        None => "never".to_owned(),
        Some(Check { at, damage: None }) => time::to_day(at, zone),
        Some(_) => "DAMAGED".to_owned(),
    }
}

impl VersionTable {
    /// A table for a listing whose first page this is.
    pub(crate) fn new(filter: &VersionFilter, first_page: &[Version]) -> Self {
        let first = first_page.first().map(|version| &version.path);
        // As they are stored, not as they were typed in the filter.
        let (title, fixed) = match (filter, first) {
            (VersionFilter::All, _) | (_, None) => (None, 0),
            (VersionFilter::Artist(_), Some(path)) => (Some(path.artist.to_string()), 1),
            (VersionFilter::Song(..), Some(path)) => {
                (Some(format!("{}: \"{}\"", path.artist, path.song)), 2)
            }
            (VersionFilter::Track(..) | VersionFilter::Version(_), Some(path)) => {
                (Some(format!("{}: \"{}\", {}", path.artist, path.song, path.track)), 3)
            }
        };
        let columns = Column::ALL[fixed..].to_vec();
        let widths = columns.iter().map(|column| column.head().width()).collect();
        let mut table = Self { title, columns, widths, zone: TimeZone::system() };
        table.fit(first_page);
        table
    }

    fn fit(&mut self, page: &[Version]) {
        for (column, width) in self.columns.iter().zip(&mut self.widths) {
            let cells = page.iter().map(|version| column.cell(version, &self.zone).width());
            *width = cells.max().unwrap_or(0).max(*width);
        }
    }

    /// Prints the title, if there is one, and the columns' names.
    pub(crate) fn print_head(&self, out: &mut Out) -> Result<()> {
        if let Some(title) = &self.title {
            out.line(title)?;
        }
        let heads = self.columns.iter().map(|column| column.head().to_owned());
        out.line(&self.row(heads))
    }

    /// Prints a page.
    pub(crate) fn print_rows(&mut self, out: &mut Out, page: &[Version]) -> Result<()> {
        self.fit(page);
        for version in page {
            let cells = self.columns.iter().map(|column| column.cell(version, &self.zone));
            out.line(&self.row(cells))?;
        }
        Ok(())
    }

    fn row(&self, cells: impl Iterator<Item = String>) -> String {
        let cells = cells.zip(&self.columns).zip(&self.widths).map(|((cell, column), width)| {
            let space = " ".repeat(width.saturating_sub(cell.width()));
            match column {
                Column::Size => format!("{space}{cell}"),
                _ => format!("{cell}{space}"),
            }
        });
        cells.collect::<Vec<_>>().join(GAP).trim_end().to_owned()
    }
}
