//! Secrets: present, absent, empty, and of the wrong kind.

use super::{Case, is_empty};
use crate::connection::Use;
use crate::json::{Node, Value};
use crate::mend::diff::Significance;

/// `null` in an answer, absent in a list, a new value in a request: all are normal. An empty string
/// is stored as it is, and so is the word null.
pub(super) fn secret_value(name: &str, own: Option<&Node>, case: &Case<'_>) -> Significance {
    let new = matches!(case.usage(), Use::Create | Use::VerifyNew);
    match own.map(|node| &node.value) {
        Some(Value::String(text)) if text == "null" => Significance::Significant,
        Some(Value::String(text)) if text.trim().is_empty() => {
            if case.is_automatic() {
                Significance::Form
            } else {
                Significance::Significant
            }
        }
        Some(Value::String(_)) if is_foreign_credential(name, case) => Significance::Significant,
        Some(Value::String(_)) => Significance::Form,
        Some(Value::Null) | None
            if new && !case.is_automatic() && is_own_credential(name, case) =>
        {
            Significance::Significant
        }
        Some(Value::Null) | None => Significance::Volatile,
        Some(_) => Significance::Significant,
    }
}

/// What a kind of sign-in has as its secret.
pub(super) const CREDENTIALS: &[(&str, &str)] = &[
    ("spnkey", "serviceprincipalkey"),
    ("spncertificate", "serviceprincipalcertificate"),
];

/// Whether the payload's scheme or `authenticationType` does not go with this credential and it has
/// not the right one beside it.
fn is_foreign_credential(name: &str, case: &Case<'_>) -> bool {
    if !CREDENTIALS.iter().any(|(_, known)| *known == name) {
        return false;
    }
    if case.has_scheme("WorkloadIdentityFederation") && case.usage() != Use::Convert {
        return true;
    }
    right_credential(case).is_some_and(|right| right != name && is_empty(case.parameter(right)))
}

/// Whether the payload must bring this secret.
fn is_own_credential(name: &str, case: &Case<'_>) -> bool {
    let right = right_credential(case);
    if CREDENTIALS.iter().any(|(_, known)| *known == name) {
        right.map_or(
            case.parameter("servicePrincipalCertificate").is_none(),
            |right| right == name,
        )
    } else {
        true
    }
}

/// The secret that goes with the payload's `authenticationType`, if that is one of the known.
fn right_credential(case: &Case<'_>) -> Option<&'static str> {
    let kind = case.parameter("authenticationType")?.as_str()?.trim();
    let known = CREDENTIALS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(kind));
    known.map(|(_, name)| *name)
}

pub(super) fn is_filled_foreign(name: &str, case: &Case<'_>) -> bool {
    !is_empty(case.parameter(name)) && is_foreign_credential(name, case)
}
