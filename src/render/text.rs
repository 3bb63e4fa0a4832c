//! The report for a tired human: the first screen decides.

use std::io::{self, Write};

use crate::connection::EndpointCall;
use crate::mend::correct::is_ambiguous;
use crate::mend::request;
use crate::report::finding::{Finding, Fix, Severity};
use crate::report::{Report, Verdict};
use crate::rules::engine::fill::is_plain;
use crate::text::trace_path;

use super::{Style, headline, place};
use crate::text::sanitize;

/// How many commands and further places of a finding are shown unless everything is asked for.
const SHOWN_COMMANDS: usize = 3;
const SHOWN_PLACES: usize = 4;
/// How many notes about the reading are shown.
const SHOWN_NOTES: usize = 3;

/// What the text report should hold beside the verdict and the errors.
#[derive(Debug, Clone, Copy, Default)]
pub struct Detail {
    /// Only the verdict and a line for each finding.
    pub quiet: bool,
    /// Warnings and notes in full too.
    pub verbose: bool,
}

/// Writes the report.
pub fn write(report: &Report, style: Style, detail: Detail, out: &mut dyn Write) -> io::Result<()> {
    verdict(report, style, out)?;
    inputs(report, style, detail, out)?;
    for finding in &report.findings {
        let full = !detail.quiet
            && (detail.verbose
                || finding.severity == Severity::Error
                || is_only_hope(report, finding));
        if full {
            writeln!(out)?;
            full_finding(report, finding, style, detail.verbose, out)?;
        }
    }
    let mut first = true;
    for finding in &report.findings {
        let full = !detail.quiet
            && (detail.verbose
                || finding.severity == Severity::Error
                || is_only_hope(report, finding));
        if !full {
            if std::mem::take(&mut first) {
                writeln!(out)?;
            }
            short_finding(report, finding, style, out)?;
        }
    }
    for (lines, label) in [
        (&report.missing, "missing"),
        (&report.unexplained, "no rule explains"),
    ] {
        for line in lines.iter().take(8) {
            writeln!(
                out,
                "{}",
                style.wrap(&format!("{label}: "), "  ", &sanitize::line(line))
            )?;
        }
    }
    notes(report, style, detail, out)?;
    next(report, style, out)
}

/// The option that makes `patch` mend the call of `finding`, where it would not choose it by itself.
fn choice(report: &Report, finding: &Finding) -> String {
    let call = finding
        .locations
        .first()
        .and_then(|place| report.call_at(place.input, place.entry));
    let Some(call) = call else {
        return String::new();
    };
    if !call.operation.writes_endpoint() || is_ambiguous(report, call.input) {
        format!(" --call {}", own_number(report, call))
    } else {
        String::new()
    }
}

/// The call's number when its trace is read alone.
pub(super) fn own_number(report: &Report, call: &EndpointCall) -> usize {
    if report.inputs.len() == 1 {
        return call.number;
    }
    let before = report.calls.iter().filter(|other| {
        other.input == call.input
            && other.number <= call.number
            && !other.method().eq_ignore_ascii_case("GET")
    });
    before.count()
}

/// What could not be read, and what the recorder left out.
fn notes(report: &Report, style: Style, detail: Detail, out: &mut dyn Write) -> io::Result<()> {
    let mut all: Vec<String> = Vec::new();
    for input in &report.inputs {
        let whose = if report.inputs.len() > 1 {
            format!("{}: ", input.path)
        } else {
            String::new()
        };
        all.extend(
            input
                .notes
                .iter()
                .map(|note| sanitize::line(&format!("{whose}{}", note.message))),
        );
    }
    let shown = if detail.verbose {
        all.len()
    } else {
        SHOWN_NOTES
    };
    for line in all.iter().take(shown) {
        writeln!(
            out,
            "{}",
            style.faint(&style.wrap("note: ", "      ", line))
        )?;
    }
    if all.len() > shown {
        writeln!(out, "note: and {} more (-v shows them)", all.len() - shown)?;
    }
    Ok(())
}

/// Without an error, a warning at a failed call is what the reader came for, and where nothing was
/// recorded, how to record it.
fn is_only_hope(report: &Report, finding: &Finding) -> bool {
    report.count(Severity::Error) == 0
        && finding.severity == Severity::Warning
        && (!finding.rule.starts_with("trace-") || report.calls.is_empty())
}

fn verdict(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let counts = [
        (Severity::Error, "error"),
        (Severity::Warning, "warning"),
        (Severity::Note, "note"),
    ]
    .into_iter()
    .filter_map(|(severity, word)| match report.count(severity) {
        0 => None,
        1 => Some(format!("1 {word}")),
        count => Some(format!("{count} {word}s")),
    })
    .collect::<Vec<_>>()
    .join(", ");
    let counts = if counts.is_empty() {
        String::new()
    } else {
        format!(" ({counts})")
    };
    let line = match report.verdict() {
        Verdict::Fault => {
            let title = report
                .findings
                .first()
                .map_or("", |finding| finding.title.as_str());
            style.severity(Severity::Error, "FAULT")
                + &format!(": {}{counts}", sanitize::line(title))
        }
        Verdict::Inconclusive => {
            style.severity(Severity::Warning, "INCONCLUSIVE")
                + &format!(": {}{counts}", small(&headline::of(report)))
        }
        Verdict::Clean => {
            style.good("CLEAN") + &format!(": {}{counts}", small(&headline::of(report)))
        }
        Verdict::NothingRelevant => {
            style.severity(Severity::Warning, "NOTHING RELEVANT")
                + ": no service-endpoint call and no known failure text"
        }
    };
    writeln!(out, "{line}")
}

