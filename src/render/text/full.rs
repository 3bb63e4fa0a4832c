//! Everything that is known of a fault, for `-v`.

use std::io::{self, Write};

use crate::render::prose::source_lines;
use crate::render::view::{self, Block, Facts};
use crate::render::{Style, place};
use crate::report::Report;
use crate::report::finding::{Applicability, Finding, Fix, Part};
use crate::text::sanitize;

use super::block::{self, label};
use super::room::Room;

/// Writes the block, each of its findings in full.
pub(super) fn write(
    report: &Report,
    of: &Block<'_>,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    for (at, finding) in of.findings.iter().enumerate() {
        let alone = Block {
            findings: vec![finding],
            at: of.at,
        };
        if at > 0 {
            writeln!(out)?;
        }
        block::head(report, &alone, style, out)?;
        block::place(report, &alone, &Room::WHOLE, style, out)?;
        one(report, finding, style, out)?;
    }
    Ok(())
}

fn one(report: &Report, finding: &Finding, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let facts = Facts::of(report, finding);
    if let Some(said) = facts.whole {
        label(style, "said", said, usize::MAX, out)?;
    }
    places(report, finding, style, out)?;
    if let Some(call) = facts.call {
        let ids: Vec<String> = call
            .ids
            .named()
            .map(|(name, value)| format!("{name} {value}"))
            .collect();
        label(style, "ids", &ids.join(", "), usize::MAX, out)?;
    }
    for (name, text) in [("what", finding.message.as_str()), ("why", &finding.cause)] {
        for (at, paragraph) in text.split("\n\n").enumerate() {
            let name = if at == 0 { name } else { "" };
            label(
                style,
                name,
                &view::words(report, paragraph),
                usize::MAX,
                out,
            )?;
        }
    }
    for (at, step) in finding.remedy.iter().enumerate() {
        let name = if at == 0 { "do" } else { "" };
        let text = format!("{}. {}", at + 1, view::words(report, step));
        label(style, name, &text, usize::MAX, out)?;
    }
    if let Some(who) = view::who(finding) {
        label(style, "who", &who, usize::MAX, out)?;
    }
    if let Some(caution) = &facts.caution {
        label(style, "host", caution, usize::MAX, out)?;
    }
    for command in &finding.commands {
        let shell = if &*command.shell == "any" {
            String::new()
        } else {
            format!(" [{}]", command.shell)
        };
        let purpose = format!("# {}{shell}", view::words(report, &command.purpose));
        writeln!(out, "  run   {}", style.faint(&sanitize::line(&purpose)))?;
        for line in command.text.lines() {
            let line = view::shown(report, &sanitize::line(line));
            writeln!(out, "        {}", style.code(&line))?;
        }
    }
    if let Some(fix) = &finding.fix {
        label(style, "fix", &fix_line(fix), usize::MAX, out)?;
    }
    for (at, source) in finding.sources.iter().enumerate() {
        for (line, text) in source_lines(source).iter().enumerate() {
            let name = if at + line == 0 { "from" } else { "" };
            label(style, name, text, usize::MAX, out)?;
        }
    }
    Ok(())
}

/// Where it is: the telling place with its neighbours, then the others by name.
fn places(report: &Report, finding: &Finding, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let mut named: Vec<String> = Vec::new();
    for (at, location) in finding.locations.iter().enumerate() {
        let pointer = location.pointer.as_deref().unwrap_or_default();
        // The first place is told in full, the others by name.
        let call = report.call_at(location.input, location.entry);
        let whose = match (call.filter(|_| at > 0), &finding.elsewhere) {
            (Some(call), _) => place::place_name(call),
            (None, Some(one)) if at == 0 => {
                let headline = place::headline(report, location);
                format!("{headline}: {}", view::elsewhere_line(one, true))
            }
            (None, _) => place::headline(report, location),
        };
        let part = location.part.name();
        let line = match (location.part, pointer) {
            (Part::Text, "") => whose,
            (Part::Text, pointer) => format!("{pointer} {whose}"),
            (_, "") => format!("{part} of {whose}"),
            (_, pointer) => format!("{part} {pointer} of {whose}"),
        };
        if named.contains(&line) {
            continue;
        }
        let name = if at == 0 { "place" } else { "" };
        label(style, name, &line, usize::MAX, out)?;
        named.push(line);
        if at == 0 {
            excerpt(report, finding, style, out)?;
        }
    }
    Ok(())
}

/// The lines of JSON around the place with a caret, or else the evidence as text.
fn excerpt(
    report: &Report,
    finding: &Finding,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    const LONGEST: usize = 120;
    let lines = place::excerpt(report, &finding.locations[0], style.secrets);
    let long = |line: &place::Line| line.telling && line.text.len() > LONGEST;
    if lines.is_empty() || lines.iter().any(long) {
        if finding.evidence.is_empty() {
            return Ok(());
        }
        let evidence = sanitize::line(&finding.evidence);
        return writeln!(out, "{}", style.wrap("        | ", "        | ", &evidence));
    }
    for line in lines {
        let text = sanitize::line(&line.text);
        if line.telling {
            let blank = text.len() - text.trim_start().len();
            let carets = "^".repeat(textwrap::core::display_width(
                text.trim_start().trim_end_matches(','),
            ));
            let carets = style.severity(finding.severity, &carets);
            writeln!(out, "      > | {}", style.strong(&text))?;
            writeln!(out, "        | {}{carets}", " ".repeat(blank))?;
        } else {
            writeln!(out, "        | {text}")?;
        }
    }
    Ok(())
}

fn fix_line(fix: &Fix) -> String {
    let grade = match fix.applicability {
        Applicability::Safe => "safe: it only takes back what broke the call",
        Applicability::Unsafe => {
            "unsafe: it changes what the connection is, so somebody has to agree with --unsafe-fixes"
        }
        Applicability::DisplayOnly => {
            "display-only: it needs a value that is not in the trace, behind --set"
        }
    };
    format!("{} ({grade})", fix.summary)
}
