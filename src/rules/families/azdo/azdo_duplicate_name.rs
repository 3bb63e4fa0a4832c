//! A name that is taken, by somebody else's connection or by the first press of Save.

use super::Answer;
use crate::connection::{EndpointCall, Operation, Outcome};
use crate::report::finding::Severity;
use crate::rules::engine::{Context, Hit};

/// What the answer says, in lower case.
pub(super) const SAYS: &[&str] = &["duplicateserviceconnectionexception"];

pub(in crate::rules::families) fn check(call: &EndpointCall, context: &Context<'_>) -> Vec<Hit> {
    let writes = call.operation.writes_endpoint();
    let Some(answer) = Answer::of(call).filter(|answer| {
        let taken = answer.says(&["service connection with name", "service endpoint with name"])
            && answer.says(&["already exists"]);
        writes && answer.status >= 400 && (taken || answer.says(SAYS))
    }) else {
        return Vec::new();
    };
    let mut hit = answer.hit();
    let Some(name) = call.stored().and_then(|node| node.str("name")) else {
        return vec![hit];
    };
    hit = hit.capture("name", name);
    if let Some(first) = created_before(call, name, context) {
        hit = hit.severity(Severity::Note).message(format!(
            "The connection '{name}' was created by call {} of this trace a moment before; this is the same \
             request sent once more. Nothing is wrong.",
            first.number
        ));
    }
    if let Some(other) = created_with_suffix(call, name, context) {
        hit = hit.severity(Severity::Note).message(format!(
            "The name '{name}' was taken, and call {} then created the connection as '{}'. Nothing is wrong any more.",
            other.number,
            other.endpoint_name().unwrap_or_default()
        ));
    }
    vec![hit]
}

/// A later request that created the connection under a longer name, as the wizard of the portal does.
fn created_with_suffix<'a>(
    call: &EndpointCall,
    name: &str,
    context: &Context<'a>,
) -> Option<&'a EndpointCall> {
    let later = context
        .calls
        .iter()
        .skip_while(|other| other.number != call.number);
    later.skip(1).find(|other| {
        let own = other.stored().and_then(|node| node.str("name"));
        other.operation == Operation::Create
            && other.outcome == Outcome::Ok
            && other.route.host == call.route.host
            && own.is_some_and(|own| {
                own.get(..name.len())
                    .is_some_and(|start| start.eq_ignore_ascii_case(name))
            })
    })
}

/// An earlier request of the trace that created a connection of this name.
fn created_before<'a>(
    call: &EndpointCall,
    name: &str,
    context: &Context<'a>,
) -> Option<&'a EndpointCall> {
    context
        .calls
        .iter()
        .take_while(|other| other.number != call.number)
        .find(|other| {
            other.operation == Operation::Create
                && call.operation == Operation::Create
                && other.outcome != Outcome::Failed
                && other.status().is_some_and(|status| status < 300)
                && other.route.host == call.route.host
                && other
                    .stored()
                    .and_then(|node| node.str("name"))
                    .is_some_and(|other| other.eq_ignore_ascii_case(name))
        })
}