/// A sentence behind a colon.
fn small(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or(String::new(), |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

fn inputs(report: &Report, style: Style, detail: Detail, out: &mut dyn Write) -> io::Result<()> {
    const SHOWN: usize = 6;
    for (at, input) in report.inputs.iter().enumerate() {
        if at >= SHOWN && !detail.verbose {
            return writeln!(
                out,
                "{}",
                style.faint(&format!(
                    "  and {} more inputs (-v names them)",
                    report.inputs.len() - SHOWN
                ))
            );
        }
        let calls = report.calls.iter().filter(|call| call.input == at).count();
        let creator = input.creator.as_deref().map_or(String::new(), |creator| {
            format!(" by {}", sanitize::line(creator))
        });
        let size = match input.container {
            crate::ingest::Container::Text | crate::ingest::Container::Json => String::new(),
            _ => format!(
                ", {} exchanges, {calls} about service endpoints",
                input.exchanges
            ),
        };
        let line = format!(
            "  {}: {}{creator}{size}",
            sanitize::line(&input.path),
            super::json::container(input.container)
        );
        writeln!(out, "{}", style.faint(&line))?;
    }
    Ok(())
}

/// The connection, where one rule found something at several of them.
fn whose(report: &Report, finding: &Finding) -> String {
    let others = report.findings.iter();
    if others.filter(|other| other.rule == finding.rule).count() < 2 {
        return String::new();
    }
    let first = finding.locations.first();
    first
        .and_then(|place| report.call_at(place.input, place.entry))
        .and_then(|call| report.shown_name(call))
        .map_or_else(String::new, |name| format!(": '{name}'"))
}

fn head(report: &Report, finding: &Finding, style: Style) -> String {
    let label = style.severity(
        finding.severity,
        &format!("{}[{}]", finding.severity.name(), finding.rule),
    );
    let doubt = match finding.confidence {
        crate::report::finding::Confidence::High => String::new(),
        confidence => format!(" ({} confidence)", confidence.name()),
    };
    format!(
        "{label} {}{doubt}",
        style.strong(&sanitize::line(&format!(
            "{}{}",
            finding.title,
            whose(report, finding)
        )))
    )
}

fn short_finding(
    report: &Report,
    finding: &Finding,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "{}", head(report, finding, style))?;
    if let Some(location) = finding.locations.first() {
        let rest = if finding.locations.len() > 1 {
            format!(" and {} more", finding.locations.len() - 1)
        } else {
            String::new()
        };
        let line = format!(
            "  --> {}{rest}",
            sanitize::line(&place::headline(report, location))
        );
        writeln!(out, "{}", style.faint(&line))?;
    }
    if !finding.evidence.is_empty() {
        writeln!(
            out,
            "{}",
            style.wrap("      ", "      ", &sanitize::line(&finding.evidence))
        )?;
    }
    Ok(())
}

fn full_finding(
    report: &Report,
    finding: &Finding,
    style: Style,
    verbose: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "{}", head(report, finding, style))?;
    places(report, finding, style, out)?;
    let said = sanitize::line;
    // The rest of the story is what `explain` is for.
    let most = if verbose { usize::MAX } else { 1 };
    for (label, text) in [("what", &finding.message), ("why ", &finding.cause)] {
        for paragraph in text.split("\n\n").take(most) {
            writeln!(
                out,
                "{}",
                style.wrap(&format!("  {label}  "), "        ", &said(paragraph))
            )?;
        }
    }
    for (at, step) in finding.remedy.iter().enumerate() {
        let label = if at == 0 { "  do    " } else { "        " };
        writeln!(
            out,
            "{}",
            style.wrap(&format!("{label}{}. ", at + 1), "           ", &said(step))
        )?;
    }
    if let Some(who) = &finding.who {
        writeln!(out, "  who   {}", sanitize::line(who))?;
    }
    for command in finding
        .commands
        .iter()
        .take(if verbose { usize::MAX } else { SHOWN_COMMANDS })
    {
        let shell = if command.shell == "any" {
            String::new()
        } else {
            format!(" [{}]", command.shell)
        };
        writeln!(
            out,
            "  run   {}{shell}",
            style.faint(&format!("# {}", sanitize::line(&command.purpose)))
        )?;
        for line in command.text.lines() {
            writeln!(out, "        {}", style.code(&sanitize::line(line)))?;
        }
    }
    if let Some(fix) = &finding.fix {
        writeln!(out, "  fix   {}", fix_line(fix))?;
    }
    writeln!(
        out,
        "  more  {}",
        style.code(&format!("mendpoint explain {}", finding.rule))
    )
}

