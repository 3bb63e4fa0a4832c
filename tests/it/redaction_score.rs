//! The score: how many of the planted secrets can still be found in a redacted trace.
//!
//! What is looked for here is looked for by other code than the redaction's own check.

use std::io::Cursor;

use base64::Engine;

use crate::planted::{Planted, further, har, positions, saz};
use mendpoint::ingest::{self, Source};
use mendpoint::judge::Analyzer;
use mendpoint::mend::diff::{self, Setting};
use mendpoint::mend::known_good::{self, KnownGood, Offer, Origin, kept};
use mendpoint::redact::{Options, redact};
use mendpoint::render::{self, Style, calls, html, json, markdown, sarif, show, text};
use mendpoint::rules::engine::Catalogue;

fn redacted(bytes: &[u8], keep_ids: bool) -> String {
    let out = copy_of(bytes, keep_ids);
    assert!(
        ::har::from_slice(out.as_bytes()).is_ok(),
        "strict readers refuse it"
    );
    out
}

fn redacted_text(text: &str) -> String {
    copy_of(text.as_bytes(), false)
}

fn copy_of(bytes: &[u8], keep_ids: bool) -> String {
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
    redaction.copy.expect("it has calls")
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

/// What the reports on an input hold, in every format, and what is kept of it.
fn told(analyzer: &Analyzer<'_>, catalogue: &Catalogue, bytes: &[u8]) -> String {
    let mut bytes = Cursor::new(bytes);
    let source = Source::File(&mut bytes);
    let traces =
        ingest::read("t.har", source, &ingest::Options::default()).expect("it is an input");
    let report = analyzer.judge(traces);
    let types = report.known.types();
    let mut out = Vec::new();
    let style = Style {
        width: 10_000,
        ..Style::default()
    };
    html::write(&report, analyzer, &mut out).expect("memory takes it");
    sarif::write(&report, catalogue, &mut out).expect("memory takes it");
    markdown::write(&report, &mut out).expect("memory takes it");
    let detail = text::Detail {
        verbose: true,
        ..text::Detail::default()
    };
    text::write(&report, style, detail, &mut out).expect("memory takes it");
    calls::write(&report, true, style, &mut out).expect("memory takes it");
    let mut documents = vec![
        json::report(&report),
        json::calls(&report, true),
        json::connections(&report),
    ];
    for call in &report.calls {
        documents.push(show::json(&report, call.into()));
        show::write(&report, call.into(), style, &mut out).expect("memory takes it");
        let Some(payload) = call.stored() else {
            continue;
        };
        let none = known_good::InTrace::of(&[]);
        for known_good in known_good::fitting(payload, Some(call), &none, types, &Offer::default())
        {
            let setting = Setting::of(Some(call), false, types);
            let found = diff::compare(&known_good.body, payload, setting);
            let comparison = render::diff::Comparison {
                call: Some(call),
                payload,
                known_good: &known_good,
                alike: 1,
                apart: &[],
                differences: &found,
                hidden: 0,
            };
            documents.push(render::diff::json(&report, &comparison, style));
            render::diff::write(&report, &comparison, style, &mut out).expect("memory takes it");
        }
        let found = KnownGood {
            origin: Origin::Trace,
            description: String::new(),
            body: payload.clone(),
            same_endpoint: false,
        };
        documents.extend(kept(&[found], types).into_iter().map(|one| one.body));
    }
    for document in documents {
        out.extend(document.to_string().into_bytes());
    }
    // As the program does with all that it prints.
    let out = String::from_utf8_lossy(&out).into_owned();
    report.known.hide_in_output(&out).to_lowercase()
}

/// Whether `text`, in lower case, holds `value` as it is, in base64, in hex or as part of a URL.
fn holds(text: &str, value: &str) -> bool {
    let engine = base64::engine::general_purpose::STANDARD_NO_PAD;
    let in_base64 = (0..3).map(|offset| {
        let padded = [&b"{\"\""[..offset], value.as_bytes()].concat();
        let coded = engine.encode(&padded);
        coded[[0, 2, 3][offset]..padded.len() * 8 / 6].to_owned()
    });
    let hex: String = value.bytes().map(|byte| format!("{byte:02x}")).collect();
    let url = percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC);
    in_base64
        .chain([value.to_owned(), hex, url.to_string()])
        .any(|form| text.contains(&form.to_lowercase()))
}

#[test]
fn no_report_tells_one_of_several_hundred_secrets() {
    let catalogue = Catalogue::built_in();
    let analyzer = Analyzer::new(&catalogue);
    let (mut left, mut count) = (Vec::new(), 0);
    for (bytes, planted) in positions::each() {
        count += planted.len();
        let told = told(&analyzer, &catalogue, &bytes);
        let planted = planted.iter().filter(|one| holds(&told, &one.value));
        left.extend(planted.map(|one| format!("{} = {}", one.kind, one.value)));
    }
    println!("told {} of {count} in reports", left.len());
    assert!(left.is_empty(), "{left:#?}");
}

#[test]
fn neither_reports_nor_copies_tell_secrets_of_further_places() {
    let catalogue = Catalogue::built_in();
    let analyzer = Analyzer::new(&catalogue);
    let beds = further::Beds::planted();
    let (entries, texts) = (beds.entries.clone(), beds.texts.clone());
    let traces = entries.chunks(4).map(|some| positions::log(some, &[]));
    let pasted = texts.iter().map(|text| text.clone().into_bytes());
    let all: Vec<Vec<u8>> = traces.chain(pasted).collect();
    let planted = beds.all();
    let (of_entries, of_texts) = planted.split_at(entries.len());
    let mut left = Vec::new();
    for (bytes, some) in all
        .iter()
        .zip(of_entries.chunks(4).chain(of_texts.chunks(1)))
    {
        let told = told(&analyzer, &catalogue, bytes);
        let some = some.iter().filter(|one| holds(&told, &one.value));
        left.extend(some.map(|one| format!("report: {} = {}", one.kind, one.value)));
    }
    println!(
        "told {} of {} further ones in reports",
        left.len(),
        planted.len()
    );
    let mut copied = 0;
    for (name, bytes) in [
        ("HAR", positions::log(&entries, &[])),
        ("SAZ", saz::packed(&entries)),
    ] {
        let copy = redacted(&bytes, false);
        copied += of_entries.len();
        let leaks = leaked(of_entries, &copy).into_iter();
        left.extend(leaks.map(|kind| format!("copy of {name}: {kind}")));
    }
    for (text, one) in texts.iter().zip(of_texts) {
        let copy = redacted_text(text);
        copied += 1;
        if holds(&copy.to_lowercase(), &one.value) {
            left.push(format!("copy of a text: {} = {}", one.kind, one.value));
        }
    }
    let leaks = left.iter().filter(|one| one.starts_with("copy")).count();
    println!("leaked {leaks} of {copied} further ones into copies");
    assert!(left.is_empty(), "{left:#?}");
}
