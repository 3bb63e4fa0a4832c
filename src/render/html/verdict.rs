//! What the reader came for, and what was read.

use maud::{Markup, html};

use crate::render::view::{self, Block, Facts};
use crate::render::{endings, headline};
use crate::report::command::Invocation;
use crate::report::finding::Severity;
use crate::report::{Report, Verdict};
use crate::rules::engine::pasted_text::may_tell;
use crate::text::readable::clip;
use crate::text::sanitize;

use super::markup::{copyable, inline, line};
use super::{Page, severity};

/// Most headlines, inputs and lines of a list.
const HEADLINES: usize = 12;
const INPUTS: usize = 50;
const LINES: usize = 8;

pub(super) fn header(page: &Page<'_>) -> Markup {
    let inputs = &page.report.inputs;
    html! {
        header {
            p class="brand" { "mendpoint" }
            p class="of" {
                @match inputs.as_slice() {
                    [] => {},
                    [_] => { "Report on " span class="path" { (line(&page.report.input_name(0))) } },
                    several => { "Report on " (several.len()) " inputs" },
                }
            }
        }
    }
}

pub(super) fn section(page: &Page<'_>) -> Markup {
    let report = page.report;
    let (word, class) = match report.verdict() {
        Verdict::Fault => ("Fault found", "error"),
        Verdict::Inconclusive => ("Inconclusive", "warning"),
        Verdict::Clean => ("Clean", "ok"),
        Verdict::NothingRelevant => ("Nothing relevant", "warning"),
        Verdict::Unreadable => ("Unreadable", "error"),
    };
    let first = page
        .blocks
        .first()
        .filter(|_| report.verdict() == Verdict::Fault);
    html! {
        section id="verdict" class={ "verdict " (class) } aria-labelledby="headline" {
            p class="word" { (word) }
            h1 id="headline" { (inline(&headline::of(report), false)) (line(&endings::place(report))) }
            @if let Some(block) = first {
                (lead(report, block))
            }
            (numbers(page))
            (headlines(page))
            @if let Some(block) = first {
                (now(page, block))
            }
            (open_questions(report))
        }
    }
}

/// The connection and the service's own words.
fn lead(report: &Report, block: &Block<'_>) -> Markup {
    let facts = Facts::of(report, block.first());
    html! {
        p class="lead" {
            (subjects(report, block))
            // The time is that of one call.
            @if let Some(call) = facts.call.filter(|_| block.findings.len() == 1) {
                @if let Some(time) = view::time_of(&call.exchange) {
                    " " span class="soft" { (time) }
                }
            }
            @if let Some(one) = facts.elsewhere { (line(&view::elsewhere_line(one, true))) }
        }
        @if let Some(said) = facts.said {
            blockquote class="words" { (line(said)) }
        }
        @if let Some(caution) = facts.caution {
            p class="caution" { (line(&caution)) }
        }
    }
}

/// The names of the connections of a block.
pub(super) fn subjects(report: &Report, block: &Block<'_>) -> Markup {
    let mut known = Vec::new();
    for finding in &block.findings {
        let subject = Facts::of(report, finding).subject;
        known.extend(subject.filter(|subject| !known.contains(subject)));
    }
    html! {
        @for (at, subject) in known.iter().take(LINES).enumerate() {
            @if at > 0 { ", " }
            strong { (line(&subject.name)) }
            @if !subject.what.is_empty() {
                " " span class="soft" { "(" (line(&subject.what)) ")" }
            }
        }
        @if known.len() > LINES { " and " (known.len() - LINES) " more" }
    }
}

/// The numbers, each a switch that leaves only its findings.
fn numbers(page: &Page<'_>) -> Markup {
    let count = |level: Severity| {
        let blocks = page.blocks.iter();
        blocks
            .filter(|block| block.first().severity == level)
            .count()
    };
    let counts =
        [Severity::Error, Severity::Warning, Severity::Note].map(|level| (level, count(level)));
    html! {
        @if counts.iter().any(|(_, count)| *count > 0) {
            div class="numbers" role="group" aria-label="Findings shown below" {
                @for (level, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
                    @let (word, class) = severity(level);
                    button type="button" class={ "badge " (class) } data-filter=(class) aria-pressed="false" {
                        (count) " " (word.to_lowercase()) @if count != 1 { "s" }
                    }
                }
            }
        }
    }
}

/// Every finding by its headline, where there are several.
fn headlines(page: &Page<'_>) -> Markup {
    let told: Vec<&Block<'_>> = page
        .blocks
        .iter()
        .filter(|block| block.first().severity > Severity::Note)
        .collect();
    html! {
        @if told.len() > 1 {
            ul class="headlines" {
                @for block in told.iter().take(HEADLINES) {
                    @let (_, class) = severity(block.first().severity);
                    li class=(class) {
                        a href={ "#finding-" (block.at + 1) } { (inline(&block.first().title, false)) }
                        " " (subjects(page.report, block))
                    }
                }
                @if told.len() > HEADLINES {
                    li { a href="#findings" { "and " (told.len() - HEADLINES) " more" } }
                }
            }
        }
    }
}

