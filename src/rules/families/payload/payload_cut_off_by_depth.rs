//! Objects that `ConvertTo-Json` of PowerShell cut off at its depth.

use serde_json::{Map, Value as Json};

use crate::connection::Payload;
use crate::json::{Node, Value, pointer};
use crate::report::finding::{Applicability, Fix};
use crate::rules::engine::{Context, Hit};

/// What PowerShell writes for an object that lies too deep: its type's name.
const TYPES: &[&str] = &[
    "System.Collections.Hashtable",
    "System.Collections.Specialized.OrderedDictionary",
    "System.Collections.ArrayList",
    "System.Management.Automation.PSCustomObject",
    "System.Management.Automation.PSObject",
    "System.Object[]",
    "System.Object",
    "System.String[]",
];

/// How deep a body is looked through; its own members lie less deep.
const DEEPEST: usize = 8;

pub(in crate::rules::families) fn check(payload: &Payload<'_>, _: &Context<'_>) -> Vec<Hit> {
    let mut cut = Vec::new();
    collect(payload.node, &payload.base(), 0, &mut cut);
    let hits = cut.into_iter().take(super::MAX_HITS).map(|(at, node)| {
        let member = at.rsplit('/').next().unwrap_or_default().to_owned();
        let text = node.as_str().unwrap_or_default();
        let shown = if text.starts_with("@{") {
            "@{\u{2026}}"
        } else {
            text
        };
        let hit = super::hit_missing(payload, &at)
            .evidence(format!("\"{member}\": \"{shown}\""))
            .capture("value", shown);
        match fix(&at, text) {
            Some(fix) => hit.fix(fix),
            None => hit,
        }
    });
    hits.collect()
}

fn collect<'a>(node: &'a Node, at: &str, depth: usize, out: &mut Vec<(String, &'a Node)>) {
    if depth > DEEPEST || out.len() >= super::MAX_HITS {
        return;
    }
    match &node.value {
        Value::Object(members) => {
            for member in members {
                collect(
                    &member.value,
                    &pointer::push(at, &member.key),
                    depth + 1,
                    out,
                );
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, &format!("{at}/{index}"), depth + 1, out);
            }
        }
        Value::String(text) if is_cut_off(text) => out.push((at.to_owned(), node)),
        _ => {}
    }
}

fn is_cut_off(text: &str) -> bool {
    let text = text.trim();
    TYPES.contains(&text) || (text.starts_with("@{") && text.ends_with('}') && text.contains('='))
}

/// `@{a=1; b=2}` still holds its members, whose values are texts then; of the others nothing is left.
fn fix(at: &str, text: &str) -> Option<Fix> {
    Some(super::replacement(
        Applicability::Unsafe,
        at,
        members(text)?,
        "turns the text back into the object it was",
    ))
}

fn members(text: &str) -> Option<Json> {
    let inside = text.trim().strip_prefix("@{")?.strip_suffix('}')?;
    // What lies in it was cut off too.
    if inside.contains("@{") || TYPES.iter().any(|name| inside.contains(name)) {
        return None;
    }
    let mut object = Map::new();
    for pair in inside.split("; ") {
        let (key, value) = pair.split_once('=')?;
        object.insert(key.trim().to_owned(), value.into());
    }
    Some(Json::Object(object))
}

#[cfg(test)]
mod tests {
    use crate::rules::families::tests::{fires, unsafely_fixed};

    #[test]
    fn what_was_cut_off_is_found_and_put_back_where_it_is_still_told() {
        let id = "payload-cut-off-by-depth";
        let body = |reference: &str| {
            format!(
                r#"{{"type":"jenkins","url":"https://x/","authorization":{{"scheme":"UsernamePassword","parameters":{{}}}},"serviceEndpointProjectReferences":[{{"projectReference":{reference},"name":"n"}}]}}"#
            )
        };
        assert!(fires(id, &body("\"System.Collections.Hashtable\"")));
        assert_eq!(
            unsafely_fixed(id, &body("\"@{id=1; name=Web Shop}\"")),
            body(r#"{"id":"1","name":"Web Shop"}"#)
        );
        assert!(!fires(id, &body(r#"{"id":"1"}"#)));
    }
}
