//! `diff`: the payload of one call beside a known-good one.

use mendpoint::connection::EndpointCall;
use mendpoint::connection::payload::looks_like_endpoint;
use mendpoint::connection::types::Types;
use mendpoint::correct::{self, Refusal};
use mendpoint::json::{self, Node};
use mendpoint::mend::diff::{self, Difference, Setting, Significance};
use mendpoint::mend::known_good::{self, InTrace, KnownGood, Origin};
use mendpoint::render::diff::{Comparison, json as diff_json, write};
use mendpoint::report::Report;
use mendpoint::report::finding::{Location, Part};

use crate::args::{DiffArgs, Format, Global};
use crate::output::{self, Failure, tell};
use crate::{Status, load, store, terminal};

pub(crate) fn run(args: &DiffArgs, global: &Global) -> Result<Status, Failure> {
    output::refuse(&args.output, std::slice::from_ref(&args.path))?;
    let loaded = load::load(std::slice::from_ref(&args.path), global)?;
    let report = &loaded.report;
    if loaded.is_unread() {
        return Ok(Status::Failed);
    }
    let call = match correct::compared(report, super::patch::choice(&args.which)) {
        Ok(call) => call,
        Err(Refusal::Ambiguous(choices)) => {
            Failure::new("several endpoints qualify; choose one").report();
            for line in choices {
                tell(&report.known.hide_in_output(&format!("  {line}")));
            }
            return Ok(Status::Failed);
        }
        Err(Refusal::NotFound(message) | Refusal::StillFaulty(message)) => {
            return Err(Failure::new(message));
        }
        Err(_) => return nothing_to_compare(report),
    };
    let payload = match (call, payload_of(call, report)) {
        (None, Some(payload)) if looks_like_endpoint(&payload) => payload,
        (None, _) => {
            tell("nothing to compare: the text given is no service endpoint");
            return Ok(Status::Nothing);
        }
        (Some(_), Some(payload)) if has_a_known_member(&payload) => payload,
        (Some(call), Some(_)) => return Err(no_endpoint(call)),
        (Some(call), None) => return Err(not_recorded(call)),
    };
    if !global.quiet {
        tell_item(call, report);
    }
    let offer = store::offer(args.known_good.as_deref(), global)?;
    let types = report.known.types();
    let fitting = known_good::fitting(&payload, call, &InTrace::of(&report.calls), types, &offer);
    let known_good = fitting.last().ok_or_else(|| {
        Failure::new("there is no known-good payload of this type and scheme")
            .with_hint("give one with --known-good FILE")
    })?;
    if !offer.named.is_empty() && known_good.origin != Origin::File {
        tell(
            "note: nothing in --known-good is of this type and scheme; compared with the next best",
        );
    }
    if !global.quiet {
        tell_misfit(&payload, known_good);
    }
    let apart = known_good::smallest(&payload, call, &fitting, types);
    let (shown, hidden) = differences(&payload, call, known_good, types, args.all);
    let comparison = Comparison {
        call,
        payload: &payload,
        known_good,
        alike: fitting.len(),
        apart: &apart,
        differences: &shown,
        hidden,
    };
    let style = terminal::style(global, args.output.output.is_some());
    let bytes = match args.format {
        Format::Json => super::json_bytes(&diff_json(report, &comparison, style))?,
        Format::Text => {
            let mut bytes = Vec::new();
            write(report, &comparison, style, &mut bytes)?;
            bytes
        }
    };
    if style.secrets {
        output::write(&bytes, &args.output)?;
    } else {
        output::write_shown(&bytes, &report.known, &args.output)?;
    }
    let differs = shown
        .iter()
        .any(|difference| difference.significance == Significance::Significant);
    Ok(super::status(loaded.failures, differs, true))
}

/// Which of several endpoints of one call is compared.
fn tell_item(call: Option<&EndpointCall>, report: &Report) {
    if let Some((call, item)) = call.and_then(|call| Some((call, item_of(call, report)?))) {
        let number = call.number;
        tell(&format!(
            "note: the body of call {number} is a list; compared is what stands at /{item}"
        ));
    }
}

