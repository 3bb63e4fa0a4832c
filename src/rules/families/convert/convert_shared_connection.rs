//! A conversion of an endpoint that belongs to several projects.

use super::{Attempt, Ended, FEDERATION};
use crate::connection::EndpointCall;
use crate::json::Node;
use crate::report::finding::Severity;
use crate::rules::engine::{Context, Hit};

pub(in crate::rules::families) fn check(call: &EndpointCall, context: &Context<'_>) -> Vec<Hit> {
    let Some(attempt) = Attempt::of(call, Some(FEDERATION), context) else {
        return Vec::new();
    };
    let views = attempt.views(context);
    let shared = views
        .iter()
        .any(|node| node.get("isShared").and_then(Node::as_bool) == Some(true));
    let references = views
        .iter()
        .filter_map(|node| node.get("serviceEndpointProjectReferences"))
        .map(Node::items)
        .max_by_key(|items| items.len())
        .unwrap_or_default();
    if attempt.ended == Ended::Well || !(shared || references.len() > 1) {
        return Vec::new();
    }
    let hit = attempt
        .hit("/serviceEndpointProjectReferences")
        .evidence(format!("{} project references", references.len()));
    // The documented script converts these, so the sharing may not be what stopped it.
    let owning = references
        .first()
        .is_some_and(|reference| is_project(reference, call.route.project.as_deref()));
    vec![if owning {
        hit.severity(Severity::Warning)
    } else {
        hit
    }]
}

/// Whether a project reference means the project called `name`, which may be its id.
fn is_project(reference: &Node, name: Option<&str>) -> bool {
    let project = reference.get("projectReference");
    ["id", "name"].iter().any(|key| {
        let own = project.and_then(|node| node.str(key));
        own.zip(name)
            .is_some_and(|(own, name)| own.eq_ignore_ascii_case(name))
    })
}
