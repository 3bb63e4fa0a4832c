//! A refusal to touch an existing endpoint. The wording varies, so status and kind of call decide.

use super::Answer;
use crate::connection::{EndpointCall, Operation};
use crate::rules::engine::{Context, Hit};

/// What says it whatever the status.
const SAYS: &[&str] = &[
    "level administrator of the service",
    "need to be an administrator of the service",
];

/// Refusals that have a reason of their own.
const OTHER_REASONS: &[&str] = &[
    "need to be a creator",
    "vs403463",
    "tf400813",
    "vs30063",
    "tf30063",
    "tf400733",
    "vs800075",
    "personal access token",
    "already exists",
];

pub(in crate::rules::families) fn check(call: &EndpointCall, _: &Context<'_>) -> Vec<Hit> {
    let touches = match call.operation {
        Operation::Update | Operation::Convert | Operation::Share | Operation::Delete => true,
        Operation::Verify => call.endpoint_id().is_some(),
        _ => false,
    };
    let refused = |answer: &Answer<'_>| match answer.status {
        403 => true,
        401 => answer.says(&["accesscheckexception"]),
        status => status >= 400 && answer.says(SAYS),
    };
    Answer::of(call)
        .filter(|answer| {
            touches && refused(answer) && !answer.is_of_another() && !answer.says(OTHER_REASONS)
        })
        .map(|answer| answer.hit())
        .into_iter()
        .collect()
}
