//! `studio man`.

use clap::CommandFactory as _;

use crate::args::{Arguments, Man};
use crate::failure::{Failure, Result};
use crate::output::text::Out;

pub(super) fn run(arguments: &Man) -> Result<()> {
    let mut studio = Arguments::command();
    studio.build();
    let command = match &arguments.command {
        None => studio,
        Some(name) => match studio.find_subcommand(name) {
            Some(command) => command.clone().name(format!("studio-{name}")),
            None => {
                return Err(Failure::usage(
                    format!("there is no command `{name}`"),
                    "`studio help` lists the commands",
                ));
            }
        },
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    Out::new().raw(&String::from_utf8_lossy(&page))
}
