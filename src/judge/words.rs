//! Values and excerpts of a trace, as a finding shows them.

use crate::azure::is_known_issuer;
use crate::connection::EndpointCall;
use crate::connection::timeline::Timeline;
use crate::exchange::Exchange;
use crate::json::Node;
use crate::report::finding::Location;
use crate::rules::engine::fill::{Values, fits_any_shell};
use crate::rules::engine::{Context, Recording};
use crate::sensitive::Known;
use crate::text::guid::is_guid;
use crate::text::readable::clip;

use super::Later;

/// How people call a call: `call 3 (update of 'web-prod')`.
pub(super) fn call_name(call: &EndpointCall) -> String {
    let subject = call
        .endpoint_name()
        .or_else(|| call.endpoint_id())
        .map(|name| format!(" of '{name}'"));
    format!(
        "call {} ({}{})",
        call.number,
        call.operation.name(),
        subject.unwrap_or_default()
    )
}

/// The input that a finding is about, for its path and its text.
pub(super) fn recording<'a>(
    locations: &[Location],
    context: &Context<'a>,
) -> Option<&'a Recording> {
    let own = locations.first().map(|at| at.entry);
    let own = own.and_then(|entry| context.recording_of(entry));
    own.or_else(|| context.recordings.first())
}

/// What is said of a fault that is history.
pub(super) fn history(later: Later, context: &Context<'_>) -> String {
    let told = match later {
        Later::Succeeded(at) => format!("{} succeeded later", call_name(&context.calls[at])),
        Later::Repeated => "the same request succeeded later".to_owned(),
        Later::GotPast(at) => {
            let call = call_name(&context.calls[at]);
            format!("{call} got past it later and failed for another reason")
        }
    };
    // The name of a connection may quote a secret.
    format!(" It is history: {}.", context.known.mask_text(&told))
}

/// The file that a corrected body of `call` is written to. Two corrections in one folder must not be
/// taken for each other.
pub(super) fn corrected_file(call: &EndpointCall) -> String {
    match call.endpoint_id().filter(|id| is_guid(id)) {
        Some(id) => format!("fixed-{}.json", &id[..8]),
        None => "fixed.json".to_owned(),
    }
}

/// `values` without those that no command of ours may carry: an app must not be made to trust an
/// issuer that a trace made up. A project whose name not every shell can be given goes by its id.
pub(super) fn trusted(values: &Values) -> Values {
    let mut trusted = values.clone();
    if values
        .get("issuer")
        .is_some_and(|issuer| !is_known_issuer(issuer))
    {
        trusted.remove("issuer");
    }
    let odd = values
        .get("project")
        .is_some_and(|name| !fits_any_shell(name));
    if let Some(id) = values.get("project_id").filter(|_| odd) {
        trusted.insert("project".to_owned(), id.clone());
    }
    trusted
}

/// The secrets of a trace: the service quotes them back in messages.
pub(super) fn known_secrets<'a>(
    calls: &[EndpointCall],
    others: &[Exchange],
    texts: impl IntoIterator<Item = &'a str>,
) -> Known {
    let mut known = Known::default();
    for call in calls {
        known.learn(
            &call.exchange,
            [call.request.as_ref(), call.response.as_ref()],
        );
    }
    for exchange in others {
        known.learn(exchange, [None, None]);
    }
    for text in texts {
        known.learn_text(text);
    }
    known.forget(crate::redact::is_common);
    known
}

/// The longest evidence, in bytes.
const MAX_EVIDENCE: usize = 900;

/// What a rule saw, masked before it is cut, so that no cut leaves half a secret.
pub(super) fn shown(text: &str, known: &Known) -> String {
    let masked = known.mask_text(clip(text, 8 * MAX_EVIDENCE));
    clip(&masked, MAX_EVIDENCE).to_owned()
}

/// The values of a call that any rule's words may use, completed from the other calls of its endpoint.
pub(super) fn values(call: Option<&EndpointCall>, timeline: Option<&Timeline<'_>>) -> Values {
    let mut values = Values::new();
    let others = timeline.map_or(&[][..], |timeline| &timeline.calls);
    for call in call.into_iter().chain(others.iter().rev().copied()) {
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
    for endpoint in [call.stored(), call.answer()].into_iter().flatten() {
        of_endpoint(endpoint, &mut keep);
    }
    for (name, header) in [
        ("activity_id", "activityid"),
        ("activity_id", "x-vss-e2eid"),
        ("activity_id", "x-tfs-session"),
    ] {
        let headers = call
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

#[cfg(test)]
mod tests {
    use crate::azure::is_known_issuer;

    #[test]
    fn only_issuers_that_azure_devops_has_get_into_a_command() {
        let id = "11111111-1111-4111-8111-111111111111";
        for good in [
            "https://vstoken.dev.azure.com/ID",
            "https://login.microsoftonline.com/ID/v2.0",
        ] {
            assert!(is_known_issuer(&good.replace("ID", id)), "{good}");
        }
        for odd in [
            "https://vstoken.dev.azure.com.example/ID",
            "https://login.microsoftonline.com/ID/v2.0/x",
            "http://vstoken.dev.azure.com/ID",
            "https://issuer.example/ID",
            "https://vstoken.dev.azure.com/contoso",
        ] {
            assert!(!is_known_issuer(&odd.replace("ID", id)), "{odd}");
        }
    }
}
