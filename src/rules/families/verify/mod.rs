//! Trying the endpoint out.

mod text_failure_unknown;
mod verify_failed_generic;

use crate::rules::engine::Check;

/// The family's checks, by the id of their rule.
pub(super) const CHECKS: &[(&str, Check)] = &[
    (
        "text-failure-unknown",
        Check::UnexplainedText(text_failure_unknown::check),
    ),
    (
        "verify-failed-generic",
        Check::Call(verify_failed_generic::check),
    ),
];
