//! The report for a tired human: the first screen decides.

mod block;
mod full;
mod room;

use std::collections::HashSet;
use std::io::{self, Write};

use crate::report::command::Surface;
use crate::report::finding::{Finding, Severity};
use crate::report::{Input, Report, Verdict, statistics};
use crate::text::sanitize;

use self::block::Quoted;
use self::room::{Room, Screen};
use super::view::{self, Block, Facts, Told};
use super::{Style, endings, headline};

/// How many connections that work in the end are named, and how many failed tries of each.
const SHOWN_ENDINGS: usize = 4;
const SHOWN_TRIES: usize = 3;
/// How many rows the names of connections that failed in a list take at most.
const ROWS_FAILED: usize = 40;
/// How many rows the names of inputs that could not be read take at most.
const ROWS_UNREAD: usize = 3;

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

/// How many rows a report takes in a terminal: a screen, and two for the prompt.
const SCREEN: usize = 22;

/// How many it takes on a page, which scrolls and may be narrow.
const ON_PAGE: usize = 60;

/// Writes the report. One fault gets as much room as the screen has; several share it, the first before
/// the others.
pub fn write(report: &Report, style: Style, detail: Detail, out: &mut dyn Write) -> io::Result<()> {
    let blocks = view::blocks(report);
    let asked_for = match (detail.verbose, detail.quiet) {
        (true, _) => Some(Screen::WHOLE),
        (false, true) => Some(Screen::QUIET),
        (false, false) => None,
    };
    if let Some(screen) = asked_for {
        return with_room(report, &blocks, &screen, style, detail, out);
    }
    let bare = Style {
        color: false,
        ..style
    };
    let most = match report.invocation.surface {
        Surface::Page => ON_PAGE,
        Surface::CommandLine | Surface::Tools => SCREEN,
    };
    let fits = |screen: &Screen| {
        let mut bytes = Vec::new();
        let written = with_room(report, &blocks, screen, bare, detail, &mut bytes);
        written.is_ok() && rows(&String::from_utf8_lossy(&bytes), style.width) <= most
    };
    let told = blocks.iter().filter(|block| is_told(report, block.first()));
    let screens = Screen::steps(told.count());
    let least = screens.last().copied().unwrap_or(Screen::WHOLE);
    let screen = screens.into_iter().find(fits).unwrap_or(least);
    with_room(report, &blocks, &screen, style, detail, out)
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
    blocks: &[Block<'_>],
    screen: &Screen,
    style: Style,
    detail: Detail,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "{}", verdict(report, style))?;
    inputs(report, screen, style, detail, out)?;
    failed(report, style, detail, out)?;
    limits(report, screen, style, detail, out)?;
    let (told, named): (Vec<&Block<'_>>, Vec<&Block<'_>>) = blocks
        .iter()
        .partition(|block| !detail.quiet && (detail.verbose || is_told(report, block.first())));
    let amount = if detail.verbose {
        Told::Whole
    } else {
        Told::Short
    };
    let next = view::next(report, &report.invocation, amount);
    faults(report, &told, screen, &next, style, detail, out)?;
    let left = told.get(screen.faults..).unwrap_or_default();
    remarks(report, &named, left, screen, style, detail, out)?;
    if !detail.quiet {
        untold(report, &told, screen, style, out)?;
        endings(report, style, detail, out)?;
    }
    if detail.statistics {
        writeln!(out)?;
        for line in statistics::of(report).lines() {
            writeln!(out, "{}", sanitize::line(&line))?;
        }
    }
    writeln!(out, "\nnext: {}", style.code(&next))
}

