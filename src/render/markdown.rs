//! The report to paste into a ticket: short, with the evidence folded away.
//!
//! Values of a trace become code spans, or text in which nothing is markup: no link, no picture, no
//! heading, no mention of a person.

use std::collections::HashSet;
use std::io::{self, Write};

use crate::report::finding::{Finding, Severity};
use crate::report::{Report, Verdict};

use super::prose::{self, Piece, capital};
use super::view::{self, Block, Facts, Subject, Told};
use super::{endings, handover, headline, place};
use crate::report::command::Invocation;
use crate::text::sanitize;

/// How many places of a finding, connections of a fault and lines of what is missing are named.
const PLACES: usize = 5;
const CONNECTIONS: usize = 20;
const LIMITS: usize = 8;

/// Writes the report.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    verdict(report, out)?;
    let blocks = view::blocks(report);
    let told = |block: &&Block<'_>| block.first().severity > Severity::Note;
    for block in blocks.iter().filter(told) {
        let finding = block.first();
        let word = capital(finding.severity.name());
        writeln!(out, "\n### {word}: {}", inline(&finding.title))?;
        full(report, block, out)?;
    }
    let told = blocks.iter().filter(told).flat_map(|block| &block.findings);
    untold(report, told.copied(), out)?;
    notes(report, out)?;
    ends(report, out)?;
    let limits = view::lacks(report);
    if !limits.is_empty() {
        writeln!(out, "\n**What the recording lacks:**\n")?;
    }
    for line in limits.iter().take(LIMITS) {
        writeln!(out, "- {}", words(line))?;
    }
    hand_over(report, out)?;
    let next = view::next(report, &Invocation::of_others(), Told::HandedOver);
    writeln!(out, "\nNext: {}", code(&next))?;
    inputs(report, out)
}

/// What to hand over: facts for the service's support, and words for the customer.
fn hand_over(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for one in handover::all(report) {
        writeln!(
            out,
            "\n<details><summary>To hand over: {}</summary>\n\n**For Microsoft**\n",
            words(&one.title)
        )?;
        fenced(one.facts_text().trim_end(), "text", out)?;
        writeln!(out, "\n**For the customer**")?;
        for paragraph in &one.letter {
            writeln!(out, "\n{}", words(paragraph))?;
        }
        writeln!(out, "\n</details>")?;
    }
    Ok(())
}

fn verdict(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let place = words(&endings::place(report));
    let headline = format!("{}{place}", inline(&headline::of(report)));
    let line = match report.verdict() {
        Verdict::Fault => format!("**Fault:** {}", words(&view::tally(report))),
        Verdict::Clean => format!("**Clean:** {headline}"),
        Verdict::NothingRelevant => format!("**Nothing relevant:** {headline}"),
        Verdict::Inconclusive => format!("**Inconclusive:** {headline}"),
        Verdict::Unreadable => format!("**Unreadable:** {headline}"),
    };
    writeln!(out, "{line}")
}

fn full(report: &Report, block: &Block<'_>, out: &mut dyn Write) -> io::Result<()> {
    let finding = block.first();
    writeln!(out)?;
    where_it_was(report, block, out)?;
    paragraphs(&finding.message, out)?;
    writeln!(out, "**What to do**\n")?;
    for (at, step) in finding.remedy.iter().enumerate() {
        writeln!(out, "{}. {}", at + 1, inline(step))?;
    }
    if let Some(who) = view::who(finding) {
        writeln!(out, "\nNeeds: {}.", words(&who))?;
    }
    commands(report, finding, out)?;
    writeln!(
        out,
        "\n<details><summary>Evidence: where it was seen, and why it happens</summary>\n"
    )?;
    places(report, finding, out)?;
    evidence(report, finding, out)?;
    writeln!(out)?;
    paragraphs(&finding.cause, out)?;
    write!(out, "Rule {}", code(&finding.rule))?;
    if !finding.sources.is_empty() {
        writeln!(out, ". Sources:\n")?;
        for line in &finding.sources {
            writeln!(out, "- {}", source(line))?;
        }
    }
    writeln!(out, "\n</details>")
}

