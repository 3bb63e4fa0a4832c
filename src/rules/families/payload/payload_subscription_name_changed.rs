//! An update that changes what identifies the endpoint, answered with an internal error.

use crate::connection::{Outcome, Payload, Use};
use crate::json::Node;
use crate::report::finding::{Applicability, Severity};
use crate::rules::engine::{Context, Hit, Surface};

/// The generic TF400898 alone proves nothing: the changed member must be visible.
pub(in crate::rules::families) fn check(payload: &Payload<'_>, context: &Context<'_>) -> Vec<Hit> {
    let Some(call) = payload.call.filter(|_| payload.usage == Use::Update) else {
        return Vec::new();
    };
    let answer = call
        .exchange
        .response
        .as_ref()
        .and_then(|response| response.body.text())
        .unwrap_or_default();
    let Some(stored) = context
        .stored_state(call)
        .filter(|_| call.outcome == Outcome::Failed && answer.contains("TF400898"))
    else {
        return Vec::new();
    };
    let places = [
        &["data", "subscriptionName"][..],
        &["data", "subscriptionId"],
        &["authorization", "parameters", "tenantid"],
    ];
    let changed = places.iter().filter_map(|keys| {
        let (pointer, node) = payload.find(keys)?;
        let before = keys
            .iter()
            .try_fold(&stored, |node: &Node, key| node.get(key))?
            .as_str()
            .filter(|text| !text.is_empty())?;
        let now = node.as_str()?;
        if now.eq_ignore_ascii_case(before) {
            return None;
        }
        let fix = super::replacement(
            Applicability::Safe,
            &pointer,
            before,
            format!(
                "restores {} as the service last showed it",
                keys[keys.len() - 1]
            ),
        );
        Some(
            super::hit(payload, &pointer, node)
                .capture("expected", before)
                .fix(fix),
        )
    });
    changed.collect()
}

/// The service names the member itself.
pub(in crate::rules::families) fn told(_: &Surface, hit: &mut Hit, _: &Context<'_>) {
    let field = hit.captures.get("field").map_or_else(
        || "a member that identifies the connection".to_owned(),
        |field| format!("`{field}`"),
    );
    hit.severity = Some(Severity::Error);
    hit.message = Some(format!(
        "The update changes {field}, which is fixed when a connection of this type is created. An empty value counts as a change. Nothing was saved."
    ));
    hit.remedy = Some(AS_IT_WAS);
}

/// What to do where the service names the member that may not change.
const AS_IT_WAS: &[&str] = &[
    "Send the value that the service shows for that member in its own answer (`az devops service-endpoint show`), in exactly that form.",
    "In Terraform or a script, set the member to that value, so that the next run does not change it again.",
    "If the connection really is to use another app or registry, create a new one, move the pipelines over and delete this one.",
];
