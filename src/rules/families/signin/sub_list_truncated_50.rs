//! A list of exactly 50 entries, without the subscription that is wanted.

use super::lists;
use crate::report::finding::Confidence;
use crate::rules::engine::{Context, Hit};

/// As many as the drop-down lists show. Longer lists exist; they were not cut here.
const SHOWN: usize = 50;

pub(super) fn check(context: &Context<'_>) -> Vec<Hit> {
    let lists = lists::answered(context);
    let Some(full) = lists.iter().rev().find(|list| list.count == SHOWN) else {
        return Vec::new();
    };
    let targets = lists::targets(context);
    if targets
        .iter()
        .any(|target| lists.iter().any(|list| list.holds(&target.id)))
    {
        return Vec::new();
    }
    let hit = Hit::at(full.location())
        .evidence(format!("{SHOWN} subscriptions"))
        .capture("count", SHOWN.to_string());
    // Nobody said which one is wanted: the number alone is only a hint.
    vec![match targets.last() {
        Some(target) => hit.capture("subscription_id", target.id.as_str()),
        None => hit.confidence(Confidence::Low),
    }]
}
