//! A write or verify whose request body is not in the recording.

use crate::connection::EndpointCall;
use crate::exchange::Body;
use crate::report::finding::Part;
use crate::rules::engine::{Context, Hit};

pub(in crate::rules::families) fn check(call: &EndpointCall, _: &Context<'_>) -> Vec<Hit> {
    let wants_body = matches!(
        call.method().to_ascii_uppercase().as_str(),
        "POST" | "PUT" | "PATCH"
    );
    let reason = match &call.exchange.request.body {
        Body::NotRecorded(reason) => reason.clone(),
        // Every such call carries a body; where the recorder shows none, it did not keep it.
        Body::Empty if wants_body && call.operation.needs_body() => None,
        _ => return Vec::new(),
    };
    if !wants_body {
        return Vec::new();
    }
    let why = reason.map_or_else(
        || "the recorder gives no reason".to_owned(),
        |reason| format!("the recorder says: {reason}"),
    );
    vec![
        Hit::at(call.location(Part::RequestBody, None))
            .evidence(format!("{} without a request body; {why}", call.method())),
    ]
}
