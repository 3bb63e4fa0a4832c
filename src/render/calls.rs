//! The calls of a trace as a table.

use std::io::{self, Write};

use jiff::tz::TimeZone;
use textwrap::core::display_width;

use crate::connection::{EndpointCall, Operation, Outcome};
use crate::report::Report;

use super::{Style, json, place};
use crate::text::sanitize;

const HEADER: [&str; 8] = [
    "call",
    "entry",
    "time (UTC)",
    "verb",
    "operation",
    "endpoint",
    "status",
    "outcome",
];

/// Writes the table; nothing but a line if there is no call.
pub fn write(report: &Report, all: bool, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let calls: Vec<&EndpointCall> = json::shown(report, all).collect();
    if calls.is_empty() {
        return writeln!(out, "no service-endpoint calls");
    }
    let rows: Vec<[String; 8]> = calls.iter().map(|call| row(report, call)).collect();
    let width = |column: usize| {
        rows.iter()
            .map(|row| display_width(&row[column]))
            .max()
            .unwrap_or(0)
            .max(HEADER[column].len())
    };
    let widths: Vec<usize> = (0..HEADER.len()).map(width).collect();
    let line = |cells: &[String]| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| {
            format!(
                "{cell}{}",
                " ".repeat(width.saturating_sub(display_width(cell)))
            )
        });
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let mut input = usize::MAX;
    for (call, row) in calls.iter().zip(&rows) {
        if call.input != input {
            input = call.input;
            if report.inputs.len() > 1 {
                writeln!(
                    out,
                    "{}",
                    style.strong(&sanitize::line(&report.inputs[input].path))
                )?;
            }
            writeln!(out, "{}", style.faint(&line(&HEADER.map(str::to_owned))))?;
        }
        let text = line(row);
        let text = match call.outcome {
            Outcome::Failed => style.bad(&text),
            Outcome::Ok => text,
            Outcome::Unknown => style.faint(&text),
        };
        writeln!(out, "{text}")?;
    }
    Ok(())
}

fn row(report: &Report, call: &EndpointCall) -> [String; 8] {
    let started = call.exchange.started.map(|at| {
        at.to_zoned(TimeZone::UTC)
            .strftime("%H:%M:%S%.3f")
            .to_string()
    });
    let name = report
        .shown_name(call)
        .or_else(|| call.endpoint_id().map(str::to_owned));
    let name = name.as_deref().unwrap_or(match call.operation {
        Operation::Create | Operation::Verify => "(not saved yet)",
        _ => "-",
    });
    let entry = match call.exchange.session {
        Some(session) => format!("{} #{session}", call.exchange.entry),
        None => call.exchange.entry.to_string(),
    };
    [
        call.number.to_string(),
        entry,
        started.unwrap_or_else(|| "-".to_owned()),
        sanitize::line(&place::method(call, &report.known)),
        call.operation.name().to_owned(),
        sanitize::line(crate::text::readable::clip(name, 60)),
        sanitize::line(&place::status(call, &report.known)),
        call.outcome.name().to_owned(),
    ]
}
