//! How the app of a connection signs in: its id, its secret or certificate, its tenant.

mod aadsts7000215_invalid_secret;
mod aadsts_code_unknown;
mod sp_object_id_used_as_client_id;

use crate::rules::engine::Check;

/// The family's checks, by the id of their rule.
pub(super) const CHECKS: &[(&str, Check)] = &[
    (
        "aadsts7000215-invalid-secret",
        Check::Text(aadsts7000215_invalid_secret::remark),
    ),
    (
        "aadsts-code-unknown",
        Check::Trace(aadsts_code_unknown::check),
    ),
    (
        "sp-object-id-used-as-client-id",
        Check::Payload(sp_object_id_used_as_client_id::check),
    ),
];
