//! `studio man`.

use clap::CommandFactory as _;

use crate::args::{Arguments, Man};
use crate::failure::{Failure, Result};
use crate::output::text::Out;

pub(super) fn run(arguments: &Man) -> Result<()> {
    let mut studio = Arguments::command();
    studio.build();
    let mut command = &studio;
    for name in &arguments.command {
        let Some(found) = command.find_subcommand(name) else {
            return Err(Failure::usage(
                format!("there is no command `{}`", arguments.command.join(" ")),
                "`studio help` lists the commands",
            ));
        };
        command = found;
    }
    let page_name = ["studio"].into_iter().chain(arguments.command.iter().map(String::as_str));
    let page_name = page_name.collect::<Vec<_>>().join("-");
    let command = command.clone().name(page_name);
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    Out::new().raw(&String::from_utf8_lossy(&page))
}
