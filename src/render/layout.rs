//! JSON laid out for people: a line for every member, every value spelt as it was.

use crate::json::{self, Node, Value, pointer};

/// One line, and the value that begins in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LaidOut {
    /// The line, indented.
    pub(super) text: String,
    /// RFC 6901 pointer to the member or item of this line; `None` for a closing bracket.
    pub(super) pointer: Option<String>,
}

/// The lines of `text`; `None` if it is no JSON.
pub(super) fn lines(text: &str) -> Option<Vec<LaidOut>> {
    let root = json::parse(text).ok()?;
    let mut lines = vec![LaidOut {
        text: String::new(),
        pointer: Some(String::new()),
    }];
    lay_out(text, &root, "", 0, &mut lines);
    Some(lines)
}

/// `text` with a line for every member; other text as it is.
pub(super) fn pretty(text: &str) -> String {
    lines(text).map_or_else(
        || text.to_owned(),
        |lines| {
            lines
                .iter()
                .flat_map(|line| [line.text.as_str(), "\n"])
                .collect()
        },
    )
}

fn lay_out(text: &str, node: &Node, at: &str, depth: usize, lines: &mut Vec<LaidOut>) {
    let (open, close, children): (_, _, Vec<(Option<&json::Member>, String, &Node)>) =
        match &node.value {
            Value::Object(members) if !members.is_empty() => {
                let child = |member| {
                    let member: &json::Member = member;
                    (Some(member), pointer::push(at, &member.key), &member.value)
                };
                ("{", "}", members.iter().map(child).collect())
            }
            Value::Array(items) if !items.is_empty() => {
                let child = |(index, item): (usize, _)| (None, format!("{at}/{index}"), item);
                ("[", "]", items.iter().enumerate().map(child).collect())
            }
            _ => return say(lines, &text[node.span()]),
        };
    say(lines, open);
    let last = children.len() - 1;
    for (index, (member, pointer, child)) in children.into_iter().enumerate() {
        let key = member.map_or_else(String::new, |member| {
            format!("{}: ", &text[member.key_span()])
        });
        lines.push(LaidOut {
            text: format!("{}{key}", "  ".repeat(depth + 1)),
            pointer: Some(pointer.clone()),
        });
        lay_out(text, child, &pointer, depth + 1, lines);
        if index < last {
            say(lines, ",");
        }
    }
    lines.push(LaidOut {
        text: format!("{}{close}", "  ".repeat(depth)),
        pointer: None,
    });
}

fn say(lines: &mut [LaidOut], text: &str) {
    if let Some(line) = lines.last_mut() {
        line.text.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::{lines, pretty};

    #[test]
    fn laying_out_keeps_every_spelling() {
        assert_eq!(
            pretty(r#"{"a":1.0e3,"b":[],"c":["\u00e9",{"d":null}],"a":2}"#),
            "{\n  \"a\": 1.0e3,\n  \"b\": [],\n  \"c\": [\n    \"\\u00e9\",\n    {\n      \"d\": null\n    }\n  ],\n  \"a\": 2\n}\n"
        );
        assert_eq!(pretty("no JSON"), "no JSON");
    }

    #[test]
    fn every_line_knows_its_member() {
        let laid = lines(r#"{"a":{"b/c":null}}"#).unwrap();
        let pointers: Vec<Option<&str>> = laid.iter().map(|line| line.pointer.as_deref()).collect();
        assert_eq!(
            pointers,
            [Some(""), Some("/a"), Some("/a/b~1c"), None, None]
        );
    }
}
