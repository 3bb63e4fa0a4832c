//! JSON, version 1: the shapes scripts rely on.

use serde::Serialize;
use serde_json::{Value, json};

use crate::connection::{EndpointCall, Said};
use crate::report::finding::{Finding, Severity};
use crate::report::{Explained, Input, Report, Verdict};
use crate::sensitive::Known;

/// `mendpoint.report.v1`
pub fn report(report: &Report) -> Value {
    json!({
        "schema": "mendpoint.report.v1",
        "tool": { "name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION") },
        "inputs": inputs(report),
        "calls": calls_of(report, true),
        "connections": super::connections::list(report),
        "findings": report.findings.iter().map(|one| finding(one, &report.known)).collect::<Vec<_>>(),
        "summary": Summary {
            errors: report.count(Severity::Error),
            warnings: report.count(Severity::Warning),
            notes: report.count(Severity::Note),
            verdict: report.verdict(),
            missing: &report.missing,
        },
    })
}

/// `mendpoint.calls.v1`
pub fn calls(report: &Report, all: bool) -> Value {
    json!({
        "schema": "mendpoint.calls.v1",
        "inputs": inputs(report),
        "calls": calls_of(report, all),
    })
}

#[derive(Serialize)]
struct Summary<'a> {
    errors: usize,
    warnings: usize,
    notes: usize,
    verdict: Verdict,
    missing: &'a [String],
}

/// The calls to show: reads only if `all` are wanted.
pub fn shown(report: &Report, all: bool) -> impl Iterator<Item = &EndpointCall> {
    report.calls.iter().filter(move |call| is_shown(call, all))
}

/// Whether a call is shown: a read only if `all` are wanted.
pub(super) fn is_shown(call: &EndpointCall, all: bool) -> bool {
    all || !call.method().eq_ignore_ascii_case("GET")
}

/// `mendpoint.connections.v1`
pub fn connections(report: &Report) -> Value {
    json!({
        "schema": "mendpoint.connections.v1",
        "inputs": inputs(report),
        "connections": super::connections::list(report),
    })
}

/// Every input as JSON.
fn inputs(report: &Report) -> Vec<Value> {
    report.inputs.iter().map(input).collect()
}

fn input(input: &Input) -> Value {
    let notes: Vec<Value> = input
        .notes
        .iter()
        .map(|note| json!({ "kind": note.kind, "message": note.message, "entry": note.entry }))
        .collect();
    json!({
        "path": input.path,
        "container": input.container.name(),
        "creator": input.creator,
        "exchanges": input.exchanges,
        "verdict": input.verdict,
        "reason": input.reason,
        "notes": notes,
    })
}

fn calls_of(report: &Report, all: bool) -> Vec<Value> {
    let explained = report.explained();
    shown(report, all)
        .map(|one| call(report, one, &explained))
        .collect()
}

/// One call; `explained` is what [`Report::explained`] gives.
pub fn call(report: &Report, call: &EndpointCall, explained: &Explained) -> Value {
    let explained_by = explained.get(&(call.input, call.exchange.entry));
    let masked = |text: Option<&str>| text.map(|text| report.known.mask_text(text));
    json!({
        "number": call.number,
        "input": call.input,
        "entry": call.exchange.entry,
        "session": call.exchange.session,
        "operation": call.operation.name(),
        "method": super::place::method(call),
        "url": report.known.mask_url(&call.exchange.request.url),
        "organization": masked(call.route.organization.as_deref()),
        "project": masked(call.route.project.as_deref()),
        "endpoint_id": masked(call.endpoint_id()),
        "endpoint_name": report.shown_name(call),
        "type": masked(report.endpoint_type(call)),
        "scheme": masked(call.scheme()),
        "creation_mode": masked(call.creation_mode()),
        "api_version": call.api_version().map(|version| report.known.mask_url(&report.known.mask_text(version))),
        "status": call.status(),
        "started": call.exchange.started.map(|at| at.to_string()),
        "outcome": call.outcome.name(),
        "explained_by": explained_by.map_or(&[][..], Vec::as_slice),
        "said": call.said.as_deref().map(said),
        "mended_by": call.mended_by,
        "ids": *call.ids,
    })
}

/// What the service said of a failure; its words are masked already.
fn said(said: &Said) -> Value {
    json!({
        "status": said.status,
        "message": said.message,
        "code": said.code,
        "pointer": said.pointer,
    })
}

fn finding(finding: &Finding, known: &Known) -> Value {
    let mut value = serde_json::to_value(finding).unwrap_or_default();
    value["fix"] = fix(finding, known);
    value
}

/// The edits of a finding, secrets masked.
pub fn fix(finding: &Finding, known: &Known) -> Value {
    let mut value = serde_json::to_value(&finding.fix).unwrap_or_default();
    let edits = value.pointer_mut("/edits").and_then(Value::as_array_mut);
    for edit in edits.into_iter().flatten() {
        let path = edit["path"].as_str().unwrap_or_default().to_owned();
        if let Some(new) = edit.get_mut("value") {
            *new = known.mask_value(known.around(&path), new);
        }
    }
    value
}
