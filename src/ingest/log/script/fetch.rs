//! Requests copied as `fetch`, from a browser or for Node.js, and calls of it in a script.

use super::{Asked, Script};
use crate::exchange::Body;
use crate::ingest::literal::Reader;
use crate::ingest::value::Value;

/// Runs the call of `fetch` that `text` begins with, or the assignment; gives how much of it that was.
pub(super) fn run(text: &str, script: &mut Script) -> Option<usize> {
    let mut reader = Reader::new(text, script);
    for word in ["const ", "let ", "var "] {
        if reader.take(word) {
            let name = reader.identifier()?;
            reader.blank();
            if !reader.take("=") {
                return None;
            }
            reader.blank();
            if !(reader.rest().starts_with("fetch(") || reader.rest().starts_with("await ")) {
                let value = reader.value()?;
                let length = reader.at;
                script.assign(name, value);
                return Some(length);
            }
        }
    }
    reader.take("return ");
    reader.take("await ");
    if !reader.take("fetch(") {
        return None;
    }
    let url = reader.value()?;
    reader.blank();
    let options = if reader.take(",") {
        reader.value()?
    } else {
        Value::Null
    };
    reader.blank();
    reader.take(",");
    reader.blank();
    if !reader.take(")") {
        return None;
    }
    let length = reader.at;
    let url = url.text()?;
    let text = |name: &str| options.get(name).and_then(Value::text);
    let body = match options.get("body") {
        Some(Value::Text(text)) => Body::Text(text.clone().into()),
        Some(Value::Null) | None => Body::Empty,
        Some(_) => Body::NotRecorded(Some(
            "the script does not show what `body` gets; print it before it is sent".to_owned(),
        )),
    };
    let headers = options.get("headers").map(Value::fields);
    let headers = headers.unwrap_or_default().into_iter().collect();
    let method = text("method")
        .unwrap_or_else(|| "GET".to_owned())
        .to_ascii_uppercase();
    script.asked.push(Asked {
        method,
        url,
        headers,
        body,
    });
    Some(length)
}
