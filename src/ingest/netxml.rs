//! What Internet Explorer saves where other browsers save a HAR: the same members as elements of
//! XML. It is turned into a HAR and read as one.

use roxmltree::{Document, Node, ParsingOptions};
use serde_json::{Map, Value};

/// Elements that hold a list.
const LISTS: [&str; 6] = [
    "pages",
    "entries",
    "cookies",
    "headers",
    "queryString",
    "params",
];

/// Most elements and texts in a document; a day of browsing has a tenth of that.
const MOST_NODES: u32 = 2_000_000;

/// Deepest element that a recording has.
const DEEPEST: u8 = 12;

/// The recording in `text` as the text of a HAR; `None` if it is none.
pub(super) fn to_har(text: &str) -> Option<String> {
    let text = text.trim_start();
    if !text.starts_with('<') || !text.contains("<log") {
        return None;
    }
    let options = ParsingOptions {
        nodes_limit: MOST_NODES,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, options).ok()?;
    let log = document.root_element();
    let is_recording = log.has_tag_name("log") && child(log, "entries").is_some();
    is_recording.then(|| serde_json::json!({ "log": value(log, 0) }).to_string())
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.has_tag_name(name))
}

/// An element as the JSON that a HAR has in its place.
fn value(node: Node<'_, '_>, depth: u8) -> Value {
    if depth > DEEPEST {
        return Value::Null;
    }
    let mut elements = node.children().filter(Node::is_element).peekable();
    if LISTS.contains(&node.tag_name().name()) {
        return elements.map(|element| value(element, depth + 1)).collect();
    }
    if elements.peek().is_none() {
        return node.text().unwrap_or_default().into();
    }
    let members = elements.map(|element| {
        let name = element.tag_name().name().to_owned();
        (name, value(element, depth + 1))
    });
    Value::Object(members.collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_becomes_a_har_and_other_documents_do_not() {
        let xml = "<?xml version=\"1.0\"?>\n<log><creator><name>Internet Explorer</name></creator><entries><entry><time>46</time>\
            <request><method>PUT</method><url>https://x/?a=1&amp;b=2</url><headers><header><name>A</name><value/></header></headers>\
            <postData><text>{\"a\":1}</text></postData></request></entry></entries></log>";
        let har: Value = serde_json::from_str(&to_har(xml).unwrap()).unwrap();
        assert_eq!(
            har["log"]["entries"],
            serde_json::json!([{ "time": "46", "request": { "method": "PUT", "url": "https://x/?a=1&b=2",
                "headers": [{ "name": "A", "value": "" }], "postData": { "text": "{\"a\":1}" } } }])
        );
        for other in [
            "<log><message>no</message></log>",
            "<html><log><entries/></log></html>",
            "<log><entries>",
            "<log/>",
            "no <log>",
        ] {
            assert_eq!(to_har(other), None, "{other}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let deep = format!(
            "<log><entries>{}{}</entries></log>",
            "<a>".repeat(500),
            "</a>".repeat(500)
        );
        assert!(to_har(&deep).unwrap().contains("null"));
    }
}
