//! A failure that the same call later survives.

use std::collections::HashSet;

use crate::connection::timeline::Timeline;
use crate::connection::{EndpointCall, Outcome};
use crate::report::finding::Part;
use crate::rules::engine::{Context, Hit};

/// One hit per operation: the last failure before the success.
pub(in crate::rules::families) fn check(
    timeline: &Timeline<'_>,
    context: &Context<'_>,
) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut told = HashSet::new();
    for call in timeline
        .calls
        .iter()
        .rev()
        .filter(|call| call.outcome == Outcome::Failed)
    {
        let same = |later: &&EndpointCall| later.operation == call.operation;
        let Some(later) = context.mended_by(call).filter(same) else {
            continue;
        };
        if told.insert((call.operation, call.data_source())) {
            let time = |call: &EndpointCall| {
                call.exchange
                    .started
                    .map_or_else(|| "unknown time".to_owned(), |at| at.to_string())
            };
            hits.push(
                Hit::at(call.location(Part::ResponseStatus, None))
                    .and_at(later.location(Part::ResponseStatus, None))
                    .evidence(format!(
                        "{} failed at {}, succeeded at {}",
                        call.operation.name(),
                        time(call),
                        time(later)
                    ))
                    .capture("failed_at", time(call))
                    .capture("succeeded_at", time(later)),
            );
        }
    }
    hits
}
