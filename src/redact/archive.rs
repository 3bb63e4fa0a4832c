//! An exchange of an archive or a saved session → a HAR entry, in the types of the `har` crate.

use har::v1_2::{
    Content, Entries, Headers as Field, PostData, QueryString, Request, Response, Timings,
};
use serde_json::Value;

use super::form::binary;
use crate::exchange::{AnsweredBy, Body, Exchange, Headers};

/// The JSON text of an entry for `exchange`. What HAR has no field for stands in the fields that
/// browsers and proxies use for it.
pub(super) fn entry(exchange: &Exchange) -> serde_json::Result<String> {
    let entry = Entries {
        started_date_time: exchange
            .started
            .map_or_else(String::new, |time| time.to_string()),
        request: request(exchange),
        response: response(exchange),
        timings: Timings::default(),
        comment: exchange.comment.clone(),
        ..Entries::default()
    };
    let mut entry = serde_json::to_value(entry)?;
    if let Some(error) = &exchange.error {
        entry["_error"] = error.as_str().into();
    }
    if let Some(session) = exchange.session {
        entry["_session"] = session.into();
    }
    match exchange.answered_by {
        AnsweredBy::Server => {}
        AnsweredBy::Cache => entry["_fromCache"] = "disk".into(),
        AnsweredBy::ServiceWorker => entry["_fetchType"] = "Service Worker".into(),
        AnsweredBy::Proxy => entry["_wasFulfilled"] = true.into(),
    }
    if let Body::Binary(_) = exchange.request.body {
        entry["request"]["postData"]["text"] = binary().into();
        entry["request"]["postData"]["encoding"] = Value::from("base64");
    }
    serde_json::to_string(&entry)
}

/// An entry for what the archive has at this place and no reader of ours looks at, so that the
/// places of the others stay.
pub(super) fn gap() -> serde_json::Result<String> {
    let exchange = Exchange {
        request: crate::exchange::Request {
            method: "CONNECT".to_owned(),
            ..crate::exchange::Request::default()
        },
        comment: Some("left out: a tunnel, a preflight, or not readable".to_owned()),
        ..Exchange::default()
    };
    entry(&exchange)
}

fn request(exchange: &Exchange) -> Request {
    let request = &exchange.request;
    let query = request.url.split_once('?').map_or("", |(_, query)| query);
    let query = crate::text::url::pairs(query)
        .into_iter()
        .map(|(name, value)| QueryString {
            name,
            value,
            comment: None,
        });
    Request {
        method: request.method.clone(),
        url: request.url.clone(),
        http_version: "HTTP/1.1".to_owned(),
        headers: fields(&request.headers),
        query_string: query.collect(),
        post_data: post_data(&request.body, &request.headers),
        headers_size: -1,
        body_size: match &request.body {
            Body::Empty => 0,
            Body::Text(text)
            | Body::Respelt(text, _)
            | Body::Cut(text, _)
            | Body::Rebuilt(text, _) => size(text.len()),
            // More than nothing, and nobody knows how much.
            Body::Binary(_) | Body::NotRecorded(_) => 1,
        },
        ..Request::default()
    }
}

fn post_data(body: &Body, headers: &Headers) -> Option<PostData> {
    let mime_type = headers.get("content-type").unwrap_or_default().to_owned();
    let (text, comment) = match body {
        Body::Empty => return None,
        Body::Text(text) | Body::Respelt(text, _) => (Some(text.clone()), None),
        Body::Cut(text, reason) | Body::Rebuilt(text, reason) => {
            (Some(text.clone()), Some(reason.clone()))
        }
        Body::Binary(count) => (
            None,
            Some(format!("{count} bytes that are no text were left out")),
        ),
        Body::NotRecorded(reason) => (None, reason.clone()),
    };
    Some(PostData {
        mime_type,
        text,
        params: None,
        comment,
    })
}

fn response(exchange: &Exchange) -> Response {
    let Some(response) = &exchange.response else {
        return Response {
            http_version: "HTTP/1.1".to_owned(),
            redirect_url: Some(String::new()),
            headers_size: -1,
            body_size: -1,
            ..Response::default()
        };
    };
    Response {
        status: i64::from(response.status),
        status_text: response.status_text.clone(),
        http_version: "HTTP/1.1".to_owned(),
        headers: fields(&response.headers),
        content: content(&response.body, &response.headers),
        redirect_url: Some(
            response
                .headers
                .get("location")
                .unwrap_or_default()
                .to_owned(),
        ),
        headers_size: -1,
        body_size: -1,
        ..Response::default()
    }
}

fn content(body: &Body, headers: &Headers) -> Content {
    let mut content = Content {
        mime_type: Some(headers.get("content-type").unwrap_or_default().to_owned()),
        ..Content::default()
    };
    match body {
        Body::Empty => {}
        Body::Text(text) | Body::Respelt(text, _) | Body::Cut(text, _) | Body::Rebuilt(text, _) => {
            content.size = size(text.len());
            content.text = Some(text.clone());
        }
        Body::Binary(count) => {
            content.size = i64::try_from(*count).unwrap_or(-1);
            content.text = Some(binary());
            content.encoding = Some("base64".to_owned());
        }
        Body::NotRecorded(_) => content.size = 1,
    }
    if let Body::Cut(_, reason) | Body::Rebuilt(_, reason) | Body::NotRecorded(Some(reason)) = body
    {
        content.comment = Some(reason.clone());
    }
    content
}

fn fields(headers: &Headers) -> Vec<Field> {
    headers
        .0
        .iter()
        .map(|(name, value)| Field {
            name: name.clone(),
            value: value.clone(),
            comment: None,
        })
        .collect()
}

fn size(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(-1)
}
