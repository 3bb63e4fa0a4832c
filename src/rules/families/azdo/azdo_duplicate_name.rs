//! A name that is taken, by somebody else's connection or by the first press of Save.

use super::Answer;
use crate::connection::{EndpointCall, Operation};
use crate::report::finding::Severity;
use crate::rules::engine::{Context, Hit};

/// What the answer says, in lower case.
pub(super) const SAYS: &[&str] = &["duplicateserviceconnectionexception"];

pub(in crate::rules::families) fn check(call: &EndpointCall, context: &Context<'_>) -> Vec<Hit> {
    let writes = call.operation.writes_endpoint();
    let Some(answer) = Answer::of(call).filter(|answer| {
        let taken = || {
            answer.says(&["service connection with name", "service endpoint with name"])
                && answer.says(&["already exists"])
        };
        writes && answer.status >= 400 && (taken() || answer.says(SAYS))
    }) else {
        return Vec::new();
    };
    let mut hit = answer.hit();
    let Some(name) = call.stored().and_then(|node| node.str("name")) else {
        return vec![hit];
    };
    hit = hit.capture("name", name);
    let place = |call: &EndpointCall| context.place_of(call.exchange.entry);
    match context.mended_by(call) {
        Some(first) if place(first) < place(call) => {
            hit = hit.severity(Severity::Note).message(format!(
                "The connection '{name}' was created by call {} of this trace a moment before; this is the same \
                 request sent once more. Nothing is wrong.",
                first.number
            ));
        }
        Some(other) if other.operation == Operation::Create => {
            hit = hit.severity(Severity::Note).message(format!(
                "The name '{name}' was taken, and call {} then created the connection as '{}'. Nothing is wrong any more.",
                other.number,
                other.endpoint_name().unwrap_or_default()
            ));
        }
        _ => {}
    }
    vec![hit]
}
