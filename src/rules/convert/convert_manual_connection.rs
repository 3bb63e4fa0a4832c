//! A conversion of an endpoint that Azure DevOps did not make.

use super::{Attempt, Ended, FEDERATION};
use crate::endpoint::EndpointCall;
use crate::rule::{Context, Hit};

pub(in crate::rules) fn check(call: &EndpointCall, context: &Context<'_>) -> Vec<Hit> {
    Attempt::of(call, Some(FEDERATION), context)
        .filter(|attempt| attempt.ended != Ended::Well && attempt.is_manual(context))
        .map(|attempt| {
            attempt
                .hit("/data/creationMode")
                .evidence("\"creationMode\": \"Manual\"")
        })
        .into_iter()
        .collect()
}
