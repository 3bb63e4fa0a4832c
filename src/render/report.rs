//! One report, in the form that is asked for.

use std::borrow::Cow;
use std::io;

use serde::Deserialize;
use serde_json::json;

use super::text::{self, Detail};
use super::{Style, html, json, markdown, sarif};
use crate::judge::Analyzer;
use crate::report::{Report, statistics};
use crate::text::sanitize;

/// The forms of a report, and the words that ask for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// For a terminal
    Text,
    /// For scripts (docs/report.schema.json)
    Json,
    /// One JSON report a line for each input, written as soon as it is ready
    Jsonl,
    /// SARIF 2.1.0, for tools that collect findings
    Sarif,
    /// Short, to paste into a ticket
    Markdown,
    /// One self-contained page, to attach or to print
    Html,
}

/// How a report is written.
#[derive(Debug, Clone, Copy, Default)]
pub struct Manner {
    /// Colours and width; of the text only.
    pub style: Style,
    /// How much is told; of the text only.
    pub detail: Detail,
    /// Counts by rule, type, organization and verdict too; in the text and in JSON.
    pub statistics: bool,
}

/// Writes `report`, which `analyzer` made, in the form of `format`. No secret of the traces is in it,
/// unless it is a text and [`Style::secrets`] asks for them.
///
/// ```
/// use std::io::Cursor;
///
/// use mendpoint::ingest::{Options, Source};
/// use mendpoint::judge::Analyzer;
/// use mendpoint::render::{Format, Manner};
///
/// let analyzer = Analyzer::default();
/// let mut nothing = Cursor::new(r#"{"log":{"version":"1.2","entries":[]}}"#);
/// let files = [("empty.har", Source::File(&mut nothing))];
/// let report = mendpoint::check(files, &analyzer, &Options::default());
/// let line = mendpoint::render(&report, &analyzer, Format::Jsonl, Manner::default())?;
/// assert!(line.starts_with(r#"{"schema":"mendpoint.report.v1""#));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn render(
    report: &Report,
    analyzer: &Analyzer<'_>,
    format: Format,
    manner: Manner,
) -> io::Result<String> {
    let mut bytes = Vec::new();
    match format {
        Format::Text => {
            let detail = Detail {
                statistics: manner.statistics,
                ..manner.detail
            };
            text::write(report, manner.style, detail, &mut bytes)?;
        }
        Format::Sarif => sarif::write(report, analyzer.catalogue(), &mut bytes)?,
        Format::Markdown => markdown::write(report, &mut bytes)?,
        Format::Html => html::write(report, analyzer, &mut bytes)?,
        Format::Json | Format::Jsonl => {
            let mut value = json::report(report);
            if manner.statistics {
                value["statistics"] = json!(statistics::of(report));
            }
            let text = match format {
                Format::Jsonl => value.to_string(),
                _ => serde_json::to_string_pretty(&value)?,
            };
            bytes = (sanitize::json(&text) + "\n").into_bytes();
        }
    }
    let text = String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    if format == Format::Text && manner.style.secrets {
        return Ok(text);
    }
    Ok(match report.known.hide_in_output(&text) {
        Cow::Owned(hidden) => hidden,
        Cow::Borrowed(_) => text,
    })
}
