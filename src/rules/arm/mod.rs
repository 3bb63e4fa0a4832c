//! What Azure Resource Manager refuses.

mod arm_authorization_failed;
mod arm_claims_challenge;
mod arm_invalid_token_tenant;
mod arm_principal_not_found;
mod arm_role_assignment_exists;

use crate::rule::Check;

pub(super) static CHECKS: &[(&str, Check)] = &[
    (
        "arm-authorization-failed-mg-read",
        Check::Text(arm_authorization_failed::tell_who),
    ),
    (
        "arm-authorization-failed-read",
        Check::Text(arm_authorization_failed::tell_who),
    ),
    (
        "arm-claims-challenge",
        Check::Trace(arm_claims_challenge::check),
    ),
    (
        "arm-invalid-token-tenant",
        Check::Text(arm_invalid_token_tenant::check),
    ),
    (
        "arm-principal-not-found",
        Check::Trace(arm_principal_not_found::check),
    ),
    (
        "arm-role-assignment-exists",
        Check::Text(arm_role_assignment_exists::check),
    ),
];
