//! A call that reached Azure DevOps without a valid sign-in, and that no later one made good.

use super::{Answer, answered_later};
use crate::connection::EndpointCall;
use crate::rules::engine::{Context, Hit};

/// Answers with status 401 that have a reason of their own.
const OTHER_REASONS: &[&str] = &[
    "personal access token",
    "vs403463",
    "vs30063",
    "tf30063",
    "accesscheckexception",
    "sign in to your account",
];

pub(in crate::rules::families) fn check(call: &EndpointCall, context: &Context<'_>) -> Vec<Hit> {
    let Some(answer) = Answer::of(call).filter(|answer| answer.status == 401) else {
        return Vec::new();
    };
    let anonymous = answer.says(&[
        "available for anonymous access",
        "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa",
    ]);
    let named = answer.says(&["tf400813"]) && !anonymous;
    if named || answer.says(OTHER_REASONS) || answered_later(call, context) {
        return Vec::new();
    }
    vec![answer.hit()]
}
