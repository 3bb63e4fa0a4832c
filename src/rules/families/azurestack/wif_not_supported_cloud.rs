//! Automatic workload identity federation in a cloud that the documentation excludes.

use crate::connection::{Outcome, Payload, Use};
use crate::rules::engine::{Context, Hit};

/// Values of `data.environment`.
const EXCLUDED: &[&str] = &["AzureStack", "AzureUSGovernment"];

pub(in crate::rules::families) fn check(payload: &Payload<'_>, _: &Context<'_>) -> Vec<Hit> {
    let stores = !matches!(payload.usage, Use::VerifySaved | Use::VerifyNew);
    let worked = payload.call.is_some_and(|call| call.outcome == Outcome::Ok);
    let automatic =
        payload.has_scheme("WorkloadIdentityFederation") && payload.has_mode("Automatic");
    if !stores || worked || !automatic {
        return Vec::new();
    }
    let Some((pointer, node)) = payload.data("environment") else {
        return Vec::new();
    };
    let environment = node.as_str().unwrap_or_default().trim();
    if !EXCLUDED
        .iter()
        .any(|known| known.eq_ignore_ascii_case(environment))
    {
        return Vec::new();
    }
    vec![
        Hit::at(payload.location(pointer))
            .evidence(format!("\"environment\": \"{environment}\""))
            .capture("environment", environment),
    ]
}
