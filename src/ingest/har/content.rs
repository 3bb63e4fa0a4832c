//! `request.postData` and `response.content` → [`Body`].

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::Value;
use serde_json::value::RawValue;

use super::entry::{absent, announces_body};
use crate::exchange::{Body, Headers};
use crate::ingest::Sidecar;
use crate::ingest::body;
use crate::ingest::json::{Object, items};

/// What a form value cannot hold as it is. A percent sign stays: most recorders keep values as sent.
const FORM: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'&')
    .add(b'=')
    .add(b'+')
    .add(b'#')
    .add(b'"');

/// Most bytes that a body unpacks to which a recorder left compressed.
const UNPACKED: usize = 16 << 20;

/// The member of an endpoint that is always a list.
const REFERENCES: &str = "serviceEndpointProjectReferences";

/// The body of a request.
pub(super) fn request_body(
    request: &Object<'_>,
    method: &str,
    headers: &Headers,
    sidecar: Sidecar<'_>,
) -> Body {
    let post = request
        .object("postData")
        .or_else(|| request.object("_content"));
    let bodiless = method.eq_ignore_ascii_case("GET") || method.eq_ignore_ascii_case("HEAD");
    let expected = !bodiless
        && (announces_body(headers) || request.number("bodySize").is_some_and(|size| size > 0.0));
    let Some(post) = post else {
        return absent(expected, None);
    };
    if let Some(body) = recorded(&post, headers, sidecar) {
        return body;
    }
    let params = post.get("params").and_then(items).unwrap_or_default();
    let params: Vec<Object<'_>> = params.into_iter().filter_map(Object::from_raw).collect();
    let kind = post.filled("mimeType");
    let kind = kind.as_deref().or(headers.get("content-type"));
    if !params.is_empty() {
        return if kind.is_some_and(|kind| kind.to_ascii_lowercase().contains("json")) {
            let how = "the recorder took it apart into fields, from which it was put together";
            Body::Rebuilt(json(&params).into(), how.to_owned())
        } else {
            Body::Text(form(&params).into())
        };
    }
    let beside = [request, &post].into_iter();
    let mut beside = beside.filter_map(|place| place.object("_content"));
    if let Some(body) = beside.find_map(|content| recorded(&content, headers, sidecar)) {
        return body;
    }
    absent(expected, post.filled("comment").as_deref())
}

/// The body of a response.
pub(super) fn response_body(
    response: &Object<'_>,
    status: u16,
    method: &str,
    headers: &Headers,
    sidecar: Sidecar<'_>,
) -> Body {
    let content = response.object("content").unwrap_or_default();
    if let Some(body) = recorded(&content, headers, sidecar) {
        return body;
    }
    let bodiless = matches!(status, 204 | 304) || method.eq_ignore_ascii_case("HEAD");
    let size = content.number("size").is_some_and(|size| size > 0.0);
    let expected = !bodiless && (size || announces_body(headers));
    absent(expected, content.filled("comment").as_deref())
}

/// The recorded body; `None` where there is no text and no file beside the trace.
fn recorded(content: &Object<'_>, headers: &Headers, sidecar: Sidecar<'_>) -> Option<Body> {
    let remark = content.filled("comment");
    if let Some(name) = content.filled("_file") {
        let bare = !name.contains(['/', '\\', ':']) && !name.starts_with('.');
        return Some(match bare.then(|| sidecar(&name)).flatten() {
            Some(bytes) => decoded(bytes, headers, remark.as_deref()),
            None => Body::NotRecorded(Some(
                "it is in a file of its own beside the trace, which is missing".to_owned(),
            )),
        });
    }
    let text = content.filled("text")?;
    let coding = content.text("encoding").unwrap_or_default();
    if coding.eq_ignore_ascii_case("base64") {
        if let Some(bytes) = body::from_base64(&text) {
            return Some(decoded(bytes, headers, remark.as_deref()));
        }
        // A text after all, or nothing that could be read.
        if !text.contains([' ', '{', '<']) {
            let why = "its base64 is damaged".to_owned();
            return Some(Body::NotRecorded(Some(why)));
        }
    }
    if let Some(bytes) = body::packed_text(&text) {
        return Some(decoded(bytes, headers, remark.as_deref()));
    }
    Some(body::from_text(text.into_owned(), remark.as_deref()))
}

/// A body kept as bytes; some recorders leave the content coding on.
pub(super) fn decoded(bytes: Vec<u8>, headers: &Headers, remark: Option<&str>) -> Body {
    if body::is_packed(&bytes, headers) {
        return body::from_wire(bytes, headers, UNPACKED);
    }
    body::from_bytes(bytes, headers, remark)
}

/// The form that `params` describe.
fn form(params: &[Object<'_>]) -> String {
    let pairs = params.iter().map(|param| {
        let name = param.text("name").unwrap_or_default();
        let value = param.text("value").unwrap_or_default();
        let [name, value] = [name, value].map(|part| utf8_percent_encode(&part, FORM).to_string());
        format!("{name}={value}")
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// The JSON that `params` describe: the members of an object, or a text cut at every `&` and `=`.
fn json(params: &[Object<'_>]) -> String {
    let name = |param: &Object<'_>| param.text("name").unwrap_or_default().into_owned();
    let first = params.first().map(name).unwrap_or_default();
    if first.trim_start().starts_with(['{', '[']) {
        let pieces = params.iter().map(|param| match param.filled("value") {
            Some(value) => format!("{}={value}", name(param)),
            None => name(param),
        });
        return pieces.collect::<Vec<_>>().join("&");
    }
    let mut members: Vec<(String, Vec<&str>)> = Vec::new();
    for param in params {
        let (name, value) = (
            name(param),
            param.get("value").map_or("null", RawValue::get),
        );
        match members.last_mut().filter(|(last, _)| *last == name) {
            Some((_, values)) => values.push(value),
            None => members.push((name, vec![value])),
        }
    }
    let members = members.iter().map(|(name, values)| {
        let list = values.join(",");
        // A list is written as its items under the same name; of one item this is not to be seen.
        let is_list = values.len() > 1 || name == REFERENCES && list.starts_with('{');
        let name = Value::from(name.as_str());
        if is_list {
            format!("{name}:[{list}]")
        } else {
            format!("{name}:{list}")
        }
    });
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}
