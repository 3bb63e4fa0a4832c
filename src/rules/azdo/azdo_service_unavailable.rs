//! A gateway's answer in place of the service's.

use super::Answer;
use crate::endpoint::EndpointCall;
use crate::rule::{Context, Hit};

pub(in crate::rules) fn check(call: &EndpointCall, _: &Context<'_>) -> Vec<Hit> {
    Answer::of(call)
        .filter(|answer| {
            matches!(answer.status, 502..=504) && !answer.says(super::azdo_throttled::SAYS)
        })
        .map(|answer| answer.hit())
        .into_iter()
        .collect()
}
