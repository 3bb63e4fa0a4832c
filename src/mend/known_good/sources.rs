//! Where payloads that work are found: in the trace itself, and in what a user gives.

use std::collections::HashMap;

use super::{KnownGood, Origin, scheme};
use crate::connection::outcome::{State, state_of};
use crate::connection::{EndpointCall, Operation, Outcome};
use crate::json::{self, Node, Value};
use crate::report::Report;
use crate::text::guid::canonical_id;

/// How many calls of a trace are looked at for models of one payload, and how many models are taken: the
/// latest.
const CALLS: usize = 40;
const MODELS: usize = 100;

/// The calls of a trace by what they can be models for, so that not every call is looked at for each.
pub struct InTrace<'a> {
    calls: &'a [EndpointCall],
    /// Places of calls by input and id of an endpoint that they are about or show.
    by_id: HashMap<(usize, String), Vec<usize>>,
    /// Places of calls by input and type of an endpoint that they send or show.
    by_type: HashMap<(usize, String), Vec<usize>>,
}

impl<'a> InTrace<'a> {
    /// The calls that worked, of all the inputs that `calls` are of.
    pub fn of(calls: &'a [EndpointCall]) -> Self {
        fn note(
            places: &mut HashMap<(usize, String), Vec<usize>>,
            key: (usize, String),
            at: usize,
        ) {
            let own = places.entry(key).or_default();
            if own.last() != Some(&at) {
                own.push(at);
            }
        }
        let mut found = Self {
            calls,
            by_id: HashMap::new(),
            by_type: HashMap::new(),
        };
        let worked = calls.iter().enumerate();
        for (at, call) in worked.filter(|(_, call)| call.outcome != Outcome::Failed) {
            let opened = call.opened();
            let answered = opened
                .answered_endpoints()
                .into_iter()
                .map(|(_, node)| node);
            let ids = answered.clone().filter_map(|node| node.str("id"));
            for id in ids.chain(call.endpoint_id()) {
                note(&mut found.by_id, (call.input, canonical_id(id)), at);
            }
            for node in answered.chain(opened.stored()) {
                note(&mut found.by_type, (call.input, type_of(node)), at);
            }
        }
        found
    }

    /// The endpoint of `call` in a good state, and siblings of `payload` that worked or that the portal
    /// listed as ready; the latest last.
    pub(super) fn models(&self, call: &EndpointCall, payload: &Node) -> Vec<KnownGood> {
        let latest = |places: Option<&'_ Vec<usize>>| {
            let places = places.map_or(&[][..], Vec::as_slice);
            places[places.len().saturating_sub(CALLS)..].to_vec()
        };
        let id = call.endpoint_id().map(canonical_id);
        let mut places = latest(id.and_then(|id| self.by_id.get(&(call.input, id))));
        places.extend(latest(self.by_type.get(&(call.input, type_of(payload)))));
        places.sort_unstable();
        places.dedup();
        let mut found = Vec::new();
        for at in places.into_iter().rev() {
            let other = &self.calls[at];
            if other.number != call.number && found.len() < MODELS {
                of_call(&other.opened(), call, &mut found);
            }
        }
        found.reverse();
        found
    }
}

fn type_of(endpoint: &Node) -> String {
    let kind = endpoint.str("type").unwrap_or("azurerm");
    kind.trim().to_ascii_lowercase()
}

/// What `other` shows of endpoints that work, the last first.
fn of_call(other: &EndpointCall, call: &EndpointCall, found: &mut Vec<KnownGood>) {
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
        // Its answer is the same payload once more.
        return keep(sent, "sent with success by", same);
    }
    for (_, endpoint) in other.answered_endpoints().into_iter().rev().take(MODELS) {
        let whole = endpoint.get("data").is_some() && scheme(endpoint).is_some();
        let ready = state_of(endpoint) == State::Ready
            && endpoint.get("isReady").and_then(Node::as_bool) != Some(false);
        if whole && ready {
            keep(endpoint, "answered to", is_same(endpoint));
        }
    }
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
