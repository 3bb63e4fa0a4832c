//! `check`: what broke, why, and what to do.

use mendpoint::judge::Analyzer;
use mendpoint::render::text::{self, Detail};
use mendpoint::render::{html, json, markdown, sarif};
use mendpoint::report::finding::{Finding, Severity};
use mendpoint::report::{Report, Verdict};
use mendpoint::text::sanitize;

use crate::args::{CheckArgs, FailOn, Global, ReportFormat};
use crate::output::{self, Failure};
use crate::paths::Named;
use crate::{Status, invocation, load, store, terminal};

pub(crate) fn run(args: &CheckArgs, global: &Global) -> Result<Status, Failure> {
    output::refuse(&args.output, &args.paths)?;
    let named = Named {
        paths: &args.paths,
        list: args.files0_from.as_deref(),
    };
    if named.paths.is_empty() && named.list.is_none() {
        return Err(
            Failure::new("no trace is named").with_hint("mendpoint trace.har, or mendpoint --help")
        );
    }
    if args.format == ReportFormat::Jsonl {
        return lines(named, args, global);
    }
    let offer = store::offer(args.known_good.as_deref(), global)?;
    let mut loaded = load::load_beside(named, global, offer)?;
    loaded.report.invocation = invocation::of(global);
    if loaded.is_unread() && args.format == ReportFormat::Text {
        // Each was told on standard error, and there is nothing else to say.
        return Ok(Status::Failed);
    }
    let report = &loaded.report;
    let bytes = rendered(report, args, global)?;
    if global.show_secrets && args.format == ReportFormat::Text {
        output::write(&bytes, &args.output)?;
    } else {
        output::write_shown(&bytes, &report.known, &args.output)?;
    }
    let found = stands_out(report, args.fail_on);
    Ok(status(
        report.verdict(),
        loaded.failures,
        found,
        args.fail_on,
    ))
}

/// A report a line, each on one input alone. To standard output each goes as soon as it is ready; a
/// file is written whole.
fn lines(named: Named<'_>, args: &CheckArgs, global: &Global) -> Result<Status, Failure> {
    let mut kept = Vec::new();
    let (mut verdict, mut found) = (Verdict::default(), false);
    let offer = store::offer(args.known_good.as_deref(), global)?;
    let catalogue = load::catalogue(global)?;
    let analyzer = Analyzer::new(&catalogue).with_known_good(offer);
    let work = |analyzer: &Analyzer<'_>, trace| {
        let report = analyzer.analyze(trace);
        let mut line = sanitize::json(&json::report(&report).to_string());
        line.push('\n');
        let line = report.known.hide_in_output(&line).into_owned();
        (line, report.verdict(), stands_out(&report, args.fail_on))
    };
    let failures = load::each(named, global, &analyzer, &work, &mut |(
        line,
        of_one,
        stands_out,
    )| {
        verdict = verdict.max(of_one);
        found |= stands_out;
        if args.output.output.is_some() {
            kept.extend_from_slice(line.as_bytes());
            return Ok(());
        }
        output::write(line.as_bytes(), &args.output)
    })?;
    if args.output.output.is_some() {
        output::write(&kept, &args.output)?;
    }
    Ok(status(verdict, failures, found, args.fail_on))
}

/// The exit status of a run; `found` for a finding as grave as the user wants to fail on.
fn status(verdict: Verdict, failures: usize, found: bool, fail_on: FailOn) -> Status {
    match verdict {
        _ if fail_on == FailOn::Never && failures == 0 => Status::Clean,
        _ if fail_on == FailOn::Never => Status::Failed,
        _ if found => Status::Found,
        Verdict::Fault => Status::Found,
        Verdict::Unreadable => Status::Failed,
        Verdict::Inconclusive => Status::Inconclusive,
        Verdict::Clean => Status::Clean,
        Verdict::NothingRelevant => Status::Nothing,
    }
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
    let is_relevant = |finding: &Finding| {
        finding.locations.iter().any(|place| {
            let input = report.inputs.get(place.input);
            input.is_some_and(|input| input.verdict > Verdict::NothingRelevant)
        })
    };
    let mut findings = report.findings.iter();
    findings.any(|finding| finding.severity >= least && is_relevant(finding))
}
