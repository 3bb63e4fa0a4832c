//! A create that ended in status 500 for a reason no other rule knows.

use super::Answer;
use crate::connection::{EndpointCall, Operation};
use crate::rules::engine::{Context, Hit};

pub(in crate::rules::families) fn check(call: &EndpointCall, _: &Context<'_>) -> Vec<Hit> {
    if call.operation != Operation::Create {
        return Vec::new();
    }
    Answer::of(call)
        .filter(|answer| answer.status == 500 && !answer.says(super::azdo_duplicate_name::SAYS))
        .map(|answer| answer.hit())
        .into_iter()
        .collect()
}
