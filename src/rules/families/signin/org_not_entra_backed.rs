//! The organisation has no directory, and something that needs one came to nothing.

use super::lists;
use crate::connection::{EndpointCall, Outcome};
use crate::report::finding::{Location, Part};
use crate::rules::engine::{Context, Hit};

/// What the service says as the organisation's directory when it has none.
const NO_TENANT: &str = "00000000-0000-0000-0000-000000000000";

pub(super) fn check(context: &Context<'_>) -> Vec<Hit> {
    if !came_to_nothing(context) {
        return Vec::new();
    }
    by_header(context)
        .or_else(|| by_identity(context))
        .into_iter()
        .collect()
}

/// Every list of subscriptions is empty, or a mode that needs a directory failed.
fn came_to_nothing(context: &Context<'_>) -> bool {
    let lists = lists::answered(context);
    let needs_directory = |call: &EndpointCall| {
        let automatic = call
            .creation_mode()
            .is_some_and(|mode| mode.eq_ignore_ascii_case("automatic"));
        let federated = call
            .scheme()
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("WorkloadIdentityFederation"));
        call.operation.writes_endpoint() && (automatic || federated)
    };
    (!lists.is_empty() && lists.iter().all(|list| list.count == 0))
        || context
            .calls
            .iter()
            .any(|call| call.outcome == Outcome::Failed && needs_directory(call))
}

fn by_header(context: &Context<'_>) -> Option<Hit> {
    let says_none = |call: &&EndpointCall| {
        let exchange = call.exchange.opened();
        let answer = exchange.response.as_ref();
        let headers = answer.map(|answer| &answer.headers);
        headers.and_then(|headers| headers.get("x-vss-resourcetenant")) == Some(NO_TENANT)
    };
    let call = context.calls.iter().find(says_none)?;
    let evidence = format!("X-VSS-ResourceTenant: {NO_TENANT}");
    Some(Hit::at(call.location(Part::ResponseHeaders, None)).evidence(evidence))
}

/// In an organisation with a directory even personal accounts are guests of it, and their
/// descriptor begins with `aad.`.
fn by_identity(context: &Context<'_>) -> Option<Hit> {
    let exchange = context.others.iter().find(|exchange| {
        exchange
            .request
            .url
            .to_ascii_lowercase()
            .contains("/_apis/connectiondata")
    })?;
    let body = lists::body_of(exchange)?;
    let user = body.get("authenticatedUser")?;
    let personal = user
        .str("subjectDescriptor")
        .is_some_and(|name| name.starts_with("msa."))
        || user.str("providerDisplayName") == Some("Windows Live ID")
        || user
            .str("descriptor")
            .is_some_and(|name| name.to_ascii_lowercase().ends_with("@live.com"));
    personal.then(|| {
        let location = context.location(exchange.entry, Part::ResponseBody);
        Hit::at(Location {
            pointer: Some("/authenticatedUser".to_owned()),
            ..location
        })
        .evidence("signed in with a personal Microsoft account")
    })
}
