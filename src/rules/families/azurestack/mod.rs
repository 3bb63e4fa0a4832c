//! Azure Stack and the clouds beside the public one.

mod wif_not_supported_cloud;

use crate::rules::engine::Check;

/// The family's checks, by the id of their rule.
pub(super) const CHECKS: &[(&str, Check)] = &[(
    "wif-not-supported-cloud",
    Check::Payload(wif_not_supported_cloud::check),
)];
