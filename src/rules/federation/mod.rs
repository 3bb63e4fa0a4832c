//! Workload identity federation: what Entra ID compares, and what a connection says of itself.

mod remark;
mod subject;
mod wif_deprecated_issuer;
mod wif_subject_name_drift;

use crate::endpoint::{EndpointCall, Operation};
use crate::finding::{Location, Part};
use crate::json::{Node, pointer};
use crate::rule::Check;

/// The family's checks, by the id of their rule.
pub(super) const CHECKS: &[(&str, Check)] = &[
    (
        "wif-deprecated-issuer",
        Check::Call(wif_deprecated_issuer::check),
    ),
    (
        "wif-deprecated-issuer",
        Check::Payload(wif_deprecated_issuer::check_pasted),
    ),
    ("wif-no-matching-issuer", Check::Text(remark::on_issuer)),
    ("wif-no-matching-subject", Check::Text(remark::on_subject)),
    ("wif-subject-case-mismatch", Check::Text(remark::on_subject)),
    (
        "wif-subject-name-drift",
        Check::Call(wif_subject_name_drift::check),
    ),
    (
        "wif-subject-name-drift",
        Check::Payload(wif_subject_name_drift::check_payload),
    ),
    (
        "wif-subject-prefix-mismatch",
        Check::Text(remark::on_subject),
    ),
];

/// A `ServiceEndpoint` and where it stands.
struct Stated<'a> {
    node: &'a Node,
    location: Location,
}

impl<'a> Stated<'a> {
    /// `authorization.parameters.{key}` with its place.
    fn parameter(&self, key: &str) -> Option<(Location, &'a str)> {
        let mut location = self.location.clone();
        let mut at = location.pointer.take().unwrap_or_default();
        let mut node = self.node;
        for key in ["authorization", "parameters", key] {
            let member = node.member(key)?;
            at = pointer::push(&at, &member.key);
            node = &member.value;
        }
        location.pointer = Some(at);
        let text = node.as_str().map(str::trim).filter(|text| !text.is_empty());
        Some((location, text?))
    }

    /// `data.{key}`.
    fn data(&self, key: &str) -> Option<&'a str> {
        self.node.get("data")?.str(key)
    }

    /// Whether it signs in by federation.
    fn is_federated(&self) -> bool {
        let scheme = self
            .node
            .get("authorization")
            .and_then(|node| node.str("scheme"));
        scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("WorkloadIdentityFederation"))
    }
}

/// The one endpoint that an answer holds. Lists are left out: they hold what nobody is working on.
fn answered(call: &EndpointCall) -> Option<Stated<'_>> {
    let single = matches!(
        call.operation,
        Operation::Get | Operation::Create | Operation::Update | Operation::Convert
    );
    let node = call.answer().filter(|_| single)?;
    Some(Stated {
        node,
        location: call.location(Part::ResponseBody, None),
    })
}
