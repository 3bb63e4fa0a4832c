//! A rule that is a table of cases tells each of them apart.

use std::io::Cursor;

use mendpoint::ingest::{self, Options, Source};
use mendpoint::judge::Analyzer;
use mendpoint::report::Report;
use mendpoint::report::finding::Severity;
use mendpoint::rules::engine::{Catalogue, Rule};

fn judged(text: &str, analyzer: &Analyzer<'_>) -> Report {
    let mut bytes = Cursor::new(text.as_bytes());
    let traces = ingest::read("text", Source::File(&mut bytes), &Options::default());
    let mut traces = traces.expect("a text can be read");
    analyzer.analyze(traces.remove(0))
}

fn tables(catalogue: &Catalogue) -> Vec<&Rule> {
    let with_cases = |rule: &&Rule| {
        let matching = rule.matching.as_ref();
        matching.is_some_and(|matching| !matching.cases.is_empty())
    };
    catalogue.iter().filter(with_cases).collect()
}

#[test]
fn every_code_of_a_table_is_found_by_explain_and_told_by_its_own_fault() {
    let catalogue = Catalogue::built_in();
    let analyzer = Analyzer::new(&catalogue);
    let mut wrong = Vec::new();
    for rule in tables(&catalogue) {
        for case in rule.matching.iter().flat_map(|matching| &matching.cases) {
            for code in &case.codes {
                if !catalogue
                    .search(code)
                    .iter()
                    .any(|found| found.id == rule.id)
                {
                    wrong.push(format!("explain {code} does not find {}", rule.id));
                }
                let asked = rule.cases_asked(code);
                if !asked.iter().any(|found| found.fault == case.fault) {
                    wrong.push(format!("explain {code} shows another case of {}", rule.id));
                }
                let text = format!("##[error]{code}: it was refused (service connection shop)");
                let report = judged(&text, &analyzer);
                let told = |title: &str| title.ends_with(&format!(": {}", case.fault));
                if !report.findings.iter().any(|finding| told(&finding.title)) {
                    let found: Vec<_> = report.findings.iter().map(|one| &one.title).collect();
                    wrong.push(format!("{code} of {} is told as {found:?}", rule.id));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_other_rule_knows_a_code_of_a_table() {
    let catalogue = Catalogue::built_in();
    let mut wrong = Vec::new();
    for rule in tables(&catalogue) {
        for case in rule.matching.iter().flat_map(|matching| &matching.cases) {
            for code in &case.codes {
                let mut others = catalogue.iter().filter(|other| other.id != rule.id);
                let twin = others.find(|other| other.knows_code(code));
                wrong.extend(twin.map(|twin| format!("{code}: {} and {}", rule.id, twin.id)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_no_sentence_is_known_for_is_found_by_its_meaning() {
    let catalogue = Catalogue::built_in();
    let analyzer = Analyzer::new(&catalogue);
    for (text, id) in [
        (
            "##[error]svn: E170001: Authentication failed for the subversion repository",
            "source-repository-refused",
        ),
        (
            "##[error]gradle: could not publish to nexus, status 403",
            "feed-credential-refused",
        ),
        (
            "##[error]octopus: the API key is not valid",
            "server-credential-refused",
        ),
    ] {
        let report = judged(text, &analyzer);
        assert!(
            report.findings.iter().any(|finding| finding.rule == id),
            "{text}: {:?}",
            report
                .findings
                .iter()
                .map(|one| &one.rule)
                .collect::<Vec<_>>()
        );
    }
    // Others are told the same: what does not say where it happened is no error.
    let elsewhere = judged("gradle: could not publish to nexus, status 403", &analyzer);
    let [finding] = &elsewhere.findings[..] else {
        panic!("{:?}", elsewhere.findings);
    };
    assert_eq!(finding.rule, "feed-credential-refused");
    assert_eq!(finding.severity, Severity::Warning);
    // People say much that no tool means.
    let prose = judged(
        "Nobody is authorized to publish to our nexus on Fridays.",
        &analyzer,
    );
    assert!(prose.findings.is_empty(), "{:?}", prose.findings);
}
