//! The score: how many of the planted secrets can still be found in a redacted trace.
//!
//! What is looked for here is looked for by other code than the redaction's own check.

use std::io::Cursor;

use crate::planted::{Planted, har, positions, saz};
use mendpoint::ingest::{self, Source};
use mendpoint::judge::Analyzer;
use mendpoint::redact::{Options, redact};
use mendpoint::render::{html, json, markdown, sarif};
use mendpoint::rules::engine::Catalogue;

fn redacted(bytes: &[u8], keep_ids: bool) -> String {
    let mut bytes = Cursor::new(bytes);
    let options = Options {
        salt: *b"another test key",
        keep_ids,
        ..Options::default()
    };
    let catalogue = Catalogue::built_in();
    let analyzer = Analyzer::new(&catalogue);
    let source = Source::File(&mut bytes);
    let redaction = redact("planted", source, &analyzer, &options).expect("it can be read");
    let out = redaction.copy.expect("it has calls");
    assert!(
        ::har::from_slice(out.as_bytes()).is_ok(),
        "strict readers refuse it"
    );
    out
}

/// The kinds of `planted` that can be read out of `text`, whatever they are wrapped in.
fn leaked<'a>(planted: &'a [Planted], text: &str) -> Vec<&'a str> {
    let texts = crate::planted::everything_in(text);
    let leaks = planted.iter().filter(|one| {
        let value = one.value.to_lowercase();
        texts.iter().any(|text| text.contains(&value))
    });
    leaks.map(|one| one.kind.as_str()).collect()
}

#[test]
fn no_planted_secret_survives() {
    let (mut count, mut left) = (0, Vec::new());
    for (name, (bytes, secrets, _)) in [("HAR", har::trace()), ("SAZ", saz::trace())] {
        let before = String::from_utf8_lossy(&bytes).into_owned();
        let unplanted: Vec<&Planted> = secrets
            .iter()
            .filter(|one| leaked(std::slice::from_ref(one), &before).is_empty() && name == "HAR")
            .collect();
        assert!(unplanted.is_empty(), "not even in the trace: {unplanted:?}");
        for keep_ids in [false, true] {
            let text = redacted(&bytes, keep_ids);
            count += secrets.len();
            left.extend(
                leaked(&secrets, &text)
                    .into_iter()
                    .map(|kind| format!("{name}: {kind}")),
            );
        }
    }
    println!("leaked {} of {count}", left.len());
    assert!(left.is_empty(), "{left:#?}");
    let kinds = har::trace().1.len();
    assert!(kinds >= 25, "only {kinds} kinds");
}

#[test]
fn no_planted_identity_survives() {
    let (mut count, mut left) = (0, Vec::new());
    for (name, (bytes, _, identities)) in [("HAR", har::trace()), ("SAZ", saz::trace())] {
        let text = redacted(&bytes, false);
        count += identities.len();
        left.extend(
            leaked(&identities, &text)
                .into_iter()
                .map(|kind| format!("{name}: {kind}")),
        );
    }
    println!("identities left: {} of {count}", left.len());
    assert!(left.is_empty(), "{left:#?}");
}

#[test]
fn ids_stay_where_they_are_to_stay() {
    let (bytes, _, identities) = har::trace();
    let text = redacted(&bytes, true);
    let kept = leaked(&identities, &text);
    for kind in [
        "tenant id",
        "client id",
        "organization",
        "project",
        "connection",
    ] {
        assert!(kept.contains(&kind), "{kind} is not in {kept:?}");
    }
}

#[test]
fn no_secret_of_several_hundred_places_survives() {
    let (bytes, planted) = positions::trace();
    let mut kinds: Vec<&str> = planted
        .iter()
        .map(|one| one.kind.split(':').next().unwrap_or_default())
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    let text = redacted(&bytes, false);
    let left = leaked(&planted, &text);
    println!(
        "leaked {} of {} places of {} kinds into the copy",
        left.len(),
        planted.len(),
        kinds.len()
    );
    assert!(
        planted.len() >= 300 && kinds.len() >= 25,
        "{} {kinds:?}",
        planted.len()
    );
    assert!(left.is_empty(), "{left:#?}");
}

/// What the reports on a trace hold, in every format, and what is kept of it.
fn told(analyzer: &Analyzer<'_>, catalogue: &Catalogue, bytes: &[u8]) -> String {
    let mut bytes = Cursor::new(bytes);
    let source = Source::File(&mut bytes);
    let traces = ingest::read("t.har", source, &ingest::Options::default()).expect("it is a trace");
    let report = analyzer.judge(traces);
    let mut out = Vec::new();
    html::write(&report, analyzer, &mut out).expect("memory takes it");
    sarif::write(&report, catalogue, &mut out).expect("memory takes it");
    markdown::write(&report, &mut out).expect("memory takes it");
    out.extend(json::report(&report).to_string().into_bytes());
    out.extend(json::calls(&report, true).to_string().into_bytes());
    // As the program does with all that it prints.
    let out = String::from_utf8_lossy(&out).into_owned();
    report.known.hide_in_output(&out).into_owned()
}

#[test]
fn reports_tell_few_of_several_hundred_secrets() {
    let catalogue = Catalogue::built_in();
    let analyzer = Analyzer::new(&catalogue);
    let (mut left, mut count) = (Vec::new(), 0);
    for (bytes, planted) in positions::each() {
        count += 1;
        if told(&analyzer, &catalogue, &bytes).contains(&planted.value) {
            left.push(planted.kind);
        }
    }
    println!("told {} of {count} in reports", left.len());
    // A report quotes what a service said; a word of it that nothing calls a secret stays there.
    assert!(left.len() <= 95, "{left:#?}");
}
