//! One key of a map in several spellings, which the service takes for the same.

use std::collections::BTreeMap;

use crate::connection::Payload;
use crate::json::splice::Edit;
use crate::json::{Member, pointer};
use crate::report::finding::{Applicability, Fix};
use crate::rules::engine::{Context, Hit};

const SAME: &str = "The service finds these keys without regard to letter case, so both are one key \
                    to it, and it answers \"An item with the same key has already been added.\"";

pub(in crate::rules::families) fn check(payload: &Payload<'_>, _: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (base, node) in payload.text_maps() {
        for spellings in twins(node.members()) {
            hits.extend(hit(payload, &base, &spellings));
        }
    }
    hits
}

/// The members that share a key, one for each spelling, in their order.
fn twins(members: &[Member]) -> Vec<Vec<&Member>> {
    let mut by_key: BTreeMap<String, Vec<&Member>> = BTreeMap::new();
    for member in members {
        let spellings = by_key
            .entry(member.key.as_str().to_ascii_lowercase())
            .or_default();
        if !spellings.iter().any(|other| other.key == member.key) {
            spellings.push(member);
        }
    }
    by_key.retain(|_, spellings| spellings.len() > 1);
    by_key.into_values().collect()
}

fn hit(payload: &Payload<'_>, base: &str, spellings: &[&Member]) -> Option<Hit> {
    let first = spellings.first()?;
    // An empty access token is taken away by a rule of its own.
    if payload.is_azurerm()
        && first.key.eq_ignore_ascii_case("accesstoken")
        && spellings.iter().any(|member| member.value.is_blank())
    {
        return None;
    }
    let kept = spellings
        .iter()
        .find(|member| !member.value.is_blank())
        .unwrap_or(first);
    let others = || spellings.iter().filter(|member| member.key != kept.key);
    let shown = others().next()?;
    let at = |member: &Member| pointer::push(base, &member.key);
    let mut hit = super::hit(payload, &at(shown), &shown.value)
        .evidence(format!("\"{}\" beside \"{}\"", shown.key, kept.key))
        .capture("expected", at(kept))
        .message(format!(
            "The body holds {} and, in other letters, {}. {SAME}",
            at(shown),
            at(kept)
        ));
    // Which of two values is meant only the user knows.
    let alike = others()
        .all(|member| member.value.is_blank() || member.value.to_value() == kept.value.to_value());
    if alike {
        hit = hit.fix(Fix {
            applicability: Applicability::Safe,
            edits: others()
                .map(|member| Edit::Remove { path: at(member) })
                .collect(),
            summary: format!("removes what says the same as {}", kept.key),
        });
    }
    Some(super::error_if_failed(payload, hit))
}

#[cfg(test)]
mod tests {
    use crate::rules::families::tests::{fires, fixed};

    #[test]
    fn the_empty_or_equal_twin_goes_and_of_two_values_none() {
        let id = "payload-duplicate-key";
        let body = |members: &str| {
            format!(r#"{{"type":"azurerm","authorization":{{"parameters":{{{members}}}}}}}"#)
        };
        for (twice, once) in [
            (r#""tenantid":"t","tenantId":"t""#, r#""tenantid":"t""#),
            (r#""tenantId":"","tenantid":"t""#, r#""tenantid":"t""#),
            (
                r#""tenantid":null,"tenantId":"t","TenantID":"""#,
                r#""tenantId":"t""#,
            ),
        ] {
            assert_eq!(fixed(id, &body(twice)), body(once));
        }
        assert!(fires(id, &body(r#""tenantid":"t","tenantId":"u""#)));
        assert!(!fires(id, &body(r#""tenantid":"t","tenantid":"u""#)));
        assert!(!fires(id, &body(r#""accesstoken":null,"accessToken":"""#)));
    }
}
