//! What came of it all, for people.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use crate::cell::{Lasting, Outcome, Strike};
use crate::fault::COLUMNS;

/// Where the table stands, between these two lines.
const DOCUMENT: &str = "../../docs/reliability.md";
const BEGIN: &str = "<!-- faults: written by `cargo xtask reliability` -->";
const END: &str = "<!-- faults: end -->";
/// Where to write the document instead of comparing.
const OUT: &str = "STUDIO_RELIABILITY_OUT";
/// Whether to compare every word.
const CHECK: &str = "STUDIO_RELIABILITY_CHECK";

/// Outcomes by fault, duration and operation.
pub(crate) struct Table {
    operations: Vec<&'static str>,
    cells: BTreeMap<(Lasting, usize, usize), BTreeSet<Outcome>>,
    struck: usize,
}

impl Table {
    pub(crate) fn new(operations: impl Iterator<Item = &'static str>) -> Self {
        Self { operations: operations.collect(), cells: BTreeMap::new(), struck: 0 }
    }

    /// Enters what came of a strike; nothing where there was nothing to strike.
    pub(crate) fn note(&mut self, row: usize, strike: &Strike<'_>, outcome: Option<Outcome>) {
        if let Some(outcome) = outcome {
            self.struck += 1;
            let cell = self.cells.entry((strike.lasting, strike.index, row)).or_default();
            cell.insert(outcome);
        }
    }

    /// Asserts that the document has this table, or writes it there.
    pub(crate) fn compare(&self) {
        let document = Path::new(env!("CARGO_MANIFEST_DIR")).join(DOCUMENT);
        let text = std::fs::read_to_string(&document).unwrap();
        let (before, rest) = text.split_once(BEGIN).unwrap();
        let (_, after) = rest.split_once(END).unwrap();
        let expected = format!("{before}{BEGIN}\n\n{self}\n{END}{after}");
        match std::env::var_os(OUT).map(PathBuf::from) {
            Some(out) => std::fs::write(out, expected).unwrap(),
            None if std::env::var_os(CHECK).is_some() => assert!(
                text == expected,
                "docs/reliability.md tells something else; run `cargo xtask reliability`:\n{self}"
            ),
            None => self.compare_names(&text),
        }
    }

    /// Asserts that the document tells of each operation and each fault. How often requests
    /// are sent again depends on the machine too: only a run for the document compares that.
    fn compare_names(&self, text: &str) {
        for name in self.operations.iter().copied().chain(COLUMNS.iter().map(|one| one.name)) {
            assert!(text.contains(&format!("| {name} |")), "docs/reliability.md lacks {name}");
        }
    }

    /// The worst that came of a fault at any request, and how often at least that was so.
    fn word(&self, lasting: Lasting, column: usize, row: usize) -> String {
        match self.cells.get(&(lasting, column, row)).and_then(BTreeSet::last) {
            Some(worst) => worst.to_string(),
            None => "–".to_owned(),
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} requests were struck.", self.struck)?;
        for (lasting, title) in [
            (Lasting::Once, "The fault strikes one request"),
            (Lasting::Forever, "The fault strikes a request and all that follow"),
        ] {
            let struck = |row: &usize| self.cells.keys().any(|at| (at.0, at.2) == (lasting, *row));
            let rows: Vec<usize> = (0..self.operations.len()).filter(struck).collect();
            write!(f, "\n**{title}**\n\n| |")?;
            for row in &rows {
                write!(f, " {} |", self.operations[*row])?;
            }
            writeln!(f, "\n|---|{}", "---|".repeat(rows.len()))?;
            for (index, column) in COLUMNS.iter().enumerate() {
                write!(f, "| {} |", column.name)?;
                for row in &rows {
                    write!(f, " {} |", self.word(lasting, index, *row))?;
                }
                writeln!(f)?;
            }
        }
        Ok(())
    }
}
