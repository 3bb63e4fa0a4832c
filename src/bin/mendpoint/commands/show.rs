//! `show`: one call as it went over the wire.

use mendpoint::connection::{EndpointCall, Outcome};
use mendpoint::exchange::Exchange;
use mendpoint::judge::Analyzer;
use mendpoint::render::show::{self, Shown};
use mendpoint::report::Report;
use mendpoint::text::sanitize;

use crate::args::{Format, Global, ShowArgs};
use crate::output::{self, Failure, tell};
use crate::{Status, invocation, load, terminal};

pub(crate) fn run(args: &ShowArgs, global: &Global) -> Result<Status, Failure> {
    output::refuse(&args.output, &args.paths)?;
    if let Some(entry) = args.entry {
        return at_entry(args, entry, global);
    }
    let loaded = load::load(&args.paths, global)?;
    let report = &loaded.report;
    if loaded.is_unread() {
        return Ok(Status::Failed);
    }
    let Some(shown) = chosen(report, args, global)? else {
        tell(mendpoint::render::calls::none(report));
        return Ok(super::status(loaded.failures, false, false));
    };
    print(report, shown, args, global)?;
    Ok(super::status(loaded.failures, false, true))
}

/// Shows the exchange at a place of the first input that has it, also one that is no call of the
/// service's.
fn at_entry(args: &ShowArgs, entry: usize, global: &Global) -> Result<Status, Failure> {
    let catalogue = load::catalogue(global)?;
    let analyzer = Analyzer::new(&catalogue);
    let work = |analyzer: &Analyzer<'_>, trace| analyzer.analyze_with_others(trace);
    let mut found = false;
    let mut take = |(report, others): (Report, Vec<Exchange>)| {
        let call = report
            .calls
            .iter()
            .find(|call| call.exchange.entry == entry);
        let other = others.iter().find(|exchange| exchange.entry == entry);
        let shown = call.map(Shown::from).or(other.map(|exchange| Shown {
            input: 0,
            exchange,
            call: None,
        }));
        match shown.filter(|_| !found) {
            Some(shown) => {
                found = true;
                print(&report, shown, args, global)
            }
            None => Ok(()),
        }
    };
    let named = args.paths.as_slice().into();
    let failures = load::each(named, global, &analyzer, &work, &mut take)?;
    if found || failures > 0 {
        return Ok(super::status(failures, false, found));
    }
    Err(Failure::new(format!(
        "entry {entry} is not there, or has nothing to do with service connections and was not kept"
    ))
    .with_hint(format!(
        "{} lists the calls with their entries",
        all_calls(args, global)
    )))
}

fn print(
    report: &Report,
    shown: Shown<'_>,
    args: &ShowArgs,
    global: &Global,
) -> Result<(), Failure> {
    let bytes = match args.format {
        Format::Json => super::json_bytes(&show::json(report, shown))?,
        Format::Text => {
            let mut bytes = Vec::new();
            let style = terminal::style(global, args.output.output.is_some());
            show::write(report, shown, style, &mut bytes)?;
            bytes
        }
    };
    if global.show_secrets && args.format == Format::Text {
        output::write(&bytes, &args.output)
    } else {
        output::write_shown(&bytes, &report.known, &args.output)
    }
}

/// The command that lists every call of the same recordings.
fn all_calls(args: &ShowArgs, global: &Global) -> String {
    let invocation = invocation::of(global, &args.paths);
    let mut words = vec!["calls".to_owned(), "--all".to_owned()];
    words.extend(invocation.paths.iter().cloned());
    invocation.line(&words)
}

/// The call that was asked for; without a wish the only call that failed, else the only call.
/// `None` where there is none at all.
fn chosen<'a>(
    report: &'a Report,
    args: &ShowArgs,
    global: &Global,
) -> Result<Option<Shown<'a>>, Failure> {
    if let Some(number) = args.call {
        let mut calls = report.calls.iter();
        let found = calls.find(|call| call.number == number);
        return found.map(|call| Some(call.into())).ok_or_else(|| {
            let failure = Failure::new(format!("there is no call {number}"));
            failure.with_hint(if report.calls.is_empty() {
                mendpoint::render::calls::none(report).to_owned()
            } else {
                format!("{} lists them", all_calls(args, global))
            })
        });
    }
    let failed = |call: &&EndpointCall| call.outcome == Outcome::Failed;
    let failed: Vec<&EndpointCall> = report.calls.iter().filter(failed).collect();
    let all: Vec<&EndpointCall> = report.calls.iter().collect();
    match (failed.as_slice(), all.as_slice()) {
        ([only], _) | ([], [only]) => Ok(Some((*only).into())),
        ([], []) => Ok(None),
        (some, all) => {
            let choices = if some.is_empty() { all } else { some };
            let line = |call: &&EndpointCall| {
                let line = format!("--call {}", mendpoint::render::call_line(report, call));
                sanitize::line(&line)
            };
            let lines: Vec<String> = choices.iter().take(20).map(line).collect();
            Err(Failure::new("several calls can be shown").with_hint(lines.join("; ")))
        }
    }
}
