//! What a redacted trace still tells: the same findings at the same places.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use mendpoint::ingest::{self, Source};
use mendpoint::judge::Analyzer;
use mendpoint::redact::{Options, redact};
use mendpoint::report::Report;
use mendpoint::rules::engine::Catalogue;

/// How much of a trace is shown where its verdict changed.
const SHOWN: usize = 1500;

pub(crate) fn options(keep_ids: bool) -> Options<'static> {
    Options {
        salt: *b"salt of the test",
        keep_ids,
        ..Options::default()
    }
}

/// The copy of a trace; `None` where nothing in it belongs to a connection.
pub(crate) fn redacted(name: &str, bytes: &[u8], keep_ids: bool) -> Option<Vec<u8>> {
    let mut bytes = Cursor::new(bytes);
    let source = Source::File(&mut bytes);
    let redaction = redact(name, source, analyzer(), &options(keep_ids))
        .unwrap_or_else(|error| panic!("{name} cannot be redacted: {error}"));
    assert!(
        redaction.withheld.is_empty(),
        "{name} lost {:?}",
        redaction.withheld
    );
    redaction.copy.map(String::into_bytes)
}

/// The rules, prepared once: preparing them takes longer than most of these traces.
pub(crate) fn analyzer() -> &'static Analyzer<'static> {
    static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::built_in);
    static ANALYZER: LazyLock<Analyzer<'static>> = LazyLock::new(|| Analyzer::new(&CATALOGUE));
    &ANALYZER
}

/// The report on a trace; `None` if it is none.
pub(crate) fn judged(name: &str, bytes: &[u8]) -> Option<Report> {
    let mut bytes = Cursor::new(bytes);
    let source = Source::File(&mut bytes);
    let traces = ingest::read(name, source, &ingest::Options::default()).ok()?;
    Some(analyzer().judge(traces))
}

/// What counts of a report: rules, severities, places, and whether there is a fix.
pub(crate) fn essence(report: &Report) -> Vec<String> {
    let mut lines: Vec<String> = report
        .findings
        .iter()
        // That a trace holds secrets is the one finding that redaction is to end.
        .filter(|finding| finding.rule != "trace-contains-secrets")
        .map(|finding| {
            let fix = finding.fix.as_ref().map(|fix| fix.applicability.name());
            let places: Vec<String> = finding
                .locations
                .iter()
                .map(|at| {
                    format!(
                        "{}:{}:{}",
                        at.entry,
                        at.part.name(),
                        at.pointer.as_deref().unwrap_or("-")
                    )
                })
                .collect();
            format!(
                "{} {} {fix:?} {}",
                finding.rule,
                finding.severity.name(),
                places.join(" ")
            )
        })
        .collect();
    lines.extend(report.calls.iter().map(|call| {
        format!(
            "call {} {:?} {:?} {:?}",
            call.exchange.entry,
            call.operation.name(),
            call.status(),
            call.outcome
        )
    }));
    lines.push(format!("verdict {}", report.verdict().name()));
    lines.sort();
    lines
}

/// The copies of a trace, and for a recording the one with stubs and the copy of the first.
fn copies(name: &str, bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let mut copies = Vec::new();
    let Some(first) = redacted(name, bytes, false) else {
        return copies;
    };
    copies.extend(redacted(name, bytes, true).map(|copy| ("with its ids", copy)));
    if first.starts_with(b"{\"log\"") {
        let others = Options {
            with_others: true,
            ..options(false)
        };
        let source = &mut Cursor::new(bytes);
        let stubs = redact(name, Source::File(source), analyzer(), &others)
            .unwrap_or_else(|error| panic!("{name} cannot be redacted: {error}"));
        copies.extend(stubs.copy.map(|copy| ("with stubs", copy.into_bytes())));
        copies.extend(redacted(name, &first, false).map(|copy| ("of the copy", copy)));
    }
    copies.push(("plain", first));
    copies
}

/// Why the verdict on `bytes` differs from that on its copy.
pub(crate) fn difference(name: &str, bytes: &[u8]) -> Option<String> {
    let before = essence(&judged(name, bytes)?);
    copies(name, bytes).into_iter().find_map(|(kind, copy)| {
        let mut after = judged(name, &copy).map_or_else(Vec::new, |report| essence(&report));
        let mut before = before.clone();
        if kind == "of the copy" {
            // A note on how it was recorded: which ids of the first copy were masked before is not known.
            for lines in [&mut before, &mut after] {
                lines.retain(|line| !line.starts_with("trace-redacted"));
            }
        }
        (before != after).then(|| {
            let lost: Vec<_> = before.iter().filter(|line| !after.contains(line)).collect();
            let new: Vec<_> = after.iter().filter(|line| !before.contains(line)).collect();
            let [from, to] = [bytes, &copy].map(|text| {
                let text = String::from_utf8_lossy(text);
                text.chars().take(SHOWN).collect::<String>()
            });
            format!("{name} (copy {kind})\nlost {lost:#?}\nnew {new:#?}\n{from}\n=>\n{to}")
        })
    })
}

