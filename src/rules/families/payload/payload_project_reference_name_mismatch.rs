//! A project reference that names another connection, or another project, than the call is about.

use crate::connection::{Payload, Use};
use crate::json::Node;
use crate::report::finding::Applicability;
use crate::rules::engine::{Context, Hit};
use crate::text::guid::is_guid;

/// Only a single reference can be judged: a shared endpoint may have another name in each project.
/// An update may rename, so there only the project counts.
pub(in crate::rules::families) fn check(payload: &Payload<'_>, _: &Context<'_>) -> Vec<Hit> {
    let Some((at, references)) = payload.find(&["serviceEndpointProjectReferences"]) else {
        return Vec::new();
    };
    let [only] = references.items() else {
        return Vec::new();
    };
    let shared = payload
        .find(&["isShared"])
        .is_some_and(|(_, node)| node.as_bool() == Some(true));
    if shared || !matches!(payload.usage, Use::Create | Use::Update) {
        return Vec::new();
    }
    let mut hits = Vec::new();
    let names = payload.str(&["name"]).zip(only.member("name"));
    if let Some((name, member)) = names.filter(|_| payload.usage == Use::Create) {
        let other = member.value.as_str().unwrap_or_default();
        if !other.is_empty() && !other.trim().eq_ignore_ascii_case(name.trim()) {
            let pointer = format!("{at}/0/{}", member.key);
            let fix = super::replacement(
                Applicability::Unsafe,
                &pointer,
                name,
                "gives the reference the connection's name",
            );
            hits.push(
                super::hit(payload, &pointer, &member.value)
                    .capture("expected", name)
                    .fix(fix),
            );
        }
    }
    let in_url = payload
        .call
        .and_then(|call| call.route.project.as_deref())
        .filter(|project| is_guid(project));
    let project_id = only
        .get("projectReference")
        .and_then(|node: &Node| node.member("id"));
    if let (Some(project), Some(member)) = (in_url, project_id) {
        let id = member.value.as_str().unwrap_or_default();
        if is_guid(id) && !id.eq_ignore_ascii_case(project) {
            let pointer = format!("{at}/0/projectReference/{}", member.key);
            let fix = super::replacement(
                Applicability::Unsafe,
                &pointer,
                project,
                "refers to the project of the URL",
            );
            hits.push(
                super::hit(payload, &pointer, &member.value)
                    .capture("expected", project)
                    .fix(fix),
            );
        }
    }
    hits
}
