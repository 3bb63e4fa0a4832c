//! One self-contained page to attach to a ticket: verdict, findings, corrected request, what happened,
//! and what to hand over. It is written for a reader who does not have the program.
//!
//! The page loads nothing: its policy allows its own style and script, named by their hashes, and
//! nothing else. Text of a trace reaches it through one module only. What a button copies stands in
//! the page as a JSON string, so that it is exact whatever HTML does to white space.

mod correction;
mod diff;
mod finding;
mod hand_over;
mod markup;
mod timeline;
mod verdict;

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use crate::judge::Analyzer;
use crate::render::handover::{self, Handover};
use crate::render::view::{self, Block};
use crate::render::{headline, prose};
use crate::report::Report;
use crate::report::finding::Severity;

use correction::Corrections;
use markup::line;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// What all parts of the page are about.
struct Page<'a> {
    report: &'a Report,
    blocks: Vec<Block<'a>>,
    corrections: Corrections<'a>,
    handovers: Vec<Handover>,
}

/// Writes the page. `analyzer` judges the corrected bodies in it.
pub fn write(report: &Report, analyzer: &Analyzer<'_>, out: &mut dyn Write) -> io::Result<()> {
    let page = Page {
        report,
        blocks: view::blocks(report),
        corrections: Corrections::of(report, analyzer),
        handovers: handover::all(report),
    };
    out.write_all(whole(&page).into_string().as_bytes())
}

fn whole(page: &Page<'_>) -> Markup {
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    let policy = format!(
        "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    );
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="generator" content="mendpoint";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                meta name="color-scheme" content="light dark";
                title { (line(&prose::plain(&headline::of(page.report)))) " \u{b7} mendpoint" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a class="skip" href="#main" { "Skip to the report" }
                (verdict::header(page))
                (navigation(page))
                main id="main" tabindex="-1" {
                    (verdict::section(page))
                    (finding::section(page))
                    (correction::section(page))
                    (timeline::section(page))
                    (hand_over::section(page))
                    (verdict::inputs(page))
                }
                footer {
                    "Made by mendpoint " (env!("CARGO_PKG_VERSION"))
                    ", on the machine it ran on. Nothing was sent anywhere; secrets show as "
                    code { "***" } "."
                }
                p class="toast" role="status" id="toast" {}
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

fn navigation(page: &Page<'_>) -> Markup {
    let links = [
        ("verdict", "Verdict", true),
        ("findings", "Findings", !page.blocks.is_empty()),
        (
            "corrected",
            "Corrected request",
            page.corrections.count() > 0,
        ),
        ("timeline", "What happened", !page.report.calls.is_empty()),
        ("hand-over", "Hand over", !page.handovers.is_empty()),
        ("inputs", "What was read", true),
    ];
    html! {
        nav aria-label="Parts of this report" {
            ul {
                @for (to, name, _) in links.into_iter().filter(|link| link.2) {
                    li { a href={ "#" (to) } { (name) } }
                }
            }
        }
    }
}

/// The word and the class of a severity.
fn severity(severity: Severity) -> (&'static str, &'static str) {
    match severity {
        Severity::Error => ("Error", "error"),
        Severity::Warning => ("Warning", "warning"),
        Severity::Note => ("Note", "note"),
    }
}
