//! A verify that failed for a reason no other rule knows.

use crate::connection::{EndpointCall, Operation, Outcome, outcome};
use crate::report::finding::Part;
use crate::rules::engine::{Context, Hit};
use crate::text::readable::readable;

pub(in crate::rules::families) fn check(call: &EndpointCall, _: &Context<'_>) -> Vec<Hit> {
    let Some(body) = call.response() else {
        return Vec::new();
    };
    let refused = outcome::is_error_envelope(body);
    let told = call.status().is_none_or(|status| status < 300) || refused;
    if call.operation != Operation::Verify || call.outcome != Outcome::Failed || !told {
        return Vec::new();
    }
    let message = body.member(if refused { "message" } else { "errorMessage" });
    let text = message.and_then(|member| member.value.as_str());
    let status = outcome::inner_status(body).unwrap_or_default();
    let (key, evidence) = match text.map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => (
            message.map_or("errorMessage", |member| member.key.as_str()),
            readable(text),
        ),
        None => (
            "statusCode",
            format!("statusCode {status}, no errorMessage"),
        ),
    };
    vec![
        Hit::at(call.location(Part::ResponseBody, Some(format!("/{key}"))))
            .evidence(evidence)
            .capture("status", status),
    ]
}
