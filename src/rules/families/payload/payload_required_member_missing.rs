//! A member that the type's form requires is missing, `null` or blank.

use serde_json::json;

use super::typed::{self, Found, Typed};
use crate::connection::types::{Member, Place};
use crate::connection::{Payload, Use};
use crate::json::Node;
use crate::json::splice::Edit;
use crate::report::finding::{Applicability, Fix};
use crate::rules::engine::{Context, Hit};

/// On an update `null` keeps what is stored, and what becomes of an absent member no source tells;
/// an empty text erases.
pub(in crate::rules::families) fn check(payload: &Payload<'_>, context: &Context<'_>) -> Vec<Hit> {
    let Some(typed) = Typed::of(payload, context) else {
        return Vec::new();
    };
    if typed::is_answer(payload) || typed.is_beyond() || !typed.is_certain() {
        return Vec::new();
    }
    let required = typed.form.members.iter();
    let required: Vec<&Member> = required
        .filter(|member| member.required && !member.by_service)
        .filter(|member| is_missing(&typed, member))
        .collect();
    let mut hits = Vec::new();
    for place in [Place::Parameters, Place::Data] {
        let missing: Vec<&Member> = required
            .iter()
            .copied()
            .filter(|member| member.place == place)
            .collect();
        let map = payload.find(place.keys());
        if map.as_ref().is_some_and(|(_, node)| node.is_object()) {
            hits.extend(missing.iter().map(|member| hit_of(&typed, member, context)));
        } else if !missing.is_empty() && map.is_none_or(|(_, node)| node.is_null()) {
            hits.extend(without_map(&typed, place, &missing));
        }
    }
    hits.into_iter()
        .map(|hit| typed::weighed(payload, named(hit, &typed)))
        .collect()
}

fn is_missing(typed: &Typed<'_>, member: &Member) -> bool {
    let found = typed.value(member);
    let node = found.as_ref().map(|found| found.node);
    if typed::is_new(&typed.payload) {
        // A pasted body with null may be one of an update, or what the service shows.
        let shown = typed.payload.usage == Use::Pasted && member.secret;
        if shown && node.is_some_and(Node::is_null) {
            return false;
        }
        return typed::is_blank(node) && !is_misplaced(typed, member);
    }
    let erased = node.is_some_and(|node| node.as_str().is_some()) && typed::is_blank(node);
    erased && !(member.secret && typed.payload.usage == Use::VerifySaved)
}

/// Another rule moves it to its place.
fn is_misplaced(typed: &Typed<'_>, member: &Member) -> bool {
    let beside = typed.payload.find(&["authorization", &member.name]);
    let other = match member.place {
        Place::Parameters => typed.payload.data(&member.name),
        Place::Data => typed.payload.parameter(&member.name),
    };
    let top = typed
        .payload
        .find(&[&member.name])
        .filter(|_| !super::payload_member_misplaced::is_of_the_envelope(&member.name));
    [beside, other, top]
        .into_iter()
        .flatten()
        .any(|(_, node)| !typed::is_blank(Some(node)))
}

fn hit_of(typed: &Typed<'_>, member: &Member, context: &Context<'_>) -> Hit {
    let payload = &typed.payload;
    let found = typed.value(member);
    let pointer = found.as_ref().map_or_else(
        || typed.pointer_of(member).unwrap_or_default(),
        |found| found.pointer.clone(),
    );
    let hit = super::hit_or_missing(payload, &pointer, found.as_ref().map(|found| found.node));
    let exists = found.is_some();
    let fix = match typed.stand_in_for(member) {
        Some(other) => renamed(&other, &pointer, exists, member),
        None => super::seen::restored(payload, context, &pointer)
            .unwrap_or_else(|| super::wanted(&pointer, exists, what(member))),
    };
    hit.capture("place", member.place.name())
        .capture("what", what(member))
        .fix(fix)
}

/// The value stands under another name: which one is meant only the sender knows for certain.
fn renamed(other: &Found<'_>, pointer: &str, exists: bool, member: &Member) -> Fix {
    let value = other.node.to_value();
    let path = pointer.to_owned();
    let mut edits = vec![if exists {
        Edit::Replace { path, value }
    } else {
        Edit::Add { path, value }
    }];
    edits.push(if other.declared.is_some() {
        Edit::Replace {
            path: other.pointer.clone(),
            value: "".into(),
        }
    } else {
        Edit::Remove {
            path: other.pointer.clone(),
        }
    });
    let summary = format!("puts the value of {} into {}", other.key, member.name);
    super::fix(Applicability::Unsafe, edits, summary)
}

/// The whole map is missing, or `null`.
fn without_map(typed: &Typed<'_>, place: Place, missing: &[&Member]) -> Option<Hit> {
    let payload = &typed.payload;
    // Without `authorization` another rule says so.
    let parent = match place {
        Place::Parameters => payload.find(&["authorization"])?,
        Place::Data => (payload.base(), payload.node),
    };
    if !parent.1.is_object() {
        return None;
    }
    let known = payload.find(place.keys());
    let name = place.keys().last()?;
    let pointer = known.as_ref().map_or_else(
        || format!("{}/{name}", parent.0),
        |(pointer, _)| pointer.clone(),
    );
    let mut map = serde_json::Map::new();
    for member in missing {
        map.insert(member.name.clone(), json!(format!("<{}>", what(member))));
    }
    let value = serde_json::Value::Object(map);
    let path = pointer.clone();
    let edit = if known.is_some() {
        Edit::Replace { path, value }
    } else {
        Edit::Add { path, value }
    };
    let names: Vec<&str> = missing.iter().map(|member| member.name.as_str()).collect();
    let names = names.join(", ");
    let fix = super::fix(
        Applicability::DisplayOnly,
        vec![edit],
        format!("put {names} into {}", place.name()),
    );
    let hit = super::hit_missing(payload, &pointer)
        .evidence(format!("no \"{name}\", which holds {names}"))
        .capture("member", names)
        .capture("place", place.name())
        .capture("what", what(missing.first()?));
    Some(hit.fix(fix))
}

fn named(hit: Hit, typed: &Typed<'_>) -> Hit {
    hit.capture("type", &typed.kind.name)
        .capture("scheme", &typed.form.name)
}

fn what(member: &Member) -> &str {
    member.what.as_deref().unwrap_or(&member.name)
}