fn now(page: &Page<'_>, block: &Block<'_>) -> Markup {
    let finding = block.first();
    let facts = Facts::of(page.report, finding);
    let corrected = page.corrections.count() > 0 && view::is_sendable(page.report, finding);
    let step = facts.step();
    html! {
        @if corrected || !step.is_empty() {
            div class="now" {
                h2 { "What to do now" }
                @if corrected {
                    p {
                        @if page.corrections.count() == 1 {
                            "Send the " a href="#corrected" { "corrected request" } ": it stands below, "
                        } @else {
                            "Send the " a href="#corrected" { "corrected requests" } ", one for each connection: they stand below, "
                        }
                        @if page.corrections.are_whole(page.report) {
                            "ready to copy for PowerShell, cmd.exe, a Unix shell, the Azure CLI and editors."
                        } @else {
                            "as the command that writes it, for it is not part of this page."
                        }
                    }
                } @else {
                    p { (inline(&page.report.without_folders(step), false)) }
                }
                @if let Some(who) = view::who(finding) {
                    p class="who" { "Needs: " (line(&who)) "." }
                }
                details {
                    summary { "With mendpoint installed" }
                    (copyable("copy-next", "the next command", &view::next(page.report, &Invocation::of_others(), view::Told::HandedOver)))
                }
            }
        }
    }
}

/// What is missing for a verdict.
fn open_questions(report: &Report) -> Markup {
    let lines = view::lacks(report);
    html! {
        @if !lines.is_empty() {
            div class="open" {
                h2 { "What the recording lacks" }
                ul {
                    @for text in lines.iter().take(LINES) {
                        li { (line(text)) }
                    }
                    @if lines.len() > LINES { li { "and " (lines.len() - LINES) " more" } }
                }
                @if report.verdict() == Verdict::Inconclusive {
                    p { "How to record it with everything in it: " code { "mendpoint explain recording" } ", or docs/recording.md." }
                }
            }
        }
    }
}

/// The inputs, who wrote them and what could not be read.
pub(super) fn inputs(page: &Page<'_>) -> Markup {
    let count = page.report.inputs.len();
    html! {
        section id="inputs" aria-labelledby="inputs-title" {
            h2 id="inputs-title" { "What was read" }
            ul class="inputs" {
                @for at in 0..count.min(INPUTS) { (input(page.report, at)) }
                @if count > INPUTS { li { "and " (count - INPUTS) " more" } }
            }
        }
    }
}

fn input(report: &Report, at: usize) -> Markup {
    let input = &report.inputs[at];
    let calls = report.calls.iter().filter(|call| call.input == at).count();
    let counted = !input.container.is_document();
    html! {
        li {
            span class="path" { (line(&report.input_name(at))) } " "
            span class="soft" {
                @if let Some(kind) = input.container.name() { (kind) }
                @if let Some(creator) = &input.creator { ", written by " (line(creator)) }
                @if counted && input.reason.is_none() {
                    ", " (input.exchanges) (if input.exchanges == 1 { " exchange, " } else { " exchanges, " }) (calls) " about service connections"
                }
                @if let Some(reason) = &input.reason { ": " (line(reason)) }
            }
            @if !input.notes.is_empty() {
                ul class="notes" {
                    @for note in &input.notes { li { (line(&note.message)) } }
                }
            }
            @if let Some(text) = &input.text { (given(report, text)) }
        }
    }
}

/// The lines of a text that tell of a failure or a pipeline. What stands between them is nobody's business.
fn telling(text: &str) -> String {
    let mut out = String::new();
    let mut skipped = false;
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let tells = may_tell(line);
        if tells {
            out.push_str(line);
            out.push('\n');
        } else if !skipped {
            out.push_str("\u{2026}\n");
        }
        skipped = !tells;
    }
    out
}

/// A pasted text or payload, masked and folded away.
fn given(report: &Report, text: &str) -> Markup {
    let masked = report.known.mask_body(text);
    let is_text = crate::json::parse(text).is_err();
    let masked = if is_text {
        telling(&masked).into()
    } else {
        masked
    };
    let short = clip(&masked, 4000);
    html! {
        details {
            summary { @if is_text { "What the text tells" } @else { "The payload as given" } }
            pre class="wrap" tabindex="0" {
                (sanitize::block(short)) @if short.len() < masked.len() { "\u{2026}" }
            }
        }
    }
}
