//! The trace ends before the work behind the request does.

use super::last_seen;
use crate::endpoint::outcome::State;
use crate::rule::{Context, Hit};

pub(in crate::rules) fn check(context: &Context<'_>) -> Vec<Hit> {
    last_seen(context)
        .iter()
        .filter(|seen| seen.worked_on && seen.state() == State::InProgress)
        .map(|seen| {
            seen.hit("operationStatus/state")
                .evidence("\"state\": \"InProgress\" is the last that is known")
        })
        .collect()
}
