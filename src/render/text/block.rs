//! A fault as the first screen tells it: at most a third of it.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::{self, Write};

use crate::render::prose::plain;
use crate::render::view::{self, Block, Facts, Subject, Whole};
use crate::render::{Style, place};
use crate::report::Report;
use crate::report::finding::{Confidence, Finding, Fix, Part};
use crate::text::sanitize;

use super::facts;
use super::room::Room;

/// Most rows of a line that says where something is.
const ROWS_OWN: usize = 3;

/// Most rows of the names of further connections, for each row that a place has.
const ROWS_NAMES: usize = 2;

/// What the faults above have shown already.
#[derive(Debug, Default)]
pub(super) struct Quoted<'a> {
    /// Where the last fault was seen: its connection and its call.
    place: Option<(Option<usize>, usize)>,
    /// The connection that the first fault names.
    name: Option<String>,
    /// The words of the service.
    words: HashSet<&'a str>,
    /// The command that the report ends with.
    next: Option<String>,
}

impl Quoted<'_> {
    /// Nothing but what the report ends with.
    pub(super) fn before(next: &str) -> Self {
        Self {
            next: Some(next.to_owned()),
            ..Self::default()
        }
    }
}

/// Writes the block.
pub(super) fn write<'a>(
    report: &'a Report,
    block: &Block<'a>,
    room: Room,
    quoted: &mut Quoted<'a>,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let facts = facts(report, block);
    let name = facts.subject.as_ref().map(|subject| subject.name.as_str());
    // A fault in a row of its own has no other place for the name.
    let name = name.filter(|name| room.is_row() && quoted.name != Some((*name).to_owned()));
    titled(report, block, name, room.title, style, out)?;
    let here = facts
        .call
        .map(|call| (facts.finding.connection, call.number));
    let here = here.filter(|_| block.findings.len() == 1);
    if here.is_some() && here == quoted.place && room.place > 0 {
        let number = here.map_or(0, |(_, number)| number);
        label(style, "call", &format!("{number}, as above"), 1, out)?;
    } else {
        place(report, block, &room, style, out)?;
    }
    quoted.place = here;
    if !room.is_row() {
        quoted.name = facts.subject.as_ref().map(|subject| subject.name.clone());
    }
    let is_new = facts.words().is_none_or(|words| quoted.words.insert(words));
    evidence(report, block, &facts, room, is_new, style, out)?;
    if let Some(caution) = facts.caution.as_ref().filter(|_| room.place > 0 && is_new) {
        label(style, "host", caution, ROWS_OWN, out)?;
    }
    label(
        style,
        "why",
        &view::words(report, facts.why()),
        room.why,
        out,
    )?;
    step(
        report,
        block,
        &facts,
        room,
        quoted.next.as_ref(),
        style,
        out,
    )
}

/// `error[rule] title`
pub(super) fn head(
    report: &Report,
    block: &Block<'_>,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    titled(report, block, None, usize::MAX, style, out)
}

