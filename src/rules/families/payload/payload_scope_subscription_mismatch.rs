//! `authorization.parameters.scope` names another subscription than `data.subscriptionId`.

use crate::connection::Payload;
use crate::report::finding::Applicability;
use crate::rules::engine::{Context, Hit};
use crate::text::guid::is_guid;

pub(in crate::rules::families) fn check(payload: &Payload<'_>, _: &Context<'_>) -> Vec<Hit> {
    let grouped = payload
        .data_text("scopeLevel")
        .is_some_and(|level| level.eq_ignore_ascii_case("ManagementGroup"));
    let Some((pointer, node)) = payload
        .parameter("scope")
        .filter(|_| payload.is_azurerm() && !grouped)
    else {
        return Vec::new();
    };
    let Some(subscription) = payload.data_text("subscriptionId").filter(|id| is_guid(id)) else {
        return Vec::new();
    };
    let scope = node.as_str().unwrap_or_default();
    let mut segments = scope.trim().trim_start_matches('/').split('/');
    let is_scope = segments
        .next()
        .is_some_and(|word| word.eq_ignore_ascii_case("subscriptions"));
    let Some(other) = segments
        .next()
        .filter(|id| is_scope && is_guid(id) && !id.eq_ignore_ascii_case(subscription))
    else {
        return Vec::new();
    };
    let fix = super::replacement(
        Applicability::Unsafe,
        &pointer,
        scope.replacen(other, subscription, 1),
        "points the scope at data.subscriptionId",
    );
    vec![
        super::hit(payload, &pointer, node)
            .capture("expected", subscription)
            .capture("scope", scope)
            .fix(fix),
    ]
}

#[cfg(test)]
mod tests {
    use crate::rules::families::tests::{fires, unsafely_fixed};

    #[test]
    fn another_subscription_fires_and_case_does_not() {
        let (one, two) = (
            "aaaaaaaa-1111-4111-8111-111111111111",
            "bbbbbbbb-1111-4111-8111-111111111111",
        );
        let body = |id: &str| {
            format!(
                r#"{{"type":"azurerm","authorization":{{"parameters":{{"scope":"/subscriptions/{id}/resourcegroups/rg"}}}},"data":{{"subscriptionId":"{one}"}}}}"#
            )
        };
        let id = "payload-scope-subscription-mismatch";
        assert_eq!(unsafely_fixed(id, &body(two)), body(one));
        assert!(!fires(id, &body(&one.to_uppercase())));
    }
}
