//! `authorization.parameters` or `data` is a list, a number or a text, where a map of texts is due.

use serde_json::{Map, Value as Json};

use super::typed;
use crate::connection::Payload;
use crate::json::{self, Node, Value};
use crate::report::finding::Applicability;
use crate::rules::engine::{Context, Hit};
use crate::sensitive::looks_masked;

pub(in crate::rules::families) fn check(payload: &Payload<'_>, _: &Context<'_>) -> Vec<Hit> {
    let maps = [
        &["authorization"][..],
        &["authorization", "parameters"],
        &["data"],
    ];
    let odd = maps.iter().filter_map(|keys| {
        let (pointer, node) = payload.find(keys)?;
        let kind = match &node.value {
            Value::Object(_) | Value::Null => return None,
            Value::String(text) if is_another_rules(text) => return None,
            Value::String(_) => "a text",
            Value::Array(_) => "a list",
            Value::Number(_) => "a number",
            Value::Bool(_) => "true or false",
        };
        let name = keys[keys.len() - 1];
        let hit = super::hit_missing(payload, &pointer)
            .evidence(format!("\"{name}\": {kind}"))
            .capture("value", kind);
        let fix = match pairs(node) {
            Some(map) => super::replacement(
                Applicability::Safe,
                &pointer,
                map,
                format!("turns the list in {name} into the map it stands for"),
            ),
            None => super::wanted(&pointer, true, "an object of names and texts"),
        };
        Some(typed::weighed(payload, hit.fix(fix)))
    });
    odd.collect()
}

/// A text that holds JSON, that a recorder masked, or that PowerShell put there.
fn is_another_rules(text: &str) -> bool {
    let encoded = json::parse(text).is_ok_and(|inner| inner.is_object());
    encoded
        || looks_masked(text)
        || super::is_template(text)
        || text.trim().starts_with("System.")
        || text.trim().starts_with("@{")
}

/// A list of `{"name": …, "value": …}`, of objects with one member, or of nothing.
fn pairs(node: &Node) -> Option<Json> {
    let Value::Array(items) = &node.value else {
        return None;
    };
    let mut map = Map::new();
    for item in items {
        let (name, value) = match (item.pair_name(), item.get("value"), item.members()) {
            (Some(name), Some(value), _) => (name, value),
            (_, _, [only]) => (only.key.as_str(), &only.value),
            _ => return None,
        };
        map.insert(name.to_owned(), value.to_value());
    }
    Some(Json::Object(map))
}

#[cfg(test)]
mod tests {
    use crate::rules::families::tests::{fires, fixed};

    #[test]
    fn lists_become_maps_and_maps_are_left_alone() {
        let id = "payload-parameters-not-a-map";
        let body = |parameters: &str| {
            format!(
                r#"{{"type":"jenkins","authorization":{{"scheme":"UsernamePassword","parameters":{parameters}}}}}"#
            )
        };
        for list in [
            r#"[{"name":"username","value":"a"},{"name":"password","value":"b"}]"#,
            r#"[{"username":"a"},{"password":"b"}]"#,
        ] {
            assert_eq!(
                fixed(id, &body(list)),
                body(r#"{"username":"a","password":"b"}"#)
            );
        }
        assert!(fires(id, &body("\"username=a\"")));
        for fine in [r#"{"username":"a"}"#, "null", r#""{\"username\":\"a\"}""#] {
            assert!(!fires(id, &body(fine)), "{fine}");
        }
    }
}
