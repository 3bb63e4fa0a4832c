//! The trace ends before the work behind the request does.

use crate::connection::Operation;
use crate::connection::outcome::State;
use crate::report::finding::Severity;
use crate::rules::engine::{Context, Hit};

pub(in crate::rules::families) fn check(context: &Context<'_>) -> Vec<Hit> {
    context
        .last_seen()
        .filter(|seen| seen.is_asked_for() && seen.state == State::InProgress)
        .map(|seen| {
            let hit = seen
                .hit("operationStatus/state")
                .evidence("\"state\": \"InProgress\" is the last that is known");
            if matches!(seen.call.operation, Operation::Get | Operation::List) {
                hit
            } else {
                // Nobody asked how it went on: the page was left, or the recording stopped, at once.
                hit.severity(Severity::Note)
            }
        })
        .collect()
}