pub(crate) fn traces_in(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("it can be read") {
        let path = entry.expect("it can be read").path();
        if path.is_dir() {
            files.extend(traces_in(&path));
        } else if path.extension().is_some_and(|ending| ending != "md") {
            files.push(path);
        }
    }
    files.sort();
    files
}

pub(crate) fn assert_none(differences: &[String]) {
    assert!(
        differences.is_empty(),
        "{} verdicts changed\n\n{}",
        differences.len(),
        differences.join("\n----\n")
    );
}

#[test]
fn the_samples_get_the_same_verdict_after_redaction() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = traces_in(&root.join("samples"));
    assert!(files.len() > 10);
    let differences: Vec<String> = files
        .iter()
        .filter_map(|path| {
            let bytes = std::fs::read(path).unwrap();
            difference(&path.display().to_string(), &bytes)
        })
        .collect();
    assert_none(&differences);
}

#[test]
fn the_samples_of_the_rules_get_the_same_verdict_after_redaction() {
    let catalogue = Catalogue::built_in();
    let mut count = 0;
    let mut differences = Vec::new();
    for rule in catalogue.iter() {
        for (at, sample) in rule.samples().iter().enumerate() {
            count += 1;
            let name = format!("{} sample {}", rule.id, at + 1);
            differences.extend(difference(&name, sample.text.as_bytes()));
        }
    }
    assert!(count > 300, "only {count} samples");
    assert_none(&differences);
}

#[test]
fn real_texts_get_the_same_verdict_after_redaction() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/real_texts");
    let differences: Vec<String> = traces_in(&root)
        .iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "txt"))
        .filter_map(|path| {
            let bytes = std::fs::read(path).unwrap();
            difference(&path.display().to_string(), &bytes)
        })
        .collect();
    assert_none(&differences);
}

#[test]
fn the_same_salt_gives_the_same_copy_and_another_one_other_aliases() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(root.join("samples/recorded/chromium-accesstoken-null.har")).unwrap();
    let one = redacted("one", &bytes, false);
    assert!(one.is_some() && one == redacted("two", &bytes, false));
    let options = Options {
        salt: [1; 16],
        ..options(false)
    };
    let mut bytes = Cursor::new(&bytes);
    let other = redact("other", Source::File(&mut bytes), analyzer(), &options).unwrap();
    assert!(one != other.copy.map(String::into_bytes));
}

#[test]
fn a_redacted_trace_is_still_what_a_strict_reader_takes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut readable = BTreeSet::new();
    for path in traces_in(&root.join("samples/recorded")) {
        let bytes = std::fs::read(&path).unwrap();
        if har::from_slice(&bytes).is_ok() {
            let copy = redacted("copy", &bytes, false).unwrap();
            let strict = har::from_slice(&copy);
            assert!(strict.is_ok(), "{}: {:?}", path.display(), strict.err());
            readable.insert(path);
        }
    }
    assert!(readable.len() >= 3, "{readable:?}");
}

#[test]
fn times_stay_and_numbers_of_cards_and_streets_go() {
    let text = "AADSTS7000215: Invalid client secret provided. Trace ID: \
        5d3c7e19-84a2-4f60-b1d8-26e97c0a3f45 Timestamp: 2026-03-02 10:11:12Z\n\
        Rechnung an Gartenstra\u{df}e 86, Karte 4605 3008 3240 6210, Tel. 0049 89 284560\n";
    let copy = redacted("message.txt", text.as_bytes(), false).expect("it tells of a failure");
    let copy = String::from_utf8(copy).expect("a copy is text");
    assert!(copy.contains("Timestamp: 2026-03-02 10:11:12Z"), "{copy}");
    assert!(
        !copy.contains("Gartenstra") && !copy.contains("4605") && !copy.contains("284560"),
        "{copy}"
    );
}

#[test]
fn what_a_finding_is_about_is_found_in_the_copy_as_well() {
    let body = serde_json::json!({
        "name": "tailspin-live", "type": "ripplewharf", "url": "https://ripple.test/",
        "authorization": { "scheme": "Token", "parameters": { "apitoken": null } },
        "data": { "bollards": ["Harbour!Falcon8842"] },
    });
    let url = "https://dev.azure.com/northwind/_apis/serviceendpoint/endpoints?api-version=7.1";
    for sent in [
        body.to_string(),
        "RelayState=x&SAMLResponse=Harbour".to_owned(),
    ] {
        let entry = crate::planted::positions::entry("POST", url, &sent, 400, "{}");
        let trace = crate::planted::positions::log(&[entry], &[]);
        let places = |bytes: &[u8]| -> Vec<String> {
            let report = judged("t.har", bytes).expect("it is a trace");
            let findings = report.findings.iter();
            let places = findings.flat_map(|finding| {
                let rule = finding.rule.clone();
                let places = finding.locations.iter();
                places.map(move |place| format!("{rule} {:?}", place.pointer))
            });
            places
                .filter(|place| !place.starts_with("trace-"))
                .collect()
        };
        let copy = redacted("t.har", &trace, false).expect("it has a call");
        assert_eq!(places(&copy), places(&trace));
        assert!(!String::from_utf8_lossy(&copy).contains("Harbour"));
    }
}
