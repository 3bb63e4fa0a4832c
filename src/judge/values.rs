//! The values of a trace that the words and commands of any rule may use.

use crate::connection::EndpointCall;
use crate::connection::timeline::Timeline;
use crate::json::Node;
use crate::rules::engine::fill::Values;
use crate::text::guid::is_guid;

/// The values of a call that any rule's words may use, completed from those of its endpoint.
pub(super) fn of(call: Option<&EndpointCall>, endpoint: Option<&Values>) -> Values {
    let mut values = Values::new();
    if let Some(call) = call {
        of_call(call, &mut values);
    }
    for (name, value) in endpoint.into_iter().flatten() {
        values.entry(name.clone()).or_insert_with(|| value.clone());
    }
    values
}

/// The values that the calls about one endpoint tell, of each the last.
pub(super) fn of_timeline(timeline: &Timeline<'_>) -> Values {
    let mut values = Values::new();
    for call in timeline.calls.iter().rev() {
        of_call(call, &mut values);
    }
    values
}

fn of_call(call: &EndpointCall, values: &mut Values) {
    let mut keep = |name: &str, value: Option<&str>| {
        if let Some(value) = value.map(str::trim).filter(|value| !value.is_empty()) {
            values
                .entry(name.to_owned())
                .or_insert_with(|| value.to_owned());
        }
    };
    keep("endpoint_id", call.endpoint_id());
    keep("endpoint_name", call.endpoint_name());
    keep("organization", call.route.organization.as_deref());
    keep("project", call.route.project.as_deref());
    keep(
        "project_id",
        call.route
            .project
            .as_deref()
            .filter(|project| is_guid(project)),
    );
    keep("scheme", call.scheme());
    let opened = call.opened();
    for endpoint in [opened.stored(), opened.answer()].into_iter().flatten() {
        of_endpoint(endpoint, &mut keep);
    }
    for (name, header) in [
        ("activity_id", "activityid"),
        ("activity_id", "x-vss-e2eid"),
        ("activity_id", "x-tfs-session"),
    ] {
        let headers = opened
            .exchange
            .response
            .as_ref()
            .map(|response| &response.headers);
        keep(name, headers.and_then(|headers| headers.get(header)));
    }
}

/// The identifying members of a `ServiceEndpoint`.
fn of_endpoint(endpoint: &Node, keep: &mut dyn FnMut(&str, Option<&str>)) {
    let parameters = endpoint
        .get("authorization")
        .and_then(|node| node.get("parameters"));
    let parameter = |name: &str| parameters.and_then(|node| node.str(name));
    keep("tenant_id", parameter("tenantid"));
    keep("client_id", parameter("serviceprincipalid"));
    keep("issuer", parameter("workloadIdentityFederationIssuer"));
    keep("subject", parameter("workloadIdentityFederationSubject"));
    let data = endpoint.get("data");
    let datum = |name: &str| data.and_then(|node| node.str(name));
    keep("subscription_id", datum("subscriptionId"));
    keep("subscription_name", datum("subscriptionName"));
    keep("management_group", datum("managementGroupId"));
    let url = endpoint.str("url").map(str::trim);
    keep("url", url);
    // Commands append a path of their own.
    keep("base_url", url.map(|url| url.trim_end_matches('/')));
    let project = endpoint
        .get("serviceEndpointProjectReferences")
        .and_then(|node| node.items().first())
        .and_then(|node| node.get("projectReference"));
    keep("project_id", project.and_then(|node| node.str("id")));
    keep("project", project.and_then(|node| node.str("name")));
}

/// Where a role has to be given: the scope that was refused, without the assignment that was to be
/// made there, or else the subscription.
pub(super) fn role_scope(values: &Values) -> Option<String> {
    const ASSIGNMENTS: &str = "/providers/microsoft.authorization/roleassignments";
    match values.get("scope") {
        Some(scope) => {
            let end = scope.to_ascii_lowercase().find(ASSIGNMENTS);
            Some(scope[..end.unwrap_or(scope.len())].to_owned())
        }
        None => Some(format!("/subscriptions/{}", values.get("subscription_id")?)),
    }
}

pub(super) fn subscription_of(scope: &str) -> Option<String> {
    let mut segments = scope
        .split('/')
        .skip_while(|segment| !segment.eq_ignore_ascii_case("subscriptions"));
    segments
        .nth(1)
        .filter(|id| !id.is_empty())
        .map(str::to_owned)
}
