//! Every format of three samples, reviewed and kept.
//!
//! `UPDATE_SNAPSHOTS=1 cargo test --test it snapshots` writes them anew; look at the difference.

use std::path::Path;

use mendpoint::render::text::{self, Detail};
use mendpoint::render::{Style, html, json, markdown, sarif};
use mendpoint::report::Report;

use crate::reports::shared::{ANALYZER, CATALOGUE, recorded};

const SAMPLES: [&str; 3] = [
    "chromium-accesstoken-null",
    "chromium-verify-forbidden",
    "chromium-fixed-afterwards",
];

#[test]
fn formats_are_as_reviewed() {
    let mut changed = Vec::new();
    for sample in SAMPLES {
        let report = recorded(&format!("{sample}.har"));
        for (ending, bytes) in formats(&report) {
            let name = format!("{sample}.{ending}");
            let text = String::from_utf8(bytes).expect("text");
            if !is_kept(&name, &without_what_varies(&text)) {
                changed.push(name);
            }
        }
    }
    assert_eq!(
        changed,
        Vec::<String>::new(),
        "these differ from tests/it/reports/snapshots; UPDATE_SNAPSHOTS=1 writes them anew"
    );
}

fn formats(report: &Report) -> [(&'static str, Vec<u8>); 5] {
    let mut pages = [const { Vec::new() }; 4];
    let [text, md, page, log] = &mut pages;
    text::write(report, Style::default(), Detail::default(), text).expect("memory");
    markdown::write(report, md).expect("memory");
    html::write(report, &ANALYZER, page).expect("memory");
    sarif::write(report, &CATALOGUE, log).expect("memory");
    let [text, md, page, log] = pages;
    let value = serde_json::to_vec_pretty(&json::report(report)).expect("JSON");
    [
        ("txt", text),
        ("md", md),
        ("html", page),
        ("sarif", log),
        ("json", value),
    ]
}

/// The version, and of the page its style and script, which are files of their own.
fn without_what_varies(text: &str) -> String {
    let mut text = text.replace(env!("CARGO_PKG_VERSION"), "[VERSION]");
    for (open, close) in [
        ("<style>", "</style>"),
        ("<script>", "</script>"),
        ("'sha256-", "'"),
    ] {
        let mut from = 0;
        while let Some(start) = text[from..].find(open).map(|at| from + at + open.len()) {
            let end = text[start..]
                .find(close)
                .map_or(text.len(), |at| start + at);
            text.replace_range(start..end, "[\u{2026}]");
            from = start;
        }
    }
    text
}

fn is_kept(name: &str, text: &str) -> bool {
    let path = Path::new("tests/it/reports/snapshots").join(name);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, text).expect("the snapshot is written");
        return true;
    }
    std::fs::read_to_string(&path).is_ok_and(|kept| kept == text)
}
