//! The signed-in user's own token, and the lists of subscriptions that are fetched with it.

mod aadsts65001_consent;
mod aadsts_service_transient;
mod lists;
mod org_not_entra_backed;
mod sub_list_account_types;
mod sub_list_none_active;
mod sub_list_spinner;
mod sub_list_stale_token;
mod sub_list_truncated_50;

use crate::rules::engine::Check;

pub(super) static CHECKS: &[(&str, Check)] = &[
    (
        "aadsts65001-consent",
        Check::Text(aadsts65001_consent::check),
    ),
    (
        "aadsts-service-transient",
        Check::Trace(aadsts_service_transient::check),
    ),
    (
        "org-not-entra-backed",
        Check::Trace(org_not_entra_backed::check),
    ),
    (
        "sub-list-account-types",
        Check::Trace(sub_list_account_types::check),
    ),
    (
        "sub-list-none-active",
        Check::Trace(sub_list_none_active::check),
    ),
    ("sub-list-spinner", Check::Trace(sub_list_spinner::check)),
    (
        "sub-list-stale-token",
        Check::Trace(sub_list_stale_token::check),
    ),
    (
        "sub-list-truncated-50",
        Check::Trace(sub_list_truncated_50::check),
    ),
];
