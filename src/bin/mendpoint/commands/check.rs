//! `check`: what broke, why, and what to do.

use mendpoint::judge::Analyzer;
use mendpoint::render::text::{self, Detail};
use mendpoint::render::{html, json, markdown, sarif};
use mendpoint::report::finding::Severity;
use mendpoint::report::{Report, Verdict};
use mendpoint::text::sanitize;

use crate::args::{CheckArgs, FailOn, Global, ReportFormat};
use crate::output::{self, Failure};
use crate::{Status, load, store, terminal};

pub(crate) fn run(args: &CheckArgs, global: &Global) -> Result<Status, Failure> {
    output::refuse(&args.output, &args.paths)?;
    if args.paths.is_empty() {
        return Err(
            Failure::new("no trace is named").with_hint("mendpoint trace.har, or mendpoint --help")
        );
    }
    if args.format == ReportFormat::Jsonl {
        return lines(args, global);
    }
    let offer = store::offer(args.known_good.as_deref(), global)?;
    let loaded = load::load_beside(&args.paths, global, offer)?;
    let report = &loaded.report;
    if report.inputs.is_empty() {
        return Ok(Status::Failed);
    }
    let bytes = rendered(report, args, global)?;
    if global.show_secrets && args.format == ReportFormat::Text {
        output::write(&bytes, &args.output)?;
    } else {
        output::write_shown(&bytes, &report.known, &args.output)?;
    }
    let relevant = report.verdict() != Verdict::NothingRelevant;
    Ok(super::status(
        loaded.failures,
        relevant && stands_out(report, args.fail_on),
        relevant,
    ))
}

/// A report a line. To standard output each goes as soon as it is ready; a file is written whole.
fn lines(args: &CheckArgs, global: &Global) -> Result<Status, Failure> {
    let mut kept = Vec::new();
    let (mut any, mut found, mut relevant) = (false, false, false);
    let offer = store::offer(args.known_good.as_deref(), global)?;
    let failures = load::stream(&args.paths, global, offer, &mut |report| {
        any = true;
        let counts = report.verdict() != Verdict::NothingRelevant;
        relevant |= counts;
        found |= counts && stands_out(&report, args.fail_on);
        let mut line = sanitize::json(&json::report(&report).to_string());
        line.push('\n');
        let line = report.known.hide_in_output(&line);
        if args.output.output.is_some() {
            kept.extend_from_slice(line.as_bytes());
            return Ok(());
        }
        output::write(line.as_bytes(), &args.output)
    })?;
    if any && args.output.output.is_some() {
        output::write(&kept, &args.output)?;
    }
    Ok(super::status(failures, found, relevant))
}

/// The report in the form that was asked for.
fn rendered(report: &Report, args: &CheckArgs, global: &Global) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    match args.format {
        ReportFormat::Json | ReportFormat::Jsonl => {
            return super::json_bytes(&json::report(report));
        }
        ReportFormat::Text => {
            let detail = Detail {
                quiet: global.quiet,
                verbose: global.verbose,
            };
            let style = terminal::style(global, args.output.output.is_some());
            text::write(report, style, detail, &mut bytes)?;
        }
        ReportFormat::Sarif => sarif::write(report, &load::catalogue(global)?, &mut bytes)?,
        ReportFormat::Markdown => markdown::write(report, &mut bytes)?,
        ReportFormat::Html => {
            let catalogue = load::catalogue(global)?;
            html::write(report, &Analyzer::new(&catalogue), &mut bytes)?;
        }
    }
    Ok(bytes)
}

/// Whether a finding is at or above the severity that the user wants to fail on.
fn stands_out(report: &Report, fail_on: FailOn) -> bool {
    let least = match fail_on {
        FailOn::Error => Severity::Error,
        FailOn::Warning => Severity::Warning,
        FailOn::Note => Severity::Note,
        FailOn::Never => return false,
    };
    report
        .findings
        .iter()
        .any(|finding| finding.severity >= least)
}
