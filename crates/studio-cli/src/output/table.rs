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
    indent: &'static str,
}

impl Table {
    /// A table without rows.
    pub(crate) fn new(heads: &[&'static str]) -> Self {
        Self { heads: heads.to_vec(), rows: Vec::new(), indent: "" }
    }

    /// The same, with each line set in.
    pub(crate) fn indented(self) -> Self {
        Self { indent: GAP, ..self }
    }

    /// Adds a row; cells that are missing at its end are empty.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(row(cells, self.heads.len()));
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
        let heads: Vec<_> = columns.iter().map(|&n| self.heads[n]).collect();
        let print = |out: &mut Out, cell: &dyn Fn(usize) -> String| {
            let cells = columns.iter().map(|&n| cell(n));
            out.line(&format!("{}{}", self.indent, line(&heads, &widths, cells)))
        };
        print(out, &|n| self.heads[n].to_owned())?;
        self.rows.iter().try_for_each(|row| print(out, &|n| row[n].clone()))
    }
}

/// A table whose rows are printed as they come; its columns grow as they must.
#[derive(Debug)]
pub(crate) struct RunningTable {
    heads: Vec<&'static str>,
    widths: Vec<usize>,
}

impl RunningTable {
    /// Prints the columns' names. Each has the width that its cells probably need.
    pub(crate) fn begin(out: &mut Out, columns: &[(&'static str, usize)]) -> Result<Self> {
        let heads: Vec<_> = columns.iter().map(|(head, _)| *head).collect();
        let widths = columns.iter().map(|(head, width)| head.width().max(*width)).collect();
        let table = Self { heads, widths };
        let names = table.heads.iter().map(|head| (*head).to_owned());
        out.line(&line(&table.heads, &table.widths, names))?;
        out.flush()?;
        Ok(table)
    }

    /// Prints a row.
    pub(crate) fn row(
        &mut self,
        out: &mut Out,
        cells: impl IntoIterator<Item = String>,
    ) -> Result<()> {
        let cells = row(cells, self.heads.len());
        for (width, cell) in self.widths.iter_mut().zip(&cells) {
            *width = (*width).max(cell.width());
        }
        out.line(&line(&self.heads, &self.widths, cells.into_iter()))?;
        out.flush()
    }
}

/// Cells that can be printed, as many as there are columns.
fn row(cells: impl IntoIterator<Item = String>, columns: usize) -> Vec<String> {
    let mut row: Vec<String> =
        cells.into_iter().map(|cell| printable(&cell).into_owned()).collect();
    row.resize(columns, String::new());
    row
}

fn line(heads: &[&'static str], widths: &[usize], cells: impl Iterator<Item = String>) -> String {
    let cells = cells.zip(heads).zip(widths).map(|((cell, head), width)| {
        let space = " ".repeat(width.saturating_sub(cell.width()));
        match is_number(head) {
            true => format!("{space}{cell}"),
            false => format!("{cell}{space}"),
        }
    });
    cells.collect::<Vec<_>>().join(GAP).trim_end().to_owned()
}

/// Columns whose cells are numbers are aligned to the right.
fn is_number(head: &str) -> bool {
    matches!(head, "LENGTH" | "LUFS" | "SIZE" | "GAIN" | "OFFSET" | "DBTP" | "STEMS" | "LRA")
}