/// The connections with their calls, and what the service said: once where it said the same of all,
/// else of each. No words are left out, however many connections there are.
fn where_it_was(report: &Report, block: &Block<'_>, out: &mut dyn Write) -> io::Result<()> {
    let all: Vec<Facts<'_>> = block
        .findings
        .iter()
        .map(|finding| Facts::of(report, finding))
        .collect();
    let is_one = all.iter().all(|facts| facts.words() == all[0].words());
    let mut quoted: HashSet<&str> = HashSet::new();
    let mut rest: Vec<&Facts<'_>> = Vec::new();
    for (at, facts) in all.iter().enumerate() {
        let said = facts.words().filter(|_| !is_one);
        let is_new = said.is_some_and(|said| quoted.insert(said));
        if at >= CONNECTIONS && !is_new {
            rest.push(facts);
            continue;
        }
        let subject = facts.subject.as_ref().map_or_else(String::new, |subject| {
            format!("{} \u{b7} ", words(&subject.line()))
        });
        let line = match (facts.call, facts.elsewhere) {
            (Some(call), _) => format!("call {}", view::call_line(report, call)),
            (None, Some(one)) => view::elsewhere_line(one, true),
            (None, None) if facts.subject.is_none() => continue,
            (None, None) => facts.finding.evidence.clone(),
        };
        writeln!(out, "- {subject}{}", words(&line))?;
        if let Some(said) = said {
            writeln!(out, "  > {}", words(said))?;
        }
        if let Some(caution) = &facts.caution {
            writeln!(out, "  - {}", words(caution))?;
        }
    }
    if !rest.is_empty() {
        let names = rest.iter().filter_map(|facts| facts.subject.as_ref());
        let names: Vec<String> = names.map(Subject::quoted).collect();
        let names = words(&names.join(", "));
        writeln!(out, "- and {} more connections: {names}", rest.len())?;
    }
    if let Some(said) = all[0].said.filter(|_| is_one) {
        writeln!(out, "\n> {}", words(said))?;
    }
    writeln!(out)
}

fn commands(report: &Report, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    if finding.commands.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n<details><summary>Commands</summary>")?;
    for command in &finding.commands {
        let language = match &*command.shell {
            "powershell" => "powershell",
            _ => "sh",
        };
        writeln!(out, "\n{}:\n", capital(&inline(&command.purpose)))?;
        fenced(&report.without_folders(&command.text), language, out)?;
    }
    writeln!(out, "\n</details>")
}

/// Sources come from rule files, so their links may be links.
fn source(line: &str) -> String {
    match prose::source(line) {
        Some(source) => format!(
            "[{}](<{}>){}",
            words(source.title),
            source.link,
            words(source.rest)
        ),
        None => inline(line),
    }
}

fn places(report: &Report, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    for location in finding.locations.iter().take(PLACES) {
        let pointer = location.pointer.as_deref().unwrap_or_default();
        let pointer = if pointer.is_empty() {
            String::new()
        } else {
            format!(" {}", code(pointer))
        };
        writeln!(
            out,
            "- {}, {}{pointer}",
            code(&place::headline(report, location)),
            location.part.name()
        )?;
    }
    match finding.locations.len().saturating_sub(PLACES) {
        0 => Ok(()),
        rest => writeln!(out, "- and {rest} more places"),
    }
}

fn evidence(report: &Report, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let lines = finding
        .locations
        .first()
        .map(|first| place::excerpt(report, first, false))
        .unwrap_or_default();
    let shown: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    writeln!(out)?;
    if !shown.is_empty() && shown.iter().all(|line| line.len() <= 120) {
        fenced(&shown.join("\n"), "json", out)
    } else if finding.evidence.is_empty() {
        Ok(())
    } else {
        fenced(&finding.evidence, "", out)
    }
}

/// What the service said of further calls that nothing made good.
fn untold<'a>(
    report: &'a Report,
    told: impl Iterator<Item = &'a Finding>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let told = told.filter_map(|finding| Facts::of(report, finding).words());
    let untold = super::untold::all(report, &told.collect());
    if !untold.is_empty() {
        writeln!(out, "\n**The service also said:**\n")?;
    }
    for one in untold {
        writeln!(out, "- {}", words(&one.place(report)))?;
        writeln!(out, "  > {}", words(one.words))?;
    }
    Ok(())
}

