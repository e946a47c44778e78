//! `studio completions`.

use clap::CommandFactory as _;

use crate::args::{Arguments, Completions};
use crate::failure::Result;
use crate::output::text::Out;

pub(super) fn run(arguments: &Completions) -> Result<()> {
    // Into memory first: the generator panics when a pipe closes.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "studio", &mut script);
    Out::new().raw(&String::from_utf8_lossy(&script))
}
