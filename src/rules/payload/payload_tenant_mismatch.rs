//! `tenantid` is not the tenant that the same trace gives for the subscription.

use crate::endpoint::Payload;
use crate::endpoint::route::is_guid;
use crate::finding::Applicability;
use crate::json::{self, Node};
use crate::rule::{Context, Hit};

pub(in crate::rules) fn check(payload: &Payload<'_>, context: &Context<'_>) -> Vec<Hit> {
    if context.redacted || !payload.is_azurerm() {
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
    let Some(real) =
        tenant_of(subscription, context).filter(|real| !real.eq_ignore_ascii_case(tenant))
    else {
        return Vec::new();
    };
    let fix = super::replacement(
        Applicability::Unsafe,
        &pointer,
        real.as_str(),
        "sets the tenant of the subscription",
    );
    vec![
        super::hit(payload, &pointer, node)
            .capture("expected", real)
            .fix(fix),
    ]
}

/// The tenant that a subscription list of the trace names for `subscription`.
fn tenant_of(subscription: &str, context: &Context<'_>) -> Option<String> {
    let lists = context
        .calls
        .iter()
        .filter(|call| call.operation == crate::endpoint::Operation::Subscriptions);
    let listed = lists
        .filter_map(|call| call.response.as_ref())
        .find_map(|body| in_list(body, subscription));
    listed.or_else(|| {
        let direct = context.others.iter().filter(|exchange| {
            exchange
                .request
                .url
                .to_ascii_lowercase()
                .contains("management.")
        });
        direct
            .filter_map(|exchange| exchange.response.as_ref()?.body.text())
            .filter_map(|text| json::parse(text).ok())
            .find_map(|body| in_list(&body, subscription))
    })
}

fn in_list(body: &Node, subscription: &str) -> Option<String> {
    let mut found = None;
    body.walk("", &mut |_, node| {
        let same = node
            .str("subscriptionId")
            .is_some_and(|id| id.eq_ignore_ascii_case(subscription));
        let tenant = node
            .str("subscriptionTenantId")
            .or_else(|| node.str("tenantId"))
            .filter(|id| same && is_guid(id));
        found = found.take().or_else(|| tenant.map(str::to_owned));
    });
    found
}
