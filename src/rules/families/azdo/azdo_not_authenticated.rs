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
    let refuses = |answer: &Answer<'_>| answer.status == 401 && !answer.is_of_another();
    let Some(answer) = Answer::of(call).filter(refuses) else {
        return Vec::new();
    };
    let anonymous = answer.says(&[
        "available for anonymous access",
        "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa",
    ]);
    // In every language somebody who is known is named in quotes; who is not has no name.
    let words = call.said.as_ref().map_or("", |said| &said.message);
    let named = answer.says(&["tf400813"]) && !anonymous && quotes_a_name(words);
    if named || answer.says(OTHER_REASONS) || answered_later(call, context) {
        return Vec::new();
    }
    vec![answer.hit()]
}

/// Whether something stands in quotes behind the number of the message. An apostrophe inside of a word is
/// no quote.
fn quotes_a_name(words: &str) -> bool {
    let behind = words
        .split_once("TF400813")
        .map_or("", |(_, behind)| behind);
    let mut before = ' ';
    let mut parts = behind.split(|c: char| {
        let opens = !before.is_alphanumeric();
        before = c;
        is_quote(c) && (opens || !is_apostrophe(c))
    });
    let name = parts.nth(1);
    name.is_some_and(|name| name.chars().any(char::is_alphanumeric))
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}')
}

fn is_quote(c: char) -> bool {
    is_apostrophe(c) || "\"`\u{ab}\u{bb}\u{300c}\u{300d}\u{201a}\u{201c}\u{201e}".contains(c)
}
