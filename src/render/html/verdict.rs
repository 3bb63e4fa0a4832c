//! What the reader came for, and what was read.

use crate::ingest::{Container, IngestNote};
use crate::render::{headline, json, view};
use crate::report::finding::{Finding, Severity};
use crate::report::{Input, Report, Verdict};
use crate::text::readable::clip;

use super::markup::{block, copyable, esc, inline};
use super::severity;

pub(super) fn header(report: &Report) -> String {
    let names: Vec<String> = report.inputs.iter().map(|input| esc(&input.path)).collect();
    let of = match names.as_slice() {
        [] => String::new(),
        [one] => format!("Report on <span class=\"path\">{one}</span>"),
        several => format!("Report on {} traces", several.len()),
    };
    format!("<header><p class=\"brand\">mendpoint</p><p class=\"of\">{of}</p></header>\n")
}

pub(super) fn section(report: &Report, corrected: bool) -> String {
    let (word, class) = match report.verdict() {
        Verdict::Fault => ("Fault found", "error"),
        Verdict::Inconclusive => ("Inconclusive", "warning"),
        Verdict::Clean => ("Clean", "ok"),
        Verdict::NothingRelevant => ("Nothing relevant", "warning"),
        Verdict::Unreadable => ("Unreadable", "warning"),
    };
    let cause = report
        .findings
        .first()
        .filter(|_| report.verdict() == Verdict::Fault);
    format!(
        "<section id=\"verdict\" class=\"verdict {class}\" aria-labelledby=\"headline\">\n<p class=\"word\">{word}{}</p>\n<h1 id=\"headline\">{}</h1>\n{}{}{}{}</section>\n",
        counts(report),
        inline(&headline::of(report)),
        cause.map_or(String::new(), lead),
        cause.map_or(String::new(), |finding| now(finding, corrected)),
        open_questions(report),
        command(report),
    )
}

fn counts(report: &Report) -> String {
    let count = |level: Severity| {
        let count = report.count(level);
        let (word, class) = severity(level);
        let plural = if count == 1 { "" } else { "s" };
        (count > 0).then(|| {
            format!(
                " <span class=\"badge {class}\">{count} {}{plural}</span>",
                word.to_lowercase()
            )
        })
    };
    [Severity::Error, Severity::Warning, Severity::Note]
        .into_iter()
        .filter_map(count)
        .collect()
}

fn lead(finding: &Finding) -> String {
    let first = finding.message.split("\n\n").next().unwrap_or_default();
    format!("<p class=\"lead\">{}</p>\n", inline(first))
}

fn now(finding: &Finding, corrected: bool) -> String {
    let step = finding.remedy.first().map_or("", String::as_str);
    if step.is_empty() {
        return String::new();
    }
    let who = finding.who.as_deref().map_or(String::new(), |who| {
        format!(" <span class=\"who\">Needs: {}.</span>", esc(who))
    });
    let body = if corrected {
        " <a href=\"#corrected\">The corrected request is below.</a>"
    } else {
        ""
    };
    format!(
        "<div class=\"now\"><h2>What to do now</h2><p>{}{who}{body}</p></div>\n",
        inline(step)
    )
}

/// What no rule explains and what is missing for a verdict.
fn open_questions(report: &Report) -> String {
    let list = |lines: &[String], title: &str| {
        if lines.is_empty() {
            return String::new();
        }
        let item = |line: &String| format!("<li>{}</li>", esc(line));
        let items: String = lines.iter().take(8).map(item).collect();
        let more = match lines.len().saturating_sub(8) {
            0 => String::new(),
            rest => format!("<li>and {rest} more</li>"),
        };
        format!("<div class=\"open\"><h2>{title}</h2><ul>{items}{more}</ul></div>\n")
    };
    let unreadable: Vec<String> = report
        .unreadable_inputs()
        .map(|(_, reason)| reason.to_owned())
        .collect();
    list(&unreadable, "Could not be read") + &list(&report.missing, "Missing from the trace")
}

fn command(report: &Report) -> String {
    format!(
        "<div class=\"next\"><h2>Next command</h2>{}</div>\n",
        copyable("copy-next", "the next command", &view::next(report))
    )
}

/// The traces, who wrote them and what could not be read.
pub(super) fn inputs(report: &Report) -> String {
    const SHOWN: usize = 50;
    let shown = report.inputs.iter().take(SHOWN).enumerate();
    let mut items: String = shown.map(|(at, one)| input(report, at, one)).collect();
    if report.inputs.len() > SHOWN {
        items.push_str(&format!(
            "<li>and {} more</li>",
            report.inputs.len() - SHOWN
        ));
    }
    format!(
        "<section id=\"inputs\" aria-labelledby=\"inputs-title\"><h2 id=\"inputs-title\">What was read</h2><ul class=\"inputs\">{items}</ul></section>\n"
    )
}

fn input(report: &Report, at: usize, input: &Input) -> String {
    let calls = report.calls.iter().filter(|call| call.input == at).count();
    let creator = input.creator.as_deref().map_or(String::new(), |creator| {
        format!(", written by {}", esc(creator))
    });
    let size = match input.container {
        container if container.is_document() || container == Container::Unknown => String::new(),
        _ => format!(
            ", {} exchanges, {calls} about service endpoints",
            input.exchanges
        ),
    };
    let note = |note: &IngestNote| format!("<li>{}</li>", esc(&note.message));
    let notes: String = input.notes.iter().map(note).collect();
    let notes = if notes.is_empty() {
        notes
    } else {
        format!("<ul class=\"notes\">{notes}</ul>")
    };
    format!(
        "<li><span class=\"path\">{}</span> <span class=\"soft\">{}{creator}{size}</span>{notes}{}</li>\n",
        esc(&input.path),
        json::container(input.container).unwrap_or("unreadable"),
        input
            .text
            .as_deref()
            .map_or(String::new(), |text| given(report, text)),
    )
}

/// A pasted text or payload, masked and folded away.
fn given(report: &Report, text: &str) -> String {
    let masked = report.known.mask_body(text);
    let short = clip(&masked, 4000);
    let cut = if short.len() < masked.len() {
        "\u{2026}"
    } else {
        ""
    };
    format!(
        "<details><summary>The text as given</summary><pre class=\"wrap\" tabindex=\"0\">{}{cut}</pre></details>",
        block(short)
    )
}
