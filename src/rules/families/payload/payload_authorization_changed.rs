//! A changed member of an authorization that cannot be changed: the stored value goes back.

use super::typed;
use crate::connection::types::Place;
use crate::connection::{Operation, Payload};
use crate::json::pointer;
use crate::report::finding::Applicability;
use crate::rules::engine::{Context, Hit};

pub(in crate::rules::families) fn check(payload: &Payload<'_>, context: &Context<'_>) -> Vec<Hit> {
    let Some(call) = payload
        .call
        .filter(|call| call.operation == Operation::Update)
    else {
        return Vec::new();
    };
    let Some(name) = call.said.as_ref().and_then(|said| updated(&said.message)) else {
        return Vec::new();
    };
    let Some((base, map)) = payload.find(Place::Parameters.keys()) else {
        return Vec::new();
    };
    let found = map.member(name);
    let at = pointer::push(&base, found.map_or(name, |member| &member.key));
    let hit = super::hit_or_missing(payload, &at, found.map(|member| &member.value));
    let state = context.stored_state(call);
    let stored = state.as_ref().and_then(|stored| {
        let map = Place::Parameters
            .keys()
            .iter()
            .try_fold(stored, |node, key| node.get(key))?;
        map.get(name)
    });
    let fix = match stored.filter(|node| !typed::is_blank(Some(node))) {
        Some(value) => super::fix(
            Applicability::Safe,
            vec![if found.is_some() {
                crate::json::splice::Edit::Replace {
                    path: at,
                    value: value.to_value(),
                }
            } else {
                crate::json::splice::Edit::Add {
                    path: at,
                    value: value.to_value(),
                }
            }],
            format!("puts back the {name} that is stored"),
        ),
        None => super::wanted(&at, found.is_some(), &format!("the {name} that is stored")),
    };
    vec![hit.fix(fix)]
}

/// The member in `Updating the authorization data is not allowed … Updated field: 'x'`.
fn updated(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("Updating the authorization data is not allowed")?;
    let (_, rest) = rest.split_once("Updated field:")?;
    let name = rest
        .trim_start()
        .trim_start_matches(['\'', '"', '\u{2018}']);
    let end = name.find(|c: char| !(c.is_alphanumeric() || "_-".contains(c)));
    let name = &name[..end.unwrap_or(name.len())];
    (!name.is_empty()).then_some(name)
}
