//! The calls of all inputs as a table, in the order of time.

use std::io::{self, Write};

use jiff::tz::TimeZone;

use crate::connection::{EndpointCall, Operation, Outcome};
use crate::report::Report;

use super::table::Table;
use super::{Style, json, place, view};
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

/// The columns that give way on a narrow terminal, and how wide they stay.
const GIVING_WAY: [(usize, usize); 2] = [(NAME, 14), (WHAT, 12)];
const NAME: usize = 5;
const WHAT: usize = 4;
/// The column that goes where that is not enough: a call is found by its number.
const ENTRY: usize = 1;

/// What is said where there is no call: a list of connections is looked at in another way.
pub fn none(report: &Report) -> &'static str {
    if report.calls.is_empty() && !report.connections.is_empty() {
        "no service-endpoint calls; mendpoint connections shows the connections that are listed"
    } else {
        "no service-endpoint calls"
    }
}

/// Writes the table; nothing but a line if there is no call. What the service said of a failed call
/// stands below it. A line names the day, the input and the organization where they change.
pub fn write(report: &Report, all: bool, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let calls: Vec<&EndpointCall> = report
        .in_time()
        .filter(|call| json::is_shown(call, all))
        .collect();
    if calls.is_empty() {
        return writeln!(out, "{}", none(report));
    }
    let mut rows: Vec<Vec<String>> = calls.iter().map(|call| row(report, call)).collect();
    rows.push(HEADER.map(str::to_owned).to_vec());
    let (table, header) = laid_out(&mut rows, style.width);
    let several = calls
        .iter()
        .any(|call| organization(report, call) != organization(report, calls[0]));
    let mut before = None;
    let mut told = None;
    for (call, row) in calls.iter().zip(&rows) {
        let heading = heading(report, call, several);
        if before.as_ref() != Some(&heading) {
            if !heading.is_empty() {
                writeln!(out, "{}", style.strong(&heading))?;
            }
            if before.is_none() {
                writeln!(out, "{}", style.faint(&table.line(&header)))?;
            }
            before = Some(heading);
        }
        let text = table.line(row);
        let text = match call.outcome {
            Outcome::Failed => style.bad(&text),
            Outcome::Ok => text,
            Outcome::Unknown => style.faint(&text),
        };
        writeln!(out, "{text}")?;
        // The same words of one call after the other are told once.
        let said = call
            .said
            .as_ref()
            .map(|said| view::without_ids(said.telling()));
        if let Some(said) = said.filter(|_| told != said) {
            let said = sanitize::line(said);
            writeln!(out, "{}", style.wrap("      ", "      ", &said))?;
        }
        told = said;
    }
    Ok(())
}

/// The table of `rows`, as far as it can be made to fit `width`, and its header, which is the last of them.
fn laid_out(rows: &mut Vec<Vec<String>>, width: usize) -> (Table, Vec<String>) {
    let narrow = |rows: &[Vec<String>], gone: usize| {
        let mut table = Table::of(rows.iter().map(Vec::as_slice));
        for (column, least) in GIVING_WAY {
            table.fit(column - gone, least, width);
        }
        table
    };
    let mut table = narrow(rows, 0);
    if table.width() > width {
        for row in rows.iter_mut() {
            row.remove(ENTRY);
        }
        table = narrow(rows, 1);
    }
    (table, rows.pop().unwrap_or_default())
}

/// `2026-11-21, contoso, trace.har`: what a row says nothing of.
fn heading(report: &Report, call: &EndpointCall, several: bool) -> String {
    let day = call.exchange.started.map(|at| {
        let at = at.to_zoned(TimeZone::UTC);
        at.strftime("%Y-%m-%d").to_string()
    });
    let organization = organization(report, call).filter(|_| several);
    let path = report
        .inputs
        .get(call.input)
        .map(|input| input.path.clone());
    let path = path.filter(|_| report.inputs.len() > 1);
    let parts: Vec<String> = [day, organization, path].into_iter().flatten().collect();
    sanitize::line(&parts.join(", "))
}

fn organization(report: &Report, call: &EndpointCall) -> Option<String> {
    let of_connection = || report.connection_of(call)?.organization.as_deref();
    let name = call.route.organization.as_deref().or_else(of_connection)?;
    Some(report.known.mask_text(&name.to_lowercase()))
}

fn row(report: &Report, call: &EndpointCall) -> Vec<String> {
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
    vec![
        call.number.to_string(),
        entry,
        started.unwrap_or_else(|| "-".to_owned()),
        sanitize::line(&place::method(call)),
        view::act(call.operation).to_lowercase(),
        sanitize::line(name),
        sanitize::line(&format!("{}: {status}", view::outcome(call))),
    ]
}
