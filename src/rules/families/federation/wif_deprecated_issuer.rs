//! The issuer is one of the two that Azure DevOps retires.

use crate::azure::is_retired_issuer_host;
use crate::connection::payload::Use;
use crate::connection::{EndpointCall, Payload};
use crate::json::{self, Node};
use crate::rules::engine::{Context, Hit};
use crate::text::url;

use super::{Stated, answered};

pub(super) fn check(call: &EndpointCall, context: &Context<'_>) -> Vec<Hit> {
    answered(call)
        .and_then(|stated| judge(&stated, context))
        .into_iter()
        .collect()
}

/// A pasted answer. Requests are left out: they only repeat what the answer said.
pub(super) fn check_pasted(payload: &Payload<'_>, context: &Context<'_>) -> Vec<Hit> {
    let stated = Stated {
        node: payload.node,
        location: payload.location(payload.base()),
    };
    let hit = Some(stated).filter(|_| payload.usage == Use::Pasted);
    hit.and_then(|stated| judge(&stated, context))
        .into_iter()
        .collect()
}

fn judge(stated: &Stated<'_>, context: &Context<'_>) -> Option<Hit> {
    let (location, issuer) = stated.parameter("workloadIdentityFederationIssuer")?;
    let host = url::host(issuer)?;
    // National clouds and Azure Stack keep the old issuer.
    let public = stated.data("environment").is_none_or(|name| {
        name.trim().is_empty() || name.trim().eq_ignore_ascii_case("AzureCloud")
    });
    let client = stated
        .parameter("serviceprincipalid")
        .map(|(_, client)| client);
    let kept = client.is_some_and(|client| is_multitenant(client, context));
    (stated.is_federated() && public && !kept && is_retired_issuer_host(&host)).then(|| {
        Hit::at(location)
            .evidence(format!(
                "\"workloadIdentityFederationIssuer\": \"{issuer}\""
            ))
            .capture("issuer", issuer)
    })
}

/// Whether the directory says in this trace that the app serves several tenants.
fn is_multitenant(client: &str, context: &Context<'_>) -> bool {
    context.others.iter().any(|exchange| {
        let exchange = exchange.opened();
        let answer = exchange.response.as_ref();
        let text = answer.and_then(|answer| answer.body.text());
        let text = text.filter(|text| text.contains("signInAudience"));
        let body = text.and_then(|text| json::parse(text).ok());
        body.is_some_and(|body| names_multitenant(&body, client))
    })
}

fn names_multitenant(body: &Node, client: &str) -> bool {
    let mut found = false;
    body.walk(&mut |_, node| {
        found |= node
            .str("appId")
            .is_some_and(|id| id.eq_ignore_ascii_case(client))
            && node
                .str("signInAudience")
                .is_some_and(|audience| audience != "AzureADMyOrg");
    });
    found
}
