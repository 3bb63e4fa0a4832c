//! The calls of a trace as a table.

use std::io::{self, Write};

use jiff::tz::TimeZone;
use textwrap::core::display_width;

use crate::connection::{EndpointCall, Operation, Outcome};
use crate::report::Report;

use super::{Style, json, place, view};
use crate::text::readable::clip;
use crate::text::sanitize;

const HEADER: [&str; 7] = [
    "call",
    "entry",
    "time (UTC)",
    "verb",
    "what",
    "connection",
    "came back",
];

/// Most letters of a connection's name.
const NAME: usize = 40;

/// Writes the table; nothing but a line if there is no call. What the service said of a failed call
/// stands below it.
pub fn write(report: &Report, all: bool, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let calls: Vec<&EndpointCall> = json::shown(report, all).collect();
    if calls.is_empty() {
        return writeln!(out, "no service-endpoint calls");
    }
    let rows: Vec<[String; 7]> = calls.iter().map(|call| row(report, call)).collect();
    let width = |column: usize| {
        let widths = rows.iter().map(|row| display_width(&row[column]));
        widths.max().unwrap_or(0).max(HEADER[column].len())
    };
    let widths: Vec<usize> = (0..HEADER.len()).map(width).collect();
    let line = |cells: &[String]| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| {
            let blank = width.saturating_sub(display_width(cell));
            format!("{cell}{}", " ".repeat(blank))
        });
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let mut input = usize::MAX;
    for (call, row) in calls.iter().zip(&rows) {
        if call.input != input {
            input = call.input;
            if report.inputs.len() > 1 {
                let path = sanitize::line(&report.inputs[input].path);
                writeln!(out, "{}", style.strong(&path))?;
            }
            let header = line(&HEADER.map(str::to_owned));
            writeln!(out, "{}", style.faint(&header))?;
        }
        let text = line(row);
        let text = match call.outcome {
            Outcome::Failed => style.bad(&text),
            Outcome::Ok => text,
            Outcome::Unknown => style.faint(&text),
        };
        writeln!(out, "{text}")?;
        if let Some(said) = &call.said {
            let said = sanitize::line(said.telling());
            writeln!(out, "{}", style.wrap("      ", "      ", &said))?;
        }
    }
    Ok(())
}

fn row(report: &Report, call: &EndpointCall) -> [String; 7] {
    let started = call.exchange.started.map(|at| {
        let at = at.to_zoned(TimeZone::UTC);
        at.strftime("%H:%M:%S").to_string()
    });
    let name = view::subject(report, call).map(|subject| subject.name);
    let name = name.as_deref().unwrap_or(match call.operation {
        Operation::Create | Operation::Verify => "(not saved yet)",
        _ => "-",
    });
    let entry = match call.exchange.session {
        Some(session) => format!("{} #{session}", call.exchange.entry),
        None => call.exchange.entry.to_string(),
    };
    let status = place::status(call, &report.known);
    [
        call.number.to_string(),
        entry,
        started.unwrap_or_else(|| "-".to_owned()),
        sanitize::line(&place::method(call, &report.known)),
        view::act(call.operation).to_lowercase(),
        sanitize::line(clip(name, NAME)),
        sanitize::line(&format!("{}: {status}", view::outcome(call))),
    ]
}
