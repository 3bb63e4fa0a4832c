//! An object sent as a string that holds its JSON.

use crate::connection::Payload;
use crate::json;
use crate::report::finding::Applicability;
use crate::rules::engine::{Context, Hit};

pub(in crate::rules::families) fn check(payload: &Payload<'_>, _: &Context<'_>) -> Vec<Hit> {
    let places = [
        &["authorization"][..],
        &["authorization", "parameters"],
        &["data"],
    ];
    let encoded = places
        .iter()
        .filter_map(|keys| payload.find(keys))
        .filter_map(|(pointer, node)| {
            let object = json::parse(node.as_str()?)
                .ok()
                .filter(json::Node::is_object)?;
            let member = pointer.rsplit('/').next().unwrap_or_default().to_owned();
            let fix = super::replacement(
                Applicability::Safe,
                &pointer,
                object.to_value(),
                format!("turns the string in {member} into the object it holds"),
            );
            // The string may hold secrets under any escaping: none of it is shown.
            let mut hit = super::hit_missing(payload, &pointer)
                .evidence(format!("\"{member}\": a string that holds an object"));
            hit = hit.capture("value", "a string").fix(fix);
            Some(hit)
        });
    encoded.collect()
}

#[cfg(test)]
mod tests {
    use crate::rules::families::tests::{fires, fixed};

    #[test]
    fn a_string_is_unwrapped_and_the_permission_list_is_left_alone() {
        let id = "payload-double-encoded-parameters";
        let body = r#"{"type":"azurerm","authorization":{"scheme":"ServicePrincipal","parameters":"{\"tenantid\":\"t\",\"a\":null}"},"data":{"azureSpnPermissions":"[{\"a\":1}]"}}"#;
        assert_eq!(
            fixed(id, body),
            r#"{"type":"azurerm","authorization":{"scheme":"ServicePrincipal","parameters":{"tenantid":"t","a":null}},"data":{"azureSpnPermissions":"[{\"a\":1}]"}}"#
        );
        assert!(!fires(
            id,
            r#"{"type":"azurerm","authorization":{"parameters":{}},"data":{"azureSpnPermissions":"[{}]"}}"#
        ));
    }
}
