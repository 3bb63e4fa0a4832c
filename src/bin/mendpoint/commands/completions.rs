//! `completions`: what a shell needs to complete a half-typed command.

use clap::CommandFactory;
use clap_complete::Generator;
use clap_complete::aot::{Bash, Elvish, Fish, PowerShell, Zsh};
use clap_complete_nushell::Nushell;

use crate::Status;
use crate::args::{Cli, Shell};
use crate::output::{self, Failure};

pub(crate) fn run(shell: Shell) -> Result<Status, Failure> {
    let script = match shell {
        Shell::Bash => script(Bash),
        Shell::Zsh => script(Zsh),
        Shell::Fish => script(Fish),
        Shell::Powershell => script(PowerShell),
        Shell::Elvish => script(Elvish),
        Shell::Nushell => script(Nushell),
    };
    output::print(&script)?;
    Ok(Status::Clean)
}

fn script(generator: impl Generator) -> Vec<u8> {
    let mut bytes = Vec::new();
    clap_complete::generate(generator, &mut Cli::command(), "mendpoint", &mut bytes);
    bytes
}
