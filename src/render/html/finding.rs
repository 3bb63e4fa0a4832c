//! Findings with their evidence and remedy; the same fault at several connections once.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use maud::{Markup, html};

use crate::connection::EndpointCall;
use crate::render::view::{self, Block, Facts};
use crate::render::{place, prose};
use crate::report::Report;
use crate::report::finding::{Applicability, Confidence, Finding, Fix, Location, Severity};
use crate::text::sanitize;

use super::markup::{copyable, inline, line, paragraphs};
use super::verdict::subjects;
use super::{Page, severity};

/// How many places of one finding, and how many connections of one fault, are named.
const PLACES: usize = 8;
const CONNECTIONS: usize = 50;
/// Longest line of JSON that is shown as such, in bytes.
const LINE: usize = 120;

pub(super) fn section(page: &Page<'_>) -> Markup {
    let worst = page.blocks.first().map(|block| block.first().severity);
    let is_open = |block: &Block<'_>| {
        let level = block.first().severity;
        block.at == 0 || (Some(level) == worst && level > Severity::Note)
    };
    html! {
        @if !page.blocks.is_empty() {
            section id="findings" aria-labelledby="findings-title" {
                h2 id="findings-title" { "Findings" }
                @for block in &page.blocks { (card(page, block, is_open(block))) }
            }
        }
    }
}

/// One fault.
fn card(page: &Page<'_>, block: &Block<'_>, open: bool) -> Markup {
    let (report, finding) = (page.report, block.first());
    let (word, class) = severity(finding.severity);
    let corrected = page.corrections.count() > 0;
    let facts = Facts::of(report, finding);
    let shown = |text: &str| report.without_folders(text);
    html! {
        details class={ "finding " (class) } id={ "finding-" (block.at + 1) } open[open] {
            summary {
                span class={ "badge " (class) } { (word) } " "
                span class="title" role="heading" aria-level="3" { (inline(&finding.title, false)) } " "
                span class="soft" { (subjects(report, block)) } " "
                code class="rule" { (line(&finding.rule)) }
                @if finding.confidence != Confidence::High {
                    " " span class="soft" { (finding.confidence.name()) " confidence" }
                }
            }
            div class="body" {
                @if block.findings.len() > 1 { (connections(report, block)) }
                @if let Some(said) = facts.whole {
                    h4 { "What the service said" }
                    blockquote class="words" { (line(said)) }
                }
                (places(report, finding))
                @if !facts.is_of_answer() { (evidence(report, finding)) }
                div class="columns" {
                    div { h4 { "What it means" } (paragraphs(&shown(&finding.message), corrected)) }
                    div { h4 { "Why it happens" } (paragraphs(&shown(&finding.cause), corrected)) }
                }
                @if !finding.remedy.is_empty() {
                    h4 { "What to do" }
                    ol class="steps-to-do" {
                        @for step in &finding.remedy { li { (inline(&shown(step), corrected)) } }
                    }
                }
                @if let Some(who) = view::who(finding) { p class="who" { "Needs: " (line(&who)) "." } }
                @if let Some(own) = &finding.fix { (fix(own)) }
                (commands(report, finding, block.at))
                (sources(finding))
            }
        }
    }
}

/// The connections of a fault, each with its call.
fn connections(report: &Report, block: &Block<'_>) -> Markup {
    let count = block.findings.len();
    html! {
        h4 { "Where it happened" }
        ul class="places" {
            @for finding in block.findings.iter().take(CONNECTIONS) {
                @let facts = Facts::of(report, finding);
                li {
                    @if let Some(subject) = &facts.subject { strong { (line(&subject.name)) } " " span class="soft" { (line(&subject.what)) } " " }
                    @if let Some(call) = facts.call {
                        a href={ "#call-" (call.number) } { "call " (line(&view::call_line(report, call))) }
                    } @else if let Some(one) = facts.elsewhere {
                        (line(&view::elsewhere_line(one, true)))
                    } @else if let Some(place) = finding.locations.first() {
                        (line(&report.input_name(place.input)))
                    }
                }
            }
            @if count > CONNECTIONS { li { "and " (count - CONNECTIONS) " more" } }
        }
    }
}

