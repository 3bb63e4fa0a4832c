//! A gateway's answer in place of the service's.

use super::Answer;
use crate::connection::EndpointCall;
use crate::rules::engine::{Context, Hit};

pub(in crate::rules::families) fn check(call: &EndpointCall, _: &Context<'_>) -> Vec<Hit> {
    Answer::of(call)
        .filter(|answer| {
            matches!(answer.status, 502..=504) && !answer.says(super::azdo_throttled::SAYS)
        })
        .map(|answer| answer.hit())
        .into_iter()
        .collect()
}
