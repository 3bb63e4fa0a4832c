//! How a call ended, judged from its body and not from the HTTP status alone.

use crate::exchange::{AnsweredBy, Body, Exchange, Response};
use crate::json::Node;
use crate::text::readable::clip;

use super::route::Operation;

/// How a call ended. The names are those of the JSON report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It did what it should.
    Ok,
    /// It did not, whatever the HTTP status says.
    Failed,
    /// The recording does not tell.
    Unknown,
}

impl Outcome {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}

/// Judges one exchange. `body` is its parsed response body.
pub fn judge(exchange: &Exchange, operation: Operation, body: Option<&Node>) -> Outcome {
    let Some(response) = &exchange.response else {
        return Outcome::Unknown;
    };
    if exchange.answered_by == AnsweredBy::Proxy {
        return Outcome::Unknown;
    }
    if response.status == 0 {
        return body.map_or(Outcome::Unknown, |body| without_status(operation, body));
    }
    if response.status >= 400 || is_sign_in(response) || body.is_some_and(is_error_envelope) {
        return Outcome::Failed;
    }
    if response.status == 304 {
        return Outcome::Ok;
    }
    if response.status >= 300 || response.status < 200 {
        return Outcome::Unknown;
    }
    match operation {
        Operation::Verify if body.is_none() => loosely_verified(response),
        Operation::Verify => verified(body),
        // The sign-in popup gets its address, as a text; its own errors are no success above.
        Operation::Share | Operation::Delete | Operation::Authorize => Outcome::Ok,
        Operation::Subscriptions if body.is_some_and(|body| error_message(body).is_some()) => {
            Outcome::Failed
        }
        _ if matches!(response.body, Body::NotRecorded(_)) => Outcome::Unknown,
        // The service answers a write with the endpoint; an empty answer is one that was not kept.
        _ if operation.writes_endpoint()
            && response.body == Body::Empty
            && response.status != 204 =>
        {
            Outcome::Unknown
        }
        _ => match body {
            Some(body) if body.is_object() || body.is_array() || body.is_null() => {
                endpoint_state(body)
            }
            None if response.body == Body::Empty => Outcome::Ok,
            None if operation != Operation::List && breaks_off_failed(response) => Outcome::Failed,
            // Something was answered, but nothing that tells how it ended.
            _ => Outcome::Unknown,
        },
    }
}

/// A recorder that lost the status, or was told none, may have kept the answer.
fn without_status(operation: Operation, body: &Node) -> Outcome {
    match operation {
        _ if is_error_envelope(body) => Outcome::Failed,
        Operation::Verify => verified(Some(body)),
        _ if body.get("isReady").is_some() => endpoint_state(body),
        _ => Outcome::Unknown,
    }
}

fn breaks_off_failed(response: &Response) -> bool {
    response.body.text().and_then(loose_failure).is_some()
}

/// How far in front of a state the rest of its endpoint is looked at, and how far behind its name the
/// state itself, in bytes.
const BEFORE_STATE: usize = 2 << 10;
const STATE: usize = 200;

/// The `statusMessage`, as it is spelt, of a failed endpoint in an answer that breaks off and so is no JSON.
pub(crate) fn loose_failure(text: &str) -> Option<&str> {
    text.match_indices("\"operationStatus\"")
        .find_map(|(at, _)| {
            let before = &text[clip(text, at.saturating_sub(BEFORE_STATE)).len()..at];
            let ready = before.rfind("\"isReady\"").is_some_and(|at| {
                let value = before[at..].split_once(':').map_or("", |(_, value)| value);
                value.trim_start().starts_with("true")
            });
            let status = &text[at..];
            let state = loose_text(clip(status, STATE), "\"state\"")?;
            let failed = state.eq_ignore_ascii_case("Failed") && !ready;
            failed.then(|| loose_text(status, "\"statusMessage\"").unwrap_or_default())
        })
}

/// The text behind `key`, up to its closing quote or the end.
fn loose_text<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let (_, behind) = text.split_once(key)?;
    let value = behind.trim_start().strip_prefix(':')?.trim_start();
    let value = value.strip_prefix('"')?;
    let mut escaped = false;
    let end = value.find(|c| {
        let closes = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        closes
    });
    Some(&value[..end.unwrap_or(value.len())])
}

/// Whether the answer is a page.
pub(crate) fn is_html(response: &Response) -> bool {
    response
        .headers
        .get("content-type")
        .is_some_and(|kind| kind.to_ascii_lowercase().contains("text/html"))
        || response.body.text().is_some_and(|text| {
            let start = text
                .trim_start_matches(['\u{feff}', ' ', '\r', '\n', '\t'])
                .get(..14)
                .unwrap_or("");
            start.eq_ignore_ascii_case("<!doctype html")
                || start.to_ascii_lowercase().starts_with("<html")
        })
}