/// `error[rule] 'name': title`
fn titled(
    report: &Report,
    block: &Block<'_>,
    name: Option<&str>,
    rows: usize,
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
    let name = name.filter(|_| several.is_empty());
    let name = name.map_or_else(String::new, |name| format!("'{}': ", view::row_name(name)));
    let title = sanitize::line(&format!("{name}{}", plain(&finding.title)));
    let text = style.wrap("", "  ", &format!("{label} {title}{several}{doubt}"));
    let text = cut(style, &text, rows);
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
    room: &Room,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    if let [only] = block.findings.as_slice() {
        let lines = lines(report, only);
        if room.place == 1 {
            let parts: Vec<String> = lines.iter().map(part).collect();
            let name = match lines.first() {
                Some(("call", _)) | None => "at",
                Some((name, _)) => name,
            };
            return label(style, name, &parts.join(", "), 2, out);
        }
        for (name, line) in lines {
            label(style, name, &line, room.place, out)?;
        }
        return Ok(());
    }
    let places = by_connection(report, block);
    for (at, findings) in places.iter().take(room.named).enumerate() {
        let mut parts: Vec<String> = lines(report, findings[0]).iter().map(part).collect();
        // One body may lack several members.
        let calls: HashSet<_> = findings.iter().filter_map(|one| exchange_of(one)).collect();
        match calls.len().saturating_sub(1) {
            0 => {}
            1 => parts.push("and another call".to_owned()),
            more => parts.push(format!("and {more} more calls")),
        }
        let name = if at == 0 { "at" } else { "" };
        label(style, name, &parts.join(", "), room.place, out)?;
    }
    let rest = places.get(room.named..).unwrap_or_default();
    if rest.is_empty() || room.place == 0 {
        return Ok(());
    }
    let names = rest.iter().map(|findings| Facts::of(report, findings[0]));
    let names: Vec<String> = names
        .filter_map(|facts| facts.subject.as_ref().map(Subject::quoted))
        .collect();
    let rows = room.place * ROWS_NAMES;
    let line = format!("and {} more", rest.len());
    let whole = format!("{line}: {}", names.join(", "));
    let pad = " ".repeat(LABEL);
    // Those of a list stand in front of all.
    let fits = style.wrap(&pad, &pad, &whole).lines().count() <= rows;
    if fits && names.len() == rest.len() && report.answers.is_empty() {
        return label(style, "", &whole, rows, out);
    }
    let all = report.invocation.tells_all();
    label(style, "", &format!("{line} ({all} names them)"), 1, out)
}

/// A line that says where something is, behind another one.
fn part((name, line): &(&'static str, String)) -> String {
    match *name {
        "call" => format!("call {line}"),
        _ => line.clone(),
    }
}

/// The findings of a block by their connection; those of none stand each for themselves.
fn by_connection<'a>(report: &Report, block: &Block<'a>) -> Vec<Vec<&'a Finding>> {
    let mut places: Vec<Vec<&Finding>> = Vec::new();
    let mut known: HashMap<Subject, usize> = HashMap::new();
    for finding in &block.findings {
        let own = Facts::of(report, finding).subject;
        if let Some(at) = own.as_ref().and_then(|own| known.get(own)) {
            places[*at].push(finding);
        } else {
            known.extend(own.map(|own| (own, places.len())));
            places.push(vec![finding]);
        }
    }
    places
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
            Some(place) => {
                let headline = place::headline(report, place);
                lines.push((
                    "in",
                    match facts.elsewhere {
                        Some(one) => format!("{headline}: {}", view::elsewhere_line(one, false)),
                        None => headline,
                    },
                ));
            }
            None => lines.extend(path.map(|path| ("in", path))),
        }
        return lines;
    };
    let of = path.map_or_else(String::new, |path| format!(" ({path})"));
    lines.push(("call", format!("{}{of}", view::call_line(report, call))));
    lines
}

/// The input and the entry that a finding was made in.
fn exchange_of(finding: &Finding) -> Option<(usize, usize)> {
    let first = finding.locations.first()?;
    Some((first.input, first.entry))
}

/// The pointer of the first finding, and what else of the same exchange the block is about.
fn pointers(block: &Block<'_>, finding: &Finding) -> String {
    let exchange = exchange_of(finding);
    let places = block.findings.iter();
    let own = places.filter(|one| exchange_of(one) == exchange);
    let mut all: Vec<&str> = Vec::new();
    for pointer in own.filter_map(|one| one.locations.first()?.pointer.as_deref()) {
        if !all.contains(&pointer) {
            all.push(pointer);
        }
    }
    all.join(", ")
}

