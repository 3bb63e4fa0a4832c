//! A fault as the first screen tells it: at most a third of it.

use std::io::{self, Write};

use crate::render::prose::plain;
use crate::render::view::{self, Block, Facts, Whole};
use crate::render::{Style, place};
use crate::report::Report;
use crate::report::finding::{Confidence, Finding, Part};
use crate::text::sanitize;

use super::facts;

/// How much room a fault takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// Most rows of the service's words.
    said: usize,
    /// Most rows of why it happens.
    why: usize,
    /// Most rows of what to do.
    step: usize,
    /// Whether the service's words begin at their code.
    from_code: bool,
}

impl Room {
    /// From plenty of room to little.
    pub(super) const STEPS: [Self; 8] = [
        Self::of(8, 3, 3, false),
        Self::of(6, 3, 3, true),
        Self::of(6, 2, 3, true),
        Self::of(6, 1, 3, true),
        Self::of(4, 1, 3, true),
        Self::of(4, 1, 2, true),
        Self::of(2, 1, 2, true),
        Self::of(2, 1, 1, true),
    ];
    /// Where several faults share the screen: the words of the service are not cut even there.
    pub(super) const SHARED: Self = Self::of(12, 2, 2, true);

    const fn of(said: usize, why: usize, step: usize, from_code: bool) -> Self {
        Self {
            said,
            why,
            step,
            from_code,
        }
    }
}

/// Most rows of a line that says where something is.
const ROWS_OWN: usize = 3;
/// Most connections that are named.
const MOST_NAMED: usize = 5;

/// Writes the block.
pub(super) fn write(
    report: &Report,
    block: &Block<'_>,
    room: Room,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let facts = facts(report, block);
    head(report, block, style, out)?;
    place(report, block, style, out)?;
    evidence(report, &facts, room, style, out)?;
    if let Some(caution) = &facts.caution {
        label(style, "host", caution, ROWS_OWN, out)?;
    }
    label(
        style,
        "why",
        &view::words(report, facts.why()),
        room.why,
        out,
    )?;
    step(report, block, &facts, room, style, out)
}

/// `error[rule] title`
pub(super) fn head(
    report: &Report,
    block: &Block<'_>,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let finding = block.first();
    let label = format!("{}[{}]", finding.severity.name(), finding.rule);
    let doubt = match finding.confidence {
        Confidence::High => String::new(),
        confidence => format!(" ({} confidence)", confidence.name()),
    };
    let several = match view::connections(report, block) {
        0 | 1 => String::new(),
        count => format!(" ({count} connections)"),
    };
    let title = sanitize::line(&plain(&finding.title));
    let text = style.wrap("", "  ", &format!("{label} {title}{several}{doubt}"));
    // Painted behind the wrapping, which would count the paint.
    let (first, rest) = text.split_at(label.len().min(text.len()));
    let rest: Vec<String> = rest.lines().map(|line| style.strong(line)).collect();
    writeln!(
        out,
        "{}{}",
        style.severity(finding.severity, first),
        rest.join("\n")
    )
}

/// The connections and calls.
pub(super) fn place(
    report: &Report,
    block: &Block<'_>,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    if let [only] = block.findings.as_slice() {
        for (name, line) in lines(report, only) {
            label(style, name, &line, ROWS_OWN, out)?;
        }
        return Ok(());
    }
    for (at, finding) in block.findings.iter().take(MOST_NAMED).enumerate() {
        let part = |(name, line): (&str, String)| match name {
            "call" => format!("call {line}"),
            _ => line,
        };
        let parts: Vec<String> = lines(report, finding).into_iter().map(part).collect();
        let name = if at == 0 { "at" } else { "" };
        label(style, name, &parts.join(", "), ROWS_OWN, out)?;
    }
    match block.findings.len().saturating_sub(MOST_NAMED) {
        0 => Ok(()),
        rest => label(
            style,
            "",
            &format!("and {rest} more (-v names them)"),
            1,
            out,
        ),
    }
}

/// The lines of one finding that say where it is.
fn lines(report: &Report, finding: &Finding) -> Vec<(&'static str, String)> {
    let facts = Facts::of(report, finding);
    let several = report.inputs.len() > 1;
    let path = finding
        .locations
        .first()
        .and_then(|place| report.inputs.get(place.input))
        .map(|input| input.path.clone())
        .filter(|_| several);
    let mut lines = Vec::new();
    if let Some(subject) = &facts.subject {
        lines.push(("at", subject.line()));
    }
    let Some(call) = facts.call else {
        let exchange = finding
            .locations
            .first()
            .filter(|place| place.part != Part::Text);
        match exchange {
            Some(place) => lines.push(("in", place::headline(report, place))),
            None => lines.extend(path.map(|path| ("in", path))),
        }
        return lines;
    };
    let of = path.map_or_else(String::new, |path| format!(" ({path})"));
    lines.push(("call", format!("{}{of}", view::call_line(report, call))));
    lines
}

