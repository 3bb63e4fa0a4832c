//! The connections of a run: as a table, and as JSON.

use std::io::{self, Write};

use serde_json::{Value, json};
use textwrap::core::display_width;

use super::Style;
use super::json::inputs;
use crate::report::connection::Connection;
use crate::report::{Report, Verdict};
use crate::text::sanitize;

const HEADER: [&str; 9] = [
    "name",
    "id",
    "type",
    "scheme",
    "organization/project",
    "state",
    "last attempt",
    "verdict",
    "rules and remarks",
];

/// `mendpoint.connections.v1`
pub fn document(report: &Report) -> Value {
    json!({
        "schema": "mendpoint.connections.v1",
        "inputs": inputs(report),
        "connections": list(report),
    })
}

/// Every connection as JSON.
pub fn list(report: &Report) -> Vec<Value> {
    let connections = report.connections.iter();
    connections.map(|one| connection(report, one)).collect()
}

fn connection(report: &Report, one: &Connection) -> Value {
    let masked = |text: &Option<String>| text.as_deref().map(|text| report.known.mask_text(text));
    let last = one.last_attempt.and_then(|number| report.call(number));
    json!({
        "id": masked(&one.id),
        "name": masked(&one.name),
        "type": masked(&one.kind),
        "scheme": masked(&one.scheme),
        "organization": masked(&one.organization),
        "project": masked(&one.project),
        "state": one.state,
        "seen": one.seen,
        "calls": one.calls,
        "findings": one.findings,
        "rules": rules(report, one),
        "remarks": one.remarks.iter().map(|text| report.known.mask_text(text)).collect::<Vec<_>>(),
        "last_attempt": last.map(|call| json!({
            "call": call.number,
            "operation": call.operation.name(),
            "started": call.exchange.started.map(|at| at.to_string()),
            "outcome": call.outcome.name(),
        })),
        "verdict": one.verdict,
    })
}

/// The rules of the findings on a connection, each once.
fn rules<'a>(report: &'a Report, one: &Connection) -> Vec<&'a str> {
    let mut rules: Vec<&str> = Vec::new();
    for at in &one.findings {
        let rule = report.findings[*at].rule.as_str();
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
    rules
}

/// Writes the table.
pub fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    if report.connections.is_empty() {
        return writeln!(out, "no service connections");
    }
    let rows: Vec<[String; 9]> = report
        .connections
        .iter()
        .map(|one| row(report, one))
        .collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| display_width(&row[column]));
        cells.max().unwrap_or(0).max(HEADER[column].len())
    };
    let widths: Vec<usize> = (0..HEADER.len()).map(width).collect();
    let line = |cells: &[String]| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| {
            let room = width.saturating_sub(display_width(cell));
            format!("{cell}{}", " ".repeat(room))
        });
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    writeln!(out, "{}", style.faint(&line(&HEADER.map(str::to_owned))))?;
    for (one, row) in report.connections.iter().zip(&rows) {
        let text = line(row);
        let text = match one.verdict {
            Verdict::Fault => style.bad(&text),
            _ => text,
        };
        writeln!(out, "{text}")?;
    }
    Ok(())
}

fn row(report: &Report, one: &Connection) -> [String; 9] {
    let shown = |text: Option<&str>| {
        let text = text.unwrap_or("-");
        sanitize::line(&report.known.mask_text(text))
    };
    let place = match (&one.organization, &one.project) {
        (Some(organization), Some(project)) => Some(format!("{organization}/{project}")),
        (Some(only), None) | (None, Some(only)) => Some(only.clone()),
        (None, None) => None,
    };
    let last = one.last_attempt.and_then(|number| report.call(number));
    let last = last.map(|call| {
        let outcome = call.outcome.name();
        format!("{} {outcome} (call {})", call.operation.name(), call.number)
    });
    let mut notes: Vec<&str> = rules(report, one);
    notes.extend(one.remarks.iter().map(String::as_str));
    [
        shown(one.name.as_deref()),
        shown(one.id.as_deref()),
        shown(one.kind.as_deref()),
        shown(one.scheme.as_deref()),
        shown(place.as_deref()),
        one.state.name().to_owned(),
        shown(last.as_deref()),
        one.verdict.name().to_owned(),
        shown((!notes.is_empty()).then(|| notes.join(", ")).as_deref()),
    ]
}
