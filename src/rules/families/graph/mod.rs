//! What Microsoft Graph, the interface of the directory, refuses.

mod graph_consent_or_license;
mod graph_guest_user;
mod graph_insufficient_privileges;
mod graph_object_missing;

use super::direct::{self, Refused};
use crate::report::finding::Part;
use crate::rules::engine::{Check, Context, Hit};

pub(super) static CHECKS: &[(&str, Check)] = &[
    (
        "graph-consent-or-license",
        Check::Trace(graph_consent_or_license::check),
    ),
    ("graph-guest-user", Check::Timeline(graph_guest_user::check)),
    (
        "graph-insufficient-privileges",
        Check::Trace(graph_insufficient_privileges::check),
    ),
    (
        "graph-object-missing",
        Check::Trace(graph_object_missing::check),
    ),
];

/// Refused changes to apps, service principals and what they may do, whose answer says one of `sentences`.
///
/// Reads are left out: a portal reads much that its user may not see.
fn refused_changes(context: &Context<'_>, sentences: &[&str]) -> Vec<Hit> {
    let concerns_app = |call: &Refused<'_>| {
        let path = direct::path_of(call.exchange);
        direct::writes(call.exchange)
            && [
                "applications",
                "serviceprincipals",
                "oauth2permissiongrants",
            ]
            .iter()
            .any(|kind| path.contains(kind))
    };
    direct::refused(context, "graph.")
        .iter()
        .filter(|call| concerns_app(call) && call.says(sentences))
        .map(|call| call.hit(context, Part::ResponseBody))
        .collect()
}