fn tell_misfit(payload: &Node, known_good: &KnownGood) {
    let misfit = known_good::misfit(payload, known_good);
    if !misfit.is_empty() {
        tell(&format!(
            "note: the best payload there is has another {}; differences that come from that are no fault",
            misfit.join(" and ")
        ));
    }
}

/// Why no call can be compared.
fn nothing_to_compare(report: &Report) -> Result<Status, Failure> {
    let mut calls = report.calls.iter().rev();
    let sends = |call: &&EndpointCall| {
        let body = call.exchange.request.body.text();
        call.operation.writes_endpoint() && body.is_some_and(|text| !text.trim().is_empty())
    };
    if let Some(call) = calls.find(sends) {
        return Err(no_endpoint(call));
    }
    let is_lost = |call: &&EndpointCall| {
        call.operation.writes_endpoint() && call.exchange.request.body.text().is_none()
    };
    if let Some(call) = report.calls.iter().rev().find(is_lost) {
        return Err(not_recorded(call));
    }
    tell("nothing to compare: no call of this trace sends a payload");
    Ok(if report.calls.is_empty() {
        Status::Nothing
    } else {
        Status::Failed
    })
}

fn not_recorded(call: &EndpointCall) -> Failure {
    let number = call.number;
    Failure::new(format!(
        "nothing to compare: the body of call {number} is not in the trace"
    ))
    .with_hint("record it again with bodies (Save all as HAR with content)")
}

fn no_endpoint(call: &EndpointCall) -> Failure {
    let what = if call.request().is_some() {
        "no service endpoint"
    } else {
        "no JSON, or cut off"
    };
    let number = call.number;
    Failure::new(format!(
        "nothing to compare: the body of call {number} is {what}"
    ))
}

/// Whether a body sent to the service has anything of an endpoint; what it lacks is then a difference.
fn has_a_known_member(body: &Node) -> bool {
    ["name", "type", "url", "authorization", "data", "isReady"]
        .iter()
        .any(|key| body.get(key).is_some())
}

/// The endpoint that the call sends, or the one that was pasted.
fn payload_of(call: Option<&EndpointCall>, report: &Report) -> Option<Node> {
    let pasted = report
        .inputs
        .iter()
        .find_map(|input| json::parse(input.text.as_deref()?).ok());
    match call {
        Some(call) => match item_of(call, report) {
            Some(item) => call.request()?.items().get(item).cloned(),
            None => call.stored().cloned(),
        },
        None => pasted.map(|node| node.get("serviceEndpointDetails").cloned().unwrap_or(node)),
    }
}

/// Of a call that sends several endpoints, the place of the first with a fault, or else of the first.
fn item_of(call: &EndpointCall, report: &Report) -> Option<usize> {
    let items: Vec<usize> = call.payloads().iter().filter_map(|one| one.index).collect();
    let is_here = |at: &&Location| {
        (at.input, at.entry, at.part) == (call.input, call.exchange.entry, Part::RequestBody)
    };
    let faults = report
        .findings
        .iter()
        .flat_map(|finding| &finding.locations);
    let pointers = faults
        .filter(is_here)
        .filter_map(|at| at.pointer.as_deref());
    let mut at_fault = pointers.filter_map(|at| at.split('/').nth(1)?.parse().ok());
    at_fault
        .find(|item| items.contains(item))
        .or(items.first().copied())
        .filter(|_| items.len() > 1)
}

/// The differences to show, and how many are hidden.
fn differences(
    payload: &Node,
    call: Option<&EndpointCall>,
    known_good: &KnownGood,
    types: &Types,
    all: bool,
) -> (Vec<Difference>, usize) {
    let setting = Setting::of(call, known_good.same_endpoint, types);
    let mut shown = diff::compare(&known_good.body, payload, setting);
    let before = shown.len();
    shown.retain(|difference| all || difference.significance > Significance::Volatile);
    let hidden = before - shown.len();
    shown.sort_by_key(|difference| std::cmp::Reverse(difference.significance));
    (shown, hidden)
}
