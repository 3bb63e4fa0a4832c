//! A member that stands beside the map it belongs to, or in the other one.

use serde_json::json;

use super::typed::{self, Typed, kind_of};
use crate::connection::types::{Place, Type};
use crate::connection::{Payload, Use};
use crate::json::splice::Edit;
use crate::json::{Node, pointer};
use crate::report::finding::{Applicability, Fix};
use crate::rules::engine::{Context, Hit};
use crate::sensitive;

/// What a service endpoint has besides its two maps, in lower case.
const ENVELOPE: &[&str] = &[
    "id",
    "name",
    "type",
    "url",
    "description",
    "owner",
    "authorization",
    "data",
    "createdby",
    "modifiedby",
    "creationdate",
    "modificationdate",
    "isready",
    "isshared",
    "isdisabled",
    "isoutdated",
    "operationstatus",
    "administratorsgroup",
    "readersgroup",
    "groupscopeid",
    "serviceendpointprojectreferences",
    "servicemanagementreference",
    "projectreference",
];

/// Whether a service endpoint itself has a member called `name`.
pub(super) fn is_of_the_envelope(name: &str) -> bool {
    ENVELOPE.contains(&name.to_ascii_lowercase().as_str())
}

pub(in crate::rules::families) fn check(payload: &Payload<'_>, context: &Context<'_>) -> Vec<Hit> {
    if payload.usage == Use::Convert || typed::is_answer(payload) {
        return Vec::new();
    }
    let mut hits = beside_scheme(payload, context);
    hits.extend(beside_authorization(payload, context));
    hits.extend(in_the_other_map(payload, context));
    hits.truncate(super::MAX_HITS);
    hits.into_iter()
        .map(|hit| typed::weighed(payload, hit))
        .collect()
}

/// The service reads `scheme` and `parameters` of `authorization` and nothing else: a member of either map
/// is lost there.
fn beside_scheme(payload: &Payload<'_>, context: &Context<'_>) -> Vec<Hit> {
    let Some((base, authorization)) = payload.find(&["authorization"]) else {
        return Vec::new();
    };
    let kind = kind_of(payload, context);
    let place_of = |key: &str| {
        let is_credential = sensitive::is_secret_name(key) || key.eq_ignore_ascii_case("username");
        if is_credential && !declares(kind, Place::Data, key)
            || declares(kind, Place::Parameters, key)
        {
            Some(Place::Parameters)
        } else {
            declares(kind, Place::Data, key).then_some(Place::Data)
        }
    };
    let lost = authorization.members().iter().filter_map(|member| {
        let own = ["scheme", "parameters"];
        if own.iter().any(|own| member.key.eq_ignore_ascii_case(own))
            || typed::is_blank(Some(&member.value))
            || member.value.is_object()
        {
            return None;
        }
        let from = pointer::push(&base, &member.key);
        let place = place_of(&member.key)?;
        Some(moved(payload, &from, &member.key, &member.value, place))
    });
    lost.collect()
}

/// Members of the maps at the top of the body.
fn beside_authorization(payload: &Payload<'_>, context: &Context<'_>) -> Vec<Hit> {
    let kind = kind_of(payload, context);
    let lost = payload.node.members().iter().filter_map(|member| {
        if is_of_the_envelope(&member.key) || typed::is_blank(Some(&member.value)) {
            return None;
        }
        let place = [Place::Parameters, Place::Data]
            .into_iter()
            .find(|place| declares(kind, *place, &member.key))?;
        let from = pointer::push(&payload.base(), &member.key);
        Some(moved(payload, &from, &member.key, &member.value, place))
    });
    lost.collect()
}

