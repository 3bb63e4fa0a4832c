//! An automatic connection created from the copy of another: it carries ids of an app that is not its own.

use crate::connection::{Payload, Use};
use crate::json::splice::Edit;
use crate::report::finding::Applicability;
use crate::rules::engine::{Context, Hit};

pub(in crate::rules::families) fn check(payload: &Payload<'_>, _: &Context<'_>) -> Vec<Hit> {
    if payload.usage != Use::Create || !payload.is_azurerm() || !payload.has_mode("Automatic") {
        return Vec::new();
    }
    let stale: Vec<_> = [
        payload.data("spnObjectId"),
        payload.data("appObjectId"),
        payload.data("azureSpnRoleAssignmentId"),
        payload.parameter("serviceprincipalid"),
    ]
    .into_iter()
    .flatten()
    .filter(|(_, node)| node.as_str().is_some_and(|text| !text.trim().is_empty()))
    .collect();
    let Some((first, node)) = stale.first() else {
        return Vec::new();
    };
    let edits = stale
        .iter()
        .map(|(path, _)| Edit::Replace {
            path: path.clone(),
            value: "".into(),
        })
        .collect();
    let mut hit = super::hit(payload, first, node).fix(super::fix(
        Applicability::Unsafe,
        edits,
        "blanks the copied ids, so that a new app is created",
    ));
    for (path, _) in &stale[1..] {
        hit = hit.and_at(payload.location(path.clone()));
    }
    vec![hit]
}
