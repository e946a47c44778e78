//! The table of versions.

use jiff::tz::TimeZone;
use studio_core::{Check, Version, VersionDetails, VersionFilter};
use unicode_width::UnicodeWidthStr as _;

use super::text::{Out, bytes, printable};
use super::{sound, time};
use crate::failure::Result;

/// The space between two columns.
const GAP: &str = "  ";

/// A table whose columns are fitted to the first page and grow with later ones.
///
/// Names that the filter fixes stand above the table once, not in each row; what is known of
/// no version of the first page has no column.
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
    Picked,
    Status,
    Length,
    Format,
    Lufs,
    Size,
    Uploaded,
    Verified,
    OriginalPath,
}

impl Column {
    const ALL: [Self; 13] = [
        Self::Artist,
        Self::Song,
        Self::Track,
        Self::Version,
        Self::Picked,
        Self::Status,
        Self::Length,
        Self::Format,
        Self::Lufs,
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
            Self::Picked => "PICK",
            Self::Status => "STATUS",
            Self::Length => "LENGTH",
            Self::Format => "FORMAT",
            Self::Lufs => "LUFS",
            Self::Size => "SIZE",
            Self::Uploaded => "UPLOADED",
            Self::Verified => "VERIFIED",
            Self::OriginalPath => "ORIGINAL PATH",
        }
    }

    /// Whether it is shown only where something is in it.
    fn is_optional(self) -> bool {
        matches!(self, Self::Picked | Self::Status | Self::Length | Self::Format | Self::Lufs)
    }

    fn cell(self, row: &ListedVersion, zone: &TimeZone) -> String {
        let ListedVersion { version, details } = row;
        let path = &version.path;
        let text = match self {
            Self::Artist => path.artist.as_str(),
            Self::Song => path.song.as_str(),
            Self::Track => path.track.as_str(),
            Self::Version => path.tag.as_str(),
            Self::OriginalPath => &version.original_path,
            Self::Picked if details.picked => "*",
            Self::Picked => "",
            Self::Status => {
                let status = details.mark.as_ref().and_then(|mark| mark.status);
                status.map_or("", |status| status.as_str())
            }
            Self::Length => return sound_cells(details)[0].clone(),
            Self::Format => return sound_cells(details)[1].clone(),
            Self::Lufs => return sound_cells(details)[2].clone(),
            Self::Size => return bytes(version.size),
            Self::Uploaded => return time::to_minute(version.uploaded_at, zone),
            Self::Verified => return verified(version, zone),
        };
        // Made printable here, so that the columns fit what is shown.
        printable(text).into_owned()
    }
}

/// A version with what is known and thought of it.
#[derive(Debug, Clone)]
pub(crate) struct ListedVersion {
    pub(crate) version: Version,
    pub(crate) details: VersionDetails,
}

/// Length, format and loudness of a version, as far as they are known.
pub(crate) fn sound_cells(details: &VersionDetails) -> [String; 3] {
    let Some(facts) = &details.sound else { return Default::default() };
    let lufs = facts.measured.map(|measured| sound::level(measured.loudness.integrated));
    [
        sound::length(&facts.format).unwrap_or_default(),
        sound::format(&facts.format),
        lufs.unwrap_or_default(),
    ]
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
    pub(crate) fn new(filter: &VersionFilter, first_page: &[ListedVersion]) -> Self {
        let first = first_page.first().map(|row| &row.version.path);
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
        let zone = TimeZone::system();
        let is_shown = |column: &Column| {
            let any = || first_page.iter().any(|row| !column.cell(row, &zone).is_empty());
            !column.is_optional() || any()
        };
        let columns: Vec<_> = Column::ALL[fixed..].iter().copied().filter(is_shown).collect();
        let widths = columns.iter().map(|column| column.head().width()).collect();
        let mut table = Self { title, columns, widths, zone };
        table.fit(first_page);
        table
    }

    fn fit(&mut self, page: &[ListedVersion]) {
        for (column, width) in self.columns.iter().zip(&mut self.widths) {
            let cells = page.iter().map(|row| column.cell(row, &self.zone).width());
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
    pub(crate) fn print_rows(&mut self, out: &mut Out, page: &[ListedVersion]) -> Result<()> {
        self.fit(page);
        for row in page {
            let cells = self.columns.iter().map(|column| column.cell(row, &self.zone));
            out.line(&self.row(cells))?;
        }
        Ok(())
    }

    fn row(&self, cells: impl Iterator<Item = String>) -> String {
        let cells = cells.zip(&self.columns).zip(&self.widths).map(|((cell, column), width)| {
            let space = " ".repeat(width.saturating_sub(cell.width()));
            match column {
                Column::Size | Column::Length | Column::Lufs => format!("{space}{cell}"),
                _ => format!("{cell}{space}"),
            }
        });
        cells.collect::<Vec<_>>().join(GAP).trim_end().to_owned()
    }
}
