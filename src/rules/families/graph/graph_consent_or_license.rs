//! A change to an app with a token that Graph cannot tie to anybody.

use crate::rules::engine::{Context, Hit};

pub(super) fn check(context: &Context<'_>) -> Vec<Hit> {
    let sentences = &[
        "authorization_identitynotfound",
        "authentication_missingormalformed",
    ];
    super::refused_changes(context, sentences)
}