/// HTML, 203 or a redirect to a sign-in host where JSON was asked for.
pub(crate) fn is_sign_in(response: &Response) -> bool {
    let target = response
        .headers
        .get("location")
        .unwrap_or("")
        .to_ascii_lowercase();
    response.status == 203
        || (response.status < 400 && is_html(response))
        || (matches!(response.status, 301 | 302 | 303 | 307 | 308)
            && [
                "login.microsoftonline.",
                "login.windows.net",
                "login.live.com",
                "/_signin",
                "spsprod",
                "app.vssps.visualstudio.com",
            ]
            .iter()
            .any(|mark| target.contains(mark)))
}

/// The error body of Azure DevOps (`{"$id","innerException","message","typeName","typeKey",…}`).
pub(crate) fn is_error_envelope(body: &Node) -> bool {
    body.is_object()
        && body.get("message").is_some()
        && (body.get("typeKey").is_some() || body.get("typeName").is_some())
}

/// The inner status of an `endpointproxy` answer: a number, or a word such as `ok` or `forbidden`.
pub(crate) fn inner_status(body: &Node) -> Option<String> {
    body.get("statusCode")?.as_spelt().map(str::to_owned)
}

/// What an answer of `endpointproxy` says of a failure behind it.
pub(crate) fn error_message(body: &Node) -> Option<&str> {
    body.str("errorMessage")
        .filter(|text| !text.trim().is_empty())
}

fn verified(body: Option<&Node>) -> Outcome {
    let Some(body) = body.filter(|body| body.is_object()) else {
        return Outcome::Unknown;
    };
    let message = error_message(body).is_some();
    match inner_status(body) {
        Some(status) if is_success(&status) => {
            if message {
                Outcome::Unknown
            } else {
                Outcome::Ok
            }
        }
        Some(_) => Outcome::Failed,
        None if message => Outcome::Failed,
        None => Outcome::Unknown,
    }
}

/// The inner status of an answer that is no JSON: documentation and careless redactors print it with
/// the escapes of the message lost.
pub(crate) fn loose_status(text: &str) -> Option<&str> {
    let (_, behind) = text.split_once("\"statusCode\"")?;
    let value = behind
        .trim_start()
        .strip_prefix(':')?
        .trim_start()
        .trim_start_matches('"');
    let end = value
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(value.len());
    Some(&value[..end]).filter(|word| !word.is_empty())
}

fn loosely_verified(response: &Response) -> Outcome {
    match response.body.text().and_then(loose_status) {
        Some(status) if is_success(status) => Outcome::Unknown,
        Some(_) => Outcome::Failed,
        None => Outcome::Unknown,
    }
}

/// Whether an inner status means success: 2xx, or the name of one.
pub(crate) fn is_success(status: &str) -> bool {
    match status.parse::<u16>() {
        Ok(number) => (200..300).contains(&number),
        Err(_) => ["ok", "created", "accepted", "nocontent"]
            .iter()
            .any(|word| status.eq_ignore_ascii_case(word)),
    }
}

/// The number behind an inner status, for the names that Azure DevOps writes.
pub(crate) fn status_number(status: &str) -> Option<u16> {
    const NAMES: &[(&str, u16)] = &[
        ("ok", 200),
        ("badrequest", 400),
        ("unauthorized", 401),
        ("paymentrequired", 402),
        ("forbidden", 403),
        ("notfound", 404),
        ("methodnotallowed", 405),
        ("requesttimeout", 408),
        ("conflict", 409),
        ("internalservererror", 500),
        ("badgateway", 502),
        ("serviceunavailable", 503),
        ("gatewaytimeout", 504),
    ];
    status.parse().ok().or_else(|| {
        let name: String = status.chars().filter(char::is_ascii_alphabetic).collect();
        NAMES
            .iter()
            .find(|(known, _)| name.eq_ignore_ascii_case(known))
            .map(|(_, number)| *number)
    })
}

/// What the asynchronous job behind an endpoint came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Done, or nothing to do.
    Ready,
    /// Still at work.
    InProgress,
    /// Given up; `operationStatus.statusMessage` says why.
    Failed,
}

/// The state of one `ServiceEndpoint`.
pub(crate) fn state_of(endpoint: &Node) -> State {
    let state = endpoint
        .get("operationStatus")
        .and_then(|status| status.str("state"))
        .unwrap_or("");
    let ready = endpoint.get("isReady").and_then(Node::as_bool);
    if state.eq_ignore_ascii_case("Failed") && ready != Some(true) {
        State::Failed
    } else if state.eq_ignore_ascii_case("InProgress") && ready != Some(true) {
        State::InProgress
    } else {
        State::Ready
    }
}

