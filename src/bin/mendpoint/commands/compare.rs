//! `compare`: which faults of one trace are gone in a later one.

use std::io::Write;

use mendpoint::render::compare::{json, markdown, next, text};
use mendpoint::report::compare::compare;
use mendpoint::report::{Report, Verdict};

use crate::args::{CompareArgs, CompareFormat, Global};
use crate::output::{self, Failure, tell};
use crate::{Status, load, terminal};

/// Whether a trace holds nothing that could be compared.
fn is_empty(report: &Report) -> bool {
    report.verdict() == Verdict::NothingRelevant
}

pub(crate) fn run(args: &CompareArgs, global: &Global) -> Result<Status, Failure> {
    output::refuse(&args.output, &[args.before.clone(), args.after.clone()])?;
    let mut before = load::load(std::slice::from_ref(&args.before), global)?;
    let mut after = load::load(std::slice::from_ref(&args.after), global)?;
    if before.is_unread() || after.is_unread() {
        return Ok(Status::Failed);
    }
    let comparison = compare(&before.report, &after.report);
    let mut known = std::mem::take(&mut before.report.known);
    known.append(std::mem::take(&mut after.report.known));
    let bytes = match args.format {
        CompareFormat::Json => {
            for caution in comparison.cautions.iter().filter(|_| !global.quiet) {
                tell(&format!("warning: {}", known.mask_text(caution)));
            }
            super::json_bytes(&json(&comparison, &before.report, &after.report, &known))?
        }
        CompareFormat::Text => {
            let mut bytes = Vec::new();
            let style = terminal::style(global, args.output.output.is_some());
            text(&comparison, &known, style, &mut bytes)?;
            let next = style.code(&next(&comparison, &after.report));
            writeln!(bytes, "\nnext: {next}")?;
            bytes
        }
        CompareFormat::Markdown => {
            let mut bytes = Vec::new();
            let (before, after) = (&before.report, &after.report);
            markdown(&comparison, before, after, &known, &mut bytes)?;
            bytes
        }
    };
    output::write_shown(&bytes, &known, &args.output)?;
    let status = if comparison.is_closed() {
        Status::Clean
    } else {
        Status::Found
    };
    Ok(if before.failures + after.failures > 0 {
        Status::Failed
    } else if [&before, &after].iter().all(|one| is_empty(&one.report)) {
        Status::Nothing
    } else {
        status
    })
}
