//! Edits applied to a text by span: every byte outside the edit stays as it was.

use std::ops::Range;

use serde::Serialize;
use serde_json::Value as Json;

use super::{Node, Value, parse, pointer};

/// One RFC 6902 operation on a request body.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum Edit {
    /// Takes a member or item away; with duplicate keys, all of that name.
    Remove {
        /// RFC 6901 pointer.
        path: String,
    },
    /// Puts a value in the place of another.
    Replace {
        /// RFC 6901 pointer.
        path: String,
        /// The new value.
        value: Json,
    },
    /// Adds a member, or appends an item (`/-`).
    Add {
        /// RFC 6901 pointer.
        path: String,
        /// The new value.
        value: Json,
    },
    /// Does nothing if the value is as stated, and refuses otherwise.
    Test {
        /// RFC 6901 pointer.
        path: String,
        /// The expected value.
        value: Json,
    },
}

impl Edit {
    /// Where the operation works.
    pub fn path(&self) -> &str {
        match self {
            Self::Remove { path }
            | Self::Replace { path, .. }
            | Self::Add { path, .. }
            | Self::Test { path, .. } => path,
        }
    }
}

/// Applies `edits` one after another and returns the new text.
///
/// Fails with one line if a pointer leads nowhere, a test does not hold, or the text is no JSON.
pub fn apply(text: &str, edits: &[Edit]) -> Result<String, String> {
    let mut text = text.to_owned();
    for edit in edits {
        text = apply_one(&text, edit)?;
    }
    parse(&text).map_err(|error| format!("the edited body is no JSON: {}", error.message))?;
    Ok(text)
}

fn apply_one(text: &str, edit: &Edit) -> Result<String, String> {
    let root = parse(text).map_err(|error| format!("the body is no JSON: {}", error.message))?;
    let missing = || format!("nothing at {}", edit.path());
    match edit {
        Edit::Remove { path } => {
            let (parent, key) = pointer::split_last(path).ok_or_else(missing)?;
            let parent = pointer::resolve(&root, parent).ok_or_else(missing)?;
            let text = remove(text, parent, &key).ok_or_else(missing)?;
            let twins = parent
                .members()
                .iter()
                .filter(|member| member.key == key)
                .count();
            if twins > 1 {
                apply_one(&text, edit)
            } else {
                Ok(text)
            }
        }
        Edit::Replace { path, value } => {
            let node = pointer::resolve(&root, path).ok_or_else(missing)?;
            Ok(replace(text, node.span.clone(), &value.to_string()))
        }
        Edit::Add { path, value } => {
            let (parent, key) = pointer::split_last(path).ok_or_else(missing)?;
            let parent = pointer::resolve(&root, parent).ok_or_else(missing)?;
            add(text, parent, &key, value).ok_or_else(missing)
        }
        Edit::Test { path, value } => {
            let node = pointer::resolve(&root, path).ok_or_else(missing)?;
            if node.to_value() == *value {
                Ok(text.to_owned())
            } else {
                Err(format!(
                    "the value at {path} is not the one seen in the trace"
                ))
            }
        }
    }
}

fn replace(text: &str, span: Range<usize>, with: &str) -> String {
    [&text[..span.start], with, &text[span.end..]].concat()
}

/// Cuts the last child called `key` out of `parent`, with one comma.
fn remove(text: &str, parent: &Node, key: &str) -> Option<String> {
    let (spans, at): (Vec<Range<usize>>, usize) = match &parent.value {
        Value::Object(members) => (
            members
                .iter()
                .map(|member| member.key_span.start..member.value.span.end)
                .collect(),
            members.iter().rposition(|member| member.key == key)?,
        ),
        Value::Array(items) => (
            items.iter().map(|item| item.span.clone()).collect(),
            key.parse().ok()?,
        ),
        _ => return None,
    };
    let child = spans.get(at)?;
    let cut = match (spans.get(at + 1), at.checked_sub(1)) {
        // Up to the next child, so that its comma goes and the layout of the rest stays.
        (Some(next), _) => child.start..next.start,
        (None, Some(before)) => spans[before].end..child.end,
        (None, None) => child.clone(),
    };
    Some(replace(text, cut, ""))
}

