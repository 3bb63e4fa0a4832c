//! An exchange → an entry of the copy, in the types of the `har` crate.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use har::v1_2::{Content, Entries, Headers as Field, PostData, Request, Response, Timings};
use serde::Serialize;
use serde_json::Value;

use super::count::Fate;
use super::page::is_page;
use super::value::Copier;
use crate::connection::{EndpointCall, Operation};
use crate::exchange::{AnsweredBy, Body, Exchange, Headers};
use crate::json::unguarded;
use crate::rules::engine::Place;
use crate::rules::engine::other_hosts;
use crate::sensitive::is_method;
use crate::sensitive::member::{self, Kind};

/// What stands in place of bytes that are no text. The zero byte makes a reader take them for bytes again.
const BYTES: &[u8] = b"\0bytes left out";

/// An entry with what HAR has no field for, in the members that recorders use for it.
#[derive(Serialize)]
struct Entry {
    #[serde(flatten)]
    fields: Entries,
    /// The place in the original, by which a report on the copy names the entry.
    #[serde(rename = "_entry")]
    number: usize,
    #[serde(rename = "_session", skip_serializing_if = "Option::is_none")]
    session: Option<u64>,
    #[serde(rename = "_error", skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(rename = "_fromCache", skip_serializing_if = "Option::is_none")]
    from_cache: Option<&'static str>,
    #[serde(rename = "_fetchType", skip_serializing_if = "Option::is_none")]
    fetch_type: Option<&'static str>,
    #[serde(rename = "_wasFulfilled", skip_serializing_if = "std::ops::Not::not")]
    was_fulfilled: bool,
}

/// How the bodies of an exchange are copied.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// Every member, with an alias or a placeholder where nobody knows it.
    Whole,
    /// The members that are known.
    Known,
}

impl Copier<'_> {
    /// A service-endpoint call.
    pub(super) fn call(&mut self, call: &EndpointCall) -> serde_json::Result<String> {
        let lists = matches!(
            call.operation,
            Operation::Types | Operation::History | Operation::OauthConfiguration
        );
        let style = if lists { Style::Known } else { Style::Whole };
        self.entry(&call.exchange, style)
    }

    /// An exchange with another service.
    pub(super) fn other(&mut self, exchange: &Exchange) -> serde_json::Result<String> {
        self.entry(exchange, Style::Known)
    }

    fn entry(&mut self, exchange: &Exchange, style: Style) -> serde_json::Result<String> {
        let request = &exchange.request;
        let method = if is_method(&request.method) {
            request.method.clone()
        } else {
            self.placeholder(&request.method)
        };
        let body = self.request_body(exchange, style);
        let entry = Entry {
            fields: Entries {
                started_date_time: exchange
                    .started
                    .map_or_else(String::new, |time| time.to_string()),
                request: Request {
                    method,
                    url: self.address(&request.url),
                    http_version: "HTTP/1.1".to_owned(),
                    headers: self.fields(&request.headers),
                    headers_size: -1,
                    body_size: size_of(&body),
                    post_data: post_data(&body, &request.headers),
                    ..Request::default()
                },
                response: self.response(exchange, style),
                timings: Timings::default(),
                ..Entries::default()
            },
            number: exchange.entry,
            session: exchange.session,
            error: exchange.error.as_deref().map(|error| self.sentence(error)),
            from_cache: (exchange.answered_by == AnsweredBy::Cache).then_some("disk"),
            fetch_type: (exchange.answered_by == AnsweredBy::ServiceWorker)
                .then_some("Service Worker"),
            was_fulfilled: exchange.answered_by == AnsweredBy::Proxy,
        };
        let mut entry = serde_json::to_value(entry)?;
        if let Body::Binary(_) = body {
            entry["request"]["postData"]["text"] = STANDARD.encode(BYTES).into();
            entry["request"]["postData"]["encoding"] = Value::from("base64");
        }
        serde_json::to_string(&entry)
    }

    fn response(&mut self, exchange: &Exchange, style: Style) -> Response {
        let none = Response {
            http_version: "HTTP/1.1".to_owned(),
            redirect_url: Some(String::new()),
            headers_size: -1,
            body_size: -1,
            ..Response::default()
        };
        let Some(response) = &exchange.response else {
            return none;
        };
        let body = self.response_body(exchange, style);
        let headers = self.fields(&response.headers);
        let target = headers
            .iter()
            .find(|field| field.name.eq_ignore_ascii_case("location"));
        Response {
            status: i64::from(response.status),
            redirect_url: Some(target.map_or_else(String::new, |field| field.value.clone())),
            content: content(&body, &headers),
            headers,
            ..none
        }
    }

    /// The header fields that diagnose.
    fn fields(&mut self, headers: &Headers) -> Vec<Field> {
        let mut fields = Vec::new();
        for (name, value) in headers.iter() {
            let Some(kind) = member::kind_of_field(name) else {
                self.counts.add(Fate::Field);
                continue;
            };
            fields.push(Field {
                name: name.to_owned(),
                value: self.value(kind, value),
                comment: None,
            });
        }
        fields
    }

    fn request_body(&mut self, exchange: &Exchange, style: Style) -> Body {
        self.body(&exchange.request.body, |copier, text| {
            if unguarded(text).starts_with(['{', '[', '"']) {
                return copier.styled(text, style);
            }
            if looks_like_form(text) {
                let known = copier.pairs(text);
                // Something was sent, though nobody knows what.
                if !known.is_empty() {
                    return known;
                }
            }
            copier.counts.add(Fate::Body);
            copier.value(Kind::Unknown, text)
        })
    }

    fn response_body(&mut self, exchange: &Exchange, style: Style) -> Body {
        let Some(response) = &exchange.response else {
            return Body::Empty;
        };
        let is_api = other_hosts::place_of(&exchange.request.url) == Some(Place::Http);
        let refuses = response.status >= 400;
        self.body(&response.body, |copier, text| {
            let start = unguarded(text);
            // A sentence that was encoded as JSON is one still.
            let said = serde_json::from_str::<String>(start.trim_end());
            if let Some(said) = said.ok().filter(|said| refuses && is_sentence(said)) {
                return Value::from(copier.sentence(&said)).to_string();
            }
            if start.starts_with(['{', '[', '"']) {
                return copier.styled(text, style);
            }
            if is_page(text) {
                return copier.page(text, refuses && is_api);
            }
            if style == Style::Whole || refuses {
                return copier.sentence(crate::text::readable::clip(text, 64 << 10));
            }
            copier.counts.add(Fate::Body);
            copier.value(Kind::Unknown, text)
        })
    }

    fn styled(&mut self, text: &str, style: Style) -> String {
        match style {
            Style::Whole => self.json(text),
            Style::Known => self.known_members(text),
        }
    }

    /// A body of the same kind with the text that `make` makes of its text.
    fn body(&mut self, body: &Body, make: impl FnOnce(&mut Self, &str) -> String) -> Body {
        match body {
            Body::Empty => Body::Empty,
            Body::Binary(count) => Body::Binary(*count),
            Body::NotRecorded(reason) => {
                Body::NotRecorded(reason.as_deref().map(|reason| self.sentence(reason)))
            }
            Body::Text(text) | Body::Respelt(text, _) => Body::Text(make(self, text).into()),
            Body::Cut(text, reason) => Body::Cut(make(self, text).into(), self.sentence(reason)),
            Body::Rebuilt(text, reason) => {
                Body::Rebuilt(make(self, text).into(), self.sentence(reason))
            }
        }
    }
}

