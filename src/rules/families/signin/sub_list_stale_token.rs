//! A good list without the subscription that an automatic connection is about.

use super::lists;
use crate::rules::engine::{Context, Hit};

pub(super) fn check(context: &Context<'_>) -> Vec<Hit> {
    let lists = lists::answered(context);
    let Some(last) = lists.iter().rev().find(|list| list.count > 0) else {
        return Vec::new();
    };
    let targets = lists::targets(context);
    // A list of 50 was probably cut, which is another rule's matter. In manual mode people type in
    // subscriptions that they cannot see themselves.
    let listed = |id: &str| lists.iter().any(|list| list.count == 50 || list.holds(id));
    let stored = |id: &str| {
        targets
            .iter()
            .any(|target| target.stored && target.id.eq_ignore_ascii_case(id))
    };
    targets
        .iter()
        .rev()
        .find(|target| target.mode.eq_ignore_ascii_case("automatic"))
        .filter(|target| !listed(&target.id) && !stored(&target.id))
        .map(|target| {
            Hit::at(last.location())
                .evidence(format!("{} subscriptions, not {}", last.count, target.id))
                .capture("subscription_id", target.id.as_str())
        })
        .into_iter()
        .collect()
}
