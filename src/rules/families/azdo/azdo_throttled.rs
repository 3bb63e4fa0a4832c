//! Too many requests: status 429, or 503 with a number of Azure DevOps.

use super::Answer;
use crate::connection::EndpointCall;
use crate::rules::engine::{Context, Hit};

/// What the answer says, in lower case.
pub(super) const SAYS: &[&str] = &["tf400733", "exceeding usage of resource"];

pub(in crate::rules::families) fn check(call: &EndpointCall, _: &Context<'_>) -> Vec<Hit> {
    let Some(answer) = Answer::of(call)
        .filter(|answer| answer.status == 429 || (answer.status >= 400 && answer.says(SAYS)))
    else {
        return Vec::new();
    };
    let wait = answer.response.headers.get("retry-after").map(str::trim);
    let hit = answer.hit();
    vec![match wait.filter(|wait| !wait.is_empty()) {
        Some(wait) => hit.capture("retry_after", wait),
        None => hit,
    }]
}