/// Members of `data` that belong into `parameters` and the other way round, and the address in `data`.
fn in_the_other_map(payload: &Payload<'_>, context: &Context<'_>) -> Vec<Hit> {
    let Some(typed) = Typed::of(payload, context) else {
        return Vec::new();
    };
    let lost = typed.all().into_iter().filter_map(|found| {
        if let Some(member) = typed.declared_elsewhere(&found) {
            // A form that the product had once may have it here.
            let known = typed.kind.members().any(|other| {
                other.place == found.place && other.name.eq_ignore_ascii_case(found.key)
            });
            found.text().filter(|_| !known)?;
            return Some(moved(
                payload,
                &found.pointer,
                &member.name,
                found.node,
                member.place,
            ));
        }
        let is_address = found.declared.is_none()
            && found.place == Place::Data
            && found.key.eq_ignore_ascii_case("url");
        is_address.then(|| address(payload, &found.pointer, found.node))
    });
    lost.collect()
}

fn declares(kind: Option<&Type>, place: Place, name: &str) -> bool {
    kind.is_some_and(|kind| {
        kind.members()
            .any(|member| member.place == place && member.name.eq_ignore_ascii_case(name))
    })
}

/// Takes the member from where it is to `place`, unless that has one already.
fn moved(payload: &Payload<'_>, from: &str, name: &str, node: &Node, place: Place) -> Hit {
    let hit = super::hit(payload, from, node)
        .capture("member", name)
        .capture("place", place.name());
    let known = payload.find(place.keys());
    let taken = known.as_ref().and_then(|(at, map)| {
        let member = map.member(name)?;
        Some((pointer::push(at, &member.key), &member.value))
    });
    let value = node.to_value();
    let put = match (&known, taken) {
        (_, Some((at, there))) if typed::is_blank(Some(there)) => Edit::Replace { path: at, value },
        // Two values: which is right only the sender knows.
        (_, Some(_)) => {
            let summary = format!("removes {name} from where nothing reads it");
            let edits = vec![Edit::Remove {
                path: from.to_owned(),
            }];
            return hit.fix(super::fix(Applicability::Unsafe, edits, summary));
        }
        (Some((at, map)), None) if map.is_object() => Edit::Add {
            path: pointer::push(at, name),
            value,
        },
        (Some((_, map)), None) if !map.is_null() => return hit,
        (known, None) => {
            let Some(path) = map_path(payload, place, known.as_ref().map(|(at, _)| at)) else {
                return hit;
            };
            let value = json!({ name: value });
            if known.is_some() {
                Edit::Replace { path, value }
            } else {
                Edit::Add { path, value }
            }
        }
    };
    let edits = vec![
        put,
        Edit::Remove {
            path: from.to_owned(),
        },
    ];
    let summary = format!("moves {name} into {}", place.name());
    hit.fix(Fix {
        applicability: Applicability::Safe,
        edits,
        summary,
    })
}

/// The pointer of a map that is `null` or not there, if its parent is.
fn map_path(payload: &Payload<'_>, place: Place, known: Option<&String>) -> Option<String> {
    if let Some(at) = known {
        return Some(at.clone());
    }
    match place {
        Place::Data => Some(format!("{}/data", payload.base())),
        Place::Parameters => {
            let (at, node) = payload.find(&["authorization"])?;
            node.is_object().then(|| format!("{at}/parameters"))
        }
    }
}

/// The address belongs to the top of the body.
fn address(payload: &Payload<'_>, from: &str, node: &Node) -> Hit {
    let hit = super::hit(payload, from, node).capture("place", "the top of the body");
    let remove = Edit::Remove {
        path: from.to_owned(),
    };
    let value = node.to_value();
    let (put, summary) = match payload.find(&["url"]) {
        Some((_, there)) if !typed::is_blank(Some(there)) => (None, "removes url from data"),
        Some((path, _)) => (
            Some(Edit::Replace { path, value }),
            "moves url to the top of the body",
        ),
        None => (
            Some(Edit::Add {
                path: format!("{}/url", payload.base()),
                value,
            }),
            "moves url to the top of the body",
        ),
    };
    let edits = put.into_iter().chain([remove]).collect();
    hit.fix(super::fix(Applicability::Safe, edits, summary))
}
