//! The sign-in service answers 429 or 5xx, with or without a number in the body.

use super::super::direct;
use crate::report::finding::Part;
use crate::rules::engine::{Context, Hit};

pub(super) fn check(context: &Context<'_>) -> Vec<Hit> {
    direct::refused(context, "login.")
        .iter()
        .filter(|call| call.response.status == 429 || call.response.status >= 500)
        // A silent attempt in a hidden frame is followed by a visible one.
        .filter(|call| direct::query_of(call.exchange, "prompt").as_deref() != Some("none"))
        .map(|call| {
            let evidence = format!("HTTP {}", call.response.status);
            call.hit(context, Part::ResponseStatus).evidence(evidence)
        })
        .collect()
}
