//! Bodies of the wrong form, whatever the endpoint's type.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{Act, Case, Refusal};

const MAPS: [&str; 2] = ["/data", "/authorization/parameters"];

pub(super) fn not_an_object(case: &Case<'_>) -> Option<Refusal> {
    (!case.endpoint.is_object()).then(|| Refusal::own("the body is no service endpoint"))
}

pub(super) fn authorization_missing(case: &Case<'_>) -> Option<Refusal> {
    case.endpoint["authorization"]
        .is_null()
        .then(|| Refusal::endpoint("Service Connection Authorization cannot be null."))
}

/// A client turned the inner object into text before it turned the whole into text.
pub(super) fn map_is_no_map(case: &Case<'_>) -> Option<Refusal> {
    MAPS.iter().find_map(|place| {
        let what = match case.endpoint.pointer(place)? {
            Value::String(_) => "a string",
            Value::Array(_) => "a list",
            _ => return None,
        };
        Some(Refusal::own(format!(
            "{place} is {what} where an object is due"
        )))
    })
}

/// PowerShell cut the object off when it wrote the body.
pub(super) fn reference_cut_off(case: &Case<'_>) -> Option<Refusal> {
    let reference = case
        .endpoint
        .pointer("/serviceEndpointProjectReferences/0/projectReference")?;
    reference
        .is_string()
        .then(|| Refusal::own("a projectReference is a string where an object is due"))
}

pub(super) fn same_key_twice(case: &Case<'_>) -> Option<Refusal> {
    maps(case)
        .any(|(_, map)| {
            let mut seen = HashSet::new();
            !map.keys()
                .all(|name| seen.insert(name.to_ascii_lowercase()))
        })
        .then(|| Refusal::argument("An item with the same key has already been added."))
}

pub(super) fn value_not_a_string(case: &Case<'_>) -> Option<Refusal> {
    maps(case).find_map(|(place, map)| {
        let (name, _) = map
            .iter()
            .find(|(_, value)| !(value.is_string() || value.is_null()))?;
        Some(Refusal::own(format!(
            "{place}/{name} is neither a string nor null"
        )))
    })
}

pub(super) fn id_differs_from_url(case: &Case<'_>) -> Option<Refusal> {
    (case.act == Act::Update && !case.top("id").eq_ignore_ascii_case(case.url_id)).then(|| {
        Refusal::own(format!(
            "the body is of endpoint '{}', the URL of '{}'",
            case.top("id"),
            case.url_id
        ))
    })
}

/// Up to 5.x the project of the URL was enough.
pub(super) fn project_references_missing(case: &Case<'_>) -> Option<Refusal> {
    let references = case.endpoint["serviceEndpointProjectReferences"].as_array();
    (case.version >= 6 && references.is_none_or(Vec::is_empty)).then(|| {
        Refusal::argument("At least one project reference required to create an endpoint.")
    })
}

/// Nobody has written down what the service makes of it; the stand-in sides with the URL.
pub(super) fn project_of_another_url(case: &Case<'_>) -> Option<Refusal> {
    let project = case.project.filter(|project| super::is_guid(project))?;
    let references = case.endpoint["serviceEndpointProjectReferences"].as_array()?;
    let [only] = references.as_slice() else {
        return None;
    };
    let id = only.pointer("/projectReference/id")?.as_str()?;
    (!id.eq_ignore_ascii_case(project)).then(|| {
        Refusal::own(format!(
            "the project reference is of project {id}, the URL of project {project}"
        ))
    })
}

/// A conversion may leave out all but the scheme.
pub(super) fn required_string_empty(case: &Case<'_>) -> Option<Refusal> {
    let needed: &[&str] = if case.operation.is_some() {
        &["type"]
    } else {
        &["name", "type", "url"]
    };
    needed
        .iter()
        .copied()
        .find(|name| case.top(name).is_empty())
        .or_else(|| case.scheme().is_empty().then_some("scheme"))
        .map(|name| {
            Refusal::argument(format!(
                "The string must have at least one character.\r\nParameter name: {name}"
            ))
        })
}

fn maps<'a>(case: &Case<'a>) -> impl Iterator<Item = (&'static str, &'a Map<String, Value>)> {
    let endpoint = case.endpoint;
    MAPS.into_iter()
        .filter_map(move |place| Some((place, endpoint.pointer(place)?.as_object()?)))
}
