//! The connections of a run: as a table, and as JSON.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::Style;
use super::table::Table;
use crate::report::connection::Connection;
use crate::report::{Report, Verdict};
use crate::text::sanitize;

/// What a row says where it fits the terminal.
const HEADER: [&str; 9] = [
    "name",
    "type",
    "organization/project",
    "state",
    "verdict",
    "last attempt",
    "id",
    "scheme",
    "rules and remarks",
];
/// How many of these a row keeps where it does not; the others stand below it.
const KEPT: usize = 5;
/// What stands in a cell of which nothing is known.
const NOTHING: &str = "-";
/// The columns of a name and a place that a narrow terminal keeps.
const LEAST: usize = 14;

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
    let header = HEADER.map(str::to_owned);
    let connections = report.connections.iter();
    let rows: Vec<[String; 9]> = connections.map(|one| row(report, one)).collect();
    let table = |columns: usize| {
        let rows = rows.iter().chain([&header]);
        Table::of(rows.map(move |row| &row[..columns]))
    };
    let whole = table(HEADER.len());
    let columns = if whole.width() <= style.width {
        HEADER.len()
    } else {
        KEPT
    };
    let mut shown = table(columns);
    for column in [2, 0] {
        shown.fit(column, LEAST, style.width);
    }
    writeln!(out, "{}", style.faint(&shown.line(&header[..columns])))?;
    for (one, row) in report.connections.iter().zip(&rows) {
        let text = shown.line(&row[..columns]);
        let text = match one.verdict {
            Verdict::Fault => style.bad(&text),
            _ => text,
        };
        writeln!(out, "{text}")?;
        let is_told = |cell: &&str| !matches!(*cell, "" | NOTHING);
        let below = row[columns..].iter().map(String::as_str).filter(is_told);
        let below: Vec<&str> = below.collect();
        if !below.is_empty() {
            writeln!(out, "{}", style.wrap("    ", "    ", &below.join(", ")))?;
        }
    }
    Ok(())
}

fn row(report: &Report, one: &Connection) -> [String; 9] {
    let shown = |text: Option<&str>| {
        let text = text.unwrap_or(NOTHING);
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
    // The names of rules are ours, and hold no secret whatever they look like.
    let mut notes: Vec<String> = rules(report, one).into_iter().map(str::to_owned).collect();
    notes.extend(one.remarks.iter().map(|text| shown(Some(text))));
    [
        shown(one.name.as_deref()),
        shown(one.kind.as_deref()),
        shown(place.as_deref()),
        one.state.name().to_owned(),
        one.verdict.name().to_owned(),
        shown(last.as_deref()),
        shown(one.id.as_deref()),
        shown(one.scheme.as_deref()),
        if notes.is_empty() {
            NOTHING.to_owned()
        } else {
            notes.join(", ")
        },
    ]
}
