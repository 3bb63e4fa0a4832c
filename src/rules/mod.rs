//! The built-in rules: one folder a family, one Markdown file a rule.
//!
//! A rule that only matches text needs no code. One that must judge a payload or a sequence has a
//! check in a file of the same name, listed here.

use crate::rule::Check;

/// The check of the rule called `id`, if it has one.
pub fn check_of(id: &str) -> Option<Check> {
    CHECKS
        .iter()
        .find(|(known, _)| *known == id)
        .map(|(_, check)| *check)
}

/// Every check, by the id of its rule.
static CHECKS: &[(&str, Check)] = &[];
