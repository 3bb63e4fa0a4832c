//! The report for a tired human: the first screen decides.

mod block;
mod full;

use std::io::{self, Write};

use crate::report::finding::{Finding, Severity};
use crate::report::{Input, Report, Verdict, statistics};
use crate::text::sanitize;

use self::block::Room;
use super::view::{self, Block, Facts};
use super::{Style, headline};

/// How many inputs, and how many lines of what is missing, are told unless everything is asked for.
const SHOWN_INPUTS: usize = 3;
const SHOWN_LIMITS: usize = 3;
/// How many inputs that could not be read are named wherever they stand.
const SHOWN_UNREADABLE: usize = 20;
/// How many warnings and notes are named beside an error.
const SHOWN_REMARKS: usize = 4;

/// What the text report should hold beside the verdict and the errors.
#[derive(Debug, Clone, Copy, Default)]
pub struct Detail {
    /// Only the verdict and a line for each finding.
    pub quiet: bool,
    /// Everything in full: all steps, places, commands, warnings and notes.
    pub verbose: bool,
    /// Counts by rule, type, organization and verdict.
    pub statistics: bool,
}

/// How many different words of further failed calls are quoted.
const SHOWN_WORDS: usize = 20;

/// How many rows a report on one fault takes: a screen, and two for the prompt.
const SCREEN: usize = 22;

/// Writes the report. One fault gets as much room as the screen has; several share it.
pub fn write(report: &Report, style: Style, detail: Detail, out: &mut dyn Write) -> io::Result<()> {
    let blocks = view::blocks(report);
    let told = blocks.iter().filter(|block| is_told(report, block.first()));
    if told.count() > 1 || detail.verbose || detail.quiet {
        return with_room(report, Room::SHARED, style, detail, out);
    }
    let bare = Style {
        color: false,
        ..style
    };
    let fits = |room: &Room| {
        let mut bytes = Vec::new();
        let written = with_room(report, *room, bare, detail, &mut bytes);
        written.is_ok() && rows(&String::from_utf8_lossy(&bytes), style.width) <= SCREEN
    };
    let [.., least] = Room::STEPS;
    let room = Room::STEPS.into_iter().find(fits).unwrap_or(least);
    with_room(report, room, style, detail, out)
}

/// The rows that `text` takes in a terminal of `width` columns.
fn rows(text: &str, width: usize) -> usize {
    let row = |line: &str| {
        textwrap::core::display_width(line)
            .div_ceil(width.max(1))
            .max(1)
    };
    text.lines().map(row).sum()
}

fn with_room(
    report: &Report,
    room: Room,
    style: Style,
    detail: Detail,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "{}", verdict(report, style))?;
    inputs(report, style, detail, out)?;
    limits(report, style, detail, out)?;
    let blocks = view::blocks(report);
    let (told, named): (Vec<&Block<'_>>, Vec<&Block<'_>>) = blocks
        .iter()
        .partition(|block| !detail.quiet && (detail.verbose || is_told(report, block.first())));
    for block in told {
        writeln!(out)?;
        if detail.verbose {
            full::write(report, block, style, out)?;
        } else {
            block::write(report, block, room, style, out)?;
        }
    }
    let most = if detail.quiet || detail.verbose {
        usize::MAX
    } else {
        SHOWN_REMARKS
    };
    for (at, block) in named.iter().enumerate() {
        if at == 0 {
            writeln!(out)?;
        }
        if at == most {
            let rest = named.len() - most;
            writeln!(
                out,
                "{}",
                style.faint(&format!("and {rest} more (-v tells them)"))
            )?;
            break;
        }
        block::head(report, block, style, out)?;
        if detail.quiet {
            block::place(report, block, style, out)?;
        }
    }
    if !detail.quiet {
        let told = blocks.iter();
        let told = told.filter(|block| detail.verbose || is_told(report, block.first()));
        untold(report, told, style, detail, out)?;
    }
    if detail.statistics {
        writeln!(out)?;
        for line in statistics::of(report).lines() {
            writeln!(out, "{}", sanitize::line(&line))?;
        }
    }
    writeln!(
        out,
        "\nnext: {}",
        style.code(&view::next(report, &report.invocation, detail.verbose))
    )
}

