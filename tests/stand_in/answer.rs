//! Answers in the forms that the service uses.

use serde_json::{Value, json};
use tiny_http::{Header, Response};

use super::refusal::Refusal;

/// Members in the order in which the service writes them; others follow by name.
const WIRE_ORDER: &[&str] = &[
    "$id",
    "innerException",
    "message",
    "typeName",
    "typeKey",
    "errorCode",
    "eventId",
    "count",
    "value",
    "result",
    "statusCode",
    "errorMessage",
    "environment",
    "scopeLevel",
    "subscriptionId",
    "subscriptionName",
    "data",
    "projectReference",
    "id",
    "name",
    "type",
    "url",
    "createdBy",
    "description",
    "tenantid",
    "serviceprincipalid",
    "authenticationType",
    "serviceprincipalkey",
    "accesstoken",
    "authorization",
    "parameters",
    "scheme",
    "isShared",
    "isReady",
    "operationStatus",
    "owner",
    "serviceEndpointProjectReferences",
];

/// Title of the page that the service sends instead of JSON to a caller whose session is over.
const SIGN_IN: &str = "<!DOCTYPE html>\n<html><head><title>Azure DevOps Services | Sign In</title></head>\
    <body><p>Sign in to continue.</p></body></html>\n";

/// Status, content type and body.
#[derive(Debug)]
pub(super) struct Answer {
    status: u16,
    content_type: &'static str,
    body: String,
}

impl Answer {
    pub(super) fn json(status: u16, value: &Value) -> Self {
        let mut body = String::new();
        write(value, &mut body);
        Self {
            status,
            content_type: "application/json; charset=utf-8",
            body,
        }
    }

    pub(super) fn empty() -> Self {
        Self {
            status: 204,
            content_type: "text/plain",
            body: String::new(),
        }
    }

    pub(super) fn sign_in_page() -> Self {
        Self {
            status: 203,
            content_type: "text/html; charset=utf-8",
            body: SIGN_IN.to_owned(),
        }
    }

    pub(super) fn refused(refusal: &Refusal) -> Self {
        let envelope = json!({
            "$id": "1",
            "innerException": null,
            "message": refusal.message,
            "typeName": format!("{}, {}", refusal.type_name(), refusal.assembly()),
            "typeKey": refusal.type_key,
            "errorCode": 0,
            "eventId": refusal.event_id,
        });
        Self::json(refusal.status, &envelope)
    }

    pub(super) fn into_response(self) -> Response<std::io::Cursor<Vec<u8>>> {
        let header = Header::from_bytes("Content-Type", self.content_type).expect("a plain header");
        Response::from_string(self.body)
            .with_status_code(self.status)
            .with_header(header)
    }
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(members) => {
            let mut names: Vec<&String> = members.keys().collect();
            names.sort_by_key(|name| {
                WIRE_ORDER
                    .iter()
                    .position(|known| known == name)
                    .unwrap_or(usize::MAX)
            });
            let items = names.into_iter().map(|name| (Some(name), &members[name]));
            write_items('{', items, '}', out);
        }
        Value::Array(items) => write_items('[', items.iter().map(|item| (None, item)), ']', out),
        plain => out.push_str(&plain.to_string()),
    }
}

fn write_items<'a>(
    open: char,
    items: impl Iterator<Item = (Option<&'a String>, &'a Value)>,
    close: char,
    out: &mut String,
) {
    out.push(open);
    for (index, (name, item)) in items.enumerate() {
        if index > 0 {
            out.push(',');
        }
        if let Some(name) = name {
            out.push_str(&Value::from(name.as_str()).to_string());
            out.push(':');
        }
        write(item, out);
    }
    out.push(close);
}
