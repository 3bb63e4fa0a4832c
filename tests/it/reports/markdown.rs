//! Markdown for tickets: nothing of a trace becomes markup, and no report shows a secret.

use mendpoint::render::text::{self, Detail};
use mendpoint::render::{Style, html, json, markdown, sarif};
use mendpoint::report::Report;
use pulldown_cmark::{Event, Options, Parser, Tag};

use crate::reports::shared::{ANALYZER, CATALOGUE, RECORDED, hostile, pasted, planted, recorded};

fn written(report: &Report) -> String {
    let mut bytes = Vec::new();
    markdown::write(report, &mut bytes).expect("writing to memory");
    String::from_utf8(bytes).expect("the report is UTF-8")
}

/// HTML of our own that a report may hold.
fn is_ours(html: &str) -> bool {
    let html = html.trim();
    let ours = [
        "<details><summary>",
        "</details>",
        "</summary>",
        "<sub>",
        "</sub>",
        "<!-- -->",
        "<summary>",
        "<details>",
    ];
    html.is_empty() || ours.iter().any(|known| html.starts_with(known))
}

#[test]
fn only_sources_become_links_and_only_our_own_html_is_html() {
    let mut reports: Vec<Report> = RECORDED.map(recorded).into();
    reports.push(hostile());
    for rule in CATALOGUE.iter() {
        reports.extend(
            rule.samples()
                .first()
                .map(|sample| pasted("![x](y).txt", &sample.text)),
        );
    }
    for report in &reports {
        let text = written(report);
        assert!(!text.contains(['\u{202e}', '\u{1b}']));
        for event in Parser::new_ext(&text, Options::all()) {
            match event {
                Event::Html(html) | Event::InlineHtml(html) => {
                    assert!(is_ours(&html), "{html}\n{text}");
                }
                Event::Start(Tag::Image { .. }) => panic!("a picture:\n{text}"),
                Event::Start(Tag::Link { dest_url, .. }) => {
                    let known = report
                        .findings
                        .iter()
                        .flat_map(|finding| &finding.sources)
                        .any(|source| source.contains(&*dest_url));
                    assert!(known, "a link to {dest_url}:\n{text}");
                }
                _ => {}
            }
        }
    }
}

#[test]
fn no_format_shows_a_secret() {
    let report = planted();
    assert!(!report.findings.is_empty());
    let mut bytes = Vec::new();
    let detail = Detail {
        quiet: false,
        verbose: true,
        ..Detail::default()
    };
    text::write(&report, Style::default(), detail, &mut bytes).expect("memory");
    markdown::write(&report, &mut bytes).expect("memory");
    html::write(&report, &ANALYZER, &mut bytes).expect("memory");
    sarif::write(&report, &CATALOGUE, &mut bytes).expect("memory");
    let text = String::from_utf8(bytes).expect("text") + &json::report(&report).to_string();
    assert!(text.contains("fabrikam-dev"));
    for line in text.lines() {
        assert!(!line.contains("planted"), "{line}");
    }
}
