//! An endpoint kept as a draft.

use crate::rules::engine::{Context, Hit, Unready};

pub(in crate::rules::families) fn check(context: &Context<'_>) -> Vec<Hit> {
    context
        .last_seen()
        .filter(|seen| seen.is_asked_for() && seen.unready == Some(Unready::Draft))
        .map(|seen| {
            seen.hit("data/isDraft")
                .evidence("\"isDraft\": true, \"isReady\": false")
        })
        .collect()
}
