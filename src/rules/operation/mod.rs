//! What became of an endpoint: ready, at work, failed, a draft.

mod endpoint_not_ready;
mod msi_not_on_hosted_agent;
mod operation_failed;
mod operation_stuck_inprogress;
mod wif_draft_not_finished;

use std::collections::BTreeMap;

use crate::endpoint::outcome::{self, State};
use crate::endpoint::{EndpointCall, Operation, Outcome};
use crate::finding::Part;
use crate::json::Node;
use crate::rule::{Check, Context, Hit};

/// The family's checks, by the id of their rule.
pub(super) const CHECKS: &[(&str, Check)] = &[
    (
        "endpoint-not-ready",
        Check::Trace(endpoint_not_ready::check),
    ),
    (
        "msi-not-on-hosted-agent",
        Check::Call(msi_not_on_hosted_agent::check),
    ),
    ("operation-failed", Check::Trace(operation_failed::check)),
    (
        "operation-stuck-inprogress",
        Check::Trace(operation_stuck_inprogress::check),
    ),
    (
        "wif-draft-not-finished",
        Check::Trace(wif_draft_not_finished::check),
    ),
];

/// The last word of a trace about one endpoint.
pub(super) struct LastSeen<'a> {
    /// The call whose answer shows it.
    pub(super) call: &'a EndpointCall,
    /// Its place in that answer.
    pub(super) pointer: String,
    /// The endpoint as answered.
    pub(super) node: &'a Node,
    /// Whether any call was about this endpoint; otherwise it only stood in a list.
    pub(super) worked_on: bool,
}

impl LastSeen<'_> {
    /// What the work behind it came to.
    pub(super) fn state(&self) -> State {
        outcome::state_of(self.node)
    }

    /// Whether the service says outright that it is not ready.
    fn is_unready(&self) -> bool {
        self.node.get("isReady").and_then(Node::as_bool) == Some(false)
    }

    fn is_draft(&self) -> bool {
        self.node
            .get("data")
            .and_then(|data| data.get("isDraft"))
            .and_then(Node::as_bool)
            == Some(true)
    }

    /// A hit at `member` of the endpoint.
    fn hit(&self, member: &str) -> Hit {
        let pointer = format!("{}/{member}", self.pointer);
        let hit = Hit::at(self.call.location(Part::ResponseBody, Some(pointer)));
        let named = [("endpoint_name", "name"), ("endpoint_id", "id")];
        named
            .into_iter()
            .fold(hit, |hit, (capture, member)| match self.node.str(member) {
                Some(value) => hit.capture(capture, value),
                None => hit,
            })
    }
}

/// The last word about every endpoint that the trace shows and does not delete.
pub(super) fn last_seen<'a>(context: &Context<'a>) -> Vec<LastSeen<'a>> {
    let calls: &'a [EndpointCall] = context.calls;
    let mut seen: BTreeMap<String, LastSeen<'a>> = BTreeMap::new();
    for call in calls {
        if call.operation == Operation::Delete && call.outcome == Outcome::Ok {
            if let Some(id) = call.endpoint_id() {
                seen.remove(&id.to_ascii_lowercase());
            }
            continue;
        }
        for (pointer, node) in call.answered_endpoints() {
            let tells = node.get("isReady").is_some() || node.get("operationStatus").is_some();
            let Some(id) = node.str("id").filter(|_| tells) else {
                continue;
            };
            let worked_on = calls
                .iter()
                .any(|call| call.operation != Operation::List && is_about(call, id));
            let last = LastSeen {
                call,
                pointer,
                node,
                worked_on,
            };
            seen.insert(id.to_ascii_lowercase(), last);
        }
    }
    seen.into_values().collect()
}

/// Whether `call` is about the endpoint `id`.
fn is_about(call: &EndpointCall, id: &str) -> bool {
    call.endpoint_id()
        .is_some_and(|own| own.eq_ignore_ascii_case(id))
}
