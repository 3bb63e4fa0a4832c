//! No `serviceEndpointProjectReferences` where the organization-level API needs them.

use crate::endpoint::route::is_guid;
use crate::endpoint::{EndpointCall, Outcome, Payload, Use};
use crate::finding::{Applicability, Confidence, Fix, Severity};
use crate::json::splice::Edit;
use crate::json::{self, Node};
use crate::rule::{Context, Hit};
use serde_json::json;

pub(in crate::rules) fn check(payload: &Payload<'_>, context: &Context<'_>) -> Vec<Hit> {
    let Some(call) = payload
        .call
        .filter(|_| matches!(payload.usage, Use::Create | Use::Update))
    else {
        return Vec::new();
    };
    let found = payload.find(&["serviceEndpointProjectReferences"]);
    let missing = found
        .as_ref()
        .is_none_or(|(_, node)| node.items().is_empty());
    if !missing || !needs_references(call) {
        return Vec::new();
    }
    let pointer = found.as_ref().map_or_else(
        || format!("{}/serviceEndpointProjectReferences", payload.base()),
        |(at, _)| at.clone(),
    );
    let mut hit = match &found {
        Some((_, node)) => super::hit(payload, &pointer, node),
        None => super::hit_missing(payload, &pointer),
    };
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
    let stored = context
        .stored_state(call)
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
    let known = projects(context).into_iter().find(|(id, title)| {
        project.is_none_or(|project| {
            project.eq_ignore_ascii_case(id)
                || title
                    .as_deref()
                    .is_some_and(|title| title.eq_ignore_ascii_case(project))
        })
    });
    if let Some((id, title)) = known.or_else(|| {
        project
            .filter(|project| is_guid(project))
            .map(|id| (id.to_owned(), None))
    }) {
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

/// Adds a project, or its name to one that is known already.
fn named(id: &str, name: &str, found: &mut Vec<(String, Option<String>)>) {
    match found
        .iter_mut()
        .find(|(known, _)| known.eq_ignore_ascii_case(id))
    {
        Some((_, known)) => *known = known.take().or_else(|| Some(name.to_owned())),
        None => found.push((id.to_owned(), Some(name.to_owned()))),
    }
}

/// Project ids, with their names where another body tells them.
fn projects(context: &Context<'_>) -> Vec<(String, Option<String>)> {
    let mut found: Vec<(String, Option<String>)> = Vec::new();
    let bodies = context
        .calls
        .iter()
        .flat_map(|call| [&call.request, &call.response])
        .flatten();
    for body in bodies {
        body.walk("", &mut |at, node: &Node| {
            let id = node
                .str("id")
                .filter(|id| at.ends_with("/projectReference") && is_guid(id));
            if let Some(id) = id.filter(|id| {
                !found
                    .iter()
                    .any(|(known, _)| known.eq_ignore_ascii_case(id))
            }) {
                found.push((id.to_owned(), node.str("name").map(str::to_owned)));
            }
        });
    }
    let projects = context
        .others
        .iter()
        .filter(|exchange| exchange.request.url.contains("/_apis/projects"));
    for exchange in projects {
        let text = exchange.response.as_ref().and_then(|one| one.body.text());
        let Some(body) = text.and_then(|text| json::parse(text).ok()) else {
            continue;
        };
        let items = body.get("value").unwrap_or(&body).items();
        let one = std::slice::from_ref(&body);
        for node in if items.is_empty() { one } else { items } {
            if let (Some(id), Some(name)) =
                (node.str("id").filter(|id| is_guid(id)), node.str("name"))
            {
                named(id, name, &mut found);
            }
        }
    }
    let in_urls = context
        .calls
        .iter()
        .filter_map(|call| call.route.project.as_deref())
        .filter(|project| is_guid(project));
    for id in in_urls {
        if !found
            .iter()
            .any(|(known, _)| known.eq_ignore_ascii_case(id))
        {
            found.push((id.to_owned(), None));
        }
    }
    found
}
