//! An endpoint object sent with `PATCH`, which shares an endpoint and takes an array.

use crate::connection::{EndpointCall, Operation, Outcome};
use crate::json::Node;
use crate::report::finding::{Applicability, Part, Severity};
use crate::rules::engine::{Context, Hit};

pub(in crate::rules::families) fn check(call: &EndpointCall, _: &Context<'_>) -> Vec<Hit> {
    let is_object = call.request().is_some_and(Node::is_object);
    if !call.method().eq_ignore_ascii_case("PATCH")
        || call.operation != Operation::Update
        || !is_object
    {
        return Vec::new();
    }
    let fix = super::fix(
        Applicability::Safe,
        Vec::new(),
        "sends the same body with PUT",
    );
    let hit = Hit::at(call.location(Part::RequestBody, Some(String::new())))
        .evidence(format!(
            "{} with an object body",
            call.method().to_ascii_uppercase()
        ))
        .fix(fix);
    // Servers were seen to take it as an update.
    vec![match call.outcome {
        Outcome::Failed => hit.severity(Severity::Error),
        _ => hit,
    }]
}
