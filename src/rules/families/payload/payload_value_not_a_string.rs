//! A number, a boolean, a list or an object in a map of texts.

use std::collections::HashSet;

use crate::connection::{Outcome, Payload};
use crate::json::splice::Edit;
use crate::json::{Member, Value, pointer};
use crate::report::finding::{Applicability, Severity};
use crate::rules::engine::{Context, Hit};

/// How many further places a finding names.
const MAX_PLACES: usize = 20;

pub(in crate::rules::families) fn check(payload: &Payload<'_>, _: &Context<'_>) -> Vec<Hit> {
    let mut odd: Vec<(String, &Member)> = Vec::new();
    for (base, node) in payload.text_maps() {
        // Of a key that came twice every reader takes the last, and a pointer leads to it.
        let mut later = HashSet::new();
        let mut wrong: Vec<&Member> = node
            .members()
            .iter()
            .rev()
            .filter(|member| later.insert(member.key.as_str()))
            .filter(|member| !matches!(member.value.value, Value::Null | Value::String(_)))
            .collect();
        wrong.reverse();
        odd.extend(
            wrong
                .into_iter()
                .map(|member| (pointer::push(&base, &member.key), member)),
        );
    }
    let Some((first, member)) = odd.first() else {
        return Vec::new();
    };
    let mut hit = super::hit(payload, first, &member.value);
    for (at, _) in odd.iter().skip(1).take(MAX_PLACES) {
        hit = hit.and_at(payload.location(at.clone()));
    }
    let edits: Vec<Edit> = odd
        .iter()
        .filter_map(|(at, member)| {
            Some(Edit::Replace {
                path: at.clone(),
                value: as_text(member)?.into(),
            })
        })
        .collect();
    if !edits.is_empty() {
        let summary = "writes as texts what has to be one";
        hit = hit.fix(super::fix(Applicability::Safe, edits, summary));
    }
    let only_plain = odd
        .iter()
        .all(|(_, member)| matches!(member.value.value, Value::Bool(_) | Value::Number(_)));
    // Of other types true and false are known to be taken as they are.
    if only_plain && !payload.is_azurerm() && !failed(payload) {
        return vec![hit.severity(Severity::Note)];
    }
    vec![super::error_if_failed(payload, hit)]
}

fn failed(payload: &Payload<'_>) -> bool {
    payload
        .call
        .is_some_and(|call| call.outcome == Outcome::Failed)
}

/// The value as a text; of lists and objects only the one that is known to be meant so.
fn as_text(member: &Member) -> Option<String> {
    match &member.value.value {
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(text) => Some(text.to_string()),
        Value::Array(_) if member.key.eq_ignore_ascii_case("azureSpnPermissions") => {
            Some(member.value.to_value().to_string())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::families::tests::{fires, fixed};

    #[test]
    fn numbers_booleans_and_permissions_become_texts() {
        let id = "payload-value-not-a-string";
        let body = |data: &str| format!(r#"{{"type":"azurerm","data":{{{data}}}}}"#);
        assert_eq!(
            fixed(
                id,
                &body(r#""a":7.50,"b":true,"azureSpnPermissions":[{"x":1}]"#)
            ),
            body(r#""a":"7.50","b":"true","azureSpnPermissions":"[{\"x\":1}]""#)
        );
        assert!(fires(id, &body(r#""a":{"b":1}"#)));
        assert!(!fires(id, &body(r#""a":"7","b":null"#)));
    }
}
