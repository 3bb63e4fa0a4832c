//! What became of an endpoint: ready, at work, failed, a draft.

mod call_failed_unexplained;
mod endpoint_delete_failed;
mod endpoint_not_ready;
mod msi_not_on_hosted_agent;
mod operation_failed;
mod operation_stuck_inprogress;
mod wif_draft_not_finished;

use crate::connection::Operation;
use crate::report::finding::Part;
use crate::rules::engine::{Check, Hit, LastSeen};

/// The family's checks, by the id of their rule.
pub(super) const CHECKS: &[(&str, Check)] = &[
    (
        "endpoint-delete-failed",
        Check::Text(endpoint_delete_failed::remark),
    ),
    (
        "endpoint-not-ready",
        Check::Trace(endpoint_not_ready::check),
    ),
    (
        "msi-not-on-hosted-agent",
        Check::Call(msi_not_on_hosted_agent::check),
    ),
    (
        "call-failed-unexplained",
        Check::Unexplained(call_failed_unexplained::check),
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

impl LastSeen<'_> {
    /// Whether somebody worked on it or asked for it alone: others may only have stood in a list.
    pub(super) fn is_asked_for(&self) -> bool {
        self.worked_on || self.call.operation == Operation::Get
    }

    /// A hit at `member` of the endpoint.
    fn hit(&self, member: &str) -> Hit {
        let pointer = format!("{}/{member}", self.pointer);
        let hit = Hit::at(self.call.location(Part::ResponseBody, Some(pointer)));
        let named = [("endpoint_name", "name"), ("endpoint_id", "id")];
        let node = self.node();
        named
            .into_iter()
            .fold(hit, |hit, (capture, member)| match node.str(member) {
                Some(value) => hit.capture(capture, value),
                None => hit,
            })
    }
}
