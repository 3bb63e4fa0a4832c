//! `name`, `url`, `type` or `authorization.scheme` empty, or left out of a body that was refused.

use crate::connection::{Outcome, Payload, Use};
use crate::json::Node;
use crate::json::splice::Edit;
use crate::report::finding::Applicability;
use crate::rules::engine::{Context, Hit};

pub(in crate::rules::families) fn check(payload: &Payload<'_>, context: &Context<'_>) -> Vec<Hit> {
    let pasted = payload.usage == Use::Pasted && !super::typed::is_answer(payload);
    if !pasted && !matches!(payload.usage, Use::Create | Use::Update) {
        return Vec::new();
    }
    let stored = payload.call.and_then(|call| context.stored_state(call));
    let refused = payload
        .call
        .is_some_and(|call| call.outcome == Outcome::Failed);
    let places = [
        &["name"][..],
        &["type"],
        &["url"],
        &["authorization", "scheme"],
    ];
    let empty = places.iter().filter_map(|keys| {
        let found = payload.find(keys);
        let name = keys[keys.len() - 1];
        // A part of a body may have been pasted, and what a service took is no fault.
        let missing = found.as_ref().is_none_or(|(_, node)| node.is_null());
        let is_empty = match &found {
            Some((_, node)) if !missing => node.as_str()?.trim().is_empty(),
            Some(_) | None => refused && parent_is_there(payload, keys),
        };
        if !is_empty {
            return None;
        }
        let pointer = found.as_ref().map_or_else(
            || format!("{}/{}", payload.base(), keys.join("/")),
            |(pointer, _)| pointer.clone(),
        );
        let hit = super::hit_or_missing(payload, &pointer, found.as_ref().map(|(_, node)| *node));
        let known = stored
            .as_ref()
            .and_then(|stored| {
                keys.iter()
                    .try_fold(stored, |node: &Node, key| node.get(key))
            })
            .and_then(Node::as_str)
            .filter(|text| !text.is_empty());
        let fix = match known {
            Some(value) => super::fix(
                Applicability::Safe,
                vec![Edit::Add {
                    path: pointer,
                    value: value.into(),
                }],
                format!("restores {name} as the service last showed it"),
            ),
            None => super::wanted(
                &pointer,
                found.is_some(),
                &format!("the {name} of the connection"),
            ),
        };
        Some(hit.fix(fix))
    });
    empty.chain(without_authorization(payload)).collect()
}

/// Whether what should hold the member is there: without it another finding says so.
fn parent_is_there(payload: &Payload<'_>, keys: &[&str]) -> bool {
    let parent = payload.find(&keys[..keys.len() - 1]);
    parent.is_some_and(|(_, node)| node.is_object())
}

const WITHOUT: &str = "The connection has no `authorization`, which says how it signs in. The service answers \"Service Connection Authorization cannot be null\".";

const WITHOUT_STEPS: &[&str] = &[
    "Send the whole of it: `{\"scheme\": \"...\", \"parameters\": {...}}`. For a connection that is stored already, read it first and take `authorization` from there: its secrets are null in it, and null keeps what is stored.",
    "If the portal or an extension sent the body, its form lost the part: reload the page and try once more, or make the connection by the API. `mendpoint diff` shows a body of the same type that works.",
];

/// A write that brings no authorization, unless the service took it.
fn without_authorization(payload: &Payload<'_>) -> Option<Hit> {
    let taken = super::was_not_refused(payload);
    let found = payload.find(&["authorization"]);
    let missing = found.as_ref().is_none_or(|(_, node)| node.is_null());
    if taken || !missing {
        return None;
    }
    let hit = match &found {
        Some((pointer, node)) => super::hit(payload, pointer, node),
        None => super::hit_missing(payload, &format!("{}/authorization", payload.base())),
    };
    let hit = hit.message(WITHOUT).remedy(WITHOUT_STEPS);
    Some(hit)
}
