//! Workload identity federation: what Entra ID compares, and what a connection says of itself.

mod remark;
mod subject;
mod wif_deprecated_issuer;
mod wif_subject_name_drift;
mod wif_task_unsupported;

use crate::connection::{EndpointCall, Operation};
use crate::json::{Node, pointer};
use crate::report::finding::{Location, Part};
use crate::rules::engine::Check;

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
    (
        "wif-task-unsupported",
        Check::Text(wif_task_unsupported::remark),
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

#[cfg(test)]
mod tests {
    use crate::rules::families::tests::said;

    #[test]
    fn a_note_on_the_comparison_is_no_part_of_what_was_presented() {
        let note = "'. Please note that the matching is done using a case-sensitive comparison. Check your federated identity credential Subject, Audience and Issuer against the presented assertion.";
        for (code, name, value) in [
            (700_213, "subject", "sc://contoso/O'Brien and James' team/x"),
            (7_002_138, "subject", "/eid1/c/pub/t/x/a/y/sc/z"),
            (700_211, "issuer", "https://vstoken.dev.azure.com/1"),
            (700_212, "audience", "api://X"),
        ] {
            let (_, captures) = said(&format!(
                "AADSTS{code}: No matching federated identity record found for presented assertion {name} '{value}{note}"
            ));
            assert_eq!(captures[name], value, "{code}");
        }
    }
}
