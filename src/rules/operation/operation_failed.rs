//! The work behind an accepted request failed, for a reason no other rule knows.

use crate::endpoint::outcome::State;
use crate::finding::Severity;
use crate::peel::peel;
use crate::rule::{Context, Hit};

pub(in crate::rules) fn check(context: &Context<'_>) -> Vec<Hit> {
    context
        .last_seen()
        .filter(|seen| seen.state() == State::Failed)
        .map(|seen| {
            let status = seen.node.get("operationStatus");
            let message = status
                .and_then(|status| status.str("statusMessage"))
                .unwrap_or_default();
            let evidence = if message.trim().is_empty() {
                "\"state\": \"Failed\" without a message".to_owned()
            } else {
                peel(message)
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
