//! One HAR entry → one [`Exchange`].

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::content;
use crate::exchange::{AnsweredBy, Body, Exchange, Headers, Request, Response};
use crate::ingest::Sidecar;
use crate::ingest::http;
use crate::ingest::json::{Object, items, plain};
use crate::text::url::without_fragment;

/// Reads an entry; `None` where it is no call to a server: a preflight or a proxy tunnel.
pub(super) fn exchange(entry: &Object<'_>, sidecar: Sidecar<'_>) -> Option<Exchange> {
    let request = entry.object("request").unwrap_or_default();
    let method = request.text("method").unwrap_or_default().into_owned();
    if method.eq_ignore_ascii_case("OPTIONS") || method.eq_ignore_ascii_case("CONNECT") {
        return None;
    }
    let response = entry.object("response");
    let error = error(entry, response.as_ref());
    let headers = headers(&request);
    let body = content::request_body(&request, &method, &headers, sidecar);
    let response = response
        .map(|response| answer(&response, &method, sidecar))
        .filter(|answer| answer.status > 0 || (error.is_none() && says_something(answer)));
    Some(Exchange {
        entry: 0,
        session: None,
        comment: entry.filled("comment").map(Into::into),
        started: entry
            .text("startedDateTime")
            .and_then(|text| timestamp(&text)),
        answered_by: answered_by(entry, response.as_ref()),
        error: if response.is_none() { error } else { None },
        request: Request {
            url: without_fragment(&request.text("url").unwrap_or_default()).to_owned(),
            method,
            headers,
            body,
        },
        response,
    })
}

/// Whether an answer without a status came all the same: its body was recorded.
fn says_something(answer: &Response) -> bool {
    answer
        .body
        .text()
        .is_some_and(|text| !text.trim().is_empty())
}

/// What the recorder shows as the answer; its status is 0 where it has none.
fn answer(response: &Object<'_>, method: &str, sidecar: Sidecar<'_>) -> Response {
    let status = response.number("status").unwrap_or_default();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float cast saturates, and a status beyond 65535 is no status anyway"
    )]
    let status = status as u16;
    let headers = headers(response);
    let body = content::response_body(response, status, method, &headers, sidecar);
    Response {
        status,
        status_text: response.text("statusText").unwrap_or_default().into_owned(),
        headers,
        body,
    }
}

/// The recorder's words for a call that got no answer.
fn error(entry: &Object<'_>, response: Option<&Object<'_>>) -> Option<String> {
    let places = [response, Some(entry)];
    let names = ["_error", "_failureText", "_blockedReason"];
    places.into_iter().flatten().find_map(|place| {
        names
            .iter()
            .find_map(|name| place.filled(name))
            .map(Into::into)
    })
}

/// Who answered, as far as the recorder says.
fn answered_by(entry: &Object<'_>, answer: Option<&Response>) -> AnsweredBy {
    let response = entry.object("response").unwrap_or_default();
    let fetch = entry
        .text("_fetchType")
        .unwrap_or_default()
        .to_ascii_lowercase();
    if response.is_true("_fetchedViaServiceWorker")
        || response.is_true("fromServiceWorker")
        || fetch == "service worker"
    {
        AnsweredBy::ServiceWorker
    } else if entry
        .filled("_fromCache")
        .is_some_and(|from| from != "false")
        || response.is_true("fromDiskCache")
        || matches!(fetch.as_str(), "memory cache" | "disk cache")
    {
        AnsweredBy::Cache
    } else if entry.is_true("_wasFulfilled")
        || answer.is_some_and(|answer| answer.status_text.starts_with("Fiddler - "))
    {
        AnsweredBy::Proxy
    } else {
        AnsweredBy::Server
    }
}

/// `message.headers` in any of the shapes recorders give it, without HTTP/2's pseudo headers.
pub(crate) fn headers(message: &Object<'_>) -> Headers {
    let mut headers = Vec::new();
    let mut add = |name: &str, value: &str| {
        if !name.starts_with(':') {
            for line in value.split('\n') {
                headers.push((name.to_owned(), line.trim_end_matches('\r').to_owned()));
            }
        }
    };
    let Some(raw) = message.get("headers") else {
        return Headers::default();
    };
    if raw.get().starts_with('"') {
        return http::headers(plain(raw).lines());
    }
    if let Some(object) = Object::from_raw(raw) {
        for (name, value) in object.fields() {
            add(name, &joined(value));
        }
    }
    for item in items(raw).unwrap_or_default() {
        if let Some(header) = Object::from_raw(item) {
            let value = header.get("value").map(joined).unwrap_or_default();
            add(&header.text("name").unwrap_or_default(), &value);
        } else if let Some([name, value]) = items(item).as_deref() {
            add(&plain(name), &joined(value));
        }
    }
    headers.into_iter().collect()
}

/// A header's value; several in an array are joined the way HTTP joins them.
fn joined(value: &serde_json::value::RawValue) -> String {
    match items(value) {
        Some(values) => values.into_iter().map(plain).collect::<Vec<_>>().join(", "),
        None => plain(value).into_owned(),
    }
}

/// A point in time with any number of fraction digits; without an offset it is taken as UTC.
pub(in crate::ingest) fn timestamp(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let with_offset = text.parse::<Timestamp>().ok();
    with_offset.or_else(|| {
        let civil = text.parse::<DateTime>().ok()?;
        civil
            .to_zoned(TimeZone::UTC)
            .ok()
            .map(|zoned| zoned.timestamp())
    })
}

/// Whether a message with these headers had a body.
pub(super) fn announces_body(headers: &Headers) -> bool {
    headers
        .get("content-length")
        .and_then(|length| length.trim().parse::<u64>().ok())
        .is_some_and(|length| length > 0)
}

/// `Empty`, or `NotRecorded` where something says that there was a body.
pub(super) fn absent(had_body: bool, remark: Option<&str>) -> Body {
    if had_body || remark.is_some() {
        Body::NotRecorded(remark.map(str::to_owned))
    } else {
        Body::Empty
    }
}
