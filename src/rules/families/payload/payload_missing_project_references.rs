//! No `serviceEndpointProjectReferences` where the organization-level API needs them.

use crate::connection::{EndpointCall, Outcome, Payload, Use};
use crate::json::splice::Edit;
use crate::report::finding::{Applicability, Confidence, Fix, Severity};
use crate::rules::engine::{Context, Hit};
use crate::sensitive::looks_masked;
use crate::text::guid::is_guid;
use serde_json::json;

pub(in crate::rules::families) fn check(payload: &Payload<'_>, context: &Context<'_>) -> Vec<Hit> {
    let Some(call) = payload
        .call
        .filter(|_| matches!(payload.usage, Use::Create | Use::Update))
    else {
        return Vec::new();
    };
    let found = payload.find(&["serviceEndpointProjectReferences"]);
    let missing = found.as_ref().is_none_or(|(_, node)| {
        node.items().is_empty() && !node.as_str().is_some_and(looks_masked)
    });
    if !missing || !needs_references(call) {
        return Vec::new();
    }
    let pointer = found.as_ref().map_or_else(
        || format!("{}/serviceEndpointProjectReferences", payload.base()),
        |(at, _)| at.clone(),
    );
    let mut hit = super::hit_or_missing(payload, &pointer, found.as_ref().map(|(_, node)| *node));
    // An update that was taken without them proves that they are not missed.
    if payload.usage == Use::Update && call.outcome != Outcome::Failed {
        hit = hit
            .severity(Severity::Warning)
            .confidence(Confidence::Medium);
    }
    vec![hit.fix(references(payload, call, context, &pointer))]
}

/// From 6.0 on; with no version known, only the URL without a project is sure to be of that kind.
fn needs_references(call: &EndpointCall) -> bool {
    if call.route.is_legacy() {
        return false;
    }
    match call
        .api_version()
        .and_then(|version| version.split('.').next()?.trim().parse::<u32>().ok())
    {
        Some(major) => major >= 6,
        None => call.route.project.is_none(),
    }
}

/// The project as another call of the trace names it.
fn references(
    payload: &Payload<'_>,
    call: &EndpointCall,
    context: &Context<'_>,
    pointer: &str,
) -> Fix {
    let state = context.stored_state(call);
    let stored = state
        .as_ref()
        .and_then(|node| node.get("serviceEndpointProjectReferences"))
        .filter(|node| !node.items().is_empty());
    let add = |value: serde_json::Value| Edit::Add {
        path: pointer.to_owned(),
        value,
    };
    let object = payload
        .find(&["serviceEndpointProjectReferences"])
        .is_some_and(|(_, node)| node.get("projectReference").is_some());
    if let Some(stored) = stored.filter(|_| !object) {
        return super::fix(
            Applicability::Safe,
            vec![add(stored.to_value())],
            "adds the project references the service last showed",
        );
    }
    let single = payload
        .find(&["serviceEndpointProjectReferences"])
        .filter(|(_, node)| {
            node.get("projectReference")
                .and_then(|one| one.str("id"))
                .is_some()
        });
    if let Some((_, single)) = single {
        return super::fix(
            Applicability::Safe,
            vec![add(json!([single.to_value()]))],
            "puts the project reference into a list",
        );
    }
    let name = payload.str(&["name"]).unwrap_or_default();
    let project = call.route.project.as_deref();
    let known = context.projects().iter().find(|known| {
        project.is_none_or(|project| {
            let name = known.name.as_deref();
            project.eq_ignore_ascii_case(&known.id)
                || name.is_some_and(|name| name.eq_ignore_ascii_case(project))
        })
    });
    let in_url = || Some((project.filter(|project| is_guid(project))?, None));
    let known = known.map(|known| (known.id.as_str(), known.name.as_deref()));
    if let Some((id, title)) = known.or_else(in_url) {
        let mut reference = json!({ "id": id });
        if let Some(title) = title {
            reference["name"] = title.into();
        }
        let applicability = if project.is_some() {
            Applicability::Safe
        } else {
            Applicability::Unsafe
        };
        super::fix(
            applicability,
            vec![add(
                json!([{ "projectReference": reference, "name": name }]),
            )],
            "adds the project that the trace names",
        )
    } else {
        let reference = json!([{ "projectReference": { "id": "<project id>", "name": project.unwrap_or("<project name>") }, "name": name }]);
        super::fix(
            Applicability::DisplayOnly,
            vec![add(reference)],
            format!("put a reference to the project at {pointer}"),
        )
    }
}
