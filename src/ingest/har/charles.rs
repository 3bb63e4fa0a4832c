//! Charles' own JSON session: like a HAR entry, with the URL in pieces beside the request.

use super::content::decoded;
use super::entry::{absent, headers, timestamp};
use crate::exchange::{Body, Exchange, Headers, Request, Response};
use crate::ingest::body;
use crate::ingest::json::Object;
use crate::text::url::without_fragment;

/// The URL of a session; `None` if this is no session of Charles.
pub(super) fn url(session: &Object<'_>) -> Option<String> {
    let (scheme, host) = (session.filled("scheme")?, session.filled("host")?);
    let path = session.filled("path").unwrap_or_default();
    session.object("request")?;
    Some(match session.filled("query") {
        Some(query) => format!("{scheme}://{host}{path}?{query}"),
        None => format!("{scheme}://{host}{path}"),
    })
}

/// Reads a session whose URL is `url`.
pub(super) fn exchange(session: &Object<'_>, url: &str) -> Option<Exchange> {
    let method = session.text("method").unwrap_or_default().into_owned();
    if matches!(method.as_str(), "CONNECT" | "OPTIONS") {
        return None;
    }
    let request = session.object("request").unwrap_or_default();
    let request_headers = fields(&request);
    let response = session
        .object("response")
        .and_then(|response| answer(&response));
    Some(Exchange {
        comment: session.filled("notes").map(Into::into),
        started: session
            .object("times")
            .and_then(|times| timestamp(&times.text("start")?)),
        error: session
            .filled("exception")
            .filter(|_| response.is_none())
            .map(Into::into),
        request: Request {
            method,
            url: without_fragment(url).to_owned(),
            body: message_body(&request, &request_headers),
            headers: request_headers,
        },
        response,
        ..Exchange::default()
    })
}

fn answer(response: &Object<'_>) -> Option<Response> {
    let headers = fields(response);
    let header = response.object("header").unwrap_or_default();
    let first = header.text("firstLine").unwrap_or_default();
    let status = response
        .text("status")?
        .parse()
        .ok()
        .filter(|status| *status > 0)?;
    Some(Response {
        status,
        status_text: first.splitn(3, ' ').nth(2).unwrap_or_default().to_owned(),
        body: message_body(response, &headers),
        headers,
    })
}

fn fields(message: &Object<'_>) -> Headers {
    message
        .object("header")
        .map(|header| headers(&header))
        .unwrap_or_default()
}

fn message_body(message: &Object<'_>, headers: &Headers) -> Body {
    let content = message.object("body").unwrap_or_default();
    if let Some(text) = content.filled("text") {
        return body::from_text(text.into_owned(), None);
    }
    if let Some(bytes) = content
        .filled("encoded")
        .and_then(|text| body::from_base64(&text))
    {
        return decoded(bytes, headers, None);
    }
    let sizes = message.object("sizes").unwrap_or_default();
    absent(sizes.number("body").is_some_and(|size| size > 0.0), None)
}
