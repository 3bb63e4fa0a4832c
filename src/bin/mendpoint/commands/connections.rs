//! `connections`: one row for each connection that any input shows.

use mendpoint::render::{connections, json};

use crate::args::{ConnectionsArgs, Format, Global};
use crate::output::{self, Failure};
use crate::{Status, load, terminal};

pub(crate) fn run(args: &ConnectionsArgs, global: &Global) -> Result<Status, Failure> {
    output::refuse(&args.output, &args.paths)?;
    let loaded = load::load(&args.paths, global)?;
    let report = &loaded.report;
    if loaded.is_unread() {
        return Ok(Status::Failed);
    }
    let bytes = match args.format {
        Format::Json => super::json_bytes(&json::connections(report))?,
        Format::Text => {
            let mut bytes = Vec::new();
            let style = terminal::style(global, args.output.output.is_some());
            connections::write(report, style, &mut bytes)?;
            bytes
        }
    };
    output::write_shown(&bytes, &report.known, &args.output)?;
    let any = !report.connections.is_empty();
    Ok(super::status(loaded.failures, false, any))
}
