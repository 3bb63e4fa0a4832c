//! `man`: manual pages, from the same definitions as `--help`.

use clap::CommandFactory;

use crate::Status;
use crate::args::Cli;
use crate::output::{self, Failure};

pub(crate) fn run(command: Option<&str>) -> Result<Status, Failure> {
    let mut all = Cli::command();
    all.build();
    let page = match command {
        None => all,
        Some(name) => all.find_subcommand(name).cloned().ok_or_else(|| {
            Failure::new(format!("there is no command {name}")).with_hint("mendpoint --help")
        })?,
    };
    let mut bytes = Vec::new();
    clap_mangen::Man::new(page).render(&mut bytes)?;
    output::print(&bytes)?;
    Ok(Status::Clean)
}
