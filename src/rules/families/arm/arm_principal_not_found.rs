//! A new principal is unknown for some seconds; only a call that nobody repeated with success counts.

use super::super::direct;
use crate::report::finding::Part;
use crate::rules::engine::{Context, Hit};

pub(super) fn check(context: &Context<'_>) -> Vec<Hit> {
    direct::refused(context, "management.")
        .iter()
        .filter(|call| direct::writes(call.exchange))
        .filter(|call| call.says(&["principalnotfound", "does not exist in the directory"]))
        .map(|call| call.hit(context, Part::ResponseBody))
        .collect()
}
