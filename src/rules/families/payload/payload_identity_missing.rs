//! A connection without its tenant, or a manual one without its app.

use crate::connection::{EndpointCall, Payload, Use};
use crate::report::finding::Severity;
use crate::rules::engine::{Context, Hit};

/// Automatic connections get both from the service, a managed identity needs no app, a conversion
/// brings neither, and a draft is completed later.
pub(in crate::rules::families) fn check(payload: &Payload<'_>, context: &Context<'_>) -> Vec<Hit> {
    let has_app =
        payload.has_scheme("ServicePrincipal") || payload.has_scheme("WorkloadIdentityFederation");
    let is_managed = payload.has_scheme("ManagedServiceIdentity");
    let is_judged = is_managed || (has_app && payload.has_mode("Manual"));
    if !matches!(payload.usage, Use::Create | Use::Update | Use::Pasted)
        || !payload.is_azurerm()
        || !is_judged
        || payload.is_draft()
    {
        return Vec::new();
    }
    let Some((base, _)) = payload.parameters() else {
        return Vec::new();
    };
    let needed = [
        ("tenantid", "the directory (tenant) id"),
        ("serviceprincipalid", "the application (client) id"),
    ];
    let needed = needed.iter().take(if is_managed { 1 } else { 2 });
    let missing = needed.filter_map(|&(name, what)| {
        let found = payload.parameter(name);
        let empty = found.as_ref().is_none_or(|(_, node)| node.is_blank());
        if !empty {
            return None;
        }
        let exists = found.is_some();
        let (pointer, node) = match found {
            Some((pointer, node)) => (pointer, Some(node)),
            None => (format!("{base}/{name}"), None),
        };
        let hit = super::hit_or_missing(payload, &pointer, node);
        let fix = super::seen::restored(payload, context, &pointer)
            .unwrap_or_else(|| super::wanted(&pointer, exists, what));
        let hit = hit.fix(fix);
        Some(if is_filled_in(payload, name) {
            hit.severity(Severity::Warning)
        } else {
            hit
        })
    });
    missing.collect()
}

/// Whether the service answers the member that was not sent.
fn is_filled_in(payload: &Payload<'_>, name: &str) -> bool {
    let answer = payload.call.and_then(EndpointCall::answer);
    let parameters = answer.and_then(|node| node.get("authorization")?.get("parameters"));
    let text = parameters.and_then(|node| node.str(name));
    text.is_some_and(|text| !text.trim().is_empty())
}
