//! A change to an app that does not exist. Reads of other missing objects are a portal's daily bread.

use crate::rules::engine::{Context, Hit};

pub(super) fn check(context: &Context<'_>) -> Vec<Hit> {
    super::refused_changes(context, &["one of its queried reference-property objects"])
}
