//! The refusal and who was refused stand in different members of the answer, so a text match cannot
//! see that the user is a guest.

use crate::connection::EndpointCall;
use crate::connection::outcome::{self, State};
use crate::connection::timeline::Timeline;
use crate::json::Node;
use crate::report::finding::Part;
use crate::rules::engine::{Context, Hit};
use crate::text::readable::readable;

pub(super) fn check(timeline: &Timeline<'_>, _: &Context<'_>) -> Vec<Hit> {
    let calls = timeline.calls.iter();
    calls.flat_map(|call| of_call(&call.opened())).collect()
}

fn of_call(call: &EndpointCall) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (base, endpoint) in call.answered_endpoints() {
        if let Some(user) = guest_of(endpoint).filter(|_| is_refused(endpoint)) {
            let pointer = format!("{base}/createdBy/uniqueName");
            hits.push(
                Hit::at(call.location(Part::ResponseBody, Some(pointer)))
                    .and_at(call.location(
                        Part::ResponseBody,
                        Some(format!("{base}/operationStatus/statusMessage")),
                    ))
                    .evidence(user)
                    .capture("user", user),
            );
        }
    }
    hits
}

fn is_refused(endpoint: &Node) -> bool {
    let message = endpoint
        .get("operationStatus")
        .and_then(|node| node.str("statusMessage"));
    outcome::state_of(endpoint) == State::Failed
        && message.is_some_and(|text| {
            readable(text)
                .to_lowercase()
                .contains("insufficient privileges")
        })
}

/// The creator's sign-in name, if its form is a guest's.
fn guest_of(endpoint: &Node) -> Option<&str> {
    let name = endpoint.get("createdBy")?.str("uniqueName")?;
    let form = name.to_ascii_lowercase();
    (form.contains("#ext#") || form.starts_with("live.com#")).then_some(name)
}