/// Calls that show a fault in the same way: the first of them by the finding's order stands for all.
struct Seen<'a> {
    first: &'a Location,
    parts: Vec<&'a Location>,
    /// The numbers of the others.
    also: Vec<usize>,
}

/// Where it was seen: one line a call, with the parts of it; equal calls share one.
fn places(report: &Report, finding: &Finding) -> Markup {
    let seen = seen(report, finding);
    let elsewhere = finding.elsewhere.as_ref();
    html! {
        @if !seen.is_empty() {
            h4 { "Where" }
            ul class="places" {
                @for (at, one) in seen.iter().take(PLACES).enumerate() {
                    li {
                        (place_link(report, one.first))
                        @if let Some(own) = elsewhere.filter(|_| at == 0) { ": " (line(&view::elsewhere_line(own, true))) }
                        ul {
                            @for part in &one.parts {
                                li { code { (part.part.name()) " " (line(part.pointer.as_deref().unwrap_or_default())) } }
                            }
                            @if !one.also.is_empty() { li { (same_calls(&one.also)) } }
                        }
                    }
                }
                @if seen.len() > PLACES { li { "and " (seen.len() - PLACES) " more calls" } }
            }
        }
    }
}

fn seen<'a>(report: &'a Report, finding: &'a Finding) -> Vec<Seen<'a>> {
    let mut calls: Vec<Vec<&Location>> = Vec::new();
    let mut known: HashMap<(usize, usize), usize> = HashMap::new();
    for location in &finding.locations {
        let at = *known
            .entry((location.input, location.entry))
            .or_insert(calls.len());
        match calls.get_mut(at) {
            Some(parts) if parts.contains(&location) => {}
            Some(parts) => parts.push(location),
            None => calls.push(vec![location]),
        }
    }
    let mut all: Vec<Seen<'_>> = Vec::new();
    let mut known = HashMap::new();
    for (at, parts) in calls.into_iter().enumerate() {
        let first = parts[0];
        let call = report.call_at(first.input, first.entry);
        let shape: Vec<_> = parts.iter().map(|at| (at.part, &at.pointer)).collect();
        // What is no call is never the same as another.
        let kind = call.map_or(Err(at), |call| {
            Ok((call.operation, place::status(call, &report.known)))
        });
        match known.entry((kind, shape)) {
            Entry::Occupied(same) => {
                let same: &mut Seen<'_> = &mut all[*same.get()];
                same.also.extend(call.map(|call| call.number));
            }
            Entry::Vacant(place) => {
                place.insert(all.len());
                let also = Vec::new();
                all.push(Seen { first, parts, also });
            }
        }
    }
    all
}

/// `the same in 15 more calls: 3, 5\u{2013}18`
fn same_calls(numbers: &[usize]) -> String {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    let runs = sorted.chunk_by(|one, next| one + 1 == *next);
    let runs = runs.map(|run| match run {
        [first, .., last] => format!("{first}\u{2013}{last}"),
        _ => run.iter().map(usize::to_string).collect(),
    });
    let calls = if numbers.len() == 1 { "call" } else { "calls" };
    let runs: Vec<String> = runs.take(PLACES).collect();
    format!(
        "the same in {} more {calls}: {}",
        numbers.len(),
        runs.join(", ")
    )
}

/// The calls that a fault links to.
pub(super) fn linked<'a>(report: &'a Report, block: &Block<'a>) -> Vec<&'a EndpointCall> {
    let seen = seen(report, block.first());
    let seen = seen.iter().take(PLACES).map(|one| one.first);
    let seen = seen.filter_map(|at| report.call_at(at.input, at.entry));
    let findings = block.findings.iter().take(CONNECTIONS);
    let own = findings.filter_map(|finding| Facts::of(report, finding).call);
    seen.chain(own.filter(|_| block.findings.len() > 1))
        .collect()
}

