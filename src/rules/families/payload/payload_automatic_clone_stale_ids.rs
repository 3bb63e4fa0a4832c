//! An automatic connection created from the copy of another: it carries ids of an app that is not its own.

use crate::connection::outcome::State;
use crate::connection::{Payload, Use};
use crate::json::splice::Edit;
use crate::report::finding::{Applicability, Severity};
use crate::rules::engine::{Context, Hit};

pub(in crate::rules::families) fn check(payload: &Payload<'_>, context: &Context<'_>) -> Vec<Hit> {
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
    // An app that was made shows that the ids were none of another's.
    if got_ready(payload, context) {
        hit = hit.severity(Severity::Note);
    }
    vec![hit]
}

/// Whether a later answer shows the connection ready, when the work behind the create was done.
fn got_ready(payload: &Payload<'_>, context: &Context<'_>) -> bool {
    let created = payload.call.and_then(|call| Some((call, call.answer()?)));
    let last = created.and_then(|(call, answer)| {
        let last = context.last_seen_of(answer.str("id")?)?;
        (last.call.exchange.entry != call.exchange.entry).then_some(last)
    });
    last.is_some_and(|last| last.state == State::Ready)
}
