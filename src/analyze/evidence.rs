//! What a verdict would need and the trace does not hold.

use std::collections::HashSet;

use crate::endpoint::{EndpointCall, Outcome};
use crate::exchange::{AnsweredBy, Body, Response};
use crate::finding::Finding;
use crate::rule::Context;

use super::words;

/// Notes of the reader that tell of calls which nobody can see.
const LOSSES: &[&str] = &[
    "file-cut",
    "file-damaged",
    "entries-left-out",
    "entry-lost",
    "entry-too-large",
    "member-unreadable",
];

/// What is said of a body that nobody can read.
const NO_TEXT: &str = "was recorded as bytes that are no text";

/// Evidence that would be needed to judge a call and is not in the trace; one line each.
pub(super) fn missing(context: &Context<'_>) -> Vec<String> {
    let mut missing: Vec<String> = context
        .trace
        .notes
        .iter()
        .filter(|note| LOSSES.contains(&note.kind))
        .map(|note| note.message.clone())
        .collect();
    for call in context.calls {
        let name = words::call_name(call);
        missing.extend(of_request(call).map(|what| format!("the request body of {name} {what}")));
        if !call.method().eq_ignore_ascii_case("GET") {
            missing.extend(of_answer(call, &name));
        }
    }
    missing
}

fn of_request(call: &EndpointCall) -> Option<String> {
    match &call.exchange.request.body {
        Body::NotRecorded(why) => Some(format!("was not recorded{}", reason(why.as_deref()))),
        Body::Cut(_, how) => Some(format!("was cut ({how})")),
        Body::Binary(_) if call.operation.writes_endpoint() => Some(NO_TEXT.to_owned()),
        // Every such call carries a body; where the recorder shows none, it did not keep it.
        Body::Empty if call.operation.needs_body() => Some("was not recorded".to_owned()),
        Body::Text(_) if call.operation.writes_endpoint() && call.request.is_none() => {
            Some("is not JSON".to_owned())
        }
        _ => None,
    }
}

/// Silence is never a pass: an end that the trace does not tell is missing evidence.
fn of_answer(call: &EndpointCall, name: &str) -> Option<String> {
    if call.outcome == Outcome::Ok {
        return None;
    }
    match &call.exchange.response {
        None => Some(format!(
            "{name} has no answer in the trace{}",
            reason(call.exchange.error.as_deref())
        )),
        Some(_) if call.exchange.answered_by == AnsweredBy::Proxy => Some(format!(
            "{name} was answered by the recording proxy, not by the service"
        )),
        Some(Response {
            body: Body::NotRecorded(why),
            ..
        }) => Some(format!(
            "the answer to {name} was not recorded{}",
            reason(why.as_deref())
        )),
        Some(Response {
            body: Body::Cut(_, how),
            ..
        }) => Some(format!("the answer to {name} was cut ({how})")),
        Some(Response {
            body: Body::Binary(_),
            ..
        }) => Some(format!("the answer to {name} {NO_TEXT}")),
        Some(_) if call.outcome == Outcome::Unknown => {
            Some(format!("the answer to {name} does not tell how it ended"))
        }
        Some(_) => None,
    }
}

fn reason(why: Option<&str>) -> String {
    why.map_or_else(String::new, |why| format!(" ({why})"))
}

/// Failed calls at which no rule found anything, and which no later call survived.
pub(super) fn unexplained<'a>(
    context: &Context<'a>,
    findings: &[Finding],
) -> Vec<&'a EndpointCall> {
    let told: HashSet<usize> = findings
        .iter()
        .filter(|finding| !finding.rule.starts_with("trace-"))
        .flat_map(|finding| &finding.locations)
        .map(|location| location.entry)
        .collect();
    let timelines: HashSet<usize> = told
        .iter()
        .filter_map(|entry| context.timeline_of(context.call_at(*entry)?))
        .collect();
    let explained = |call: &EndpointCall| {
        // A create that a later read shows failed is explained by what that read says.
        let taken = call.status().is_some_and(|status| status < 400);
        told.contains(&call.exchange.entry)
            || (taken
                && context
                    .timeline_of(call)
                    .is_some_and(|at| timelines.contains(&at)))
    };
    let survived = |call: &EndpointCall| {
        let timeline = context.timeline_of(call);
        timeline.is_some_and(|at| context.timelines[at].survived_by(call).is_some())
    };
    context
        .calls
        .iter()
        .filter(|call| call.outcome == Outcome::Failed && !explained(call) && !survived(call))
        .collect()
}
