//! Findings with their evidence and remedy.

use crate::render::{place, prose};
use crate::report::Report;
use crate::report::finding::{Applicability, Confidence, Finding, Fix, Location, Severity};

use super::markup::{block, copyable, esc, inline, paragraphs};
use super::severity;

/// How many places of one finding are named.
const PLACES: usize = 8;

pub(super) fn section(report: &Report) -> String {
    if report.findings.is_empty() {
        return String::new();
    }
    let worst = report.findings.first().map(|finding| finding.severity);
    // The worst are what the reader came for, each rule's words once; of mere notes the first will do.
    let is_open = |at: usize, finding: &Finding| {
        let told = report.findings[..at]
            .iter()
            .any(|other| other.rule == finding.rule);
        at == 0 || (Some(finding.severity) == worst && finding.severity > Severity::Note && !told)
    };
    let cards: String = report
        .findings
        .iter()
        .enumerate()
        .map(|(at, finding)| card(report, finding, at, is_open(at, finding)))
        .collect();
    format!(
        "<section id=\"findings\" aria-labelledby=\"findings-title\"><h2 id=\"findings-title\">Findings</h2>\n{cards}</section>\n"
    )
}

/// One finding.
fn card(report: &Report, finding: &Finding, at: usize, open: bool) -> String {
    let (word, class) = severity(finding.severity);
    let doubt = match finding.confidence {
        Confidence::High => String::new(),
        confidence => format!(
            " <span class=\"soft\">{} confidence</span>",
            confidence.name()
        ),
    };
    let step = |step: &String| format!("<li>{}</li>", inline(step));
    let steps: String = finding.remedy.iter().map(step).collect();
    let who = finding.who.as_deref().map_or(String::new(), |who| {
        format!("<p class=\"who\">Needs: {}.</p>", esc(who))
    });
    format!(
        "<details class=\"finding {class}\" id=\"finding-{number}\"{open}>\n<summary><span class=\"badge {class}\">{word}</span> <span class=\"title\" role=\"heading\" aria-level=\"3\">{title}</span> {subject}<code class=\"rule\">{rule}</code>{doubt}</summary>\n\
         <div class=\"body\">{places}{evidence}<div class=\"columns\"><div><h4>What it means</h4>{what}</div><div><h4>Why it happens</h4>{why}</div></div>\n\
         <h4>What to do</h4><ol class=\"steps-to-do\">{steps}</ol>{who}{fix}{commands}{sources}</div></details>\n",
        number = at + 1,
        open = if open { " open" } else { "" },
        title = inline(&finding.title),
        rule = esc(&finding.rule),
        subject = subject(report, finding),
        places = places(report, finding),
        evidence = evidence(report, finding),
        what = paragraphs(&finding.message),
        why = paragraphs(&finding.cause),
        fix = finding.fix.as_ref().map_or(String::new(), fix),
        commands = commands(finding, at),
        sources = sources(finding),
    )
}

/// The connection's name, where the same rule speaks of several.
fn subject(report: &Report, finding: &Finding) -> String {
    let same = |other: &&Finding| other.rule == finding.rule;
    if report.findings.iter().filter(same).count() < 2 {
        return String::new();
    }
    let first = finding.locations.first();
    first
        .and_then(|first| report.call_at(first.input, first.entry))
        .and_then(|call| report.shown_name(call))
        .map_or(String::new(), |name| {
            format!("<span class=\"soft\">{}</span> ", esc(&name))
        })
}

/// Where it was seen: one line a call, with the parts of it.
fn places(report: &Report, finding: &Finding) -> String {
    let mut calls: Vec<(String, Vec<String>)> = Vec::new();
    for location in &finding.locations {
        let head = place_link(report, location);
        let pointer = location.pointer.as_deref().unwrap_or_default();
        let part = format!(
            "<li><code>{} {}</code></li>",
            location.part.name(),
            esc(pointer)
        );
        match calls.iter_mut().find(|(known, _)| *known == head) {
            Some((_, parts)) if parts.contains(&part) => {}
            Some((_, parts)) => parts.push(part),
            None => calls.push((head, vec![part])),
        }
    }
    if calls.is_empty() {
        return String::new();
    }
    let rest = calls.len().saturating_sub(PLACES);
    let item = |(head, parts): &(String, Vec<String>)| {
        format!("<li>{head}<ul>{}</ul></li>", parts.concat())
    };
    let items: String = calls.iter().take(PLACES).map(item).collect();
    let more = if rest > 0 {
        format!("<li>and {rest} more calls</li>")
    } else {
        String::new()
    };
    format!("<h4>Where</h4><ul class=\"places\">{items}{more}</ul>")
}

