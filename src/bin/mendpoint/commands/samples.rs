//! The samples of rule files, judged.

use std::io::Cursor;

use mendpoint::ingest::{self, Options, Source};
use mendpoint::judge::Analyzer;
use mendpoint::report::Report;
use mendpoint::rules::engine::Catalogue;
use mendpoint::text::trace_path::STANDARD_INPUT;

use crate::output::Failure;

/// Judges the sample `text` by `catalogue`.
pub(super) fn judge(text: &str, catalogue: &Catalogue) -> Result<Report, Failure> {
    let traces = ingest::read(
        // No command can name it.
        STANDARD_INPUT,
        Source::File(&mut Cursor::new(text.as_bytes())),
        &Options::default(),
    )?;
    let analyzer = Analyzer::new(catalogue);
    Ok(analyzer.judge(traces))
}

/// What is wrong with the samples of a user's rule file.
pub(super) fn problems(path: &str, text: &str) -> Vec<String> {
    let mut alone = Catalogue::default();
    if let Err(fault) = alone.add(path, text) {
        return vec![fault.reason];
    }
    let Some(rule) = alone.iter().next() else {
        return Vec::new();
    };
    let mut problems = Vec::new();
    if !rule.samples().iter().any(|sample| sample.fires) {
        problems.push("no ```fires sample shows the rule at work".to_owned());
    }
    for (at, sample) in rule.samples().iter().enumerate() {
        match judge(&sample.text, &alone) {
            Ok(report) if report.findings.is_empty() == sample.fires => {
                let word = if sample.fires {
                    "does not fire on its fires sample"
                } else {
                    "fires on its quiet sample"
                };
                problems.push(format!("the rule {word} (sample {})", at + 1));
            }
            Ok(_) => {}
            Err(_) => problems.push(format!("sample {} cannot be read", at + 1)),
        }
    }
    problems
}
