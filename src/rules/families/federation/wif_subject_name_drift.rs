//! The subject holds the names that organization, project and connection had when it was made.

use crate::connection::{EndpointCall, Payload};
use crate::json::Node;
use crate::rules::engine::{Context, Hit};
use crate::sensitive::looks_masked;
use crate::text::guid::is_guid;

use super::subject::Subject;
use super::{Stated, answered};

pub(super) fn check(call: &EndpointCall, context: &Context<'_>) -> Vec<Hit> {
    let organization = call.route.organization.as_deref();
    let hit = answered(call).and_then(|stated| judge(&stated, organization, context));
    hit.into_iter().collect()
}

/// A request body or a pasted payload.
pub(super) fn check_payload(payload: &Payload<'_>, context: &Context<'_>) -> Vec<Hit> {
    let stated = Stated {
        node: payload.node,
        location: payload.location(payload.base()),
    };
    let organization = payload
        .call
        .and_then(|call| call.route.organization.as_deref());
    judge(&stated, organization, context).into_iter().collect()
}

fn judge(stated: &Stated<'_>, organization: Option<&str>, context: &Context<'_>) -> Option<Hit> {
    let (location, text) = stated.parameter("workloadIdentityFederationSubject")?;
    let subject = Subject::parse(text)?;
    let Subject::Named {
        organization: old,
        project,
        connection,
    } = &subject
    else {
        return None;
    };
    if !stated.is_federated() || context.is_redacted(location.input) || looks_masked(text) {
        return None;
    }
    // The letter case of an organization in a URL is whatever somebody typed.
    let organization = organization.filter(|name| !is_guid(name) && !looks_masked(name));
    let moved = organization.is_some_and(|name| !name.eq_ignore_ascii_case(old));
    let names = names(stated.node)?;
    let kept = names.iter().any(|(in_project, name)| {
        in_project.is_none_or(|in_project| in_project == project) && name == connection
    });
    let (now_project, now_name) = names.first()?;
    let current = format!(
        "sc://{}/{}/{now_name}",
        organization.unwrap_or(old),
        now_project.unwrap_or(project)
    );
    (moved || !kept).then(|| {
        Hit::at(location)
            .evidence(format!("\"workloadIdentityFederationSubject\": \"{text}\""))
            .capture("subject", text)
            .capture("current", current)
    })
}

/// What the connection is called, and in which project. `None` where that cannot be known: a shared
/// connection may show the name of a project that did not make it.
fn names(endpoint: &Node) -> Option<Vec<(Option<&str>, &str)>> {
    let references = endpoint
        .get("serviceEndpointProjectReferences")
        .map_or(&[][..], Node::items);
    let own = endpoint.str("name").filter(|name| !name.is_empty());
    let mut names: Vec<(Option<&str>, &str)> = references
        .iter()
        .filter_map(|reference| {
            let project = reference
                .get("projectReference")
                .and_then(|node| node.str("name"));
            let name = reference
                .str("name")
                .filter(|name| !name.is_empty())
                .or(own)?;
            Some((project.filter(|name| !name.is_empty()), name))
        })
        .collect();
    let shared = endpoint.get("isShared").and_then(Node::as_bool) == Some(true);
    if names.is_empty() {
        names.extend(own.map(|name| (None, name)));
    }
    let enough = if shared { 2 } else { 1 };
    (names.len() >= enough).then_some(names)
}
