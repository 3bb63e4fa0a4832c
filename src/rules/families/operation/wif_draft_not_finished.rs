//! An endpoint kept as a draft.

use crate::rules::engine::{Context, Hit};

pub(in crate::rules::families) fn check(context: &Context<'_>) -> Vec<Hit> {
    context
        .last_seen()
        .filter(|seen| seen.is_asked_for() && seen.is_draft && seen.is_unready)
        .map(|seen| {
            seen.hit("data/isDraft")
                .evidence("\"isDraft\": true, \"isReady\": false")
        })
        .collect()
}
