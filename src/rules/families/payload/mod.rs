//! Faults of a request body: the only ones that a corrected body can mend.

mod access_token_cache_invalid;
mod payload_accesstoken_null;
mod payload_authority_not_a_uri;
mod payload_authorization_changed;
mod payload_automatic_clone_stale_ids;
mod payload_conversion_keeps_deadline;
mod payload_credential_kind_mismatch;
mod payload_cut_off_by_depth;
mod payload_differs_from_known_good;
mod payload_double_encoded_parameters;
mod payload_duplicate_key;
mod payload_empty_required_string;
mod payload_guid_malformed;
mod payload_id_mismatch;
mod payload_identity_missing;
mod payload_isready_false_sent;
mod payload_member_misplaced;
mod payload_member_spelling;
mod payload_member_unexpected;
mod payload_missing_project_references;
mod payload_parameters_missing;
mod payload_parameters_not_a_map;
mod payload_placeholder_value;
mod payload_project_reference_name_mismatch;
mod payload_required_member_missing;
mod payload_scheme_unsupported;
mod payload_scope_subscription_mismatch;
mod payload_scopelevel_inconsistent;
mod payload_secret_word_null;
mod payload_serviceprincipalkey_null_create;
mod payload_subscription_name_changed;
mod payload_tenant_mismatch;
mod payload_unresolved_variable;
mod payload_url_environment_mismatch;
mod payload_url_not_of_type;
mod payload_value_not_a_string;
mod payload_value_of_wrong_shape;
mod payload_whitespace_in_value;
mod payload_wif_carries_secret;
mod seen;
mod typed;
mod update_sent_as_patch;

use crate::connection::types::Types;
use crate::connection::{Outcome, Payload};
use crate::json::splice::Edit;
use crate::json::{Node, Value};
use crate::report::finding::{Applicability, Fix, Severity};
use crate::rules::engine::{Check, Hit};
use crate::sensitive;
use crate::text::readable::clip;

/// How many faults of one kind a rule reports in one body: a form that was never filled in shows by
/// then, and the rest shows once these are mended.
const MAX_HITS: usize = 100;