/// The call by name, linked to its place in the timeline if it is shown there.
fn place_link(report: &Report, location: &Location) -> Markup {
    let Some(call) = report.call_at(location.input, location.entry) else {
        return html! { (line(&report.input_name(location.input))) };
    };
    let text = format!(
        "{}: {} ({}) \u{2192} {}",
        place::place_name(call),
        place::method(call),
        view::act(call.operation).to_lowercase(),
        place::status(call, &report.known)
    );
    html! { a href={ "#call-" (call.number) } { (line(&text)) } }
}

/// The lines of JSON around the place, or what stands there.
fn evidence(report: &Report, finding: &Finding) -> Markup {
    let lines = finding
        .locations
        .first()
        .map(|first| place::excerpt(report, first, false))
        .unwrap_or_default();
    let long = lines
        .iter()
        .any(|line| line.telling && line.text.len() > LINE);
    if lines.is_empty() || long {
        return html! {
            @if !finding.evidence.is_empty() {
                h4 { "Evidence" }
                pre class="wrap evidence" tabindex="0" { (sanitize::block(&finding.evidence)) }
            }
        };
    }
    html! {
        h4 { "Evidence" }
        pre class="evidence" tabindex="0" {
            @for shown in &lines {
                @let (blank, told) = shown.text.split_at(shown.text.len() - shown.text.trim_start().len());
                (blank) @if shown.telling { mark { (line(told)) } } @else { (line(told)) } "\n"
            }
        }
    }
}

fn fix(fix: &Fix) -> Markup {
    let grade = match fix.applicability {
        Applicability::Safe => "safe: it only takes back what broke the call",
        Applicability::Unsafe => "it changes what the connection is, so somebody has to agree",
        Applicability::DisplayOnly => "it needs a value that is not in the trace",
    };
    html! {
        p class="fix" {
            strong { "Fix:" } " " (inline(&fix.summary, false)) " " span class="soft" { "(" (grade) ")" }
        }
    }
}

fn commands(report: &Report, finding: &Finding, at: usize) -> Markup {
    html! {
        @if !finding.commands.is_empty() {
            details class="commands" {
                summary { "Commands" }
                @for (index, command) in finding.commands.iter().enumerate() {
                    @let shell = if &*command.shell == "any" { "any shell" } else { &*command.shell };
                    p class="purpose" { (inline(&command.purpose, false)) " " span class="soft" { (line(shell)) } }
                    (copyable(&format!("copy-{}-{index}", at + 1), "this command", &report.without_folders(&command.text)))
                }
            }
        }
    }
}

/// Where the facts come from; addresses as links that are followed only when clicked.
fn sources(finding: &Finding) -> Markup {
    html! {
        @if !finding.sources.is_empty() {
            details class="sources" {
                summary { "Sources" }
                ul {
                    @for text in &finding.sources {
                        li {
                            @if let Some(source) = prose::source(text) {
                                a href=(line(source.link)) rel="noopener noreferrer" { (line(source.title)) }
                                (line(source.rest)) " "
                                span class="print-only" { (line(source.link)) }
                            } @else {
                                (inline(text, false))
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The findings at a call, as links: what came back, in words.
pub(super) fn links_at(page: &Page<'_>, input: usize, entry: usize) -> Markup {
    let here = |block: &&Block<'_>| {
        let mut places = block.findings.iter().flat_map(|finding| &finding.locations);
        places.any(|place| place.input == input && place.entry == entry)
    };
    html! {
        @for block in page.blocks.iter().filter(here) {
            a class="to-finding" href={ "#finding-" (block.at + 1) } { (inline(&block.first().title, false)) }
        }
    }
}
