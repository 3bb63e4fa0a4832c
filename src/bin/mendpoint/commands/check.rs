//! `check`: what broke, why, and what to do.

use std::io::{self, BufWriter, Write};

use mendpoint::judge::Analyzer;
use mendpoint::render::text::Detail;
use mendpoint::render::{Format, Manner, render, write};
use mendpoint::report::finding::{Finding, Severity};
use mendpoint::report::{Report, Verdict};

use crate::args::{CheckArgs, FailOn, Global};
use crate::output::{self, Failure};
use crate::paths::Named;
use crate::{Status, load, store, terminal};

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
    if args.open && args.format != Format::Html {
        return Err(Failure::new("only a page can be opened").with_hint("add --format html"));
    }
    if args.format == Format::Jsonl {
        return lines(named, args, global);
    }
    let offer = store::offer(args.known_good.as_deref(), global)?;
    let catalogue = load::catalogue(global)?;
    let analyzer = Analyzer::new(&catalogue).with_known_good(offer);
    let loaded = load::load_with(named, global, &analyzer)?;
    if loaded.is_unread() && args.format == Format::Text {
        // Each was told on standard error, and there is nothing else to say.
        return Ok(Status::Failed);
    }
    let report = &loaded.report;
    let manner = manner(args, global);
    let write = |out: &mut dyn Write| write(report, &analyzer, args.format, manner, out);
    if args.open {
        let mut page = Vec::new();
        write(&mut page)?;
        output::open_page(&page, &args.output)?;
    } else {
        output::fill(&args.output, write)?;
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
    let (mut verdict, mut found) = (Verdict::default(), false);
    let offer = store::offer(args.known_good.as_deref(), global)?;
    let catalogue = load::catalogue(global)?;
    let analyzer = Analyzer::new(&catalogue).with_known_good(offer);
    let manner = manner(args, global);
    let work = |analyzer: &Analyzer<'_>, trace| {
        let report = analyzer.analyze(trace);
        let line = render(&report, analyzer, Format::Jsonl, manner);
        (line, report.verdict(), stands_out(&report, args.fail_on))
    };
    let file = args.output.output.as_deref();
    let mut kept = file.map(output::nameless).transpose()?.map(BufWriter::new);
    let mut take = |(line, of_one, stands_out): (io::Result<String>, Verdict, bool)| {
        verdict = verdict.max(of_one);
        found |= stands_out;
        match &mut kept {
            Some(kept) => Ok(kept.write_all(line?.as_bytes())?),
            None => output::print(line?.as_bytes()),
        }
    };
    let failures = load::each(named, global, &analyzer, &work, &mut take)?;
    if let Some((kept, file)) = kept.zip(file) {
        let mut kept = kept.into_inner().map_err(io::IntoInnerError::into_error)?;
        output::write_copy(&mut kept, file, args.output.force)?;
    }
    Ok(status(verdict, failures, found, args.fail_on))
}

fn manner(args: &CheckArgs, global: &Global) -> Manner {
    Manner {
        style: terminal::style(global, args.output.output.is_some()),
        detail: Detail {
            quiet: global.quiet,
            verbose: global.verbose,
            ..Detail::default()
        },
        statistics: args.statistics,
    }
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