/// The family's checks, by the id of their rule.
pub(super) const CHECKS: &[(&str, Check)] = &[
    (
        "access-token-cache-invalid",
        Check::Text(access_token_cache_invalid::check),
    ),
    (
        "payload-accesstoken-null",
        Check::Payload(payload_accesstoken_null::check),
    ),
    (
        "payload-accesstoken-null",
        Check::Timeline(payload_accesstoken_null::check_echo),
    ),
    (
        "payload-authority-not-a-uri",
        Check::Payload(payload_authority_not_a_uri::check),
    ),
    (
        "payload-automatic-clone-stale-ids",
        Check::Payload(payload_automatic_clone_stale_ids::check),
    ),
    (
        "payload-conversion-keeps-deadline",
        Check::Payload(payload_conversion_keeps_deadline::check),
    ),
    (
        "payload-differs-from-known-good",
        Check::Unexplained(payload_differs_from_known_good::check),
    ),
    (
        "payload-double-encoded-parameters",
        Check::Payload(payload_double_encoded_parameters::check),
    ),
    (
        "payload-empty-required-string",
        Check::Payload(payload_empty_required_string::check),
    ),
    (
        "payload-guid-malformed",
        Check::Payload(payload_guid_malformed::check),
    ),
    (
        "payload-isready-false-sent",
        Check::Payload(payload_isready_false_sent::check),
    ),
    (
        "payload-missing-project-references",
        Check::Payload(payload_missing_project_references::check),
    ),
    (
        "payload-placeholder-value",
        Check::Payload(payload_placeholder_value::check),
    ),
    (
        "payload-placeholder-value",
        Check::Trace(payload_placeholder_value::check_stored),
    ),
    (
        "payload-project-reference-name-mismatch",
        Check::Payload(payload_project_reference_name_mismatch::check),
    ),
    (
        "payload-scheme-unsupported",
        Check::Payload(payload_scheme_unsupported::check),
    ),
    (
        "payload-scheme-unsupported",
        Check::Text(payload_scheme_unsupported::explain),
    ),
    (
        "payload-scope-subscription-mismatch",
        Check::Payload(payload_scope_subscription_mismatch::check),
    ),
    (
        "payload-scopelevel-inconsistent",
        Check::Payload(payload_scopelevel_inconsistent::check),
    ),
    (
        "payload-serviceprincipalkey-null-create",
        Check::Payload(payload_serviceprincipalkey_null_create::check),
    ),
    (
        "payload-subscription-name-changed",
        Check::Payload(payload_subscription_name_changed::check),
    ),
    (
        "payload-subscription-name-changed",
        Check::Text(payload_subscription_name_changed::told),
    ),
    (
        "payload-tenant-mismatch",
        Check::Payload(payload_tenant_mismatch::check),
    ),
    (
        "payload-unresolved-variable",
        Check::Payload(payload_unresolved_variable::check),
    ),
    (
        "payload-url-environment-mismatch",
        Check::Payload(payload_url_environment_mismatch::check),
    ),
    (
        "payload-whitespace-in-value",
        Check::Payload(payload_whitespace_in_value::check),
    ),
    (
        "payload-whitespace-in-value",
        Check::Call(payload_whitespace_in_value::check_url),
    ),
    (
        "payload-wif-carries-secret",
        Check::Payload(payload_wif_carries_secret::check),
    ),
    (
        "payload-credential-kind-mismatch",
        Check::Payload(payload_credential_kind_mismatch::check),
    ),
    (
        "payload-duplicate-key",
        Check::Payload(payload_duplicate_key::check),
    ),
    (
        "payload-id-mismatch",
        Check::Payload(payload_id_mismatch::check),
    ),
    (
        "payload-identity-missing",
        Check::Payload(payload_identity_missing::check),
    ),
    (
        "payload-secret-word-null",
        Check::Payload(payload_secret_word_null::check),
    ),
    (
        "payload-value-not-a-string",
        Check::Payload(payload_value_not_a_string::check),
    ),
    (
        "payload-authorization-changed",
        Check::Payload(payload_authorization_changed::check),
    ),
    (
        "payload-cut-off-by-depth",
        Check::Payload(payload_cut_off_by_depth::check),
    ),
    (
        "payload-member-misplaced",
        Check::Payload(payload_member_misplaced::check),
    ),
    (
        "payload-member-unexpected",
        Check::Payload(payload_member_unexpected::check),
    ),
    (
        "payload-member-spelling",
        Check::Payload(payload_member_spelling::check),
    ),
    (
        "payload-parameters-missing",
        Check::Payload(payload_parameters_missing::check),
    ),
    (
        "payload-parameters-not-a-map",
        Check::Payload(payload_parameters_not_a_map::check),
    ),
    (
        "payload-required-member-missing",
        Check::Payload(payload_required_member_missing::check),
    ),
    (
        "payload-url-not-absolute",
        Check::Payload(payload_url_not_of_type::absolute_only),
    ),
    (
        "payload-url-not-of-type",
        Check::Payload(payload_url_not_of_type::check),
    ),
    (
        "payload-value-of-wrong-shape",
        Check::Payload(payload_value_of_wrong_shape::check),
    ),
    (
        "update-sent-as-patch",
        Check::Call(update_sent_as_patch::check),
    ),
];

/// A hit on the member at `pointer`, with the captures that every payload rule's words may use.
fn hit(payload: &Payload<'_>, pointer: &str, node: &Node) -> Hit {
    let member = pointer.rsplit('/').next().unwrap_or("");
    let value = shown(pointer, node);
    Hit::at(payload.location(pointer))
        .evidence(format!("\"{member}\": {value}"))
        .capture("pointer", pointer)
        .capture("member", member)
        .capture("value", value.trim_matches('"'))
}

/// A hit where a member is missing that should be at `pointer`.
fn hit_missing(payload: &Payload<'_>, pointer: &str) -> Hit {
    let member = pointer.rsplit('/').next().unwrap_or("");
    Hit::at(payload.location(pointer))
        .evidence(format!("no \"{member}\""))
        .capture("pointer", pointer)
        .capture("member", member)
        .capture("value", "nothing")
}