/// Where everything worked in the end: the connections, and what failed before that.
fn ends(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.verdict() != Verdict::Clean {
        return Ok(());
    }
    let endings = endings::all(report);
    for (at, ending) in endings.iter().take(CONNECTIONS).enumerate() {
        if at == 0 {
            writeln!(out)?;
        }
        for (line, (name, text)) in ending.lines(report, PLACES).iter().enumerate() {
            let indent = if line > 0 { "  " } else { "" };
            let name = match *name {
                "at" | "" => String::new(),
                name => format!("{name}: "),
            };
            writeln!(out, "{indent}- {name}{}", words(text))?;
        }
    }
    match endings.len().saturating_sub(CONNECTIONS) {
        0 => Ok(()),
        rest => writeln!(out, "- and {rest} more connections"),
    }
}

/// Notes are one line each.
fn notes(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let notes = report
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Note);
    for (at, finding) in notes.enumerate() {
        if at == 0 {
            writeln!(out)?;
        }
        writeln!(
            out,
            "- Note: {} ({})",
            inline(&finding.title),
            code(&finding.rule)
        )?;
    }
    Ok(())
}

fn inputs(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let names: Vec<String> = report
        .inputs
        .iter()
        .take(6)
        .map(|input| code(&input.name()))
        .collect();
    let more = match report.inputs.len().saturating_sub(6) {
        0 => String::new(),
        rest => format!(" and {rest} more"),
    };
    writeln!(
        out,
        "\n<sub>mendpoint {} on {}{more}; secrets are masked</sub>",
        env!("CARGO_PKG_VERSION"),
        names.join(", ")
    )
}

fn paragraphs(text: &str, out: &mut dyn Write) -> io::Result<()> {
    for part in text.split("\n\n").filter(|part| !part.trim().is_empty()) {
        writeln!(out, "{}\n", inline(part))?;
    }
    Ok(())
}

/// A block of code that nothing inside can end.
fn fenced(text: &str, language: &str, out: &mut dyn Write) -> io::Result<()> {
    let text = sanitize::block(text);
    let fence = "`".repeat(longest_run(&text).max(2) + 1);
    writeln!(out, "{fence}{language}\n{text}\n{fence}")
}

/// A rule's words; whatever stands in them, only code and emphasis come of it.
fn inline(text: &str) -> String {
    let piece = |piece: Piece<'_>| match piece {
        Piece::Text(text) => words(text),
        Piece::Code(text) => code(text),
        Piece::Emphasis(text) => format!("*{}*", words(text)),
        Piece::Strong(text) => format!("**{}**", words(text)),
    };
    prose::pieces(text).into_iter().map(piece).collect()
}

/// Text in which nothing is markup.
pub(super) fn words(text: &str) -> String {
    let text = sanitize::line(text);
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' => {
                // Inside a word an underscore is none of Markdown's business.
                if c != '_' || !before.is_alphanumeric() {
                    out.push('\\');
                }
                out.push(c);
            }
            // A comment inside keeps a site from taking it for a person or an issue, or for a link.
            '@' | '#' if !before.is_alphanumeric() => {
                out.push(c);
                out.push_str("<!-- -->");
            }
            ':' if out.ends_with("http") || out.ends_with("https") => out.push_str(":<!-- -->"),
            c => out.push(c),
        }
        before = c;
    }
    out
}

/// A code span that nothing inside can end.
pub(super) fn code(text: &str) -> String {
    let text = sanitize::line(text);
    let ticks = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.is_empty() {
        " "
    } else {
        ""
    };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// The longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{code, inline, words};

    #[test]
    fn values_of_a_trace_are_no_markup() {
        assert_eq!(
            words("![x](http://h) <b> @sam #1 a_b *c* a@b.c\n# x"),
            "!\\[x\\](http:<!-- -->//h) &lt;b&gt; @<!-- -->sam #<!-- -->1 a_b \\*c\\* a@b.c\\\\n# x"
        );
        assert_eq!(code("a``b`"), "``` a``b` ```");
        assert_eq!(inline("`x` of <i>"), "`x` of &lt;i&gt;");
    }
}
