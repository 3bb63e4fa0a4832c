//! `calls`: what was asked of the service, and what came of it.

use mendpoint::render::{calls, json};

use crate::args::{CallsArgs, Format, Global};
use crate::output::{self, Failure, tell};
use crate::{Status, load, terminal};

pub(crate) fn run(args: &CallsArgs, global: &Global) -> Result<Status, Failure> {
    output::refuse(&args.output, &args.paths)?;
    let loaded = load::load(&args.paths, global)?;
    let report = &loaded.report;
    if loaded.is_unread() {
        return Ok(Status::Failed);
    }
    let bytes = match args.format {
        Format::Json => super::json_bytes(&json::calls(report, args.all))?,
        Format::Text => {
            let mut bytes = Vec::new();
            calls::write(
                report,
                args.all,
                terminal::style(global, args.output.output.is_some()),
                &mut bytes,
            )?;
            bytes
        }
    };
    output::write_shown(&bytes, &report.known, &args.output)?;
    let hidden = report.calls.len() - json::shown(report, args.all).count();
    if hidden > 0 && args.format == Format::Text && !global.quiet {
        let (reads, them) = match hidden {
            1 => ("read is", "it"),
            _ => ("reads are", "them"),
        };
        tell(&format!(
            "note: {hidden} {reads} not shown; --all shows {them}"
        ));
    }
    Ok(super::status(
        loaded.failures,
        false,
        !report.calls.is_empty(),
    ))
}
