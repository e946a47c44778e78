//! Tables of texts.

use unicode_width::UnicodeWidthStr as _;

use super::text::{Out, printable};
use crate::failure::Result;

/// The space between two columns.
const GAP: &str = "  ";

/// A table whose columns are as wide as what is in them. A column without anything in it is
/// left out.
#[derive(Debug)]
pub(crate) struct Table {
    heads: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    pub(crate) fn new(heads: &[&'static str]) -> Self {
        Self { heads: heads.to_vec(), rows: Vec::new() }
    }

    /// Adds a row; cells that are missing at its end are empty.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let mut row: Vec<String> =
            cells.into_iter().map(|cell| printable(&cell).into_owned()).collect();
        row.resize(self.heads.len(), String::new());
        self.rows.push(row);
    }

    /// Prints it.
    pub(crate) fn print(&self, out: &mut Out) -> Result<()> {
        let used = |n: &usize| self.rows.iter().any(|row| !row[*n].is_empty());
        let columns: Vec<usize> = (0..self.heads.len()).filter(used).collect();
        let widths: Vec<usize> = columns
            .iter()
            .map(|&n| {
                let cells = self.rows.iter().map(|row| row[n].width());
                cells.max().unwrap_or(0).max(self.heads[n].width())
            })
            .collect();
        let line = |cell: &dyn Fn(usize) -> String| {
            let cells = columns.iter().zip(&widths).map(|(&n, width)| {
                let cell = cell(n);
                let space = " ".repeat(width.saturating_sub(cell.width()));
                match is_number(self.heads[n]) {
                    true => format!("{space}{cell}"),
                    false => format!("{cell}{space}"),
                }
            });
            cells.collect::<Vec<_>>().join(GAP).trim_end().to_owned()
        };
        out.line(&line(&|n| self.heads[n].to_owned()))?;
        for row in &self.rows {
            out.line(&line(&|n| row[n].clone()))?;
        }
        Ok(())
    }
}

/// Columns whose cells are numbers are aligned to the right.
fn is_number(head: &str) -> bool {
    matches!(head, "LENGTH" | "LUFS" | "SIZE" | "GAIN" | "OFFSET" | "DBTP" | "STEMS" | "LRA")
}
