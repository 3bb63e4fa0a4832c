//! A payload as it is kept: without secrets, and without the people who made it.

use serde_json::{Map, Value as Json};

use super::KnownGood;
use crate::connection::types::Types;
use crate::json::Node;
use crate::sensitive::member::{Kind, is_storable, kind_in};
use crate::sensitive::{Around, mask_text, mask_value};

/// A payload to keep, and what it is called.
#[derive(Debug, Clone)]
pub struct Kept {
    /// A name that is safe for a file.
    pub name: String,
    /// The payload.
    pub body: Json,
}

/// Members that say who and when, in lower case; they are of no use to a comparison.
const PERSONAL: &[&str] = &[
    "createdby",
    "modifiedby",
    "creationdate",
    "modificationdate",
    "administratorsgroup",
    "readersgroup",
    "_links",
];

/// The payloads of `found` to keep: of one endpoint only the last.
pub fn kept(found: &[KnownGood], types: &Types) -> Vec<Kept> {
    let mut all: Vec<(String, Kept)> = Vec::new();
    for one in found {
        let text = |key| one.body.str(key).unwrap_or_default().to_ascii_lowercase();
        let identity = if text("id").is_empty() {
            text("name")
        } else {
            text("id")
        };
        let kept = Kept {
            name: name_of(&one.body),
            body: stripped(types, Around::whole(types), &one.body.to_value()),
        };
        match all.iter_mut().find(|(known, _)| *known == identity) {
            Some((_, known)) => *known = kept,
            None => all.push((identity, kept)),
        }
    }
    all.into_iter().map(|(_, kept)| kept).collect()
}

/// The endpoint's name in letters that every file system takes.
pub fn name_of(endpoint: &Node) -> String {
    let name = mask_text(endpoint.str("name").unwrap_or_default());
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect();
    let short: String = plain.trim_matches('-').chars().take(60).collect();
    if short.is_empty() {
        "endpoint".to_owned()
    } else {
        short
    }
}

fn stripped(types: &Types, around: Around<'_>, value: &Json) -> Json {
    match value {
        Json::Object(members) => {
            let kept = members
                .iter()
                .filter(|(key, _)| !PERSONAL.contains(&key.to_ascii_lowercase().as_str()))
                .filter(|(key, _)| mask_text(key) == **key);
            let kept: Map<String, Json> = kept
                .map(|(key, value)| (key.clone(), member(types, key, around.inside(key), value)))
                .collect();
            Json::Object(kept)
        }
        Json::Array(items) => items
            .iter()
            .map(|item| stripped(types, around, item))
            .collect(),
        Json::String(text) if around.is_hidden(text) => Json::Null,
        Json::Number(number) if around.is_hidden(&number.to_string()) => Json::Null,
        other => mask_value(around, other),
    }
}

/// The value of the member called `key`: of one that no type has, and of one whose value has not the
/// form that it must have, only the name is kept.
fn member(types: &Types, key: &str, around: Around<'_>, value: &Json) -> Json {
    match value {
        Json::String(text) if !is_storable(types, key, text) => Json::Null,
        Json::Number(_) if kind_in(types, key) != Some(Kind::Number) => Json::Null,
        other => stripped(types, around, other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;
    use crate::mend::known_good::Origin;

    #[test]
    fn secrets_and_people_are_left_out_and_the_last_of_an_endpoint_stays() {
        let one = |text: &str| KnownGood {
            origin: Origin::File,
            description: String::new(),
            body: parse(text).unwrap(),
            same_endpoint: false,
        };
        let found = [
            one(r#"{"id":"1","name":"Old"}"#),
            one(
                r#"{"id":"1","name":"Web \u202e/../Shop","createdBy":{"uniqueName":"robin@contoso.example"},"authorization":{"parameters":{"tenantid":"t","serviceprincipalkey":"s3cret","odd":"s3cret"}}}"#,
            ),
        ];
        let kept = kept(&found, Types::built_in());
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0].name, "web------shop");
        let text = kept[0].body.to_string();
        assert!(text.contains("\"tenantid\":\"t\""), "{text}");
        assert!(
            !text.contains("s3cret") && !text.contains("robin"),
            "{text}"
        );
    }
}
