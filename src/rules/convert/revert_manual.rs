//! A way back to a secret that Azure DevOps never had.

use super::{Attempt, Ended, SECRET};
use crate::endpoint::EndpointCall;
use crate::rule::{Context, Hit};

pub(in crate::rules) fn check(call: &EndpointCall, context: &Context<'_>) -> Vec<Hit> {
    Attempt::of(call, Some(SECRET), context)
        .filter(|attempt| attempt.ended != Ended::Well && attempt.is_manual(context))
        .map(|attempt| {
            attempt
                .hit("/data/creationMode")
                .evidence("\"creationMode\": \"Manual\"")
        })
        .into_iter()
        .collect()
}