/// The call by name, linked to its place in the timeline if it is shown there.
fn place_link(report: &Report, location: &Location) -> String {
    let Some(call) = report.call_at(location.input, location.entry) else {
        return esc(&place::headline(report, location));
    };
    let line = esc(&format!(
        "{}: {} ({}) \u{2192} {}",
        place::place_name(call),
        place::method(call, &report.known),
        call.operation.name(),
        place::status(call, &report.known)
    ));
    if call.method().eq_ignore_ascii_case("GET") {
        line
    } else {
        format!("<a href=\"#call-{}\">{line}</a>", call.number)
    }
}

/// The lines of JSON around the place, or what the service said.
fn evidence(report: &Report, finding: &Finding) -> String {
    let lines = finding
        .locations
        .first()
        .map(|first| place::excerpt(report, first, false))
        .unwrap_or_default();
    let long = lines
        .iter()
        .any(|line| line.telling && line.text.len() > 120);
    if lines.is_empty() || long {
        if finding.evidence.is_empty() {
            return String::new();
        }
        return format!(
            "<h4>Evidence</h4><pre class=\"wrap evidence\" tabindex=\"0\">{}</pre>",
            block(&finding.evidence)
        );
    }
    let shown: String = lines
        .iter()
        .map(|line| {
            if line.telling {
                let (blank, told) = line
                    .text
                    .split_at(line.text.len() - line.text.trim_start().len());
                format!("{blank}<mark>{}</mark>\n", esc(told))
            } else {
                format!("{}\n", esc(&line.text))
            }
        })
        .collect();
    format!("<h4>Evidence</h4><pre class=\"evidence\" tabindex=\"0\">{shown}</pre>")
}

fn fix(fix: &Fix) -> String {
    let grade = match fix.applicability {
        Applicability::Safe => "safe: it only takes back what broke the call",
        Applicability::Unsafe => {
            "it changes what the connection is, so mendpoint patch wants --unsafe-fixes"
        }
        Applicability::DisplayOnly => "it needs a value that is not in the trace",
    };
    format!(
        "<p class=\"fix\"><strong>Fix:</strong> {} <span class=\"soft\">({grade})</span></p>",
        inline(&fix.summary)
    )
}

fn commands(finding: &Finding, at: usize) -> String {
    if finding.commands.is_empty() {
        return String::new();
    }
    let one = |(index, command): (usize, &crate::report::finding::Command)| {
        let shell = match command.shell.as_str() {
            "any" => "any shell",
            shell => shell,
        };
        format!(
            "<p class=\"purpose\">{} <span class=\"soft\">{}</span></p>{}",
            inline(&command.purpose),
            esc(shell),
            copyable(
                &format!("copy-{}-{index}", at + 1),
                "this command",
                &command.text
            ),
        )
    };
    let blocks: String = finding.commands.iter().enumerate().map(one).collect();
    format!("<h4>Commands</h4>{blocks}")
}

/// Where the facts come from; addresses as links that are followed only when clicked.
fn sources(finding: &Finding) -> String {
    let item = |line: &String| format!("<li>{}</li>", source(line));
    let items: String = finding.sources.iter().map(item).collect();
    if items.is_empty() {
        return String::new();
    }
    format!("<details class=\"sources\"><summary>Sources</summary><ul>{items}</ul></details>")
}

fn source(line: &str) -> String {
    let Some(source) = prose::source(line) else {
        return inline(line);
    };
    format!(
        "<a href=\"{link}\" rel=\"noopener noreferrer\">{}</a>{} <span class=\"print-only\">{link}</span>",
        esc(source.title),
        esc(source.rest),
        link = esc(source.link),
    )
}

/// The findings at a call, as links: what came back, in words.
pub(super) fn links_at(report: &Report, input: usize, entry: usize) -> String {
    let here = |finding: &Finding| {
        finding
            .locations
            .iter()
            .any(|location| location.input == input && location.entry == entry)
    };
    let link = |(at, finding): (usize, &Finding)| {
        format!(
            "<a class=\"to-finding\" href=\"#finding-{}\">{}</a>",
            at + 1,
            inline(&finding.title)
        )
    };
    let findings = report.findings.iter().enumerate();
    findings
        .filter(|(_, finding)| here(finding))
        .map(link)
        .collect()
}
