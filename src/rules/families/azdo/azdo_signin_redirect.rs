//! A sign-in page, or the way to one, where JSON was asked for.

use super::{Answer, answered_later};
use crate::connection::{EndpointCall, outcome};
use crate::rules::engine::{Context, Hit};

pub(in crate::rules::families) fn check(call: &EndpointCall, context: &Context<'_>) -> Vec<Hit> {
    Answer::of(call)
        .filter(|answer| {
            outcome::is_sign_in(answer.response)
                && !answer.says(&["personal access token", "vs403463"])
                && !answered_later(call, context)
        })
        .map(|answer| answer.hit())
        .into_iter()
        .collect()
}
