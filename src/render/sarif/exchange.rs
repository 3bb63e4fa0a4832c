//! The calls of a report as `webRequests` and `webResponses`, masked.

use serde_json::{Map, Value, json};

use super::packed::Unique;
use crate::connection::EndpointCall;
use crate::exchange::{Body, Headers};
use crate::json;
use crate::render::wire;
use crate::sensitive::Known;
use crate::text::readable::clip;

/// Most bytes of a body in the log.
const MOST_OF_A_BODY: usize = 64 << 10;

/// The messages that results refer to, each once, as the format demands.
#[derive(Default)]
pub(super) struct Messages {
    pub(super) requests: Unique,
    pub(super) responses: Unique,
}

impl Messages {
    /// The places of a call's request and response.
    pub(super) fn indices(&mut self, call: &EndpointCall, known: &Known) -> (usize, Option<usize>) {
        let request = self.requests.place(&request(call, known));
        let response = response(call, known).map(|value| self.responses.place(&value));
        (request, response)
    }
}

fn request(call: &EndpointCall, known: &Known) -> Value {
    let request = &call.exchange.request;
    let mut value = json!({
        "method": crate::sensitive::mask_method(&request.method),
        "target": known.mask_url(&request.url),
        "headers": headers(&request.headers, known),
    });
    if let Some(body) = body(&request.body, known) {
        value["body"] = body;
    }
    value
}

fn response(call: &EndpointCall, known: &Known) -> Option<Value> {
    let response = call.exchange.response.as_ref()?;
    let mut value = json!({
        "statusCode": response.status,
        "reasonPhrase": known.mask_text(&crate::sensitive::mask_strange(&response.status_text)),
        "headers": headers(&response.headers, known),
    });
    if let Some(body) = body(&response.body, known) {
        value["body"] = body;
    }
    Some(value)
}

/// Header fields by name; one that came twice is joined as HTTP does.
fn headers(headers: &Headers, known: &Known) -> Value {
    let mut fields = Map::new();
    for (name, value) in wire::headers(headers, known) {
        match fields.get_mut(&name) {
            Some(Value::String(known)) => {
                known.push_str(", ");
                known.push_str(&value);
            }
            _ => {
                fields.insert(name, value.into());
            }
        }
    }
    Value::Object(fields)
}

/// A body of JSON. In any other one no name says for certain which of its parts are secret, and what
/// it tells is quoted by the finding.
fn body(body: &Body, known: &Known) -> Option<Value> {
    let text = body.text().filter(|text| json::parse(text).is_ok())?;
    let masked = known.mask_body(text);
    let short = clip(&masked, MOST_OF_A_BODY);
    let cut = if short.len() < masked.len() {
        "\u{2026}"
    } else {
        ""
    };
    Some(json!({ "text": format!("{short}{cut}") }))
}