fn post_data(body: &Body, headers: &Headers) -> Option<PostData> {
    let (text, comment) = match body {
        Body::Empty => return None,
        Body::Binary(count) => (
            None,
            Some(format!("{count} bytes that are no text were left out")),
        ),
        Body::NotRecorded(reason) => (None, reason.clone()),
        Body::Text(text) | Body::Respelt(text, _) => (Some(text.to_string()), None),
        Body::Cut(text, reason) | Body::Rebuilt(text, reason) => {
            (Some(text.to_string()), Some(reason.clone()))
        }
    };
    let is_json = text
        .as_deref()
        .is_some_and(|text| text.trim_start().starts_with(['{', '[']));
    let is_form = headers
        .get("content-type")
        .is_some_and(|kind| kind.contains("urlencoded"));
    let mime_type = match (is_json, is_form) {
        (true, _) => "application/json",
        (false, true) => "application/x-www-form-urlencoded",
        (false, false) => "text/plain",
    };
    Some(PostData {
        mime_type: mime_type.to_owned(),
        text,
        params: None,
        comment,
    })
}

fn content(body: &Body, headers: &[Field]) -> Content {
    let kind = headers
        .iter()
        .find(|field| field.name.eq_ignore_ascii_case("content-type"));
    let mut content = Content {
        mime_type: Some(kind.map_or_else(String::new, |field| field.value.clone())),
        size: size_of(body),
        text: body.text().map(str::to_owned),
        ..Content::default()
    };
    match body {
        Body::Binary(count) => {
            content.size = i64::try_from(*count).unwrap_or(-1);
            content.text = Some(STANDARD.encode(BYTES));
            content.encoding = Some("base64".to_owned());
        }
        Body::Cut(_, reason) | Body::Rebuilt(_, reason) | Body::NotRecorded(Some(reason)) => {
            content.comment = Some(reason.clone());
        }
        Body::Empty | Body::Text(_) | Body::Respelt(..) | Body::NotRecorded(None) => {}
    }
    content
}

/// The length of a body; of one that is not there more than nothing.
fn size_of(body: &Body) -> i64 {
    match body {
        Body::Empty => 0,
        Body::Binary(_) | Body::NotRecorded(_) => 1,
        _ => i64::try_from(body.text().map_or(0, str::len)).unwrap_or(-1),
    }
}

/// Whether `text` is words, and neither JSON nor a single one.
fn is_sentence(text: &str) -> bool {
    text.trim().contains(' ') && !text.trim_start().starts_with(['{', '['])
}

fn looks_like_form(text: &str) -> bool {
    text.contains('=')
        && !text.contains(char::is_whitespace)
        && !text.starts_with(['{', '[', '<', '"'])
        && text.split('&').all(|pair| pair.contains('='))
}