/// What the service said of further calls that nothing made good.
fn untold<'a>(
    report: &'a Report,
    told: impl Iterator<Item = &'a Block<'a>>,
    style: Style,
    detail: Detail,
    out: &mut dyn Write,
) -> io::Result<()> {
    let told = told.filter_map(|block| Facts::of(report, block.first()).words(false));
    let untold = super::untold::all(report, &told.collect());
    let most = if detail.verbose {
        usize::MAX
    } else {
        SHOWN_WORDS
    };
    if !untold.is_empty() {
        writeln!(out, "\nthe service also said:")?;
    }
    for one in untold.iter().take(most) {
        let line = format!("{}: {}", one.place(report), one.words);
        writeln!(out, "{}", style.wrap("  ", "    ", &sanitize::line(&line)))?;
    }
    match untold.len().saturating_sub(most) {
        0 => Ok(()),
        rest => writeln!(
            out,
            "{}",
            style.faint(&format!("  and {rest} more (-v tells them)"))
        ),
    }
}

/// Errors are told. Without one, a warning is what the reader came for, and where nothing was
/// recorded, how to record it.
fn is_told(report: &Report, finding: &Finding) -> bool {
    finding.severity == Severity::Error
        || (report.count(Severity::Error) == 0
            && finding.severity == Severity::Warning
            && report.verdict() != Verdict::Clean)
}

/// `FAULT: 2 errors at 'web-prod'`
fn verdict(report: &Report, style: Style) -> String {
    let (word, severity) = match report.verdict() {
        Verdict::Fault => ("FAULT", Some(Severity::Error)),
        Verdict::Inconclusive => ("INCONCLUSIVE", Some(Severity::Warning)),
        Verdict::Clean => ("CLEAN", None),
        Verdict::NothingRelevant => ("NOTHING RELEVANT", Some(Severity::Warning)),
        Verdict::Unreadable => ("UNREADABLE", Some(Severity::Warning)),
    };
    let word = match severity {
        Some(severity) => style.severity(severity, word),
        None => style.good(word),
    };
    let sentence = if report.verdict() == Verdict::Fault {
        sanitize::line(&view::tally(report))
    } else {
        let counts = view::counts(report);
        let counts = if counts.is_empty() {
            counts
        } else {
            format!(" ({counts})")
        };
        format!("{}{counts}", small(&headline::of(report)))
    };
    format!("{word}: {sentence}")
}

/// A sentence behind a colon.
fn small(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or(String::new(), |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

/// What was read and what could not be: the first few, and a failure wherever it stands.
fn inputs(report: &Report, style: Style, detail: Detail, out: &mut dyn Write) -> io::Result<()> {
    let mut calls = vec![0; report.inputs.len()];
    for call in &report.calls {
        calls[call.input] += 1;
    }
    let (mut unreadable, mut rest) = (0, 0);
    for (at, input) in report.inputs.iter().enumerate() {
        unreadable += usize::from(input.reason.is_some());
        let is_failure = input.reason.is_some() && unreadable <= SHOWN_UNREADABLE;
        if !(detail.verbose || at < SHOWN_INPUTS || is_failure) {
            rest += 1;
            continue;
        }
        let line = sanitize::line(&input_line(input, calls[at], detail));
        writeln!(out, "{}", style.faint(&style.wrap("  ", "    ", &line)))?;
    }
    if rest > 0 {
        let line = format!("  and {rest} more inputs (-v names them)");
        writeln!(out, "{}", style.faint(&line))?;
    }
    Ok(())
}

/// What an input is and how much it holds, or why it could not be read.
fn input_line(input: &Input, calls: usize, detail: Detail) -> String {
    if let Some(reason) = &input.reason {
        return format!("unreadable: {reason}");
    }
    let creator = input
        .creator
        .as_deref()
        .filter(|_| detail.verbose)
        .map_or(String::new(), |creator| format!(" by {creator}"));
    let plural = if calls == 1 { "" } else { "s" };
    let size = match input.container {
        container if container.is_document() => String::new(),
        _ => format!(
            ", {calls} call{plural} in {} exchange{}",
            input.exchanges,
            if input.exchanges == 1 { "" } else { "s" }
        ),
    };
    let container = super::json::container(input.container).unwrap_or_default();
    format!("{}: {container}{creator}{size}", input.path)
}

/// What the recording lacks, what could not be read, and what no rule explains.
fn limits(report: &Report, style: Style, detail: Detail, out: &mut dyn Write) -> io::Result<()> {
    let lines = view::limits(report, detail.verbose);
    let most = if detail.verbose {
        usize::MAX
    } else {
        SHOWN_LIMITS
    };
    for (label, line) in lines.iter().take(most) {
        let text = style.wrap(&format!("  {label}: "), "    ", &sanitize::line(line));
        writeln!(out, "{text}")?;
    }
    match lines.len().saturating_sub(most) {
        0 => Ok(()),
        rest => writeln!(out, "  and {rest} more of the kind (-v tells them)"),
    }
}

/// The facts of the finding that stands for `block`.
fn facts<'a>(report: &'a Report, block: &Block<'a>) -> Facts<'a> {
    Facts::of(report, block.first())
}
