//! Payloads that work: from the user, from the trace itself, or built in; the best fit first.

use crate::endpoint::outcome::{State, state_of};
use crate::endpoint::{EndpointCall, Outcome};
use crate::json::{self, Node, Value};
use crate::report::Report;

include!(concat!(env!("OUT_DIR"), "/payload_files.rs"));

/// Where a known-good payload comes from. The names are those of the JSON report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Given by the user.
    File,
    /// Seen in the same trace.
    Trace,
    /// Part of mendpoint.
    BuiltIn,
}

impl Origin {
    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Trace => "trace",
            Self::BuiltIn => "built-in",
        }
    }
}

/// A payload that works.
#[derive(Debug, Clone)]
pub struct KnownGood {
    /// Where it comes from.
    pub origin: Origin,
    /// For people: which one it is, and when it was seen.
    pub description: String,
    /// The endpoint.
    pub body: Node,
    /// Whether it is the same endpoint, so that its names and ids must agree.
    pub same_endpoint: bool,
}

/// The best known-good payload for `payload`, which `call` sends (or which was pasted).
///
/// `given` are the user's. Those of the trace come next, then the built-in ones.
pub fn choose(
    payload: &Node,
    call: Option<&EndpointCall>,
    report: &Report,
    given: Vec<KnownGood>,
) -> Option<KnownGood> {
    let best = |candidates: Vec<KnownGood>| {
        candidates
            .into_iter()
            .filter_map(|one| Some((fit(payload, &one)?, one)))
            .max_by_key(|(fit, _)| *fit)
            .map(|(_, one)| one)
    };
    best(given)
        .or_else(|| best(call.map_or_else(Vec::new, |call| of_trace(call, report))))
        .or_else(|| best(built_in()))
}

/// How well a known-good payload fits; `None` if comparing with it would be nonsense.
fn fit(payload: &Node, known: &KnownGood) -> Option<u32> {
    let same = |read: fn(&Node) -> Option<&str>| match (read(payload), read(&known.body)) {
        (Some(a), Some(b)) => Some(a.trim().eq_ignore_ascii_case(b.trim())),
        _ => None,
    };
    if same(|node| node.str("type")) == Some(false)
        || (!known.same_endpoint && same(scheme) == Some(false))
    {
        return None;
    }
    let mut points = 1;
    for (read, weight) in [
        (mode as fn(&Node) -> Option<&str>, 8),
        (scope_level, 4),
        (credential, 2),
    ] {
        points += if same(read) == Some(true) { weight } else { 0 };
    }
    let has_scope = |node: &Node| {
        node.get("authorization")
            .and_then(|node| node.get("parameters"))
            .and_then(|node| node.str("scope"))
            .is_some_and(|scope| !scope.is_empty())
    };
    points += u32::from(has_scope(payload) == has_scope(&known.body));
    Some(points + if known.same_endpoint { 100 } else { 0 })
}

fn scheme(node: &Node) -> Option<&str> {
    node.get("authorization")?.str("scheme")
}

fn mode(node: &Node) -> Option<&str> {
    node.get("data")?.str("creationMode")
}

fn scope_level(node: &Node) -> Option<&str> {
    node.get("data")?.str("scopeLevel")
}

fn credential(node: &Node) -> Option<&str> {
    node.get("authorization")?
        .get("parameters")?
        .str("authenticationType")
}

/// The same endpoint in a good state, and ready siblings that the portal listed.
fn of_trace(call: &EndpointCall, report: &Report) -> Vec<KnownGood> {
    let mut found = Vec::new();
    let others = report
        .calls
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
        if other.operation == call.operation
            && other.outcome == Outcome::Ok
            && let Some(sent) = other
                .stored()
                .filter(|node| node.get("authorization").is_some())
        {
            keep(
                sent,
                "sent with success by",
                other.endpoint_id().is_some() && other.endpoint_id() == call.endpoint_id(),
            );
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

/// An answer echoes the empty `accesstoken` it was given, and is no model in that.
fn drop_empty_access_token(endpoint: &mut Node) -> bool {
    let parameters = child(endpoint, "authorization").and_then(|node| child(node, "parameters"));
    let Some(Node {
        value: Value::Object(members),
        ..
    }) = parameters
    else {
        return false;
    };
    let before = members.len();
    members.retain(|member| {
        let empty = member.value.is_null()
            || member
                .value
                .as_str()
                .is_some_and(|text| text.trim().is_empty());
        !(empty && member.key.eq_ignore_ascii_case("accesstoken"))
    });
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

/// The built-in payloads.
///
/// # Panics
/// If one of them is no JSON, which a test rules out.
pub fn built_in() -> Vec<KnownGood> {
    let read = |(name, text): &(&str, &str)| KnownGood {
        origin: Origin::BuiltIn,
        description: format!("built-in payload {name}"),
        body: json::parse(text).unwrap_or_else(|error| panic!("{name}: {}", error.message)),
        same_endpoint: false,
    };
    PAYLOAD_FILES.iter().map(read).collect()
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
                if crate::endpoint::payload::looks_like_endpoint(endpoint) {
                    keep(input.path.clone(), endpoint);
                }
            }
        }
    }
    for call in report
        .calls
        .iter()
        .filter(|call| call.outcome == Outcome::Ok)
    {
        let path = &report.inputs[call.input].path;
        if let Some(sent) = call.stored().filter(|_| call.operation.writes_endpoint()) {
            keep(format!("{path}, call {}", call.number), sent);
        }
        for (_, endpoint) in call.answered_endpoints() {
            if endpoint.get("data").is_some() && state_of(endpoint) == State::Ready {
                keep(format!("{path}, answer to call {}", call.number), endpoint);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_payload_with_the_same_scheme_mode_and_scope_is_chosen() {
        for (scheme, mode, level, expected) in [
            (
                "ServicePrincipal",
                "Automatic",
                "Subscription",
                "serviceprincipal-automatic-subscription",
            ),
            (
                "serviceprincipal",
                "Manual",
                "ManagementGroup",
                "serviceprincipal-manual-key-managementgroup",
            ),
            (
                "WorkloadIdentityFederation",
                "Manual",
                "Subscription",
                "workloadidentityfederation-manual-subscription",
            ),
            ("PublishProfile", "", "", "publishprofile-subscription"),
        ] {
            let text = format!(
                r#"{{"type":"AzureRM","authorization":{{"scheme":"{scheme}","parameters":{{"authenticationType":"spnKey"}}}},"data":{{"creationMode":"{mode}","scopeLevel":"{level}"}}}}"#
            );
            let chosen = choose(
                &json::parse(&text).unwrap(),
                None,
                &Report::default(),
                Vec::new(),
            )
            .unwrap();
            assert!(
                chosen.description.ends_with(expected),
                "{} for {scheme} {mode} {level}",
                chosen.description
            );
        }
        let github =
            json::parse(r#"{"type":"github","authorization":{"scheme":"Token"}}"#).unwrap();
        assert!(choose(&github, None, &Report::default(), Vec::new()).is_none());
    }
}
