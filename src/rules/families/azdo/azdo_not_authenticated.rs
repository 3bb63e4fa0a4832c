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
    // In every language somebody who is known is named in quotes; who is not has no name.
    let named = answer.says(&["tf400813"]) && !anonymous && quotes_a_name(&answer.text);
    if named || answer.says(OTHER_REASONS) || answered_later(call, context) {
        return Vec::new();
    }
    vec![answer.hit()]
}

/// Whether something stands in quotes behind the number of the message.
fn quotes_a_name(text: &str) -> bool {
    let behind = text.split_once("tf400813").map_or("", |(_, behind)| behind);
    // The message ends where the members of its JSON go on.
    let message = behind.split("\",\"").next().unwrap_or_default();
    let mut parts = message.split(is_quote).skip(1);
    parts.next().is_some_and(|name| !name.trim().is_empty()) && parts.next().is_some()
}

fn is_quote(c: char) -> bool {
    "'\"`\u{ab}\u{bb}\u{300c}\u{300d}\u{201a}".contains(c)
}
