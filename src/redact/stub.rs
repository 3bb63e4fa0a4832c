//! What stands for an exchange that is left out: when, how long, with what status; not where and what.

use crate::exchange::{Body, Exchange};

/// The place of `exchange` in the trace, and its stub.
pub(super) fn of(exchange: &Exchange) -> (usize, String) {
    let size = |body: &Body| body.text().map_or(0, str::len);
    let answer = exchange.response.as_ref();
    let stub = serde_json::json!({
        "startedDateTime": exchange.started.map_or_else(String::new, |time| time.to_string()),
        "time": 0,
        "request": {
            "method": exchange.request.method.to_ascii_uppercase(), "url": "", "httpVersion": "HTTP/1.1",
            "cookies": [], "headers": [], "queryString": [], "headersSize": -1,
            "bodySize": size(&exchange.request.body),
        },
        "response": {
            "status": answer.map_or(0, |answer| answer.status), "statusText": "", "httpVersion": "HTTP/1.1",
            "cookies": [], "headers": [], "redirectURL": "", "headersSize": -1, "bodySize": -1,
            "content": { "size": answer.map_or(0, |answer| size(&answer.body)), "mimeType": "" },
        },
        "cache": {},
        "timings": { "send": 0, "wait": 0, "receive": 0 },
        "comment": kind_of_host(&exchange.request.url),
        "_entry": exchange.entry,
    });
    (exchange.entry, stub.to_string())
}

/// Whose host it was, without saying which.
fn kind_of_host(url: &str) -> &'static str {
    let host = crate::text::url::host(url).unwrap_or_default();
    if crate::azure::is_host_of_azure_devops(&host) {
        "left out: another call to Azure DevOps"
    } else if super::hosts::is_public_host(&host) {
        "left out: a public service"
    } else {
        "left out: another host"
    }
}
