//! One report, in the form that is asked for.

use std::io::{self, Write};

use serde::Deserialize;
use serde_json::json;

use super::text::{self, Detail};
use super::{Style, html, json, markdown, sarif};
use crate::judge::Analyzer;
use crate::report::{Report, statistics};
use crate::sensitive::Known;
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
    write(report, analyzer, format, manner, &mut bytes)?;
    Ok(into_text(bytes))
}

fn into_text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Like [`render`], to `out`. A log of many results is never held whole.
pub fn write(
    report: &Report,
    analyzer: &Analyzer<'_>,
    format: Format,
    manner: Manner,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut bytes = Vec::new();
    match format {
        Format::Text => {
            let detail = Detail {
                statistics: manner.statistics,
                ..manner.detail
            };
            text::write(report, manner.style, detail, &mut bytes)?;
        }
        Format::Sarif => {
            let mut out = Hidden {
                known: &report.known,
                lines: Vec::new(),
                out,
            };
            sarif::write(report, analyzer.catalogue(), &mut out)?;
            return out.flush();
        }
        Format::Markdown => markdown::write(report, &mut bytes)?,
        Format::Html => html::write(report, analyzer, &mut bytes)?,
        Format::Json | Format::Jsonl => {
            let mut value = json::report(report);
            if manner.statistics {
                value["statistics"] = json!(statistics::of(report));
            }
            let text = if format == Format::Jsonl {
                value.to_string()
            } else {
                serde_json::to_string_pretty(&value)?
            };
            bytes = (sanitize::json(&text) + "\n").into_bytes();
        }
    }
    if format == Format::Text && manner.style.secrets {
        return out.write_all(&bytes);
    }
    let text = into_text(bytes);
    out.write_all(report.known.hide_in_output(&text).as_bytes())
}

/// How many bytes of whole lines are looked through at a time.
const AT_A_TIME: usize = 256 << 10;

/// Writes JSON, in which no value is longer than a line, without any secret of the traces.
struct Hidden<'w> {
    known: &'w Known,
    lines: Vec<u8>,
    out: &'w mut dyn Write,
}

impl Hidden<'_> {
    /// Writes the first `count` bytes.
    fn pass(&mut self, count: usize) -> io::Result<()> {
        let rest = self.lines.split_off(count);
        let lines = into_text(std::mem::replace(&mut self.lines, rest));
        let hidden = self.known.hide_in_output(&lines);
        self.out.write_all(hidden.as_bytes())
    }
}

impl Write for Hidden<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lines.extend_from_slice(bytes);
        if self.lines.len() > AT_A_TIME
            && let Some(end) = memchr::memrchr(b'\n', &self.lines)
        {
            self.pass(end + 1)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pass(self.lines.len())?;
        self.out.flush()
    }
}
