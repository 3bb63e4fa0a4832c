//! What sets a payload that fails apart from those that work.

use std::collections::HashMap;

use super::KnownGood;
use crate::connection::EndpointCall;
use crate::connection::types::Types;
use crate::json::Node;
use crate::mend::diff::{self, Difference, Setting, Significance};

/// Sets of up to this many members are all tried; beyond, the most telling member is taken first.
const EXHAUSTIVE: usize = 3;

/// Of more members than this not even the smallest sets are all tried.
const FEW: usize = 30;

/// The smallest set of significant differences such that the payload differs from every one of
/// `goods` in at least one of them.
///
/// Members in which it differs from all of them are each such a set, and all are given.
pub fn smallest(
    payload: &Node,
    call: Option<&EndpointCall>,
    goods: &[KnownGood],
    types: &Types,
) -> Vec<Difference> {
    let mut each: Vec<Vec<Difference>> = goods
        .iter()
        .map(|good| {
            let setting = Setting::of(call, good.same_endpoint, types);
            let mut found = diff::compare(&good.body, payload, setting);
            found.retain(|difference| difference.significance == Significance::Significant);
            found
        })
        .collect();
    // One that works and does not differ shows that none of this is the reason.
    if each.is_empty() || each.iter().any(Vec::is_empty) {
        return Vec::new();
    }
    let sets: Vec<Vec<String>> = each.iter().map(|found| keys(found)).collect();
    let chosen = hitting(&sets);
    let mut by_key: HashMap<String, Difference> = HashMap::new();
    // The latest payload that works comes last, and its difference is the one to show.
    while let Some(found) = each.pop() {
        for difference in found {
            by_key.entry(key_of(&difference)).or_insert(difference);
        }
    }
    let wanted = chosen.iter().filter_map(|key| by_key.remove(key));
    wanted.collect()
}

fn key_of(difference: &Difference) -> String {
    difference.pointer.to_ascii_lowercase()
}

fn keys(found: &[Difference]) -> Vec<String> {
    let mut keys: Vec<String> = found.iter().map(key_of).collect();
    keys.sort();
    keys.dedup();
    keys
}

/// Whether the sorted `set` holds `key`.
fn holds(set: &[String], key: &String) -> bool {
    set.binary_search(key).is_ok()
}

/// The members that are in every set; or else a smallest choice of members that meets every set.
fn hitting(sets: &[Vec<String>]) -> Vec<String> {
    let mut all: Vec<&String> = sets.iter().flatten().collect();
    all.sort();
    all.dedup();
    let common: Vec<String> = all
        .iter()
        .filter(|key| sets.iter().all(|set| holds(set, key)))
        .map(|key| (*key).clone())
        .collect();
    if !common.is_empty() {
        return common;
    }
    let meets = |chosen: &[&String]| {
        sets.iter()
            .all(|set| chosen.iter().any(|key| holds(set, key)))
    };
    let sizes = if all.len() > FEW { 0 } else { EXHAUSTIVE };
    for size in 2..=sizes.min(all.len()) {
        if let Some(chosen) = choices(&all, size).into_iter().find(|chosen| meets(chosen)) {
            return chosen.into_iter().cloned().collect();
        }
    }
    greedy(&all, sets)
}

/// Every choice of `size` of `all`.
fn choices<'a>(all: &[&'a String], size: usize) -> Vec<Vec<&'a String>> {
    if size == 0 {
        return vec![Vec::new()];
    }
    let mut found = Vec::new();
    for (at, first) in all.iter().enumerate() {
        for mut rest in choices(&all[at + 1..], size - 1) {
            rest.insert(0, first);
            found.push(rest);
        }
    }
    found
}

fn greedy(all: &[&String], sets: &[Vec<String>]) -> Vec<String> {
    let mut open: Vec<&Vec<String>> = sets.iter().collect();
    let mut chosen = Vec::new();
    while !open.is_empty() {
        let meets = |key: &String| open.iter().filter(|set| holds(set, key)).count();
        let Some(best) = all.iter().max_by_key(|key| meets(key)) else {
            break;
        };
        chosen.push((*best).clone());
        open.retain(|set| !holds(set, best));
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::hitting;

    fn sets(sets: &[&[&str]]) -> Vec<Vec<String>> {
        sets.iter()
            .map(|set| set.iter().map(|key| (*key).to_owned()).collect())
            .collect()
    }

    #[test]
    fn what_differs_from_all_that_work_is_what_counts() {
        assert_eq!(
            hitting(&sets(&[&["a", "b", "c"], &["b", "d"], &["b"]])),
            ["b"]
        );
        assert_eq!(hitting(&sets(&[&["a", "b"], &["a", "b"]])), ["a", "b"]);
    }

    #[test]
    fn otherwise_the_smallest_choice_meets_every_set() {
        assert_eq!(
            hitting(&sets(&[&["a", "x"], &["b", "x"], &["y"]])),
            ["x", "y"]
        );
        let far = sets(&[&["a"], &["b"], &["c"], &["d"]]);
        assert_eq!(hitting(&far).len(), 4);
    }

    #[test]
    fn thousands_of_members_are_not_tried_in_threes() {
        let many =
            |name: &str| -> Vec<String> { (0..3000).map(|n| format!("{name}{n:05}")).collect() };
        assert_eq!(hitting(&[many("a"), many("b")]).len(), 2);
    }
}
