//! The work behind an accepted request failed, for a reason no other rule knows.

use crate::connection::outcome::State;
use crate::report::finding::Severity;
use crate::rules::engine::{Context, Hit};
use crate::text::readable::readable;

pub(in crate::rules::families) fn check(context: &Context<'_>) -> Vec<Hit> {
    context
        .last_seen()
        .filter(|seen| seen.state == State::Failed)
        .map(|seen| {
            let node = seen.node();
            let status = node.get("operationStatus");
            let message = status
                .and_then(|status| status.str("statusMessage"))
                .unwrap_or_default();
            let evidence = if message.trim().is_empty() {
                "\"state\": \"Failed\" without a message".to_owned()
            } else {
                readable(message)
            };
            let hit = seen.hit("operationStatus/statusMessage").evidence(evidence);
            if seen.worked_on {
                hit
            } else {
                hit.severity(Severity::Warning)
            }
        })
        .collect()
}
