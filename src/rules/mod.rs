//! The built-in rules: one folder a family, one Markdown file a rule.
//!
//! A rule that only matches text needs no code. One that must judge a payload or a sequence has a
//! check in a file of the same name, listed here.

mod payload;
mod trace;

use crate::rule::Check::{self, Call, Payload, Timeline, Trace};

/// The checks of the rule called `id`; most rules have none or one.
pub fn checks_of(id: &str) -> impl Iterator<Item = Check> + '_ {
    CHECKS
        .iter()
        .filter(move |(known, _)| *known == id)
        .map(|(_, check)| *check)
}

/// Every check, by the id of its rule.
static CHECKS: &[(&str, Check)] = &[
    (
        "payload-accesstoken-null",
        Payload(payload::payload_accesstoken_null::check),
    ),
    (
        "payload-accesstoken-null",
        Call(payload::payload_accesstoken_null::check_echo),
    ),
    (
        "payload-authority-not-a-uri",
        Payload(payload::payload_authority_not_a_uri::check),
    ),
    (
        "payload-automatic-clone-stale-ids",
        Payload(payload::payload_automatic_clone_stale_ids::check),
    ),
    (
        "payload-conversion-keeps-deadline",
        Payload(payload::payload_conversion_keeps_deadline::check),
    ),
    (
        "payload-double-encoded-parameters",
        Payload(payload::payload_double_encoded_parameters::check),
    ),
    (
        "payload-empty-required-string",
        Payload(payload::payload_empty_required_string::check),
    ),
    (
        "payload-guid-malformed",
        Payload(payload::payload_guid_malformed::check),
    ),
    (
        "payload-isready-false-sent",
        Payload(payload::payload_isready_false_sent::check),
    ),
    (
        "payload-missing-project-references",
        Payload(payload::payload_missing_project_references::check),
    ),
    (
        "payload-placeholder-value",
        Payload(payload::payload_placeholder_value::check),
    ),
    (
        "payload-project-reference-name-mismatch",
        Payload(payload::payload_project_reference_name_mismatch::check),
    ),
    (
        "payload-scheme-unsupported",
        Payload(payload::payload_scheme_unsupported::check),
    ),
    (
        "payload-scope-subscription-mismatch",
        Payload(payload::payload_scope_subscription_mismatch::check),
    ),
    (
        "payload-scopelevel-inconsistent",
        Payload(payload::payload_scopelevel_inconsistent::check),
    ),
    (
        "payload-serviceprincipalkey-null-create",
        Payload(payload::payload_serviceprincipalkey_null_create::check),
    ),
    (
        "payload-subscription-name-changed",
        Payload(payload::payload_subscription_name_changed::check),
    ),
    (
        "payload-tenant-mismatch",
        Payload(payload::payload_tenant_mismatch::check),
    ),
    (
        "payload-unresolved-variable",
        Payload(payload::payload_unresolved_variable::check),
    ),
    (
        "payload-url-environment-mismatch",
        Payload(payload::payload_url_environment_mismatch::check),
    ),
    (
        "payload-whitespace-in-value",
        Payload(payload::payload_whitespace_in_value::check),
    ),
    (
        "payload-wif-carries-secret",
        Payload(payload::payload_wif_carries_secret::check),
    ),
    (
        "trace-aborted-request",
        Call(trace::trace_aborted_request::check),
    ),
    (
        "trace-contains-secrets",
        Trace(trace::trace_contains_secrets::check),
    ),
    (
        "trace-missing-request-body",
        Call(trace::trace_missing_request_body::check),
    ),
    (
        "trace-no-endpoint-calls",
        Trace(trace::trace_no_endpoint_calls::check),
    ),
    ("trace-redacted", Trace(trace::trace_redacted::check)),
    (
        "trace-retry-succeeded",
        Timeline(trace::trace_retry_succeeded::check),
    ),
    (
        "trace-truncated-body",
        Call(trace::trace_truncated_body::check),
    ),
    (
        "update-sent-as-patch",
        Call(payload::update_sent_as_patch::check),
    ),
];

#[cfg(test)]
mod tests {
    use super::{CHECKS, Check, checks_of};
    use crate::endpoint::Payload;
    use crate::finding::Applicability;
    use crate::ingest::Trace;
    use crate::json::{parse, splice};
    use crate::rule::{Context, Hit};

    /// What the payload check of `id` finds in a pasted body.
    fn hits(id: &str, body: &str) -> Vec<Hit> {
        let node = parse(body).unwrap();
        let trace = Trace {
            text: Some(body.to_owned()),
            ..Trace::default()
        };
        let redacted = crate::analyze::ids_are_masked(&[], Some(body));
        let context = Context {
            trace: &trace,
            input: 0,
            calls: &[],
            others: &[],
            timelines: &[],
            redacted,
        };
        let payload = Payload::pasted(&node, body, 0);
        let checks = checks_of(id).filter_map(|check| match check {
            Check::Payload(check) => Some(check),
            _ => None,
        });
        checks.flat_map(|check| check(&payload, &context)).collect()
    }

    pub(super) fn fires(id: &str, body: &str) -> bool {
        !hits(id, body).is_empty()
    }

    /// The body with every safe fix of `id` applied, after which the rule must be quiet.
    pub(super) fn fixed(id: &str, body: &str) -> String {
        mended(id, body, Applicability::Safe)
    }

    pub(super) fn unsafely_fixed(id: &str, body: &str) -> String {
        mended(id, body, Applicability::Unsafe)
    }

    fn mended(id: &str, body: &str, grade: Applicability) -> String {
        let fixes = hits(id, body)
            .into_iter()
            .filter_map(|hit| hit.fix)
            .filter(|fix| fix.applicability == grade);
        let edits: Vec<_> = fixes.flat_map(|fix| fix.edits).collect();
        assert!(!edits.is_empty(), "{id} has no such fix for {body}");
        let mended = splice::apply(body, &edits).unwrap();
        assert!(!fires(id, &mended), "{id} still fires on {mended}");
        mended
    }

    #[test]
    fn every_check_belongs_to_a_rule() {
        let catalogue = crate::rule::Catalogue::built_in();
        for (id, _) in CHECKS {
            assert!(
                catalogue.get(id).is_some(),
                "the check {id} has no rule file"
            );
        }
    }
}
