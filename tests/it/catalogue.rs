//! Every built-in rule, alone, against its own samples.

use std::io::Cursor;
use std::sync::LazyLock;

use mendpoint::ingest::{self, Options, Source};
use mendpoint::judge::Analyzer;
use mendpoint::report::Report;
use mendpoint::report::finding::Part;
use mendpoint::rules::engine::{Catalogue, Sample};
use mendpoint::rules::families;

/// What `catalogue` makes of a sample.
fn judge(analyzer: &Analyzer<'_>, sample: &Sample) -> Report {
    let mut bytes = Cursor::new(sample.text.as_bytes());
    let traces = ingest::read("sample", Source::File(&mut bytes), &Options::default())
        .unwrap_or_else(|error| panic!("the sample cannot be read: {error}\n{}", sample.text));
    analyzer.judge(traces)
}

/// A sample of a rule, judged by that rule alone.
struct Judged {
    rule: String,
    /// Its place among the samples of the rule, counted from 1.
    number: usize,
    sample: Sample,
    report: Report,
}

/// Every sample of every rule.
static SAMPLES: LazyLock<Vec<Judged>> = LazyLock::new(|| {
    let judged = Catalogue::shared().iter().flat_map(|rule| {
        let alone = Catalogue::shared().only(&rule.id);
        let analyzer = Analyzer::new(&alone);
        let samples = rule.samples().into_iter().enumerate();
        let judged = samples.map(|(at, sample)| Judged {
            rule: rule.id.clone(),
            number: at + 1,
            report: judge(&analyzer, &sample),
            sample,
        });
        judged.collect::<Vec<_>>()
    });
    judged.collect()
});

#[test]
fn every_rule_fires_on_its_samples_and_is_quiet_on_its_traps() {
    let mut failures = Vec::new();
    for Judged {
        rule,
        number,
        sample,
        report,
    } in SAMPLES.iter()
    {
        let fired = report.findings.iter().any(|finding| finding.rule == *rule);
        if fired != sample.fires {
            let word = if sample.fires {
                "is quiet on a sample that should fire"
            } else {
                "fires on a trap"
            };
            failures.push(format!("{rule} {word} (sample {number}):\n{}", sample.text));
        }
    }
    assert!(
        failures.is_empty(),
        "{} samples\n\n{}",
        failures.len(),
        failures.join("\n---\n")
    );
}

#[test]
fn a_fault_and_the_answer_that_names_it_are_one_finding() {
    let mut twice = Vec::new();
    for judged in SAMPLES.iter() {
        let first = |part| {
            let mut findings = judged
                .report
                .findings
                .iter()
                .filter_map(|finding| finding.locations.first());
            findings.any(|location| location.part == part)
        };
        if first(Part::RequestBody) && first(Part::ResponseBody) {
            twice.push(format!("{} (sample {})", judged.rule, judged.number));
        }
    }
    assert!(twice.is_empty(), "told twice: {}", twice.join(", "));
}

#[test]
fn every_rule_has_samples_and_something_that_decides() {
    let catalogue = Catalogue::built_in();
    let mut lacking = Vec::new();
    for rule in catalogue.iter() {
        for (what, missing) in [
            (
                "a fires sample",
                !rule.samples().iter().any(|sample| sample.fires),
            ),
            (
                "a quiet sample",
                !rule.samples().iter().any(|sample| !sample.fires),
            ),
            (
                "[match] or a check",
                rule.matching.is_none() && !families::is_checked(&rule.id),
            ),
            ("a source", rule.sources.is_empty()),
        ] {
            if missing {
                lacking.push(format!("{} lacks {what}", rule.id));
            }
        }
    }
    assert!(lacking.is_empty(), "{}", lacking.join("\n"));
}

#[test]
fn ids_are_unique_and_name_their_files() {
    let catalogue = Catalogue::built_in();
    let mut ids: Vec<&str> = catalogue.iter().map(|rule| rule.id.as_str()).collect();
    ids.sort_unstable();
    let before = ids.len();
    ids.dedup();
    assert_eq!(before, ids.len());
    for rule in catalogue.iter() {
        let file = format!(
            "{}/src/rules/families/{}/{}.md",
            env!("CARGO_MANIFEST_DIR"),
            rule.family,
            rule.id
        );
        assert!(std::path::Path::new(&file).is_file(), "{file} is missing");
        for other in &rule.yields_to {
            let id = other.split('#').next().unwrap_or_default();
            assert!(
                catalogue.get(id).is_some(),
                "{} yields to {other}, which does not exist",
                rule.id
            );
        }
    }
}

#[test]
fn no_rule_speaks_on_a_payload_that_works() {
    let analyzer = Analyzer::default();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/known-good");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let text = std::fs::read_to_string(&path).unwrap();
            let report = judge(&analyzer, &Sample { fires: false, text });
            let rules: Vec<&str> = report
                .findings
                .iter()
                .map(|finding| finding.rule.as_str())
                .collect();
            assert!(rules.is_empty(), "{}: {rules:?}", path.display());
            count += 1;
        }
    }
    assert!(count >= 14, "{count} payloads");
}
