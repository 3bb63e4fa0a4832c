//! Where payloads that work are found: in the trace itself, and in what a user gives.

use super::{KnownGood, Origin, scheme};
use crate::connection::outcome::{State, state_of};
use crate::connection::{EndpointCall, Operation, Outcome};
use crate::json::{self, Node, Value};
use crate::report::Report;

/// The same endpoint in a good state, and ready siblings that the portal listed.
pub(super) fn of_trace(call: &EndpointCall, calls: &[EndpointCall]) -> Vec<KnownGood> {
    let mut found = Vec::new();
    let others = calls
        .iter()
        .filter(|other| other.input == call.input && other.number != call.number);
    for other in others {
        let seen = other
            .exchange
            .started
            .map_or_else(String::new, |at| format!(" at {at}"));
        let mut keep = |body: &Node, what: &str, same_endpoint| {
            let name = body.str("name").unwrap_or("(no name)");
            let mut description = format!("'{name}' as {what} call {}{seen}", other.number);
            let mut body = body.clone();
            if drop_empty_access_token(&mut body) {
                description.push_str(", without its empty accesstoken");
            }
            found.push(KnownGood {
                origin: Origin::Trace,
                description,
                body,
                same_endpoint,
            });
        };
        let is_same = |node: &Node| {
            node.str("id")
                .zip(call.endpoint_id())
                .is_some_and(|(a, b)| a.eq_ignore_ascii_case(b))
        };
        let sent = other
            .stored()
            .filter(|node| node.get("authorization").is_some());
        if let Some(sent) = sent
            && other.operation == call.operation
            && other.outcome == Outcome::Ok
        {
            let same = other.endpoint_id().is_some() && other.endpoint_id() == call.endpoint_id();
            keep(sent, "sent with success by", same);
            // Its answer is the same payload once more.
            continue;
        }
        for (_, endpoint) in other.answered_endpoints() {
            let whole = endpoint.get("data").is_some() && scheme(endpoint).is_some();
            let ready = state_of(endpoint) == State::Ready
                && endpoint.get("isReady").and_then(Node::as_bool) != Some(false);
            if whole && ready {
                keep(endpoint, "answered to", is_same(endpoint));
            }
        }
    }
    found
}

/// An answer echoes the empty `accesstoken` it was given, and is no model in that. Of other services
/// it is the connection's own secret, which every answer shows as `null`.
fn drop_empty_access_token(endpoint: &mut Node) -> bool {
    if endpoint
        .str("type")
        .is_some_and(|kind| !kind.eq_ignore_ascii_case("azurerm"))
    {
        return false;
    }
    let parameters = child(endpoint, "authorization").and_then(|node| child(node, "parameters"));
    let Some(Node {
        value: Value::Object(members),
        ..
    }) = parameters
    else {
        return false;
    };
    let before = members.len();
    let mut kept = std::mem::take(members).into_vec();
    kept.retain(|member| {
        let empty = member.value.is_null()
            || member
                .value
                .as_str()
                .is_some_and(|text| text.trim().is_empty());
        !(empty && member.key.eq_ignore_ascii_case("accesstoken"))
    });
    *members = kept.into_boxed_slice();
    members.len() < before
}

fn child<'a>(node: &'a mut Node, key: &str) -> Option<&'a mut Node> {
    match &mut node.value {
        Value::Object(members) => members
            .iter_mut()
            .rev()
            .find(|member| member.key.eq_ignore_ascii_case(key))
            .map(|member| &mut member.value),
        _ => None,
    }
}

/// The payloads in what a user gave: a payload, or the successful calls of a trace.
pub fn given(report: &Report) -> Vec<KnownGood> {
    let mut found = Vec::new();
    let mut keep = |description: String, body: &Node| {
        found.push(KnownGood {
            origin: Origin::File,
            description,
            body: body.clone(),
            same_endpoint: false,
        });
    };
    for input in &report.inputs {
        if let Some(body) = input
            .text
            .as_deref()
            .and_then(|text| json::parse(text).ok())
        {
            let body = body.get("serviceEndpointDetails").unwrap_or(&body);
            let items = body.get("value").unwrap_or(body).items();
            for endpoint in if items.is_empty() {
                std::slice::from_ref(body)
            } else {
                items
            } {
                if crate::connection::payload::looks_like_endpoint(endpoint) {
                    keep(input.path.clone(), endpoint);
                }
            }
        }
    }
    let fine = |call: &&EndpointCall| call.outcome == Outcome::Ok;
    for call in report.calls.iter().filter(fine) {
        let path = &report.inputs[call.input].path;
        let shown = call
            .answered_endpoints()
            .into_iter()
            .filter(|(_, node)| node.get("data").is_some() && state_of(node) == State::Ready);
        let works =
            |node: &Node| !fails_verify(report, call, node.str("id").or(call.endpoint_id()));
        let mut answers = 0;
        for (_, endpoint) in shown {
            answers += 1;
            if works(endpoint) {
                keep(format!("{path}, answer to call {}", call.number), endpoint);
            }
        }
        // The answer to a write is what was sent once more, with the id by which later ones are known.
        let sent = call
            .stored()
            .filter(|node| call.operation.writes_endpoint() && works(node));
        if let (Some(sent), 0) = (sent, answers) {
            keep(format!("{path}, call {}", call.number), sent);
        }
    }
    found
}

/// Whether the last verify of endpoint `id` behind `call` failed: what was stored then does not work.
fn fails_verify(report: &Report, call: &EndpointCall, id: Option<&str>) -> bool {
    let Some(id) = id else { return false };
    let verify = report
        .calls
        .iter()
        .skip_while(|other| !std::ptr::eq(*other, call))
        .filter(|other| {
            other.input == call.input
                && other.operation == Operation::Verify
                && other
                    .endpoint_id()
                    .is_some_and(|own| own.eq_ignore_ascii_case(id))
        })
        .last();
    verify.is_some_and(|verify| verify.outcome == Outcome::Failed)
}