/// Where it is: the telling place with its line, then the others by name.
fn places(report: &Report, finding: &Finding, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let mut named: Vec<String> = Vec::new();
    for (at, location) in finding.locations.iter().enumerate() {
        let line = sanitize::line(&place::headline(report, location));
        if named.contains(&line) {
            continue;
        }
        if at == 0 {
            writeln!(out, "  --> {line}")?;
            let pointer = location
                .pointer
                .as_deref()
                .filter(|pointer| !pointer.is_empty());
            let part = format!(
                "      {}{}",
                location.part.name(),
                pointer.map_or(String::new(), |pointer| format!(" {pointer}"))
            );
            writeln!(out, "{}", style.faint(&sanitize::line(&part)))?;
            excerpt(report, finding, style, out)?;
        } else if named.len() <= SHOWN_PLACES {
            writeln!(out, "{}", style.faint(&format!("  also {line}")))?;
        }
        named.push(line);
    }
    Ok(())
}

fn fix_line(fix: &Fix) -> String {
    use crate::report::finding::Applicability;
    let grade = match fix.applicability {
        Applicability::Safe => "safe",
        Applicability::Unsafe => "changes what the connection is: needs --unsafe-fixes",
        Applicability::DisplayOnly => "needs a value that is not in the trace",
    };
    format!("{} ({grade})", sanitize::line(&fix.summary))
}

/// The lines of JSON around the place with a caret, or else the evidence as text.
fn excerpt(
    report: &Report,
    finding: &Finding,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let location = &finding.locations[0];
    let lines = place::excerpt(report, location, style.secrets);
    let long = lines
        .iter()
        .any(|line| line.telling && line.text.len() > 120);
    if lines.is_empty() || long {
        if !finding.evidence.is_empty() {
            writeln!(
                out,
                "{}",
                style.wrap("      | ", "      | ", &sanitize::line(&finding.evidence))
            )?;
        }
        return Ok(());
    }
    for line in lines {
        let text = sanitize::line(&line.text);
        if line.telling {
            let blank = text.len() - text.trim_start().len();
            let carets = "^".repeat(textwrap::core::display_width(
                text.trim_start().trim_end_matches(','),
            ));
            writeln!(out, "    > | {}", style.strong(&text))?;
            writeln!(
                out,
                "      | {}{}",
                " ".repeat(blank),
                style.severity(finding.severity, &carets)
            )?;
        } else {
            writeln!(out, "      | {text}")?;
        }
    }
    Ok(())
}

/// The command to run next.
fn next(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let Some(command) = next_command(report) else {
        return Ok(());
    };
    writeln!(out)?;
    writeln!(out, "next: {}", style.code(&command))
}

/// What to run next, if anything.
pub(super) fn next_command(report: &Report) -> Option<String> {
    use crate::report::finding::Applicability;
    let path = |input: usize| {
        report
            .inputs
            .get(input)
            .map_or("TRACE", |input| input.path.as_str())
    };
    let mendable = report
        .findings
        .iter()
        .filter(|finding| finding.severity >= Severity::Warning)
        .find_map(|finding| {
            let fix = finding
                .fix
                .as_ref()
                .filter(|fix| fix.applicability >= Applicability::Unsafe)?;
            Some((finding, finding.locations.first()?, fix.applicability))
        });
    let path_of = |input| trace_path::in_shell(path(input));
    match (mendable, report.verdict()) {
        (Some((finding, place, grade)), _) => {
            let choice = choice(report, finding);
            let pasted = report.call_at(place.input, place.entry).is_none();
            let options = match grade {
                Applicability::Safe if pasted => "",
                Applicability::Safe => " --request curl",
                _ => " --unsafe-fixes",
            };
            let path = path_of(place.input);
            let trust = report
                .call_at(place.input, place.entry)
                .filter(|_| options.contains("curl"))
                .and_then(request::host_to_allow)
                .filter(|host| is_plain(host))
                .map_or_else(String::new, |host| format!(" --allow-host {host}"));
            Some(format!("mendpoint patch {path}{choice}{options}{trust}"))
        }
        (None, Verdict::Fault) => report.findings.first().map(|finding| {
            first_look(finding).unwrap_or_else(|| format!("mendpoint explain {}", finding.rule))
        }),
        (None, Verdict::Inconclusive) if report.calls.is_empty() => report
            .findings
            .first()
            .map(|finding| format!("mendpoint explain {}", finding.rule)),
        (None, Verdict::Inconclusive) => Some(format!("mendpoint calls {} --all", path_of(0))),
        _ => None,
    }
}

/// The first command of a finding that only looks, if nothing in it is left to fill in. What changes
/// something is read about first.
fn first_look(finding: &Finding) -> Option<String> {
    let looks = |text: &str| {
        [" list", " show", " get"]
            .iter()
            .any(|verb| text.contains(verb))
            && !text.contains('|')
    };
    let whole = |text: &str| !text.contains('\n') && crate::rules::engine::fill::is_complete(text);
    let mut commands = finding.commands.iter().map(|command| command.text.as_str());
    let command = commands.find(|text| looks(text) && whole(text))?;
    Some(sanitize::line(command))
}