/// A hit on the member at `pointer`, or where it is missing.
fn hit_or_missing(payload: &Payload<'_>, pointer: &str, node: Option<&Node>) -> Hit {
    match node {
        Some(node) => hit(payload, pointer, node),
        None => hit_missing(payload, pointer),
    }
}

/// Whether a call brought it that did not fail: what a service took is no fault.
fn was_not_refused(payload: &Payload<'_>) -> bool {
    payload
        .call
        .is_some_and(|call| call.outcome != Outcome::Failed)
}

/// A value as JSON, short, and masked if the names above it say that it is a secret.
fn shown(pointer: &str, node: &Node) -> String {
    match &node.value {
        Value::Object(_) => "{\u{2026}}".to_owned(),
        Value::Array(items) if !items.is_empty() => "[\u{2026}]".to_owned(),
        _ => {
            let value = sensitive::mask_value(
                sensitive::Around::at(Types::built_in(), pointer),
                &node.to_value(),
            );
            clip(&value.to_string(), 120).to_owned()
        }
    }
}

/// Some faults are known to be refused, and seen to be taken: one is an error where the call failed.
fn error_if_failed(payload: &Payload<'_>, hit: Hit) -> Hit {
    let failed = payload
        .call
        .is_some_and(|call| call.outcome == Outcome::Failed);
    if failed {
        hit
    } else {
        hit.severity(Severity::Warning)
    }
}

fn fix(applicability: Applicability, edits: Vec<Edit>, summary: impl Into<String>) -> Fix {
    Fix {
        applicability,
        edits,
        summary: summary.into(),
    }
}

/// Takes a member away; nobody can want it back.
fn removal(pointer: &str, summary: impl Into<String>) -> Fix {
    fix(
        Applicability::Safe,
        vec![Edit::Remove {
            path: pointer.to_owned(),
        }],
        summary,
    )
}

/// Puts `value` in the place of what stands at `pointer`.
fn replacement(
    applicability: Applicability,
    pointer: &str,
    value: impl Into<serde_json::Value>,
    summary: impl Into<String>,
) -> Fix {
    fix(
        applicability,
        vec![Edit::Replace {
            path: pointer.to_owned(),
            value: value.into(),
        }],
        summary,
    )
}

/// A value only the user can give: shown, never written.
fn wanted(pointer: &str, exists: bool, what: &str) -> Fix {
    let value = serde_json::Value::from(format!("<{what}>"));
    let path = pointer.to_owned();
    let edit = if exists {
        Edit::Replace { path, value }
    } else {
        Edit::Add { path, value }
    };
    fix(
        Applicability::DisplayOnly,
        vec![edit],
        format!("put {what} at {pointer}"),
    )
}

/// Members that hold the id of a thing, with their pointers: strings that are not empty.
fn id_members<'a>(payload: &Payload<'a>) -> Vec<(String, &'a Node, &'a str)> {
    let mut found = vec![
        payload.parameter("tenantid"),
        payload.parameter("serviceprincipalid"),
        payload.data("subscriptionId"),
    ];
    if let Some((at, references)) = payload.find(&["serviceEndpointProjectReferences"]) {
        let items = references.items().iter().take(MAX_HITS);
        for (index, item) in items.enumerate() {
            if let Some(member) = item
                .get("projectReference")
                .and_then(|node| node.member("id"))
            {
                found.push(Some((
                    format!("{at}/{index}/projectReference/{}", member.key),
                    &member.value,
                )));
            }
        }
    }
    found
        .into_iter()
        .flatten()
        .filter_map(|(pointer, node)| Some((pointer, node, node.as_str()?)))
        .filter(|(_, _, text)| !text.trim().is_empty())
        .collect()
}

/// Whether a variable that was never filled in stands somewhere in `url`.
fn holds_template(url: &str) -> bool {
    payload_unresolved_variable::in_url(url).is_some()
}

/// Whether `text` is a variable or template that was never filled in.
fn is_template(text: &str) -> bool {
    payload_unresolved_variable::token(text).is_some()
        || payload_placeholder_value::is_placeholder(text)
}
