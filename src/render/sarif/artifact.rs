//! Traces and the bodies inside them as artifacts, and places in a body as regions.

use std::collections::HashMap;
use std::ops::Range;

use serde_json::{Value, json};

use super::packed::Packed;
use crate::connection::EndpointCall;
use crate::ingest::Container;
use crate::json::{Node, Value as Json, pointer};
use crate::report::Report;
use crate::report::finding::{Location, Part};

/// The artifacts of a run: first the traces in the order of the report, then bodies as they are needed.
pub(super) struct Artifacts {
    values: Packed,
    /// Where the bodies are among them, by input and entry.
    bodies: HashMap<(usize, usize, Part), usize>,
}

impl Artifacts {
    pub(super) fn new(report: &Report) -> Self {
        let trace = |(at, input): (usize, &crate::report::Input)| {
            json!({
                "location": { "uri": uri(&input.path) },
                "roles": ["analysisTarget"],
                "mimeType": input.container.media_type(),
                "properties": {
                    // Artifacts must differ, and a trace may be given twice.
                    "input": at,
                    "container": input.container.name(),
                    "creator": input.creator,
                    "exchanges": input.exchanges,
                },
            })
        };
        let mut values = Packed::default();
        for one in report.inputs.iter().enumerate() {
            values.push(&trace(one));
        }
        Self {
            values,
            bodies: HashMap::new(),
        }
    }

    /// The index of the artifact that `location` lies in: a body, or else the trace.
    pub(super) fn index(&mut self, report: &Report, location: &Location) -> usize {
        let Some(call) = report.call_at(location.input, location.entry) else {
            return location.input;
        };
        if !matches!(location.part, Part::RequestBody | Part::ResponseBody) {
            return location.input;
        }
        let key = (location.input, location.entry, location.part);
        if let Some(known) = self.bodies.get(&key) {
            return *known;
        }
        let inside = place_inside(report.inputs[location.input].container, call, location.part);
        self.values.push(&json!({
            "location": { "uri": inside },
            "parentIndex": location.input,
            "mimeType": "application/json",
        }));
        self.bodies.insert(key, self.values.len() - 1);
        self.values.len() - 1
    }

    pub(super) fn into_values(self) -> Packed {
        self.values
    }
}

/// Where the body stands in its trace.
fn place_inside(container: Container, call: &EndpointCall, part: Part) -> String {
    let entry = call.exchange.entry;
    match (container, part) {
        (Container::Har, Part::RequestBody) => format!("log/entries/{entry}/request/postData/text"),
        (Container::Har, _) => format!("log/entries/{entry}/response/content/text"),
        (
            Container::Saz
            | Container::SessionText
            | Container::Log
            | Container::Text
            | Container::Json
            | Container::Mail
            | Container::Unknown,
            part,
        ) => format!("exchanges/{entry}/{}", part.name()),
    }
}

/// `path` as a URI reference: absolute for an absolute path, else relative.
fn uri(path: &str) -> String {
    let path = path.replace('\\', "/");
    let drive = path.as_bytes().get(1) == Some(&b':') && path.as_bytes()[0].is_ascii_alphabetic();
    let encoded: String = path.bytes().map(encode).collect();
    match (drive, encoded.strip_prefix("//")) {
        (true, _) => format!("file:///{encoded}"),
        (false, Some(share)) => format!("file://{share}"),
        (false, None) if encoded.starts_with('/') => format!("file://{encoded}"),
        (false, None) => encoded.replace(':', "%3A"),
    }
}

fn encode(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"-._~/:".contains(&byte) {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

/// The text of a part of a call that a pointer leads into, and its JSON.
pub(super) fn body(call: &EndpointCall, part: Part) -> Option<(&str, &Node)> {
    match part {
        Part::RequestBody => Some((call.exchange.request.body.text()?, call.request()?)),
        Part::ResponseBody => {
            let response = call.exchange.response.as_ref()?;
            Some((response.body.text()?, call.response()?))
        }
        _ => None,
    }
}

/// The bytes of the member at `at`, its key included; of the nearest value above it if there is none.
pub(super) fn span(root: &Node, mut at: &str) -> Range<usize> {
    loop {
        let parent = pointer::split_last(at)
            .and_then(|(parent, key)| Some((pointer::resolve(root, parent)?, key)));
        match parent.map(|(parent, key)| (&parent.value, key)) {
            Some((Json::Object(members), key)) => {
                if let Some(member) = members.iter().rev().find(|member| member.key == key) {
                    return member.span();
                }
            }
            Some((Json::Array(items), key)) => {
                if let Some(item) = key.parse().ok().and_then(|index: usize| items.get(index)) {
                    return item.span();
                }
            }
            _ => {}
        }
        let Some(cut) = at.rfind('/') else {
            return root.span();
        };
        at = &at[..cut];
    }
}

/// A range of bytes as lines, columns and characters.
pub(super) fn region(text: &str, span: &Range<usize>) -> Value {
    let (start_line, start_column) = position(&text[..span.start]);
    let (end_line, end_column) = position(&text[..span.end]);
    json!({
        "startLine": start_line,
        "startColumn": start_column,
        "endLine": end_line,
        "endColumn": end_column,
        "charOffset": text[..span.start].chars().count(),
        "charLength": text[span.clone()].chars().count(),
    })
}

/// Line and column behind `before`, from 1.
fn position(before: &str) -> (usize, usize) {
    let line = before.rfind('\n').map_or(before, |at| &before[at + 1..]);
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("a b/t#1.har"), "a%20b/t%231.har");
        assert_eq!(uri("/tmp/ü.har"), "file:///tmp/%C3%BC.har");
        assert_eq!(uri(r"C:\Users\sam\t.har"), "file:///C:/Users/sam/t.har");
        assert_eq!(uri(r"\\server\share\t.har"), "file://server/share/t.har");
        assert_eq!(uri("odd:name.har"), "odd%3Aname.har");
    }

    #[test]
    fn a_pointer_becomes_the_place_of_its_member() {
        let text = "{\"ü\":1,\n \"a\":{\"b\":null}}";
        let root = crate::json::parse(text).unwrap();
        let found = span(&root, "/a/b");
        assert_eq!(&text[found.clone()], "\"b\":null");
        assert_eq!(
            region(text, &found),
            json!({"startLine": 2, "startColumn": 7, "endLine": 2, "endColumn": 15, "charOffset": 14, "charLength": 8})
        );
        assert_eq!(&text[span(&root, "/a/missing/deep")], "\"a\":{\"b\":null}");
        assert_eq!(span(&root, ""), 0..text.len());
    }
}