/// The faults: the first with the room that the screen has for it, each further one with less.
fn faults(
    report: &Report,
    told: &[&Block<'_>],
    screen: &Screen,
    next: &str,
    style: Style,
    detail: Detail,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut quoted = Quoted::before(next);
    for (at, block) in told.iter().take(screen.faults).enumerate() {
        let room = if at == 0 { screen.lead } else { screen.rest };
        // What takes a row or two each stands as a list.
        if at < 2 || !room.is_row() {
            writeln!(out)?;
        }
        if detail.verbose {
            full::write(report, block, style, out)?;
        } else {
            block::write(report, block, room, &mut quoted, style, out)?;
        }
    }
    Ok(())
}

/// Warnings and notes beside an error, by name, and how many findings of each kind are told nowhere.
fn remarks(
    report: &Report,
    named: &[&Block<'_>],
    untold: &[&Block<'_>],
    screen: &Screen,
    style: Style,
    detail: Detail,
    out: &mut dyn Write,
) -> io::Result<()> {
    let shown = named.len().min(screen.remarks);
    for (at, block) in named[..shown].iter().enumerate() {
        if at == 0 {
            writeln!(out)?;
        }
        block::head(report, block, style, out)?;
        if detail.quiet {
            block::place(report, block, &Room::WHOLE, style, out)?;
        }
    }
    let rest = untold.iter().chain(&named[shown..]);
    let mut rest: Vec<Severity> = rest.map(|block| block.first().severity).collect();
    rest.sort_by(|one, other| other.cmp(one));
    let kinds = rest.chunk_by(|one, other| one == other);
    let kinds: Vec<String> = kinds
        .map(
            |kind| match (view::count_of(kind[0], kind.len()), kind[0]) {
                (count, Severity::Error) => count.replacen(' ', " more ", 1),
                (count, _) => count,
            },
        )
        .collect();
    if kinds.is_empty() {
        return Ok(());
    }
    let more = if shown == 0 { "" } else { "more: " };
    let line = format!(
        "and {more}{} ({} tells all)",
        kinds.join(", "),
        report.invocation.tells_all()
    );
    writeln!(out, "{}", style.faint(&line))
}

/// Where everything worked in the end: the connections, their last attempt, and what failed before it.
fn endings(report: &Report, style: Style, detail: Detail, out: &mut dyn Write) -> io::Result<()> {
    if report.verdict() != Verdict::Clean {
        return Ok(());
    }
    let endings = endings::all(report);
    let (most, tries) = if detail.verbose {
        (usize::MAX, usize::MAX)
    } else {
        (SHOWN_ENDINGS, SHOWN_TRIES)
    };
    for ending in endings.iter().take(most) {
        writeln!(out)?;
        for (name, line) in ending.lines(report, tries) {
            block::label(style, name, &line, 3, out)?;
        }
    }
    match endings.len().saturating_sub(most) {
        0 => Ok(()),
        rest => {
            let plural = if rest == 1 { "" } else { "s" };
            let all = report.invocation.tells_all();
            let line = format!("and {rest} more connection{plural} ({all} names them)");
            writeln!(out, "{}", style.faint(&line))
        }
    }
}

/// What the service said of further calls that nothing made good.
fn untold(
    report: &Report,
    told: &[&Block<'_>],
    screen: &Screen,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let told = told.iter();
    let told = told.filter_map(|block| Facts::of(report, block.first()).words());
    let untold = super::untold::all(report, &told.collect());
    if untold.is_empty() || screen.words == 0 {
        return Ok(());
    }
    writeln!(out, "\nthe service also said:")?;
    for one in untold.iter().take(screen.words) {
        let line = format!("{}: {}", one.place(report), one.words);
        let text = style.wrap("  ", "    ", &sanitize::line(&line));
        writeln!(out, "{}", block::cut(style, &text, screen.row))?;
    }
    match untold.len().saturating_sub(screen.words) {
        0 => Ok(()),
        rest => {
            let all = report.invocation.tells_all();
            let line = format!("  and {rest} more ({all} tells them)");
            writeln!(out, "{}", style.faint(&line))
        }
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
    let sentence = if report.verdict() == Verdict::Fault {
        sanitize::line(&view::tally(report))
    } else {
        let counts = view::counts(report);
        let counts = if counts.is_empty() {
            counts
        } else {
            format!(" ({counts})")
        };
        let place = endings::place(report);
        format!("{}{place}{counts}", small(&headline::of(report)))
    };
    let text = style.wrap("", "  ", &format!("{word}: {sentence}"));
    // Painted behind the wrapping, which would count the paint.
    let rest = &text[word.len()..];
    match severity {
        Some(severity) => format!("{}{rest}", style.severity(severity, word)),
        None => format!("{}{rest}", style.good(word)),
    }
}

/// A sentence behind a colon.
fn small(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or(String::new(), |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

/// What was read and what could not be: the first few, and a failure wherever it stands.
fn inputs(
    report: &Report,
    screen: &Screen,
    style: Style,
    detail: Detail,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut calls = vec![0; report.inputs.len()];
    for call in &report.calls {
        calls[call.input] += 1;
    }
    let (mut unreadable, mut rest) = (0, 0);
    let mut unread: Vec<String> = Vec::new();
    for (at, input) in report.inputs.iter().enumerate() {
        let failed = input.reason.is_some();
        unreadable += usize::from(failed);
        if at < screen.inputs || (failed && unreadable <= screen.unreadable) {
            let line = sanitize::line(&input_line(input, calls[at], detail));
            writeln!(out, "{}", style.faint(&style.wrap("  ", "    ", &line)))?;
        } else if failed {
            unread.push(input.name());
        } else {
            rest += 1;
        }
    }
    if !unread.is_empty() {
        let too = if unread.len() < unreadable {
            " too"
        } else {
            ""
        };
        let line = sanitize::line(&format!("unreadable{too}: {}", unread.join(", ")));
        let text = style.wrap("  ", "    ", &line);
        writeln!(
            out,
            "{}",
            style.faint(&block::cut(style, &text, ROWS_UNREAD))
        )?;
    }
    if rest > 0 {
        let plural = if rest == 1 { "" } else { "s" };
        let all = report.invocation.tells_all();
        let line = format!("  and {rest} more input{plural} ({all} names them)");
        writeln!(out, "{}", style.faint(&line))?;
    }
    Ok(())
}

/// The connections of saved lists that failed, where there are more than a block names.
fn failed(report: &Report, style: Style, detail: Detail, out: &mut dyn Write) -> io::Result<()> {
    if report.answers.is_empty() || detail.verbose {
        return Ok(());
    }
    let mut names: Vec<String> = Vec::new();
    let mut known = HashSet::new();
    let errors = report.findings.iter();
    for finding in errors.filter(|finding| finding.severity == Severity::Error) {
        let subject = Facts::of(report, finding).subject;
        if let Some(subject) = subject.filter(|subject| !known.contains(subject)) {
            names.push(subject.quoted());
            known.insert(subject);
        }
    }
    if names.len() <= Room::WHOLE.named {
        return Ok(());
    }
    let line = sanitize::line(&names.join(", "));
    let text = style.wrap("  failed: ", "    ", &line);
    writeln!(out, "{}", block::cut(style, &text, ROWS_FAILED))
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
    let container = input.container.name().unwrap_or_default();
    format!("{}: {container}{creator}{size}", input.path)
}

/// What the recording lacks, what could not be read, and what no rule explains.
fn limits(
    report: &Report,
    screen: &Screen,
    style: Style,
    detail: Detail,
    out: &mut dyn Write,
) -> io::Result<()> {
    let lines = view::limits(report, detail.verbose);
    for (label, line) in lines.iter().take(screen.limits) {
        let text = style.wrap(&format!("  {label}: "), "    ", &sanitize::line(line));
        writeln!(out, "{}", block::cut(style, &text, screen.row))?;
    }
    let all = report.invocation.tells_all();
    match lines.len().saturating_sub(screen.limits) {
        0 => Ok(()),
        rest if screen.limits == 0 => {
            let plural = if rest == 1 { "" } else { "s" };
            writeln!(out, "  missing: {rest} thing{plural} ({all} tells them)")
        }
        rest => writeln!(out, "  and {rest} more of the kind ({all} tells them)"),
    }
}

/// The facts of the finding that stands for `block`.
fn facts<'a>(report: &'a Report, block: &Block<'a>) -> Facts<'a> {
    Facts::of(report, block.first())
}