/// Adds a child behind the last one, laid out as the last one is.
fn add(text: &str, parent: &Node, key: &str, value: &Json) -> Option<String> {
    let (last, new) = match &parent.value {
        Value::Object(members) => {
            if let Some(member) = members.iter().rev().find(|member| member.key == key) {
                return Some(replace(text, member.value.span.clone(), &value.to_string()));
            }
            let last = members
                .last()
                .map(|member| (member.key_span.start, member.value.span.end));
            let colon = members.last().map_or(":", |member| {
                &text[member.key_span.end..member.value.span.start]
            });
            (last, format!("{}{colon}{value}", Json::from(key)))
        }
        Value::Array(items) if key == "-" || key == items.len().to_string() => (
            items.last().map(|item| (item.span.start, item.span.end)),
            value.to_string(),
        ),
        _ => return None,
    };
    Some(match last {
        None => replace(text, parent.span.start + 1..parent.span.start + 1, &new),
        Some((start, end)) => {
            let gap_start = text[..start]
                .rfind(|c: char| !c.is_ascii_whitespace())
                .map_or(0, |at| at + 1);
            let gap = &text[gap_start..start];
            replace(text, end..end, &format!(",{gap}{new}"))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn removed(text: &str, path: &str) -> String {
        apply(text, &[Edit::Remove { path: path.into() }]).unwrap()
    }

    #[test]
    fn removal_takes_one_comma_and_nothing_else() {
        assert_eq!(
            removed(r#"{"a":1,"b":null,"c":1e3}"#, "/b"),
            r#"{"a":1,"c":1e3}"#
        );
        assert_eq!(removed(r#"{"a": 1, "b": null }"#, "/b"), r#"{"a": 1 }"#);
        assert_eq!(removed(r#"{ "b" : null , "c":1}"#, "/b"), r#"{ "c":1}"#);
        assert_eq!(removed(r#"{"b":null}"#, "/b"), "{}");
        assert_eq!(
            removed("{\n  \"a\": 1,\n  \"b\": 2\n}", "/b"),
            "{\n  \"a\": 1\n}"
        );
        assert_eq!(removed("[1, 2, 3]", "/1"), "[1, 3]");
    }

    #[test]
    fn removal_of_a_duplicate_key_takes_all_of_them() {
        assert_eq!(removed(r#"{"b":1,"a":2,"b":3}"#, "/b"), r#"{"a":2}"#);
        assert_eq!(removed(r#"{"a":2,"b":1,"b":3}"#, "/b"), r#"{"a":2}"#);
        assert_eq!(removed(r#"{"b":1,"b":3}"#, "/b"), "{}");
        assert_eq!(
            removed(r#"{"a":2, "b":1, "b":3, "c":4}"#, "/b"),
            r#"{"a":2, "c":4}"#
        );
    }

    #[test]
    fn additions_follow_the_layout_of_their_neighbours() {
        let add = |text, path: &str, value| {
            apply(
                text,
                &[Edit::Add {
                    path: path.into(),
                    value,
                }],
            )
            .unwrap()
        };
        assert_eq!(
            add("{\n  \"a\": 1\n}", "/b", json!("x")),
            "{\n  \"a\": 1,\n  \"b\": \"x\"\n}"
        );
        assert_eq!(add("{}", "/b", json!([1])), r#"{"b":[1]}"#);
        assert_eq!(add(r#"{"a":1}"#, "/a", json!(2)), r#"{"a":2}"#);
        assert_eq!(add("[1]", "/-", json!(2)), "[1,2]");
    }

    #[test]
    fn a_failing_test_stops_the_edit() {
        let edits = [
            Edit::Test {
                path: "/a".into(),
                value: json!(2),
            },
            Edit::Remove { path: "/a".into() },
        ];
        assert!(apply(r#"{"a":1}"#, &edits).unwrap_err().contains("/a"));
        assert!(apply(r#"{"a":1}"#, &[Edit::Remove { path: "/b".into() }]).is_err());
    }
}
