//! `tenantid` is not the tenant that the same trace gives for the subscription.

use crate::connection::Payload;
use crate::report::finding::{Applicability, Severity};
use crate::rules::engine::{Context, Hit};
use crate::text::guid::is_guid;

use super::seen;

pub(in crate::rules::families) fn check(payload: &Payload<'_>, context: &Context<'_>) -> Vec<Hit> {
    if context.is_redacted(payload.input) || !payload.is_azurerm() {
        return Vec::new();
    }
    let Some((pointer, node)) = payload.parameter("tenantid") else {
        return Vec::new();
    };
    let Some(tenant) = node.as_str().map(str::trim).filter(|id| is_guid(id)) else {
        return Vec::new();
    };
    let Some(subscription) = payload.data_text("subscriptionId").filter(|id| is_guid(id)) else {
        return Vec::new();
    };
    let listed = context.subscription(subscription);
    let listed = listed.and_then(|known| known.tenant.clone());
    // What Azure demands is a finding of its own at the call it answers; here it mends the write.
    let demanded = || {
        let call = payload.call?;
        seen::demanded_tenant(call, context).filter(|_| call.operation.writes_endpoint())
    };
    let is_listed = listed.is_some();
    let Some(real) = listed
        .or_else(demanded)
        .filter(|real| !real.eq_ignore_ascii_case(tenant))
    else {
        return Vec::new();
    };
    let fix = super::replacement(
        Applicability::Unsafe,
        &pointer,
        real.as_str(),
        "sets the tenant of the subscription",
    );
    let hit = super::hit(payload, &pointer, node)
        .capture("expected", real)
        .fix(fix);
    vec![if is_listed {
        hit
    } else {
        hit.severity(Severity::Warning)
    }]
}
