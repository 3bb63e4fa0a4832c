//! The command line of mendpoint: paths, folders, colours and exit codes. What is found in a trace
//! is decided in the library.

mod args;
mod commands;
mod dropped;
mod in_order;
mod invocation;
mod load;
mod member;
mod output;
mod password;
mod paths;
mod progress;
mod store;
mod terminal;

use std::process::ExitCode;

use args::{Cli, Command};
use clap::Parser;
use mendpoint::report::Status;

fn main() -> ExitCode {
    if let Some(status) = dropped::run() {
        return status;
    }
    let cli = Cli::parse_from(args::command_first(std::env::args_os().collect()));
    match run(&cli) {
        Ok(status) => ExitCode::from(status as u8),
        Err(failure) if failure.is_broken_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            failure.report();
            ExitCode::from(Status::Failed as u8)
        }
    }
}

fn run(cli: &Cli) -> Result<Status, output::Failure> {
    match &cli.command {
        None => commands::check::run(&cli.check, &cli.global),
        Some(Command::Check(args)) => commands::check::run(args, &cli.global),
        Some(Command::Calls(args)) => commands::calls::run(args, &cli.global),
        Some(Command::Show(args)) => commands::show::run(args, &cli.global),
        Some(Command::Connections(args)) => commands::connections::run(args, &cli.global),
        Some(Command::Diff(args)) => commands::diff::run(args, &cli.global),
        Some(Command::Patch(args)) => commands::patch::run(args, &cli.global),
        Some(Command::Compare(args)) => commands::compare::run(args, &cli.global),
        Some(Command::KnownGood(args)) => commands::known_good::run(args, &cli.global),
        Some(Command::Redact(args)) => commands::redact::run(args, &cli.global),
        Some(Command::Rules(args)) => commands::rules::run(args, &cli.global),
        Some(Command::Explain(args)) => commands::explain::run(args, &cli.global),
        #[cfg(feature = "mcp")]
        Some(Command::Mcp(args)) => commands::mcp::run(args, &cli.global),
        #[cfg(not(feature = "mcp"))]
        Some(Command::Mcp { .. }) => Err(output::Failure::new(
            "this program was built without the tools for agents",
        )
        .with_hint("cargo install --path . --features mcp builds it with them; a file of that name is ./mcp")),
        Some(Command::Completions { shell }) => commands::completions::run(*shell),
        Some(Command::Man { command }) => commands::man::run(command.as_deref()),
    }
}
