//! The answer of a failed read sent back with its server-owned members.

use crate::connection::{Payload, Use};
use crate::json::splice::Edit;
use crate::report::finding::Applicability;
use crate::rules::engine::{Context, Hit};

pub(in crate::rules::families) fn check(payload: &Payload<'_>, _: &Context<'_>) -> Vec<Hit> {
    if payload.usage != Use::Update {
        return Vec::new();
    }
    let state = payload.find(&["operationStatus"]).filter(|(_, node)| {
        node.str("state")
            .is_some_and(|state| !state.eq_ignore_ascii_case("Ready"))
    });
    let ready = payload
        .find(&["isReady"])
        .filter(|(_, node)| node.as_bool() == Some(false));
    let sent: Vec<_> = ready.into_iter().chain(state).collect();
    let Some((pointer, node)) = sent.first() else {
        return Vec::new();
    };
    let drop = sent
        .iter()
        .map(|(path, _)| Edit::Remove { path: path.clone() });
    vec![super::hit(payload, pointer, node).fix(super::fix(
        Applicability::Unsafe,
        drop.collect(),
        "drops what the service owns",
    ))]
}
