//! Texts as people paste them, against all rules at once.
//!
//! `tests/real_texts/expected-*.tsv` names the rules that each text should give; `none` stands for a text
//! that should give nothing. What a table names was written down before the rules were run on it, but for
//! `expected-z.tsv`: that one holds what was right when it was made, so that none of it is lost, and
//! says nothing of how many texts are recognised.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use mendpoint::ingest::{self, Options, Source};
use mendpoint::judge::Analyzer;
use mendpoint::report::finding::Severity;
use mendpoint::rules::engine::Catalogue;

/// A text and the rules it should give.
struct Case {
    file: String,
    text: String,
    wanted: Vec<String>,
    /// Whether it was recognised when its table was made.
    held: bool,
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/real_texts");
    let mut tables: Vec<PathBuf> = fs::read_dir(&folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "tsv"))
        .collect();
    tables.sort();
    let mut cases = Vec::new();
    for table in tables {
        let held = table.ends_with("expected-z.tsv");
        for line in fs::read_to_string(table).expect("a table is text").lines() {
            let Some((file, wanted)) = line.split_once('\t') else {
                continue;
            };
            let wanted = wanted
                .split([' ', ','])
                .filter(|id| !id.is_empty() && *id != "none");
            cases.push(Case {
                file: file.to_owned(),
                text: fs::read_to_string(folder.join(file)).expect("the text is there"),
                wanted: wanted.map(str::to_owned).collect(),
                held,
            });
        }
    }
    cases
}

/// The rules that fire, and how bad they find it.
fn found(analyzer: &Analyzer<'_>, text: &str) -> Vec<(String, Severity)> {
    let mut bytes = Cursor::new(text.as_bytes());
    let traces = ingest::read("text", Source::File(&mut bytes), &Options::default())
        .unwrap_or_else(|error| panic!("{error}: {text}"));
    traces
        .into_iter()
        .flat_map(|trace| analyzer.analyze(trace).findings)
        .map(|finding| (finding.rule, finding.severity))
        .collect()
}

#[test]
fn real_texts_are_recognised_and_others_left_alone() {
    let catalogue = Catalogue::built_in();
    let analyzer = Analyzer::new(&catalogue);
    let (mut telling, mut recalled) = (0, 0);
    let mut differences = Vec::new();
    let mut lost = Vec::new();
    let mut false_errors = Vec::new();
    for case in cases() {
        let found = found(&analyzer, &case.text);
        let is_found = |id: &String| found.iter().any(|(rule, _)| rule == id);
        if case.wanted.is_empty() {
            let errors = found
                .iter()
                .filter(|(_, severity)| *severity == Severity::Error);
            false_errors.extend(errors.map(|(rule, _)| format!("{}: {rule}", case.file)));
            continue;
        }
        let right = case.wanted.iter().all(is_found);
        telling += usize::from(!case.held);
        recalled += usize::from(right && !case.held);
        if !right {
            let difference = format!("{}: wanted {:?}, found {found:?}", case.file, case.wanted);
            if case.held {
                lost.push(difference);
            } else {
                differences.push(difference);
            }
        }
    }
    let differences = differences.join("\n");
    assert!(telling >= 20, "only {telling} texts");
    assert!(
        recalled * 100 >= telling * 95,
        "{recalled} of {telling} recognised\n{differences}"
    );
    assert!(
        lost.is_empty(),
        "no longer recognised:\n{}",
        lost.join("\n")
    );
    assert!(
        false_errors.is_empty(),
        "errors where none should be:\n{}",
        false_errors.join("\n")
    );
}