fn endpoint_state(body: &Node) -> Outcome {
    match state_of(body) {
        State::Ready => Outcome::Ok,
        State::InProgress => Outcome::Unknown,
        State::Failed => Outcome::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Headers;
    use crate::json::parse;

    fn outcome(operation: Operation, status: u16, body: &str) -> Outcome {
        let response = Response {
            status,
            body: Body::Text(body.into()),
            headers: Headers::default(),
            ..Response::default()
        };
        let exchange = Exchange {
            response: Some(response),
            ..Exchange::default()
        };
        judge(&exchange, operation, parse(body).ok().as_ref())
    }

    #[test]
    fn a_verify_is_judged_by_its_inner_status() {
        let verify = |body| outcome(Operation::Verify, 200, body);
        assert_eq!(
            verify(r#"{"result":[],"statusCode":403,"errorMessage":"x"}"#),
            Outcome::Failed
        );
        assert_eq!(
            verify(r#"{"result":[],"statusCode":"forbidden","errorMessage":"x"}"#),
            Outcome::Failed
        );
        assert_eq!(
            verify(r#"{"result":[],"statusCode":200,"errorMessage":""}"#),
            Outcome::Ok
        );
        assert_eq!(
            verify(r#"{"result":[],"statusCode":"OK","errorMessage":null}"#),
            Outcome::Ok
        );
        assert_eq!(
            verify(r#"{"result":[],"errorMessage":"x"}"#),
            Outcome::Failed
        );
        assert_eq!(verify("<cut"), Outcome::Unknown);
        let unescaped = r#"{"result":[],"statusCode":403,"errorMessage":"server: '{"error":{}}'"}"#;
        assert_eq!(verify(unescaped), Outcome::Failed);
    }

    #[test]
    fn an_update_is_judged_by_status_and_state() {
        let update = |status, body: &str| outcome(Operation::Update, status, body);
        assert_eq!(update(200, r#"{"id":"x","isReady":true}"#), Outcome::Ok);
        assert_eq!(update(500, r#"{"message":"no"}"#), Outcome::Failed);
        assert_eq!(
            update(
                200,
                r#"{"$id":"1","message":"no","typeKey":"ServiceEndpointException"}"#
            ),
            Outcome::Failed
        );
        assert_eq!(update(203, "<html>Sign In"), Outcome::Failed);
        assert_eq!(
            update(200, "<!DOCTYPE html><title>Sign In"),
            Outcome::Failed
        );
        let state = |state: &str| {
            format!(
                r#"{{"isReady":false,"operationStatus":{{"state":"{state}","statusMessage":""}}}}"#
            )
        };
        assert_eq!(update(200, &state("InProgress")), Outcome::Unknown);
        assert_eq!(update(200, &state("Failed")), Outcome::Failed);
        assert_eq!(outcome(Operation::Share, 204, ""), Outcome::Ok);
    }

    #[test]
    fn an_answer_without_a_status_is_judged_by_what_it_says() {
        let refused = r#"{"$id":"1","message":"no","typeKey":"X"}"#;
        assert_eq!(outcome(Operation::Update, 0, refused), Outcome::Failed);
        let forbidden = r#"{"result":[],"statusCode":403,"errorMessage":"no"}"#;
        assert_eq!(outcome(Operation::Verify, 0, forbidden), Outcome::Failed);
        let ready = r#"{"id":"x","isReady":true}"#;
        assert_eq!(outcome(Operation::Update, 0, ready), Outcome::Ok);
        assert_eq!(outcome(Operation::Update, 0, ""), Outcome::Unknown);
    }

    #[test]
    fn the_popup_gets_its_address() {
        for address in [
            r#""https://login.microsoftonline.com/x""#,
            "https://x/authorize",
        ] {
            assert_eq!(outcome(Operation::Authorize, 200, address), Outcome::Ok);
        }
        assert_eq!(outcome(Operation::Authorize, 401, ""), Outcome::Failed);
    }

    #[test]
    fn a_failed_state_in_front_of_a_cut_counts() {
        let cut = |ready, state| {
            format!(
                r#"{{"isReady":{ready},"operationStatus":{{"state": "{state}","statusMessage":"it \"broke\" and"#
            )
        };
        let failed = cut(false, "Failed");
        assert_eq!(loose_failure(&failed), Some(r#"it \"broke\" and"#));
        assert_eq!(outcome(Operation::Get, 200, &failed), Outcome::Failed);
        assert_eq!(outcome(Operation::List, 200, &failed), Outcome::Unknown);
        for other in [cut(true, "Failed"), cut(false, "InProgress")] {
            assert_eq!(loose_failure(&other), None);
            assert_eq!(outcome(Operation::Get, 200, &other), Outcome::Unknown);
        }
    }

    #[test]
    fn what_the_proxy_answered_says_nothing_about_the_service() {
        let response = Response {
            status: 502,
            ..Response::default()
        };
        let exchange = Exchange {
            response: Some(response),
            answered_by: AnsweredBy::Proxy,
            ..Exchange::default()
        };
        assert_eq!(judge(&exchange, Operation::Update, None), Outcome::Unknown);
    }

    #[test]
    fn names_of_statuses_are_numbers_too() {
        assert_eq!(status_number("Forbidden"), Some(403));
        assert_eq!(status_number("bad request"), Some(400));
        assert_eq!(status_number("403"), Some(403));
        assert_eq!(status_number("odd"), None);
    }
}
