//! One self-contained page to attach to a ticket: verdict, timeline, findings, corrected body.
//!
//! The page loads nothing: its policy allows its own style and script, named by their hashes, and
//! nothing else. Text of a trace reaches it through one module only. What a button copies stands in
//! the page as a JSON string, so that it is exact whatever HTML does to white space.

mod correction;
mod diff;
mod finding;
mod markup;
mod timeline;
mod verdict;

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::judge::Analyzer;
use crate::render::{headline, prose};
use crate::report::Report;
use crate::report::finding::Severity;

use markup::esc;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Writes the page. `analyzer` judges the corrected bodies in it.
pub fn write(report: &Report, analyzer: &Analyzer<'_>, out: &mut dyn Write) -> io::Result<()> {
    let corrections = correction::section(report, analyzer);
    head(report, out)?;
    out.write_all(verdict::header(report).as_bytes())?;
    out.write_all(navigation(report, !corrections.is_empty()).as_bytes())?;
    out.write_all(b"<main id=\"main\" tabindex=\"-1\">\n")?;
    out.write_all(verdict::section(report, !corrections.is_empty()).as_bytes())?;
    out.write_all(timeline::section(report).as_bytes())?;
    out.write_all(finding::section(report).as_bytes())?;
    out.write_all(corrections.as_bytes())?;
    out.write_all(verdict::inputs(report).as_bytes())?;
    foot(out)
}

fn head(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{} \u{b7} mendpoint</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#main\">Skip to the report</a>\n",
        hash(STYLE),
        hash(SCRIPT),
        esc(&prose::plain(&headline::of(report))),
    )
}

fn navigation(report: &Report, corrected: bool) -> String {
    let mut links = vec![("#verdict", "Verdict".to_owned())];
    if !report.calls.is_empty() {
        links.push(("#timeline", "What happened".to_owned()));
    }
    if !report.findings.is_empty() {
        links.push(("#findings", format!("Findings ({})", report.findings.len())));
    }
    if corrected {
        links.push(("#corrected", "Corrected request".to_owned()));
    }
    links.push(("#inputs", "What was read".to_owned()));
    let item = |(to, name): &(&str, String)| format!("<li><a href=\"{to}\">{name}</a></li>");
    let items: String = links.iter().map(item).collect();
    format!("<nav aria-label=\"Parts of this report\"><ul>{items}</ul></nav>\n")
}

fn foot(out: &mut dyn Write) -> io::Result<()> {
    write!(
        out,
        "</main>\n<footer>Made by mendpoint {}, on the machine it ran on. Nothing was sent anywhere; secrets show as <code>***</code>.</footer>\n\
         <p class=\"said\" role=\"status\" id=\"said\"></p>\n<script>{SCRIPT}</script>\n</body>\n</html>\n",
        env!("CARGO_PKG_VERSION")
    )
}

/// The word and the class of a severity.
fn severity(severity: Severity) -> (&'static str, &'static str) {
    match severity {
        Severity::Error => ("Error", "error"),
        Severity::Warning => ("Warning", "warning"),
        Severity::Note => ("Note", "note"),
    }
}