/// The service's words, and the telling line of what was sent.
fn evidence(
    report: &Report,
    facts: &Facts<'_>,
    room: Room,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    if let Some(said) = facts.said {
        let words = facts.words(room.from_code).unwrap_or(said);
        let rows = if facts.is_of_answer() {
            room.said
        } else {
            room.said.min(ROWS_OWN)
        };
        label(style, "said", words, rows, out)?;
    }
    if facts.is_of_answer() {
        return Ok(());
    }
    let Some(location) = facts.finding.locations.first() else {
        return label(style, "seen", &facts.finding.evidence, ROWS_OWN, out);
    };
    let name = match location.part {
        Part::RequestUrl | Part::RequestHeaders | Part::RequestBody => "sent",
        Part::ResponseStatus | Part::ResponseHeaders | Part::ResponseBody => "got",
        Part::Text => "text",
    };
    let shown = place::excerpt(report, location, style.secrets);
    let telling = shown.iter().find(|line| line.telling);
    let columns = style.width.saturating_sub(LABEL);
    match telling.filter(|line| line.text.trim().chars().count() <= columns) {
        Some(line) => {
            let pointer = location.pointer.as_deref().unwrap_or_default();
            let text = sanitize::line(line.text.trim().trim_end_matches(','));
            label(style, name, pointer, 1, out)?;
            let carets = "^".repeat(textwrap::core::display_width(&text));
            let pad = " ".repeat(LABEL);
            writeln!(out, "{pad}{}", style.strong(&text))?;
            writeln!(
                out,
                "{pad}{}",
                style.severity(facts.finding.severity, &carets)
            )
        }
        None => label(style, name, &facts.finding.evidence, room.said, out),
    }
}

/// What to do first, and the command that does it. To a host that only looks like the service nothing
/// is sent.
fn step(
    report: &Report,
    block: &Block<'_>,
    facts: &Facts<'_>,
    room: Room,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    if view::is_at_look_alike(report, facts.finding) {
        return Ok(());
    }
    let mut findings = block.findings.iter();
    let all_mended = findings.all(|finding| view::is_mended_by_body(finding));
    let fix = facts.finding.fix.as_ref().filter(|_| all_mended);
    let invocation = &report.invocation;
    let (step, verb, command) = match fix {
        Some(_) if view::is_led(&view::leaders(report), facts.finding) => {
            let step = "Follow the steps of the first fault of this connection first.";
            (step.to_owned(), "", None)
        }
        Some(fix) => {
            let summary = report.known.mask_text(&fix.summary);
            let is_copy = view::is_in_copy(report, facts.finding);
            let job = view::correction(report, &block.findings, Whole::Body, invocation);
            let command = job.and_then(|job| report.command(job, invocation));
            let command = command.filter(|_| !is_copy);
            let step = match command {
                Some(_) => "Send the corrected body",
                None if is_copy => {
                    "Have patch write the corrected body from the original, for this copy has other ids"
                }
                None => {
                    "Save the recording to a file and have patch write the corrected body from it"
                }
            };
            (format!("{step}: it {summary}."), invocation.verb(), command)
        }
        None => {
            let step = view::words(report, facts.step());
            let command = view::first_command(facts.finding)
                .map(|command| invocation.shown(&sanitize::line(&command.text)))
                .filter(|command| !step.contains(command.as_str()));
            (step, "run", command)
        }
    };
    label(style, "do", &step, room.step, out)?;
    match command {
        Some(command) => writeln!(out, "  {verb:<5} {}", style.code(&command)),
        None => Ok(()),
    }
}

/// Columns in front of a labelled text.
const LABEL: usize = 8;

/// `text` behind `name`, in at most `rows` rows; what is longer ends between two words.
pub(super) fn label(
    style: Style,
    name: &str,
    text: &str,
    rows: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    if text.trim().is_empty() {
        return Ok(());
    }
    let pad = " ".repeat(LABEL);
    let wrapped = style.wrap(&format!("  {name:<5} "), &pad, &sanitize::line(text));
    let lines: Vec<&str> = wrapped.lines().collect();
    let shown = lines.len().min(rows);
    for line in &lines[..shown.saturating_sub(1)] {
        writeln!(out, "{line}")?;
    }
    let last = lines[shown - 1];
    if shown == lines.len() {
        return writeln!(out, "{last}");
    }
    let room = style.width.saturating_sub(2);
    let mut kept = last.trim_end();
    while textwrap::core::display_width(kept) > room {
        kept = match kept.rfind(' ') {
            Some(at) if at > LABEL => kept[..at].trim_end(),
            _ => break,
        };
    }
    writeln!(out, "{kept} \u{2026}")
}
