//! Stories that were written down with their truth before they were played, on every axis that a
//! recording of somebody's work on a service connection has. What they say is in the `.txt` files.

mod language;
mod properties;

use std::sync::LazyLock;

use language::{Story, Truth};
use mendpoint::correct::{Choice, Refusal, Terms, correct};
use mendpoint::judge::Analyzer;
use mendpoint::render::{Format, Manner, Style};
use mendpoint::report::Report;
use mendpoint::rules::engine::Catalogue;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::built_in);
static ANALYZER: LazyLock<Analyzer<'static>> = LazyLock::new(|| Analyzer::new(&CATALOGUE));

const BOOKS: &[&str] = &[
    include_str!("refusals.txt"),
    include_str!("history.txt"),
    include_str!("bodies.txt"),
    include_str!("noise.txt"),
    include_str!("odd.txt"),
    include_str!("twins.txt"),
    include_str!("fresh.txt"),
];

fn stories() -> Vec<Story> {
    BOOKS.iter().flat_map(|book| language::read(book)).collect()
}

fn written(report: &Report, format: Format) -> String {
    let manner = Manner {
        style: Style {
            width: 100_000,
            ..Style::default()
        },
        ..Manner::default()
    };
    mendpoint::render(report, &ANALYZER, format, manner).expect("a report can be written")
}

/// The number of the call that is corrected, or why none is.
fn patched(report: &Report) -> String {
    let terms = Terms {
        choice: Choice::Last,
        unsafe_fixes: false,
        values: &[],
    };
    match correct(report, &ANALYZER, &terms) {
        Ok(correction) => correction.call.map_or(0, |call| call.number).to_string(),
        Err(Refusal::Ambiguous(_)) => "many".to_owned(),
        Err(Refusal::NoFault) => "none".to_owned(),
        Err(_) => "nobody".to_owned(),
    }
}

/// What of `truth` does not hold of `report`.
fn wrong(truth: &Truth, report: &Report) -> Vec<String> {
    let mut wrong = Vec::new();
    let verdict = match report.verdict().name() {
        "nothing-relevant" => "nothing",
        other => other,
    };
    let findings = report.findings.iter();
    let errors: Vec<&str> = findings
        .filter(|finding| finding.severity.name() == "error")
        .map(|finding| finding.rule.as_str())
        .collect();
    if verdict != truth.verdict {
        wrong.push(format!("{verdict}, not {}", truth.verdict));
    }
    if let Some(leading) = &truth.leading
        && errors.first() != Some(&leading.as_str())
    {
        wrong.push(format!("{leading} does not lead"));
    }
    for rule in &truth.errors {
        if !errors.contains(&rule.as_str()) {
            wrong.push(format!("no error {rule}"));
        }
    }
    for rule in &truth.no_errors {
        if errors.contains(&rule.as_str()) {
            wrong.push(format!("{rule} is an error"));
        }
    }
    if truth.count.is_some_and(|count| count != errors.len()) {
        wrong.push(format!("{} errors", errors.len()));
    }
    let shown = written(report, Format::Text);
    for word in &truth.shown {
        if !shown.contains(word.as_str()) {
            wrong.push(format!("{word} is not shown"));
        }
    }
    if let Some(patch) = &truth.patch {
        let found = patched(report);
        if found != *patch {
            wrong.push(format!("patch gives {found}, not {patch}"));
        }
    }
    if !wrong.is_empty() {
        wrong.push(format!("errors {errors:?}"));
    }
    wrong
}

#[test]
fn every_story_ends_as_it_is_written() {
    let stories = stories();
    let failed: Vec<String> = stories
        .iter()
        .filter_map(|story| {
            let wrong = wrong(&story.truth, &ANALYZER.judge(story.files()));
            (!wrong.is_empty()).then(|| format!("{}: {}", story.name, wrong.join("; ")))
        })
        .collect();
    assert!(
        failed.is_empty(),
        "{} of {} stories:\n{}",
        stories.len() - failed.len(),
        stories.len(),
        failed.join("\n")
    );
}
