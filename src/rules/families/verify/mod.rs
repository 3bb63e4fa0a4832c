//! Trying the endpoint out.

mod verify_failed_generic;

use crate::rules::engine::Check;

/// The family's checks, by the id of their rule.
pub(super) const CHECKS: &[(&str, Check)] = &[(
    "verify-failed-generic",
    Check::Call(verify_failed_generic::check),
)];
