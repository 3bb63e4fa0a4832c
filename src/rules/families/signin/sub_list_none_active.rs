//! Every list of subscriptions came back good and empty.

use super::lists;
use crate::connection::Outcome;
use crate::report::finding::Severity;
use crate::rules::engine::{Context, Hit};

pub(super) fn check(context: &Context<'_>) -> Vec<Hit> {
    let lists = lists::answered(context);
    // One directory's list may be empty as long as another's is not.
    let Some(last) = lists
        .last()
        .filter(|_| lists.iter().all(|list| list.count == 0))
    else {
        return Vec::new();
    };
    let hit = Hit::at(last.location()).evidence("\"value\":[]");
    let worked = context
        .calls
        .iter()
        .any(|call| call.operation.writes_endpoint() && call.outcome == Outcome::Ok);
    vec![if worked {
        hit.severity(Severity::Note)
    } else {
        hit
    }]
}
