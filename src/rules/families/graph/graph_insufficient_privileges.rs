//! A change to an app that Graph refuses, asked for by the page itself or by a script.

use crate::rules::engine::{Context, Hit};

pub(super) fn check(context: &Context<'_>) -> Vec<Hit> {
    let sentences = &["authorization_requestdenied", "insufficient privileges"];
    super::refused_changes(context, sentences)
}
