//! An endpoint that is not ready, without a word on why.

use crate::connection::Operation;
use crate::connection::outcome::State;
use crate::report::finding::Severity;
use crate::rules::engine::{Context, Hit, Unready};

pub(in crate::rules::families) fn check(context: &Context<'_>) -> Vec<Hit> {
    context
        .last_seen()
        .filter(|seen| seen.unready == Some(Unready::Stored) && seen.state == State::Ready)
        // Right after saving it is false for seconds; only a read tells.
        .filter(|seen| matches!(seen.call.operation, Operation::Get | Operation::List))
        .map(|seen| {
            let hit = seen.hit("isReady").evidence("\"isReady\": false");
            if seen.worked_on {
                hit
            } else {
                hit.severity(Severity::Warning)
            }
        })
        .collect()
}
