//! An app for its own directory only, beside subscriptions of several directories.

use super::lists;
use crate::json::Node;
use crate::report::finding::Part;
use crate::rules::engine::{Context, Hit};

pub(super) fn check(context: &Context<'_>) -> Vec<Hit> {
    let several = lists::answered(context)
        .iter()
        .any(|list| list.tenants.len() > 1);
    if !several {
        return Vec::new();
    }
    let single = single_tenant_apps(context);
    let mut hits = Vec::new();
    for call in context
        .calls
        .iter()
        .filter(|call| call.operation.writes_endpoint())
    {
        // Never for workload identity federation: a wider app breaks it.
        let secret = call
            .scheme()
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("ServicePrincipal"));
        let client = call
            .stored()
            .and_then(|node| {
                node.get("authorization")?
                    .get("parameters")?
                    .str("serviceprincipalid")
            })
            .filter(|client| secret && single.iter().any(|app| app.eq_ignore_ascii_case(client)));
        if let Some(client) = client {
            let pointer = "/authorization/parameters/serviceprincipalid".to_owned();
            hits.push(
                Hit::at(call.location(Part::RequestBody, Some(pointer)))
                    .evidence("signInAudience: AzureADMyOrg")
                    .capture("client_id", client),
            );
        }
    }
    hits
}

/// The apps of the trace that only their own directory may use.
fn single_tenant_apps(context: &Context<'_>) -> Vec<String> {
    let mut apps = Vec::new();
    for exchange in context.others {
        if !exchange
            .request
            .url
            .to_ascii_lowercase()
            .contains("/applications")
        {
            continue;
        }
        let Some(body) = lists::body_of(exchange) else {
            continue;
        };
        let entries = body
            .get("value")
            .map_or(std::slice::from_ref(&body), Node::items);
        let single = |app: &&Node| app.str("signInAudience") == Some("AzureADMyOrg");
        let ids = entries
            .iter()
            .filter(single)
            .filter_map(|app| app.str("appId"));
        apps.extend(ids.map(str::to_owned));
    }
    apps
}