/// The service's words, and the telling line of what was sent.
fn evidence(
    report: &Report,
    block: &Block<'_>,
    facts: &Facts<'_>,
    room: Room,
    is_new: bool,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    if let Some(words) = facts.words().filter(|_| is_new) {
        let code = facts
            .code
            .map_or_else(String::new, |code| format!("{code}: "));
        label(style, "said", &format!("{code}{words}"), room.said, out)?;
    }
    if facts.is_of_answer() || room.sent == 0 {
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
    let is_whole = |text: &str| text.chars().count() <= columns && !text.contains('\u{2026}');
    match telling.filter(|line| is_whole(line.text.trim())) {
        Some(line) => {
            let pointer = location.pointer.as_deref().unwrap_or_default();
            let all = pointers(block, facts.finding);
            let text = sanitize::line(line.text.trim().trim_end_matches(','));
            if room.sent == 1 {
                let member = pointer.rsplit_once('/').map_or("", |(owner, _)| owner);
                let mut line = text;
                if !member.is_empty() {
                    line.push_str(&format!(" in {member}"));
                }
                if let Some(further) = all.strip_prefix(pointer).filter(|all| !all.is_empty()) {
                    line.push_str(further);
                }
                return label(style, name, &line, 1, out);
            }
            label(style, name, &all, 2, out)?;
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

/// What to do first, and the command that does it, unless the report ends with that: `next`. To a host that only looks like the service nothing
/// is sent.
fn step(
    report: &Report,
    block: &Block<'_>,
    facts: &Facts<'_>,
    room: Room,
    next: Option<&String>,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    if view::is_at_look_alike(report, facts.finding) || room.step == 0 {
        return Ok(());
    }
    let mut findings = block.findings.iter();
    let all_mended = findings.all(|finding| view::is_mended_by_body(finding));
    let fix = facts.finding.fix.as_ref().filter(|_| all_mended);
    let invocation = &report.invocation;
    let is_led = || view::is_led(report, &view::leaders(report), facts.finding);
    let correction = || {
        let job = view::correction(report, &block.findings, Whole::Body, invocation)?;
        let command = report.command(job, invocation)?;
        (!view::is_in_copy(report, facts.finding)).then_some(command)
    };
    let (step, verb, command) = match fix {
        Some(_) if is_led() => {
            let step = "Follow the steps of the first fault of this connection first.";
            (step.to_owned(), "", None)
        }
        Some(fix) => {
            let summary = report.known.mask_text(&fix.summary);
            let is_copy = view::is_in_copy(report, facts.finding);
            let command = correction();
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
        None if view::is_mended_with_values(report, facts.finding) && !is_led() => {
            let fixes = block.findings.iter();
            let fixes = fixes.filter_map(|finding| finding.fix.as_ref());
            let wanted: BTreeSet<String> =
                fixes.flat_map(Fix::wanted).map(|(_, what)| what).collect();
            let wanted: Vec<String> = wanted.into_iter().collect();
            let step = format!(
                "Have the corrected body written with what only you have: {}.",
                wanted.join(", ")
            );
            (step, invocation.verb(), correction())
        }
        None => {
            let step = view::words(report, facts.step());
            (step, "run", view::step_command(report, facts.finding))
        }
    };
    label(style, "do", &step, room.step, out)?;
    let is_told = |command: &String| next == Some(command) || step.contains(command.as_str());
    match command.filter(|command| room.command && !is_told(command)) {
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
    if text.trim().is_empty() || rows == 0 {
        return Ok(());
    }
    let pad = " ".repeat(LABEL);
    let wrapped = style.wrap(&format!("  {name:<5} "), &pad, &sanitize::line(text));
    writeln!(out, "{}", cut(style, &wrapped, rows))
}

/// The first `rows` lines of `wrapped`; what is longer ends between two words.
pub(super) fn cut(style: Style, wrapped: &str, rows: usize) -> String {
    let lines: Vec<&str> = wrapped.lines().collect();
    let shown = lines.len().min(rows.max(1));
    if shown == lines.len() {
        return wrapped.to_owned();
    }
    let room = style.width.saturating_sub(2);
    let mut kept = lines[shown - 1].trim_end();
    while textwrap::core::display_width(kept) > room {
        kept = match kept.rfind(' ') {
            Some(at) if at > LABEL => kept[..at].trim_end(),
            _ => break,
        };
    }
    let mut all = lines[..shown - 1].to_vec();
    let last = format!("{kept} \u{2026}");
    all.push(&last);
    all.join("\n")
}
